"""Every figure as readers see it: one image for their theme, words for it, its numbers, room on a phone."""

import csv
import io
import json

import pytest

DRAWINGS = """() => [...document.querySelectorAll("article figure")].filter(f => f.querySelector(".companion-drawing"))
  .map(f => {
    const images = [...f.querySelectorAll("img")];
    const seen = images.filter(i => i.checkVisibility());
    const box = f.querySelector(".companion-drawing");
    return {
      id: f.id, images: images.length, seen: seen.map(i => i.getAttribute("src")), alt: seen[0]?.alt ?? "",
      link: f.querySelector("a.figure-data")?.getAttribute("href") ?? null,
      placeholder: seen[0]?.getAttribute("width") === "640" && seen[0]?.getAttribute("height") === "120",
      sized: images.every(i => i.width > 0 && i.hasAttribute("height")),
    };
  })"""

MOVING = """() => [...document.querySelectorAll("article figure.companion-interactive")].map(f => ({
  id: f.id, alt: f.querySelector(".companion-plot").getAttribute("aria-label"),
  link: f.querySelector("a.figure-data")?.getAttribute("href") ?? null,
}))"""

SPACES = """() => [...document.querySelectorAll("article figure.netspace")].map(f => ({
  id: f.id, link: f.querySelector("a.figure-data")?.getAttribute("href") ?? null,
}))"""

UNDRESSED = """() => [...document.querySelectorAll('article img[src*="_images/"]')]
  .filter(i => i.src.endsWith(".svg") && !i.closest(".companion-drawing")).map(i => i.src)"""

SHOW = """async () => {
  for (const image of document.querySelectorAll(".companion-drawing img")) {
    if (image.checkVisibility()) { image.loading = "eager"; await image.decode(); }
  }
}"""

# share of the picture that stands out from the page's own ground
INK = """([selector]) => {
  const image = [...document.querySelectorAll(selector)].find(i => i.checkVisibility());
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const draw = canvas.getContext("2d");
  draw.drawImage(image, 0, 0);
  const pixels = draw.getImageData(0, 0, canvas.width, canvas.height).data;
  let light = 0, dark = 0, clear = 0;
  for (let k = 0; k < pixels.length; k += 4) {
    if (pixels[k + 3] < 20) clear++;
    else if (pixels[k] + pixels[k + 1] + pixels[k + 2] > 540) light++;
    else if (pixels[k] + pixels[k + 1] + pixels[k + 2] < 60) dark++;
  }
  const all = pixels.length / 4;
  return { light: light / all, dark: dark / all, clear: clear / all };
}"""


def with_figures(pages):
    return [page for page in pages if not page.endswith(("index.html", "bibliography.html", "notation.html"))]


@pytest.fixture(scope="module")
def drawings(browser, base, pages):
    """Theme -> page -> what is said there of its drawings and of the figures that move."""
    found = {}
    for theme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme=theme)
        window = context.new_page()
        found[theme] = {}
        for name in with_figures(pages):
            window.goto(base + name, wait_until="load")
            facts = {script: window.evaluate(script) for script in (DRAWINGS, MOVING, SPACES, UNDRESSED)}
            found[theme][name] = facts
        context.close()
    return found


def everywhere(drawings, script, theme="light"):
    return [(page, one) for page, facts in drawings[theme].items() for one in facts[script]]


def test_there_are_figures_on_pages_and_in_notebooks(drawings):
    folders = {page.split("/")[0] for page, _ in everywhere(drawings, DRAWINGS)}
    assert folders == {"book", "notebooks"}
    assert everywhere(drawings, MOVING)


@pytest.mark.parametrize(("theme", "ending"), [("light", ".svg"), ("dark", ".night.svg")])
def test_one_image_is_seen_and_it_is_the_one_of_the_theme(drawings, theme, ending):
    wrong = [
        (page, one["id"], one["seen"])
        for page, one in everywhere(drawings, DRAWINGS, theme)
        if one["images"] != 2 or len(one["seen"]) != 1 or one["seen"][0].endswith(".night.svg") != (theme == "dark")
    ]
    assert not wrong
    assert all(one["seen"][0].endswith(ending) for _, one in everywhere(drawings, DRAWINGS, theme))


