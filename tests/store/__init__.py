"""Promises of the memory."""
