"""What an author calls in a notebook: measuring, recording, figures that move."""
