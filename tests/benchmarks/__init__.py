"""Measurements: printed, never asserted. `make bench` runs them."""
