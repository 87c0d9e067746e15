"""Networks in three dimensions: from any ``torch.nn.Sequential`` to a scene that a page shows and a reader turns.

``network`` follows a PyTorch model and makes a scene of it, plain data; ``form`` says what a scene is; ``page`` is the
HTML of one; ``viewer`` draws it in a browser; ``browser`` opens a page and asks it what it draws and computes.
"""
