"""How things go: what the commands and the deadlines about the same thing have in common."""
