"""Linear pieces of networks: where they end, and what the network is on them."""