def test_no_drawing_is_shown_without_its_twin(drawings):
    assert not everywhere(drawings, UNDRESSED)


def test_each_has_words_and_a_size(drawings):
    assert not [(page, one["id"]) for page, one in everywhere(drawings, DRAWINGS) if len(one["alt"]) < 30]
    assert not [(page, one["id"]) for page, one in everywhere(drawings, MOVING) if len(one["alt"]) < 30]
    assert all(one["sized"] for _, one in everywhere(drawings, DRAWINGS))


def test_each_links_numbers_that_can_be_read(drawings, html):
    links = {}
    for script in (DRAWINGS, MOVING):
        for page, one in everywhere(drawings, script):
            if not one.get("placeholder"):
                links[page, one["id"]] = one["link"]
    assert not [where for where, link in links.items() if link is None]
    for (page, _), link in links.items():
        rows = list(csv.reader(io.StringIO(((html / page).parent / link).read_text(encoding="utf-8"))))
        assert len(rows) > 2, link
        assert len({len(row) for row in rows}) == 1, link
        assert {"series", "x", "y"} <= set(rows[0]), link


def test_a_scene_in_space_links_its_values(drawings, html):
    for page, one in everywhere(drawings, SPACES):
        scene = json.loads(((html / page).parent / one["link"]).read_text(encoding="utf-8"))
        assert scene["layers"], (page, one["id"])


def test_at_night_words_are_light_on_the_page_s_own_ground(read):
    window = read(theme="dark")
    window.goto("book/crown.html")
    window.page.evaluate(SHOW)
    found = window.page.evaluate(INK, ["#crown-sandwich img, .companion-drawing img"])
    assert found["clear"] > 0.7
    assert found["light"] > 20 * found["dark"]


def test_print_shows_the_day_also_at_night(read):
    window = read(theme="dark")
    window.goto("book/crown.html")
    window.page.emulate_media(media="print")
    (seen, *_) = window.page.evaluate(DRAWINGS)
    assert [name.endswith(".night.svg") for name in seen["seen"]] == [False]


def test_a_wide_drawing_scrolls_in_a_box_of_its_own_on_a_phone(read):
    window = read(width=390)
    window.goto("book/crown.html")
    window.page.evaluate(SHOW)
    box = window.page.locator(".companion-drawing").first
    box.scroll_into_view_if_needed()
    window.page.wait_for_function("document.querySelector('.companion-drawing').getAttribute('role') === 'region'")
    assert box.evaluate("b => b.scrollWidth > b.clientWidth")
    assert box.get_attribute("aria-label").endswith("scrolls sideways")
    box.focus()
    window.page.keyboard.press("ArrowRight")
    window.page.wait_for_function("document.querySelector('.companion-drawing').scrollLeft > 0")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_wide_screen_nothing_scrolls_and_nothing_is_in_the_way_of_the_keyboard(read):
    window = read()
    window.goto("book/crown.html")
    window.page.evaluate(SHOW)
    assert window.page.locator(".companion-drawing[tabindex]").count() == 0


def test_panels_that_stand_side_by_side_stand_below_each_other_on_a_phone(read):
    window = read(width=390)
    window.goto("book/crown.html")
    window.page.locator("figure.companion-interactive").first.scroll_into_view_if_needed()
    window.page.wait_for_function("document.querySelector('figure.companion-interactive').dataset.drawn")
    boxes = window.page.evaluate("""() => {
      const { yaxis, yaxis2 } = document.querySelector("figure.companion-interactive .companion-plot")._fullLayout;
      return [yaxis._offset, yaxis2._offset];
    }""")
    assert abs(boxes[1] - boxes[0]) > 200


def test_the_rows_of_a_table_of_sentences_are_cards_on_a_phone(read):
    window = read(width=390)
    window.goto("book/geometry.html")
    cell = window.page.locator("table.of-sentences tbody td").first
    assert cell.get_attribute("data-column")
    assert cell.evaluate("c => getComputedStyle(c, '::before').content") == f'"{cell.get_attribute("data-column")}"'
    assert cell.bounding_box()["width"] > 300
