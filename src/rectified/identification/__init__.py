"""Networks from their answers: hosts that keep networks secret, and attacks that rebuild them from queries."""
