"""The doorway to Matrix: ears, courier, rooms."""
