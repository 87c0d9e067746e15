"""Formulas as a reader meets them: set in the page itself, whatever the browser may run."""

import pytest

pytestmark = pytest.mark.site

PAGES = ("book/crown.html", "notebooks/random-matrix.html")
SEEN = """one => { one.scrollIntoView(); const { width, height } = one.getBoundingClientRect();
  const rule = getComputedStyle(one.querySelector("mjx-c"), "::before");
  return [width, height, rule.content, rule.fontFamily]; }"""


@pytest.mark.parametrize("page", PAGES)
def test_formulas_need_no_script(browser, html, page):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((html / page).absolute().as_uri())
    formulas = tab.locator("article .math")
    assert formulas.count() > 50
    assert tab.locator("article .math > mjx-container").count() == formulas.count()
    for number in (0, formulas.count() - 1):
        width, height, letter, font = formulas.nth(number).locator("mjx-container").evaluate(SEEN)
        assert min(width, height) > 4
        assert letter not in {"none", "normal"}
        assert font.startswith("MJX")
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_brings_mathjax_itself_though_its_letters_are_there(read, page):
    reader, asked = read(), []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.goto(page)
    for formula in reader.page.locator("article .math").all()[::10]:
        formula.evaluate("one => one.scrollIntoView()")
    reader.page.evaluate("document.fonts.ready")
    of_mathjax = [url for url in asked if "mathjax" in url]
    assert of_mathjax
    assert [url for url in of_mathjax if not url.endswith(".woff")] == []
    assert reader.page.evaluate("document.fonts.check('16px MJXTEX-I', 'x')")
    assert reader.problems == []


def test_a_formula_that_is_wider_than_a_phone_fades_where_it_goes_on_and_takes_the_keyboard(read, html, pages):
    reader = read("light", 390)
    formulas = "[...document.querySelectorAll('mjx-container[display=true]')]"
    wide = f"{formulas}.filter(one => one.scrollWidth > one.clientWidth + 2)"
    found = 0
    for page in pages:
        if not page.startswith("book/") or 'display="true"' not in (html / page).read_text(encoding="utf-8"):
            continue
        reader.goto(page)
        reader.page.wait_for_function(f"{wide}.every(one => one.classList.contains('has-more') && one.tabIndex === 0)")
        found += reader.page.evaluate(f"{wide}.length")
        assert reader.page.evaluate(f"{wide}.every(one => one.ariaLabel === 'Formula, scrolls sideways')"), page
    assert found > 0
