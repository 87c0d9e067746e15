"""What runs when: the build, its steps, digests, journal, forecasts and verification."""
