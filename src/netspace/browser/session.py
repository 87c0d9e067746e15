"""A browser that opens a page with a scene, does what a reader does, and says what it finds."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as BrowserPage

Result = TypeVar("Result")
_PATIENCE = 60_000  # milliseconds until a scene must stand: software draws slowly, and other work may run beside
_AT_REST = "name => window.netspace?.get(name)?.stats.isAtRest"


@dataclass(frozen=True)
class Visit:
    """How a page is opened.

    Attributes:
        width: Of the window, in pixels.
        height: Of the window, in pixels.
        theme: ``"light"`` or ``"dark"``: what the reader's system prefers.
        moves: Whether the reader wants motion; without it scenes are at rest from the first picture on.
        touch: Whether there are fingers instead of a mouse.
        flags: Chromium's options beside ours, such as ``--disable-3d-apis``.
    """

    width: int = 1100
    height: int = 1000
    theme: str = "light"
    moves: bool = False
    touch: bool = False
    flags: tuple[str, ...] = ()


@dataclass
class Page:
    """An open page.

    Attributes:
        browser_page: Playwright's page, for what is not here.
        requests: Addresses that were asked for, apart from the page itself and data inside it.
        problems: What the browser's console calls an error, and errors of scripts.
    """

    browser_page: "BrowserPage"
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def evaluate(self, expression: str, argument: Any = None) -> Any:
        """What a JavaScript expression (or a function of ``argument``) is in this page; promises are awaited."""
        return self.browser_page.evaluate(expression, argument)

    def wait_for_scene(self, name: str) -> None:
        """Wait until the scene ``name`` is mounted and nothing in it moves; it is scrolled into view first."""
        self.browser_page.locator(f"figure#{name}").scroll_into_view_if_needed()
        self.browser_page.wait_for_function(_AT_REST, arg=name, timeout=_PATIENCE)

    def of_scene(self, name: str, expression: str) -> Any:
        """What ``expression`` is where ``space`` is the handle of the scene ``name``."""
        return self.browser_page.evaluate(
            f"async (name) => {{ const space = window.netspace.get(name); return {expression}; }}", name
        )

    def surface(self, name: str) -> dict[str, float]:
        """The box of the picture in the window: ``x``, ``y``, ``width``, ``height``.

        Raises:
            RuntimeError: If the scene is not drawn.
        """
        box = self.browser_page.locator(f"figure#{name} .netspace-surface").bounding_box()
        if box is None:
            raise RuntimeError(f"the scene {name!r} is not shown")
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}

    def picture(self, name: str) -> bytes:
        """A PNG of the picture as it is shown, without labels that a pointer may have changed."""
        return self.browser_page.locator(f"figure#{name} .netspace-surface").screenshot()

    def drag(self, start: Sequence[float], end: Sequence[float]) -> None:
        """Press the mouse at ``start``, move it to ``end``, let it go; both in pixels of the window."""
        mouse = self.browser_page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=6)
        mouse.up()

    def hover(self, place: Sequence[float]) -> None:
        """Move the mouse to ``place``."""
        self.browser_page.mouse.move(*place)

    def click(self, place: Sequence[float]) -> None:
        """Click at ``place``."""
        self.browser_page.mouse.click(*place)

    def wheel(self, delta: float) -> None:
        """Turn the wheel where the mouse is."""
        self.browser_page.mouse.wheel(0, delta)

    def press(self, key: str) -> None:
        """Press a key, such as ``ArrowLeft``."""
        self.browser_page.keyboard.press(key)


@runtime_checkable
class Opener(Protocol):
    """How this machine opens pages, such as the module ``companion.machine.browser``."""

    def in_browser(self, work: "Callable[[Browser], Result]", *, flags: Sequence[str] = ()) -> Result:
        """What ``work`` returns, given a started browser with these options."""

    def hand_over_files(self, context: "BrowserContext") -> None:
        """Let the pages of ``context`` have the files of this machine."""


def visited(opener: Opener, page: str | Path, work: Callable[[Page], Result], *, visit: Visit | None = None) -> Result:
    """What ``work`` finds in a page that is opened under an address of the disk, with the network off.

    Files reach the browser through us, since one with a ``/tmp`` of its own cannot read them.

    Args:
        opener: How pages are opened here.
        page: The HTML text of a page, or the path of a file (whose neighbours it may load).
        work: What to do there.
        visit: Size, theme and the like.

    Returns:
        The result of ``work``.
    """
    chosen = visit or Visit()
    with tempfile.TemporaryDirectory() as folder:
        file = page.resolve() if isinstance(page, Path) else Path(folder, "scene.html")
        if isinstance(page, str):
            file.write_text(page, encoding="utf-8")
        return opener.in_browser(lambda browser: _opened(opener, browser, file, work, chosen), flags=chosen.flags)


def _opened(opener: Opener, browser: "Browser", file: Path, work: Callable[[Page], Result], visit: Visit) -> Result:
    context = browser.new_context(
        viewport={"width": visit.width, "height": visit.height},
        color_scheme="dark" if visit.theme == "dark" else "light",
        reduced_motion="no-preference" if visit.moves else "reduce",
        has_touch=visit.touch,
        offline=True,
    )
    opener.hand_over_files(context)
    try:
        return work(_page(context, file.as_uri()))
    finally:
        context.close()


def _page(context: "BrowserContext", address: str) -> Page:
    opened = context.new_page()
    page = Page(opened)

    def note(url: str) -> None:
        if not url.startswith(("data:", "blob:")) and url != address:
            page.requests.append(url)

    opened.on("request", lambda request: note(request.url))
    opened.on("pageerror", lambda error: page.problems.append(str(error)))
    opened.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    opened.goto(address)
    return page
