"""Every page as a phone shows it."""

import pytest
import yaml

pytestmark = pytest.mark.site


@pytest.fixture
def chapters(html, pages):
    """The pages of chapters that are about one paper."""
    folder = html.parents[3] / "notebooks"
    claims = {path.name.removesuffix(".claims.yml"): path for path in folder.glob("*.claims.yml")}
    ours = {slug for slug, path in claims.items() if "joins" in yaml.safe_load(path.read_text(encoding="utf-8"))}
    return [page for page in pages if page.removeprefix("book/").removesuffix(".html") in set(claims) - ours]


def test_no_page_is_wider_than_a_phone(on_a_phone):
    assert {page: facts["width"] for page, facts in on_a_phone.items() if facts["width"] > 390} == {}


def test_every_page_loads_without_error_and_asks_no_other_host(on_a_phone):
    assert {page: facts["problems"] for page, facts in on_a_phone.items() if facts["problems"]} == {}


def test_axe_finds_nothing_serious(on_a_phone):
    assert {page: facts["serious"] for page, facts in on_a_phone.items() if facts["serious"]} == {}


def test_every_chapter_of_a_paper_has_its_table_of_what_differs_and_it_is_shown_whole(on_a_phone, chapters):
    assert len(chapters) > 5
    assert {page: found for page in chapters if (found := on_a_phone[page]["deviations are cut"]) != [False]} == {}
