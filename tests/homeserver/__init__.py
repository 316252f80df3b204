"""Promises kept against a real homeserver."""
