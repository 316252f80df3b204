"""The region file: its shape, what must hold between its parts, and how it becomes the law."""
