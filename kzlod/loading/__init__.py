"""Loading a release into an endpoint of others."""
