"""Networks of ever more layers: chains made layer by layer, and their limits."""
