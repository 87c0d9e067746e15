"""Residual networks whose hidden layers are one neuron wide: blocks, step functions, exact breakpoints, limits."""
