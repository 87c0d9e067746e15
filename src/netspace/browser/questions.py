"""What to ask a page with a scene: the numbers that it draws and computes, and whether it reacts and rests.

A notebook that shows a network asks these questions in a page that :func:`netspace.browser.session.visited` opens,
and compares the answers with the network.
"""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.image
import numpy as np

from netspace.browser.serving import page_served
from netspace.browser.session import Page
from netspace.page.markup import space_markup
from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import viewer_bundle

Values = list[list[list[list[float]]]]  # by checkpoint, input and layer

SURFACE = "netspace-surface"
_DRAWN = "space.layers.map((layer) => packed(layer.values))"
_COMPUTED = "space.forward(Array.from(space.layers[0].values), k).map(packed)"
_CAMERA = "space.state.camera"
_FRAMES = "space.stats.framesRendered"
# numbers travel as the bytes of 64-bit floats: one by one, tens of thousands take seconds
_PACKED = """((numbers) => {
  let text = "";
  for (const byte of new Uint8Array(Float64Array.from(numbers).buffer)) text += String.fromCharCode(byte);
  return btoa(text);
})"""
_WAIT = 300  # milliseconds in which a scene at rest might draw
_MOST_TABS = 60


def page_alone(scene: Mapping[str, Any], name: str) -> str:
    """One self-contained HTML document of ``scene``, with the viewer that can be made here.

    Args:
        scene: As :mod:`netspace.form.scene` describes it.
        name: Of the figure in it.

    Returns:
        The document.
    """
    words = f"The network of the scene {name}."
    bundle = viewer_bundle()
    return standalone_page(scene, name=name, title=name, alt=words, caption=words, bundle=bundle)


def page_of_all(scenes: Mapping[str, Mapping[str, Any]]) -> str:
    """One self-contained HTML document with several scenes, one below the other.

    Args:
        scenes: At least one, under the names of their figures.

    Returns:
        The document.
    """
    (first, scene), *others = scenes.items()
    more = [space_markup(one, name=name, alt=f"The scene {name}.", caption=name) for name, one in others]
    head, end, tail = page_alone(scene, first).partition("\n</main>")
    return "\n".join([head, *more]) + end + tail


def open_from_server(page: Page, html: str) -> None:
    """Open ``html`` anew from a local server, switch the network off once it is loaded, and forget earlier requests."""
    with page_served(html) as address:
        page.browser_page.context.set_offline(False)
        page.browser_page.goto(address)
        page.browser_page.context.set_offline(True)
    page.requests[:] = [request for request in page.requests if request != address]


def ask(page: Page, name: str, expression: str) -> Any:
    """What a JavaScript expression is, where ``space`` is the handle of the scene; waits until the scene stands."""
    page.wait_for_scene(name)
    return page.of_scene(name, expression)


def drawn_values(page: Page, name: str) -> Values:
    """The activations that the page draws, by checkpoint, input and layer."""
    return _for_all(page, name, _DRAWN)


def computed_values(page: Page, name: str) -> Values:
    """The activations that the page computes from its inputs and weights, by checkpoint, input and layer."""
    return _for_all(page, name, _COMPUTED)


def _for_all(page: Page, name: str, expression: str) -> Values:
    ks, numbers = (f"[...space.scene.{part}.keys()]" for part in ("checkpoints", "inputs"))
    each = f"{numbers}.map((i) => (space.setInput(i), {expression}))"
    every = f"((packed) => {ks}.map((k) => (space.setCheckpoint(k), {each})))({_PACKED})"
    return [[list(map(_unpacked, layers)) for layers in inputs] for inputs in ask(page, name, every)]


def _unpacked(text: str) -> list[float]:
    numbers: list[float] = np.frombuffer(base64.b64decode(text), "<f8").tolist()
    return numbers


