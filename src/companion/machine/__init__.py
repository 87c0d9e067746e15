"""This computer: its cores and memory, its browser, locks, what of it a run may see."""
