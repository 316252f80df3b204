"""Promises of the whole line, played in memory."""
