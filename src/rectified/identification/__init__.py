"""Networks from their answers: attacks that rebuild them from queries."""
