"""Pictures for the room and paper to carry home."""
