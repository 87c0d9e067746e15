"""Every page as a wide screen shows it: its figures with their words and numbers, what it weighs, its colours."""

import csv
import io
import json
import re

import pytest

from tests.site.drawings import everywhere

pytestmark = pytest.mark.site

MOST_BYTES = 2_000_000
SPACE = re.compile(r"/vendor/space[\w.-]*\.js")


def test_every_page_loads_without_error_and_asks_no_other_host(by_day):
    assert {page: facts["problems"] for page, facts in by_day.items() if facts["problems"]} == {}


def test_every_page_has_one_first_heading_and_a_title(by_day):
    assert {page: facts["headings"] for page, facts in by_day.items() if facts["headings"] != 1} == {}
    assert all(facts["title"] for facts in by_day.values())


def test_the_theme_is_light_for_a_reader_whose_system_is(by_day):
    assert {facts["theme"] for facts in by_day.values()} == {"light"}


def test_mathematics_is_typeset(by_day):
    for page, facts in by_day.items():
        assert facts["typeset"] >= facts["formulas"], page
        assert facts["misspelt"] == 0, page
        assert not facts["raw"], page
    assert sum(facts["formulas"] for facts in by_day.values()) > 0


def test_an_address_of_a_place_leads_there_though_formulas_above_it_grow(by_day, html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    places = {page: facts["place"] for page, facts in by_day.items() if facts["place"] is not None}
    assert {f"book/{chapter['slug']}.html" for chapter in card["chapters"]} <= set(places)
    assert [page for page, stands_there in places.items() if not stands_there] == []


def test_no_formula_is_cut_off_on_a_wide_screen(by_day):
    assert {page: facts["cut"] for page, facts in by_day.items() if facts["cut"]} == {}


def test_every_image_has_its_alt_text_and_its_file(by_day):
    assert {page: facts["images"] for page, facts in by_day.items() if facts["images"]} == {}


@pytest.mark.parametrize("when", ["serious", "serious at night"])
def test_axe_finds_nothing_serious(by_day, when):
    assert {page: facts[when] for page, facts in by_day.items() if facts[when]} == {}


def test_there_are_figures_on_pages_and_in_notebooks(by_day):
    folders = {page.split("/")[0] for page, _ in everywhere(by_day, "drawings")}
    assert folders == {"book", "notebooks"}
    assert everywhere(by_day, "moving")


def test_one_image_is_seen_and_it_is_that_of_the_day(by_day):
    drawings = everywhere(by_day, "drawings")
    assert not [(page, one["id"], one["seen"]) for page, one in drawings if (one["images"], len(one["seen"])) != (2, 1)]
    assert all(one["seen"][0].endswith(".svg") for _, one in drawings)
    assert not [(page, one["id"]) for page, one in drawings if one["seen"][0].endswith(".night.svg")]


def test_no_drawing_is_shown_without_its_twin(by_day):
    assert not everywhere(by_day, "undressed")


def test_each_has_words_and_a_size(by_day):
    for kind in ("drawings", "moving"):
        assert not [(page, one["id"]) for page, one in everywhere(by_day, kind) if len(one["alt"]) < 30]
    assert all(one["sized"] for _, one in everywhere(by_day, "drawings"))


def test_each_links_numbers_that_can_be_read(by_day, html):
    figures = [*everywhere(by_day, "drawings"), *everywhere(by_day, "moving")]
    links = {(page, one["id"]): one["link"] for page, one in figures if not one.get("placeholder")}
    assert not [where for where, link in links.items() if link is None]
    for (page, _), link in links.items():
        rows = list(csv.reader(io.StringIO(((html / page).parent / link).read_text(encoding="utf-8"))))
        assert len(rows) > 2, link
        assert len({len(row) for row in rows}) == 1, link
        assert {"series", "x", "y"} <= set(rows[0]), link


def test_a_scene_in_space_links_its_values(by_day, html):
    for page, one in everywhere(by_day, "spaces"):
        scene = json.loads(((html / page).parent / one["link"]).read_text(encoding="utf-8"))
        assert scene["layers"], (page, one["id"])


# --- what a reader's browser loads ---


def test_no_page_weighs_more_than_two_megabytes_without_its_scenes(by_day):
    loaded = {page: facts["loaded"] for page, facts in by_day.items()}
    weights = {page: sum(n for url, n in sizes.items() if not SPACE.search(url)) for page, sizes in loaded.items()}
    assert {page: weight for page, weight in weights.items() if weight > MOST_BYTES} == {}
    assert all(weight > 10_000 for weight in weights.values())


def test_heavy_scripts_are_loaded_only_where_they_are_needed(by_day):
    for page, facts in by_day.items():
        for name, is_needed in facts["needs"].items():
            assert is_needed or not [url for url in facts["loaded"] if name in url], (page, name)
        assert not [url for url in facts["loaded"] if "fontawesome" in url or "searchindex" in url], page


def test_pictures_of_the_other_theme_are_not_loaded(by_day):
    night = {page: [url for url in facts["loaded"] if url.endswith(".night.svg")] for page, facts in by_day.items()}
    assert {page: urls for page, urls in night.items() if urls} == {}
