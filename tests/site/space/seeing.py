"""Scenes of a toy network, and what a browser sees of them."""

import base64
import io

import numpy as np

from companion.machine import browser
from netspace.browser.session import Visit, visited

NAME = "toy-space"
TEXTS = {"name": NAME, "title": "A toy in space", "alt": "Eight small layers.", "caption": "A toy network."}
PICTURE = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"  # of the screen, the next one
PHONE = Visit(width=390, height=844, touch=True)
AXE = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}}


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def seen(document, work, visit=None):
    """What ``work`` finds once the scene stands; whatever it does, nothing else is asked for and nothing goes wrong."""

    def visiting(page):
        page.wait_for_scene(NAME)
        found = work(page)
        assert page.problems == []
        assert page.requests == []
        return found

    return visited(browser, document, visiting, visit=visit)


def pixels(png):
    from matplotlib.image import imread

    return imread(io.BytesIO(png), format="png")[..., :3]


def middle(page):
    box = page.surface(NAME)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
