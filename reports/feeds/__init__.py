"""Feeds: a file of rows, each through the operation that a click does (F5)."""
