"""Networks shown in three dimensions: what a scene is, its place in a page, its viewer, and a browser that looks at it.

A chapter calls ``chapter.space``; what is here serves it, and the notebook that measures what the page really does.
"""
