"""The system's Chromium without a window: it prints chapters, draws cards, and measures what a page really shows.

Playwright's plain interface refuses to run inside an event loop, and a notebook's kernel is one. So every piece of work
gets a thread of its own.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from subprocess import run as run_process
from typing import TYPE_CHECKING, TypeVar

from companion.errors import RefusedInput

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET = (
    "Chromium: get it by `apt install chromium` or your system's own way, "
    "or by setting CHROMIUM to the path of a browser of that family."
)
FLAGS = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)

Result = TypeVar("Result")


def chromium_path() -> str | None:
    """Where the system's Chromium is: ``CHROMIUM`` names it, or one of its usual names is on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


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
    """What ``work`` returns, given a fresh headless browser that is closed afterwards.

    Args:
        work: Takes a Playwright browser; it runs in a thread of its own, so also inside a notebook.
        flags: Chromium's options beside ours, such as ``--disable-3d-apis``.

    Returns:
        The result of ``work``.

    Raises:
        RefusedInput: If this machine has no Chromium.
    """
    path = chromium_path()
    if path is None:
        raise RefusedInput(f"this needs a browser, and none of {', '.join(NAMES)} is on the path. {HOW_TO_GET}")
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_with_browser, path, (*browser_flags(), *flags), work).result()


def _with_browser(path: str, flags: Sequence[str], work: Callable[["Browser"], Result]) -> Result:
    from playwright.sync_api import sync_playwright  # slow to import, and only a browser's work needs it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(flags))
        try:
            return work(browser)
        finally:
            browser.close()


def _sandbox() -> tuple[str, ...]:
    """Chromium's sandbox refuses to start as root."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
