"""What you can change without writing Python."""
