"""Loss surfaces of piecewise linear networks: cells, bad minima, ways out of them, and exact minima of cells."""
