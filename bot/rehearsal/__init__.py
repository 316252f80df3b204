"""The player: a homeserver and people of its own, and a scenario to play."""
