"""Activation functions: their values and derivatives, element by element, and their Gaussian moments."""
