"""One run of one chapter: plan, kernel, cells, failures, and runs in process for tests."""
