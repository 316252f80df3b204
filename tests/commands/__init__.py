"""Promises of what you can say."""
