"""Rosters that are kept elsewhere: calendars, in files and at addresses."""
