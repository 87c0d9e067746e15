"""Many ReLU networks of one shape in one tensor per layer: how they start, how they are evaluated and trained."""
