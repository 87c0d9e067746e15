import re

import pytest
from bs4 import BeautifulSoup

from companion.sphinx_extension import launchers


@pytest.fixture(scope="module")
def page(rendered_toy):
    return lambda name: BeautifulSoup((rendered_toy / name).read_text(encoding="utf-8"), "html.parser")


def test_the_role_links_a_badge_to_the_measuring_cell(page):
    held, unjudged = page("book/far.html").select("a.claim-link")
    assert held["href"] == "../notebooks/toy.html#claim-round"
    assert held.select_one("span.verdict.verdict-held").text == "held"
    assert held.select_one(".visually-hidden").text.strip() == "toy/round:"
    assert unjudged["href"] == "toy.html#verdict-eternal"


def test_links_of_badges_land_on_anchors(page):
    assert page("notebooks/toy.html").find(id="claim-round")
    assert page("book/toy.html").find(id="verdict-eternal")


def test_a_number_that_is_not_there_is_a_dash_whatever_its_format(page):
    text = page("book/far.html").article.get_text()
    assert "the bound —, interval [-inf, 0.2]" in text
    assert "The mean is 0.50." in text


def test_a_notebook_shows_its_own_keys(page):
    assert "The number is 3.140." in page("notebooks/toy.html").article.get_text()


def test_mathematics_in_a_claim_loads_mathjax_on_its_notebook(page):
    scripts = [script.get("src", "") for script in page("notebooks/toy.html").find_all("script")]
    assert any("mathjax" in source for source in scripts)


def test_downloads_work_offline(page, rendered_toy):
    links = page("notebooks/toy.html").select(".dropdown-download-buttons a")
    assert [link["href"].rsplit("/", 1)[1] for link in links] == ["toy.run.ipynb", "toy.ipynb", "toy.py"]
    for name in ("book/toy.html", "notebooks/toy.html"):
        for link in page(name).select(".dropdown-download-buttons a, a[download]"):
            assert (rendered_toy / name).parent.joinpath(link["href"]).is_file(), link


def test_without_a_repository_there_is_no_button_to_launch(page):
    assert not page("notebooks/toy.html").select(".dropdown-launch-buttons")


def test_a_repository_on_github_can_be_launched():
    urls = {button["text"]: button["url"] for button in launchers("https://github.com/a/b", "toy")}
    assert urls["Colab"].endswith("/github/a/b/blob/notebooks/notebooks/toy.ipynb")
    assert urls["Binder"].endswith("/gh/a/b/main?urlpath=lab/tree/notebooks/toy.py")


def test_another_host_has_no_launcher_that_would_break():
    assert [button["text"] for button in launchers("https://git.example.org/a/b", "toy")] == [
        "Source in the repository"
    ]


def test_one_search_box_and_no_empty_header(page):
    toy = page("book/toy.html")
    assert len(toy.select(".search-button-field")) == 1
    assert not toy.select_one("#pst-header").get_text(strip=True)


def test_a_build_at_quick_scale_says_so_on_every_page(page, rendered_toy):
    for path in rendered_toy.glob("book/*.html"):
        assert "quick" in page(path.relative_to(rendered_toy)).select_one(".bd-header-announcement").text


def test_nobody_loads_thebe(page):
    assert not re.search("thebe", str(page("notebooks/toy.html").head), re.IGNORECASE)
