"""What happens, one noun a file: the tables of the history."""
