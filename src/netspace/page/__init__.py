"""A scene in a page: a figure, a page of its own, a frame in a live notebook."""
