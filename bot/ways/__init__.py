"""The doorway to ways beside Matrix: mail and webhooks, carried after they are kept."""
