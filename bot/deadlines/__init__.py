"""What time says: one file per kind of deadline."""
