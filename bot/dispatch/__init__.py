"""One message or one ring, in one savepoint, to its answers."""
