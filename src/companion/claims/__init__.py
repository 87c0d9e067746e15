"""What is declared, and how a measurement decides it; nothing here runs a notebook."""
