"""What a scene is: the keys of its dictionary, and how each layer is computed from what it reads."""
