"""A scene on a page of a book and in its notebook: both after Sphinx, opened from the disk with the network off."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from companion.machine import browser
from companion.machine.browser import browsers_shared, chromium_path
from companion.project import Project
from companion.scales import Scale
from companion.site.rendering import render
from companion.staging.book import stage
from netspace.browser.session import Visit, visited
from netspace.page.markup import space_markup
from netspace.viewer.bundle import Bundle
from tests.netspace.scenes import residual_scene

ROOT = Path(__file__).parents[3]
lacking = chromium_path() is None or not (ROOT / "node_modules" / "three").is_dir()
pytestmark = pytest.mark.skipif(lacking, reason="there is no Chromium, or npm's packages are not installed")
NAME = "toy-space"
PAGES = ("book/far.html", "notebooks/toy.html")
PROGRAM = """
[tool.companion.programs.space-viewer]
title = "the viewer"
ways = ["npm"]
fingerprint = "netspace.viewer.bundle:fingerprint"
script = "netspace.viewer.bundle:stand_in"
file = "vendor/space.js"
"""


@pytest.fixture(autouse=True, scope="module")
def one_browser():
    with browsers_shared():
        yield


@pytest.fixture(scope="module")
def html(toy_book):
    """A rendered toy book with a scene in its notebook and on one of its pages."""
    root = toy_book().root
    with (root / "pyproject.toml").open("a") as settings:
        settings.write(PROGRAM)
    project = Project.find(root)
    (project.root / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "package-lock.json", project.root)
    path = project.build(Scale.QUICK) / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    figure = space_markup(residual_scene(), name=NAME, alt="Eight small layers.", caption="A toy network.")
    output = new_output("display_data", data={"text/html": figure})
    notebook.cells.insert(-1, new_code_cell("show()", id="space", outputs=[output]))
    nbformat.write(notebook, path)
    with (project.root / "book" / "far.md").open("a") as page:
        page.write(f"\n```{{raw}} html\n:file: _figures/{NAME}.html\n```\n")
    stage(project, Scale.QUICK)
    render(project, Scale.QUICK)
    return project.build(Scale.QUICK) / "_build" / "html"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("visit", [Visit(), Visit(theme="dark", width=390)], ids=["wide", "narrow-dark"])
def test_the_scene_stands_with_the_numbers_of_the_run(html, page, visit):
    def work(opened):
        opened.wait_for_scene(NAME)
        shown = opened.of_scene(NAME, "[space.layers.length, [...space.layers[7].values], space.view.isDark]")
        elsewhere = [address for address in opened.requests if not address.startswith(html.as_uri())]
        return shown, elsewhere, opened.problems, opened.evaluate("document.documentElement.scrollWidth")

    (layers, values, is_dark), elsewhere, problems, width = visited(browser, html / page, work, visit=visit)
    assert layers == 8
    assert sum(values) == pytest.approx(1, abs=1e-6)
    assert is_dark == (visit.theme == "dark")
    assert (elsewhere, problems) == ([], [])
    assert width <= visit.width


def test_a_scene_far_from_the_view_gives_its_graphics_memory_back_and_returns(html):
    def work(opened):
        opened.wait_for_scene(NAME)
        opened.of_scene(NAME, "space.setInput(1)")
        opened.evaluate(
            "document.querySelector('article').insertAdjacentHTML('afterbegin', '<div style=\"height: 9000px\"></div>')"
        )
        opened.evaluate("document.documentElement.scrollTo(0, 0)")
        opened.browser_page.wait_for_function(f"!netspace.get('{NAME}')")
        canvases = opened.evaluate("document.querySelectorAll('canvas').length")
        opened.wait_for_scene(NAME)
        return canvases, opened.of_scene(NAME, "space.state.input")

    assert visited(browser, html / PAGES[0], work) == (0, 1)


LOSE = "space.stage.renderer.forceContextLoss()"


def test_a_scene_whose_graphics_memory_is_taken_shows_the_still_picture_and_comes_back(html):
    def work(opened):
        opened.wait_for_scene(NAME)
        opened.of_scene(NAME, "space.setInput(1)")
        inputs = []
        for _ in range(3):
            opened.of_scene(NAME, LOSE)
            opened.browser_page.wait_for_function(f"!netspace.get('{NAME}')")
            assert opened.browser_page.locator(f"#{NAME} .netspace-still").is_visible()
            opened.browser_page.wait_for_function(f"netspace.get('{NAME}')")
            inputs.append(opened.of_scene(NAME, "space.state.input"))
        opened.of_scene(NAME, LOSE)
        opened.browser_page.wait_for_selector(f"#{NAME} .netspace-note")
        return inputs, opened.browser_page.locator(f"#{NAME} .netspace-note").inner_text()

    inputs, note = visited(browser, html / PAGES[0], work)
    assert inputs == [1, 1, 1]
    assert "takes the graphics memory away again and again" in note


def test_the_viewer_is_loaded_only_where_a_scene_comes_near(html):
    def loaded(opened):
        opened.browser_page.wait_for_timeout(300)
        return [address for address in opened.requests if address.endswith("vendor/space.js")]

    assert visited(browser, html / "book" / "status.html", loaded) == []


def test_a_book_built_without_npm_says_so_under_the_still_picture(html, tmp_path):
    folder = tmp_path / "html"
    shutil.copytree(html, folder)
    (folder / "vendor" / "space.js").write_text(Bundle(None, "this book was built without three").stand_in)

    def work(opened):
        opened.browser_page.locator(f"#{NAME}").scroll_into_view_if_needed()
        return opened.browser_page.locator(".netspace-note").inner_text(), opened.problems

    note, problems = visited(browser, folder / PAGES[0], work)
    assert note == "This is a still picture: this book was built without three."
    assert problems == []


def test_the_numbers_of_the_scene_can_be_downloaded(html):
    layers = json.loads((html / "downloads" / "data" / f"{NAME}.json").read_text())["layers"]
    assert len(layers) == 8


STUB = """window.told = [];
window.netspace = { mount: () => told.push("mount"), dispose: () => told.push("dispose") };"""
TALL = """<!DOCTYPE html><html data-content_root="./"><title>Tall</title><div style="height: 3500px">Above</div>
<figure class="netspace" style="height: 3000px; margin: 0"><div class="netspace-stage"></div>
<script type="application/json">{}</script></figure>
<div style="height: 6000px">Below</div><script src="figure-numbers.js"></script>
<script src="space-loader.js"></script></html>"""


def test_a_scene_that_is_in_view_is_never_given_up_and_one_far_away_is(tmp_path):
    """However tall it is, and however the window changes its size."""
    for script in ("figure-numbers.js", "space-loader.js"):
        shutil.copy(ROOT / "book" / "_static" / script, tmp_path)
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "space.js").write_text(STUB)
    (tmp_path / "tall.html").write_text(TALL)

    def work(page):
        def go(y):
            page.evaluate(f"scrollTo(0, {y})")
            page.browser_page.wait_for_timeout(300)

        go(3300)
        page.browser_page.wait_for_function("window.told")
        for y in (3500, 4000, 5000, 6000, 6400):
            go(y)
        page.browser_page.set_viewport_size({"width": 1, "height": 1})
        page.browser_page.set_viewport_size({"width": 1100, "height": 1000})
        page.browser_page.wait_for_timeout(2500)
        in_view = set(page.evaluate("told"))
        page.evaluate("told.length = 0")
        go(11000)
        page.browser_page.wait_for_function("told.length")
        go(6000)
        page.browser_page.wait_for_function("told.length > 1")
        return in_view, page.evaluate("told")

    assert visited(browser, tmp_path / "tall.html", work) == ({"mount"}, ["dispose", "mount"])
