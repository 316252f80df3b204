"""Promises of the player."""
