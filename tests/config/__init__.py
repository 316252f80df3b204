"""Promises of the settings and the region file."""
