"""What an operator and a developer type."""
