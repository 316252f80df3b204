"""What you can say: one verb a file."""
