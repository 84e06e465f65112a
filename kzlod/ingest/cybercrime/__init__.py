"""Legislation profiles as Turtle: what their reader found, as statements with citations."""
