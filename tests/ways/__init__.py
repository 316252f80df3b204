"""The ways beside Matrix: a real mail server, a real web server, and a real database."""