def outputs_for(page: Page, name: str, inputs: Sequence[Sequence[float]]) -> list[list[float]]:
    """The last layer that the page computes for inputs that it has never seen."""
    found: list[list[float]] = ask(
        page, name, f"{json.dumps(inputs)}.map((one) => Array.from(space.forward(one).at(-1)))"
    )
    return found


def sums_of(page: Page, name: str, neurons: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """What the page says that these neurons (layer, number) sum: three terms, their share, bias and sum."""
    asked = f"{json.dumps(neurons)}.map(([l, n]) => space.contributions(l, n, 3))"
    told: list[dict[str, Any]] = ask(page, name, asked)
    return told


def found_at(page: Page, name: str, neurons: Sequence[tuple[int, int]]) -> list[dict[str, Any] | None]:
    """What the page finds under the places of the window at which these neurons (layer, number) stand."""
    each = "(at) => { const place = space.screenPosition(...at); return space.pick(place.x, place.y); }"
    told: list[dict[str, Any] | None] = ask(page, name, f"{json.dumps(neurons)}.map({each})")
    return told


def at_rest(page: Page, name: str) -> tuple[int, float]:
    """Frames that a scene draws while nothing happens, and the share of its pixels that change meanwhile."""
    frames, picture = ask(page, name, _FRAMES), page.picture(name)
    page.browser_page.wait_for_timeout(_WAIT)
    return ask(page, name, _FRAMES) - frames, changed_share(picture, page.picture(name))


def reaction_to_drag(page: Page, name: str) -> float:
    """The share of the picture's pixels that are others after the mouse was dragged through it."""
    before, box = page.picture(name), page.surface(name)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.drag(middle, (middle[0] + 150, middle[1] + 40))
    page.hover((1, 1))
    ask(page, name, _CAMERA)
    return changed_share(before, page.picture(name))


def reaction_to_wheel(page: Page, name: str) -> float:
    """The relative change of the camera's distance when the wheel turns over a scene that was clicked."""
    far: float = ask(page, name, _CAMERA)["distance"]
    box = page.surface(name)
    page.click((box["x"] + 5, box["y"] + box["height"] - 5))
    page.wheel(-400)
    page.browser_page.wait_for_timeout(_WAIT)
    near: float = ask(page, name, _CAMERA)["distance"]
    return abs(near / far - 1.0)


def reactions_to_keys(page: Page, name: str) -> tuple[float, float]:
    """Radians by which an arrow key turns the scene, and the relative change of distance by the plus key.

    The scene is reached by the tab key alone; where it cannot be, both are zero.
    """
    ask(page, name, _CAMERA)
    for _ in range(_MOST_TABS):
        page.press("Tab")
        if page.evaluate(f"document.activeElement.classList.contains({SURFACE!r})"):
            break
    views = [ask(page, name, _CAMERA)]
    for key in ("ArrowLeft", "+"):
        page.press(key)
        views.append(ask(page, name, _CAMERA))
    return abs(views[1]["azimuth"] - views[0]["azimuth"]), abs(views[2]["distance"] / views[1]["distance"] - 1.0)


def still_shown(page: Page) -> tuple[float, int]:
    """The share of the window that the still picture takes, and how many visible elements say ``WebGL``."""
    page.browser_page.wait_for_timeout(_WAIT)
    box = page.browser_page.locator(".netspace-still").bounding_box() or {"width": 0.0, "height": 0.0}
    window = page.browser_page.viewport_size or {"width": 1, "height": 1}
    words = page.browser_page.get_by_text("WebGL").filter(visible=True).count()
    return box["width"] * box["height"] / (window["width"] * window["height"]), words


def changed_share(first: bytes, second: bytes) -> float:
    """The share of pixels in which two pictures (PNG) of one size differ; 1 if their sizes differ."""
    one, other = (np.asarray(matplotlib.image.imread(io.BytesIO(picture))) for picture in (first, second))
    return float((one != other).any(axis=-1).mean()) if one.shape == other.shape else 1.0
