"""Links of the built book, read without a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def soups(html, pages):
    return {page: BeautifulSoup((html / page).read_text(encoding="utf-8"), "html.parser") for page in pages}


@pytest.fixture(scope="module")
def anchors(soups):
    return {page: {tag["id"] for tag in soup.find_all(id=True)} for page, soup in soups.items()}


def broken(html: Path, page: str, hrefs: Iterator[str], anchors: dict[str, set[str]]) -> list[str]:
    bad = []
    for href in hrefs:
        if "://" in href or href.startswith(("mailto:", "#:")) or href in ("", "#"):
            continue
        path, _, anchor = unquote(href).partition("#")
        path = path.partition("?")[0]
        target = (html / page).parent.joinpath(path).resolve() if path else html / page
        name = target.relative_to(html.resolve()).as_posix() if path else page
        if not target.is_file() or (anchor and name in anchors and anchor not in anchors[name]):
            bad.append(f"{page}: {href}")
    return bad


def test_internal_links_lead_somewhere(html, pages, soups, anchors):
    bad = []
    for page in pages:
        hrefs = (link["href"] for link in soups[page].find_all("a", href=True))
        bad += broken(html, page, hrefs, anchors)
    assert bad == []


def test_every_result_links_to_the_cell_that_measured_it(soups, anchors):
    found = 0
    for page, soup in soups.items():
        for link in soup.select("table.claims .claim-again a"):
            target, _, anchor = link["href"].removeprefix("../").partition("#")
            assert target.startswith("notebooks/"), page
            assert anchor.startswith("claim-"), page
            assert anchor in anchors[target], (page, link["href"])
            found += 1
    assert found > 0


def test_below_every_cell_that_measured_a_link_leads_back_to_the_row(soups):
    found = 0
    for page, soup in soups.items():
        for block in soup.select(".verdict-block"):
            target, _, anchor = block.select_one("a.claim-name")["href"].removeprefix("../").partition("#")
            assert target == page.replace("notebooks/", "book/")
            row = soups[target].find(id=anchor)
            assert row.name == "tr", (page, anchor)
            assert block["id"] == anchor.replace("verdict-", "claim-", 1)
            assert f'href="../{page}#{block["id"]}"' in str(row), (page, anchor)
            assert row["data-verdict"] == block.select_one(".verdict").text
            found += 1
    assert found > 0


def test_every_row_has_verdict_place_kind_and_command(soups):
    rows = soups["book/scorecard.html"].select("table.claims tbody tr")
    assert rows
    for row in rows:
        assert row.select_one(".verdict").text == row["data-verdict"]
        assert row["data-kind"] in row.select_one(".claim-place").text
        assert f"companion run {row['data-chapter']} --scale " in row.select_one(".claim-details code").text
        if row["data-verdict"] == "not judged":
            assert row.select_one(".claim-reason").text.strip()


def test_anchors_of_claims_are_unique(soups):
    for page, soup in soups.items():
        ids = [tag["id"] for tag in soup.select('[id^="claim-"], [id^="verdict-"], table.claims [id], figure[id]')]
        assert sorted(ids) == sorted(set(ids)), page
