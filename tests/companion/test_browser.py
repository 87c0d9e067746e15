"""The browser as the machinery uses it: a thread of its own, and a sentence where there is none."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from companion import browser
from companion.errors import RefusedInput

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
    assert browser.chromium_version() is None
    with pytest.raises(RefusedInput, match="apt install chromium"):
        browser.in_browser(lambda chromium: None)


def test_a_file_that_is_no_browser_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    with pytest.raises(RefusedInput, match="missing cannot be started"):
        browser.chromium_version()
