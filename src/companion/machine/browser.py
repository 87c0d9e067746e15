"""A Chromium without a window: it prints chapters, draws cards, and measures what a page really shows.

Playwright's plain interface refuses to run inside an event loop, and a notebook's kernel is one. So the work is done in
a thread of its own. A browser takes seconds to start: whoever has many pieces of work lets them share one.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from subprocess import run as run_process
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from companion.errors import BuildFailed, RefusedInput
from companion.machine.web import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright, Route

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET = (
    "Chromium: get it by `make setup`, by `apt install chromium` or your system's own way, "
    "or by setting CHROMIUM to the path of a browser of that family."
)
OWN = Path(__file__).parents[3] / ".data" / "browser" / "chromium"  # what set-up gets where the system has none
LONGEST_START = 30  # seconds; it takes one or two
FLAGS = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)

Result = TypeVar("Result")


def chromium_path() -> str | None:
    """Where Chromium is: ``CHROMIUM`` names it, one of its usual names is on the path, or set-up got one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, (*NAMES, str(OWN)))), None)


def chromium_version() -> str | None:
    """What the browser says of itself, such as ``Chromium 140.0.7339.80``; None where there is none.

    Raises:
        RefusedInput: If the file that should be the browser cannot be started.
    """
    path = chromium_path()
    if path is None:
        return None
    try:
        said = run_process([path, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, ValueError) as error:
        raise RefusedInput(f"{path} cannot be started as a browser: {error}. {HOW_TO_GET}") from None
    return " ".join(said.stdout.split())


def browser_flags() -> tuple[str, ...]:
    """Chromium's options for every piece of work: it draws without a graphics card, and asks nobody anything."""
    return (*FLAGS, *_sandbox())


def in_browser(work: Callable[["Browser"], Result], *, flags: Sequence[str] = ()) -> Result:
    """What ``work`` returns, given a headless browser: a fresh one that is closed afterwards, or a shared one.

    Args:
        work: Takes a Playwright browser, and opens its pages in a context of its own; it runs in another thread, so
            also inside a notebook.
        flags: Chromium's options beside ours, such as ``--disable-3d-apis``.

    Returns:
        The result of ``work``.

    Raises:
        RefusedInput: If this machine has no Chromium, or it does not start.
    """
    path = chromium_path()
    if path is None:
        raise RefusedInput(f"this needs a browser, and none of {', '.join(NAMES)} is on the path. {HOW_TO_GET}")
    shared = _SHARED.get()
    if shared is not None:
        return shared.thread.submit(shared.result_of, work, path, (*browser_flags(), *flags)).result()
    with browsers_shared():
        return in_browser(work, flags=flags)


def hand_over_files(context: "BrowserContext") -> None:
    """Let every page of ``context`` have the files of this machine from us, under their own addresses.

    A browser that the system packed by itself (Ubuntu's is a snap) has a ``/tmp`` of its own, and reads hidden folders
    and most others as little. What is not there is an error for the page, as on the disk.
    """

    def answer(route: "Route") -> None:
        path = Path(unquote(urlsplit(route.request.url).path))
        if path.is_file():
            route.fulfill(path=path)
        else:
            route.abort()

    context.route("file:///**", answer)


def does_open_pages() -> bool:
    """Whether the browser of this machine shows a page of a local server and one of a file, and prints both.

    Raises:
        RefusedInput: If this machine has no Chromium, or it does not start or open pages.
    """
    from playwright.sync_api import Error

    probe = "<!DOCTYPE html><title>A page to try</title><p>seen</p>"

    def look(browser: "Browser") -> bool:
        context = browser.new_context()
        hand_over_files(context)
        page, seen = context.new_page(), []
        for address in (file.as_uri(), served_address):
            page.goto(address)
            seen.append(page.title() == "A page to try" and page.pdf().startswith(b"%PDF"))
        context.close()
        return all(seen)

    with served(probe) as served_address, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(probe, encoding="utf-8")
        try:
            return in_browser(look)
        except Error as error:
            raise RefusedInput(f"the browser starts, but opens no page: {error.message.splitlines()[0]}") from error


@contextmanager
def browsers_shared() -> Iterator[None]:
    """Let all work in browsers from here on share them: one for each set of flags, started when first needed.

    At the end they are closed. One that crashed is an error of the work that it was doing, and the next work gets
    another.

    Yields:
        Nothing.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        shared = _Browsers(thread)
        token = _SHARED.set(shared)
        try:
            yield
        finally:
            _SHARED.reset(token)
            thread.submit(shared.close).result()


class _Browsers:
    """The running browsers, and the thread that they belong to: Playwright allows no other one to use them."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self.thread = thread
        self._playwright: Playwright | None = None
        self._running: dict[Sequence[str], Browser] = {}

    def result_of(self, work: Callable[["Browser"], Result], path: str, flags: Sequence[str]) -> Result:
        """What ``work`` returns, given the browser with these flags.

        Raises:
            RefusedInput: If the browser does not start.
            BuildFailed: If the browser ends meanwhile.
            Error: If it refuses what is asked of it.
        """
        from playwright.sync_api import Error

        browser = self._browser(path, flags)
        try:
            return work(browser)
        except Error as error:
            if browser.is_connected():
                raise
            reason = error.message.splitlines()[0]
            raise BuildFailed(f"the browser {path} ended while it was at work ({reason}); start it again") from error

    def close(self) -> None:
        for browser in self._running.values():
            browser.close()
        if self._playwright is not None:
            self._playwright.stop()

    def _browser(self, path: str, flags: Sequence[str]) -> "Browser":
        """The browser with these flags, started where it is not running.

        Raises:
            RefusedInput: If it does not start.
        """
        from playwright.sync_api import Error, sync_playwright  # slow to import, and only a browser's work needs it

        self._playwright = self._playwright or sync_playwright().start()
        if flags not in self._running or not self._running[flags].is_connected():
            try:
                self._running[flags] = self._playwright.chromium.launch(
                    executable_path=path, args=list(flags), timeout=1000 * LONGEST_START
                )
            except Error as error:
                raise RefusedInput(
                    f"the browser {path} does not start: {_said(error.message)}. {HOW_TO_GET}"
                ) from error
        return self._running[flags]


_SHARED: ContextVar[_Browsers | None] = ContextVar("shared browsers", default=None)


def _said(message: str) -> str:
    """What the browser itself said of its end, or else the first line of Playwright's message."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    own = [line.partition("[err]")[2].strip() for line in lines if "[err]" in line]
    return next(filter(None, [*own, *lines]), "it says nothing").rstrip(".")


def _sandbox() -> tuple[str, ...]:
    """Chromium's sandbox refuses to start as root."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
