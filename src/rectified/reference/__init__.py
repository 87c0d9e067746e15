"""Slow, obviously right versions, which tests and chapters compare the fast ones with."""
