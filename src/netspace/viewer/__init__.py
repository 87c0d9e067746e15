"""What draws a scene in a browser: modules and a style sheet, and how they become one script."""
