"""Badges in prose, and the mathematics of claims."""


def test_the_role_links_a_badge_to_the_measuring_cell(page):
    held, unjudged = page("book/far.html").select("a.claim-link")
    assert held["href"] == "../notebooks/toy.html#claim-round"
    assert held.select_one("span.verdict.verdict-held").text == "held"
    assert held.select_one(".visually-hidden").text.strip() == "toy/round:"
    assert unjudged["href"] == "toy.html#verdict-eternal"


def test_links_of_badges_land_on_anchors(page):
    assert page("notebooks/toy.html").find(id="claim-round")
    assert page("book/toy.html").find(id="verdict-eternal")


def test_mathematics_in_a_claim_is_set_on_its_notebook(page):
    assert (
        page("notebooks/toy.html").select_one(".mathjax_process mjx-assistive-mml mi").string
        == "\N{GREEK SMALL LETTER PI}"
    )
