"""Certified bounds of a network's outputs over balls: intervals, linear relaxations, quadratic ones, and attacks."""
