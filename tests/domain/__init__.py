"""Promises of the rules."""
