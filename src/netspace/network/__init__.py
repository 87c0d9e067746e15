"""From a PyTorch model to a scene: layers, activations and weights as plain data."""
