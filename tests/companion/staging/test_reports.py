from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.reports import issue_address, report_link, report_text


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


def test_a_report_says_which_run_was_seen(chapter):
    text = report_text(chapter)
    for line in (
        "**Chapter:** Circles and squares (`toy`)",
        "**Run:** quick scale, 2026-01-02T03:04 UTC, stamp `000000000000`",
        "**Verdicts:** 1 held, 1 violated, 3 not judged",
        "**Versions:** numpy 2.4.6, python 3.11.2",
        "**Again:** `companion run toy --scale quick`",
        "**What I see:** ",
    ):
        assert line in text.splitlines()


def test_without_a_tracker_the_report_is_there_to_be_copied(toy_project, chapter):
    fragment = report_link(toy_project, chapter)
    page = BeautifulSoup(fragment, "html.parser")
    assert page.select_one("textarea").text == report_text(chapter)
    assert page.select_one("label")["for"] == page.select_one("textarea")["id"]
    assert page.select_one("button.report-copy").has_attr("hidden")  # until the script is there
    assert "\n\n" not in fragment  # Markdown would begin there


def test_on_github_an_issue_is_half_written(toy_project, chapter):
    project = replace(toy_project, repository="https://github.com/toys/book")
    link = BeautifulSoup(report_link(project, chapter), "html.parser").select_one("a")["href"]
    address = urlsplit(link)
    assert (address.netloc, address.path) == ("github.com", "/toys/book/issues/new")
    assert parse_qs(address.query) == {"title": ["Circles and squares"], "body": [report_text(chapter)]}


def test_another_host_is_only_asked_for_its_issues():
    assert issue_address("https://example.org/toys", "A", "B") == "https://example.org/toys/issues"
