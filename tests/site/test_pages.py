"""Every page as a browser shows it: by day, by night and on a phone."""

import pytest

from tests.site.conftest import covering, kinds_of

pytestmark = pytest.mark.site


@pytest.fixture
def by_day(visits):
    return visits["light", 1400]


def test_every_page_loads_without_error_and_asks_no_other_host(by_day):
    assert {page: facts["problems"] for page, facts in by_day.items() if facts["problems"]} == {}


def test_every_page_has_one_first_heading_and_a_title(by_day):
    assert {page: facts["headings"] for page, facts in by_day.items() if facts["headings"] != 1} == {}
    assert all(facts["title"] for facts in by_day.values())


def test_mathematics_is_typeset(by_day):
    for page, facts in by_day.items():
        assert facts["typeset"] >= facts["formulas"], page
        assert facts["raw"] == 0, page
    assert sum(facts["formulas"] for facts in by_day.values()) > 0


def test_no_formula_is_cut_off_on_a_wide_screen(by_day):
    assert {page: facts["cut"] for page, facts in by_day.items() if facts["cut"]} == {}


def test_every_image_has_its_alt_text_and_its_file(by_day):
    assert {page: facts["images"] for page, facts in by_day.items() if facts["images"]} == {}


def test_no_page_is_wider_than_a_phone(visits):
    assert {page: facts["width"] for page, facts in visits["light", 390].items() if facts["width"] > 390} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_follows_the_readers_system(visits, theme):
    assert {facts["theme"] for facts in visits[theme, 1400].values()} == {theme}


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 390)])
def test_axe_finds_nothing_of_any_impact(visits, theme, width):
    found = visits[theme, width]
    assert {page: facts["findings"] for page, facts in found.items() if facts["findings"]} == {}
    assert {page: facts["problems"] for page, facts in found.items() if facts["problems"]} == {}


def test_the_pages_that_axe_sees_have_every_kind_of_element():
    kinds = {"a": kinds_of('<p class="x y"><q id="1"><mjx-c class="mjx-i">'), "b": kinds_of('<p data-a="1" class="y">')}
    assert kinds == {"a": {"p.", "p.x", "p.y", "q.", "mjx."}, "b": {"p.", "p.y"}}
    assert covering(kinds) == ["a"]
    assert covering(kinds | {"c": kinds_of("<b>")}) == ["a", "c"]
