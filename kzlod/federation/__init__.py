"""Asks the other endpoints that a query names by SERVICE, and only those that the operator allows."""
