"""The bell, and the wall clock it reads."""
