import pytest

from companion.machine import browser
from companion.machine.browser import chromium_path
from netspace.browser.session import Visit, visited

pytestmark = pytest.mark.skipif(chromium_path() is None, reason="there is no Chromium")

# A stand-in for a scene: what a page is asked for does not depend on how it draws.
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Toy</title><style>body { margin: 0; }</style></head><body>
<figure id="toy"><div class="netspace-surface" tabindex="0" style="width: 200px; height: 100px"></div></figure>
<script>
  const log = [];
  const say = (event) => log.push(event.type);
  for (const type of ["pointerdown", "pointermove", "pointerup", "wheel", "keydown"]) addEventListener(type, say);
  const space = { stats: { isAtRest: false }, log, answer: async () => 42 };
  const handles = { get: (name) => (name === "toy" ? space : null) };
  setTimeout(() => { window.netspace = handles; }, 50); // a viewer comes when its figure is near
  setTimeout(() => { space.stats.isAtRest = true; }, 150);
</script>%s</body></html>"""


def visit(work, more="", **options):
    return visited(browser, PAGE % more, work, visit=Visit(**options))


def test_it_waits_for_rest_and_asks_the_handle() -> None:
    def work(page):
        page.wait_for_scene("toy")
        return page.of_scene("toy", "space.stats.isAtRest"), page.of_scene("toy", "await space.answer()")

    assert visit(work) == (True, 42)


def test_it_does_what_a_reader_does() -> None:
    def work(page):
        page.drag((20, 20), (80, 40))
        page.hover((50, 50))
        page.click((50, 50))
        page.wheel(100)
        page.press("ArrowLeft")
        page.evaluate("new Promise((done) => setTimeout(done, 100))")
        return page.surface("toy"), page.picture("toy")[:4], set(page.of_scene("toy", "space.log"))

    box, picture, seen = visit(work)
    assert box == {"x": 40, "y": 16, "width": 200, "height": 100}
    assert picture == b"\x89PNG"
    assert seen == {"pointerdown", "pointermove", "pointerup", "wheel", "keydown"}


def test_it_notes_requests_and_errors_and_has_no_network() -> None:
    more = "<img alt='' src='http://127.0.0.1:9/x.png'><script>console.error('broken'); nothing();</script>"

    def work(page):
        page.evaluate("new Promise((done) => setTimeout(done, 300))")
        return page.requests, page.problems

    requests, problems = visit(work, more)
    assert requests == ["http://127.0.0.1:9/x.png"]
    assert any("broken" in problem for problem in problems)
    assert any("nothing is not defined" in problem for problem in problems)
    assert any("ERR_INTERNET_DISCONNECTED" in problem for problem in problems)


def test_size_theme_motion_and_fingers_are_as_asked() -> None:
    script = """[innerWidth, innerHeight, matchMedia("(prefers-color-scheme: dark)").matches,
        matchMedia("(prefers-reduced-motion: reduce)").matches, navigator.maxTouchPoints > 0]"""
    asked = visit(lambda page: page.evaluate(script), width=390, height=700, theme="dark", moves=True, touch=True)
    assert asked == [390, 700, True, False, True]
    assert visit(lambda page: page.evaluate(script)) == [1100, 1000, False, True, False]


def test_a_file_may_load_its_neighbours(tmp_path) -> None:
    (tmp_path / "page.html").write_text("<title>x</title><script src='beside.js'></script>")
    (tmp_path / "beside.js").write_text("window.beside = 7;")
    assert visited(browser, tmp_path / "page.html", lambda page: page.evaluate("window.beside")) == 7


def test_a_scene_that_is_not_shown_has_no_place() -> None:
    def work(page):
        page.evaluate("document.querySelector('.netspace-surface').style.display = 'none'")
        return page.surface("toy")

    with pytest.raises(RuntimeError, match="the scene 'toy' is not shown"):
        visit(work)
