"""The tables of what differs from the paper: one in each chapter of a paper, readable on a phone without scrolling."""

import pytest
import yaml

pytestmark = pytest.mark.site

CUT = "table => table.scrollWidth > table.clientWidth + 1 || table.getBoundingClientRect().right > innerWidth"


@pytest.fixture
def chapters(html, pages):
    """The pages of chapters that are about one paper."""
    folder = html.parents[3] / "notebooks"
    claims = {path.name.removesuffix(".claims.yml"): path for path in folder.glob("*.claims.yml")}
    ours = {slug for slug, path in claims.items() if "joins" in yaml.safe_load(path.read_text(encoding="utf-8"))}
    return [page for page in pages if page.removeprefix("book/").removesuffix(".html") in set(claims) - ours]


def test_every_chapter_of_a_paper_has_its_table_and_a_phone_shows_it_whole(read, chapters):
    faults = {}
    for name in chapters:
        reader = read(width=390)
        reader.page.goto(reader.base + name, wait_until="load")
        tables = reader.page.locator("table.deviations")
        faults[name] = "none" if tables.count() != 1 else tables.first.evaluate(CUT)
        reader.page.close()
    assert len(chapters) > 5
    assert {name: fault for name, fault in faults.items() if fault} == {}
