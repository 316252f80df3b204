"""Promises of the doorway to Matrix."""
