"""The browser as the machinery uses it: a thread of its own, and a sentence where there is none."""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from companion.errors import BuildFailed, RefusedInput
from companion.machine import browser
from netspace.browser.session import visited

ROOT = Path(__file__).parents[3]

needs_chromium = pytest.mark.skipif(browser.chromium_path() is None, reason="there is no Chromium on this machine")


def title_of(page_html):
    def work(chromium):
        page = chromium.new_page()
        page.set_content(page_html)
        return page.title()

    return work


@needs_chromium
def test_work_runs_in_a_browser_and_returns_its_result():
    assert browser.in_browser(title_of("<title>one</title>")) == "one"


@needs_chromium
def test_work_runs_also_inside_an_event_loop():
    async def inside():
        return browser.in_browser(title_of("<title>two</title>"))

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop already: that of another test's browser
        assert thread.submit(lambda: asyncio.run(inside())).result() == "two"


@needs_chromium
def test_what_the_work_raises_arrives():
    def fails(chromium):
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        browser.in_browser(fails)


@needs_chromium
def test_the_version_names_the_browser():
    assert "Chrom" in browser.chromium_version()


def test_without_a_browser_the_message_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "NAMES", ("no-such-browser",))
    monkeypatch.setattr(browser, "OWN", Path("/no/such/browser"))
    assert browser.chromium_version() is None
    with pytest.raises(RefusedInput, match="apt install chromium"):
        browser.in_browser(lambda chromium: None)


def test_the_systems_browser_comes_before_that_of_the_set_up(monkeypatch, tmp_path):
    own, systems = tmp_path / "own" / "chromium", tmp_path / "bin" / "chromium"
    for path in (own, systems):
        path.parent.mkdir()
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "OWN", own)
    monkeypatch.setenv("PATH", "/nowhere")
    assert browser.chromium_path() == str(own)
    monkeypatch.setenv("PATH", str(systems.parent))
    assert browser.chromium_path() == str(systems)
    monkeypatch.setenv("CHROMIUM", "/chosen")
    assert browser.chromium_path() == "/chosen"


def test_that_of_the_set_up_lies_in_the_project():
    assert browser.OWN == ROOT / ".data" / "browser" / "chromium"


def test_a_file_that_is_no_browser_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    with pytest.raises(RefusedInput, match="missing cannot be started"):
        browser.chromium_version()


def the_process(chromium):
    """The number of the browser's own process."""
    told = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return next(one["id"] for one in told["processInfo"] if one["type"] == "browser")


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@needs_chromium
def test_browsers_are_shared_while_asked_and_none_is_left():
    with browser.browsers_shared():
        first, second = browser.in_browser(the_process), browser.in_browser(the_process)
        other = browser.in_browser(the_process, flags=("--disable-3d-apis",))
        assert first == second != other
        assert browser.in_browser(title_of("<title>three</title>")) == "three"
    alone = browser.in_browser(the_process)
    assert alone not in (first, other)
    assert not any(map(is_running, (first, other, alone)))


@needs_chromium
def test_a_browser_that_crashes_is_named_and_the_next_work_gets_another():
    def kills(chromium):
        page = chromium.new_page()
        os.kill(the_process(chromium), signal.SIGKILL)
        page.evaluate("new Promise(() => 0)")

    with browser.browsers_shared():
        first = browser.in_browser(the_process)
        with pytest.raises(BuildFailed, match=r"the browser .* ended while it was at work"):
            browser.in_browser(kills)
        assert browser.in_browser(title_of("<title>four</title>")) == "four"
        assert browser.in_browser(the_process) != first


@needs_chromium
def test_a_notebook_that_is_killed_leaves_no_browser():
    program = (
        f"import sys, time; sys.path.insert(0, {str(ROOT)!r}); from tests.companion.machine.test_browser import *\n"
        "with browser.browsers_shared(): print(browser.in_browser(the_process), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as python:
        process = int(python.stdout.readline())
        assert is_running(process)
        python.kill()
    ends = time.monotonic() + 20
    while is_running(process) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not is_running(process)


PRIVATE = """#!/bin/sh
# a browser as a snap has it: another /tmp, and nothing of this machine's
case "$1" in --version) exec {browser} "$@";; esac
exec unshare -m sh -c 'mount -t tmpfs none /tmp && exec {browser} "$@"' sh "$@"
"""


@pytest.fixture
def private_browser(tmp_path, monkeypatch):
    """Chromium with a ``/tmp`` of its own, in which no file of ours is."""
    real = browser.chromium_path()
    mounting = ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /tmp"]
    if not shutil.which("unshare") or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us give a process a /tmp of its own")
    wrapper = tmp_path / "chromium"
    wrapper.write_text(PRIVATE.format(browser=shlex.quote(real)))
    wrapper.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(wrapper))


@needs_chromium
@pytest.mark.usefixtures("private_browser")
def test_a_browser_with_a_tmp_of_its_own_cannot_read_ours(tmp_path):
    (tmp_path / "page.html").write_text("<title>ours</title>")

    def work(chromium):
        page = chromium.new_page()
        page.goto((tmp_path / "page.html").as_uri())

    with pytest.raises(Exception, match="ERR_FILE_NOT_FOUND"):
        browser.in_browser(work)


@needs_chromium
@pytest.mark.usefixtures("private_browser")
def test_a_browser_with_a_tmp_of_its_own_shows_pages_and_their_neighbours_and_prints(tmp_path):
    (tmp_path / "beside.js").write_text("window.beside = 7")
    page = tmp_path / "a page.html"
    page.write_text('<title>ours</title><script src="beside.js"></script>')

    def work(opened):
        return opened.evaluate("[document.title, window.beside, location.protocol]"), opened.browser_page.pdf()[:4]

    assert visited(browser, page, work) == (["ours", 7, "file:"], b"%PDF")
    assert visited(browser, "<title>text</title>", lambda opened: opened.browser_page.title()) == "text"
    assert browser.does_open_pages()


@needs_chromium
def test_a_file_that_is_not_there_is_an_error_of_the_page(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<script src="missing.js"></script>')
    assert visited(browser, page, lambda opened: [text for text in opened.problems if "Failed to load" in text])


def test_a_browser_that_does_not_start_is_an_error_with_a_remedy(tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'no display, no luck' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(broken))
    with pytest.raises(RefusedInput, match=r"the browser .*chromium does not start: .*apt install chromium"):
        browser.in_browser(title_of("<title>never</title>"))
