"""Drawings and figures as readers use them: their ink at night and on paper, their room on a phone."""

import pytest

from tests.site.drawings import DRAWINGS

pytestmark = pytest.mark.site

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


def test_at_night_words_are_light_on_the_page_s_own_ground(read):
    window = read(theme="dark")
    window.open("book/crown.html")
    window.page.evaluate(SHOW)
    found = window.page.evaluate(INK, ["#crown-sandwich img, .companion-drawing img"])
    assert found["clear"] > 0.7
    assert found["light"] > 20 * found["dark"]


def test_print_shows_the_day_also_at_night(read):
    window = read(theme="dark")
    window.open("book/crown.html")
    window.page.emulate_media(media="print")
    (seen, *_) = window.page.evaluate(DRAWINGS)
    assert [name.endswith(".night.svg") for name in seen["seen"]] == [False]


def test_a_wide_drawing_scrolls_in_a_box_of_its_own_on_a_phone(read):
    window = read(width=390)
    window.open("book/crown.html")
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
    window.open("book/crown.html")
    window.page.evaluate(SHOW)
    assert window.page.locator(".companion-drawing[tabindex]").count() == 0


def test_panels_that_stand_side_by_side_stand_below_each_other_on_a_phone(read):
    window = read(width=390)
    window.open("book/crown.html")
    window.page.locator("figure.companion-interactive").first.scroll_into_view_if_needed()
    window.page.wait_for_function("document.querySelector('figure.companion-interactive').dataset.drawn")
    boxes = window.page.evaluate("""() => {
      const { yaxis, yaxis2 } = document.querySelector("figure.companion-interactive .companion-plot")._fullLayout;
      return [yaxis._offset, yaxis2._offset];
    }""")
    assert abs(boxes[1] - boxes[0]) > 200


def test_the_rows_of_a_table_of_sentences_are_cards_on_a_phone(read):
    window = read(width=390)
    window.open("book/geometry.html")
    cell = window.page.locator("table.of-sentences tbody td").first
    assert cell.get_attribute("data-column")
    assert cell.evaluate("c => getComputedStyle(c, '::before').content") == f'"{cell.get_attribute("data-column")}"'
    assert cell.bounding_box()["width"] > 300
