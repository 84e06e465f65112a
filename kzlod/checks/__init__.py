"""Checks of the data: shapes, consistency, references."""
