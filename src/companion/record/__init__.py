"""What was found and published: verdicts of stored runs, failures, the scorecard, history, costs."""
