"""The way in for rosters that are kept elsewhere: calendars, in files and at addresses."""
