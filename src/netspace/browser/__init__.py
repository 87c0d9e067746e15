"""A page with a scene, opened in a browser, and what it draws, computes and does there."""
