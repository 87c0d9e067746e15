"""Figures: the shared style, and one module of drawing functions per object."""
