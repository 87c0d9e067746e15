"""Networks as scenes: their layers, activations and weights as plain data that a page draws in space."""
