"""The one style sheet of the book dresses a page as the theme's whole sheets would."""

import pytest

from companion.sphinx_extension.sheets import joined_sheets

LOOKS = """() => {
  const kind = (element) => `${element.tagName} ${element.getAttribute("class") ?? ""}`;
  const first = new Map([...document.querySelectorAll("*")].reverse().map((element) => [kind(element), element]));
  const properties = [...getComputedStyle(document.body)].filter((name) => !name.startsWith("--"));
  const look = (style) => properties.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
  const looks = (element) => [null, "::before", "::after"].map((part) => getComputedStyle(element, part)).map(look);
  return Object.fromEntries([...first].map(([kind, element]) => [kind, looks(element).join("\\n")]));
}"""


@pytest.mark.site
@pytest.mark.parametrize(("name", "width"), [("book/index.html", 390), ("notebooks/geometry.html", 1400)])
def test_every_kind_of_element_looks_as_by_the_whole_sheets(html, base, browser, name, width):
    noted = (html.parent / ".doctrees" / "sheets.txt").read_text(encoding="utf-8").splitlines()
    whole = joined_sheets(html, [line.split()[0] for line in noted], "_static/book.css")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark", reduced_motion="reduce")
    page.goto(base + name)
    lean = page.evaluate(LOOKS)
    page.route("**/book.css*", lambda route: route.fulfill(body=whole, content_type="text/css"))
    page.goto(base + name)
    dressed = page.evaluate(LOOKS)
    page.close()
    assert {kind for kind, look in dressed.items() if lean[kind] != look} == set()
