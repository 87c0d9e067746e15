"""What links point to stands in the page that links."""

import pytest

from companion.sphinx_extension.previews import claim_card, paper_card
from companion.staging.bibliography import read_papers

CLAIM = {
    **{"sentence": r"Every circle has $\pi \le 3.2$.", "origin": "Theorem 1 & 2", "kind": "inequality"},
    **{"whose": "of the paper", "result": "The largest is $3.14$; 3.2 is allowed."},
}


@pytest.fixture
def card_of(tmp_path):
    """The card of a paper that is written in BibTeX."""

    def make(bibtex: str) -> str:
        path = tmp_path / "references.bib"
        path.write_text(bibtex, encoding="utf-8")
        return paper_card(read_papers([path])["key"])

    return make


def test_the_card_of_a_paper_says_what_it_is_and_where_it_can_be_read(card_of):
    card = card_of(
        "@article{key, author = {Püschel, Ann and Bo, Cy}, title = {On x < y}, journal = {Journal of Toys}, "
        "year = {2020}, note = {arXiv:2001.00001}}"
    )
    assert "On x &lt; y" in card
    assert "Ann Püschel, Cy Bo" in card
    assert "Journal of Toys, 2020" in card
    assert '<a href="https://arxiv.org/abs/2001.00001">arXiv:2001.00001</a>' in card


def test_a_paper_without_place_and_address_has_a_card_without_gaps(card_of):
    card = card_of("@misc{key, author = {Nobody}, title = {Untitled}, year = {1999}}")
    assert "<p>1999</p>" in card
    assert "preview-links" not in card


def test_the_card_of_a_claim_says_what_came_out_and_whose_it_is():
    card = claim_card(CLAIM)
    assert r'<span class="mathjax_process">\(\pi \le 3.2\)</span>' in card
    assert r'<p class="claim-result">The largest is <span class="mathjax_process">\(3.14\)</span>' in card
    assert "of the paper: Theorem 1 &amp; 2 · inequality" in card


def test_our_own_claim_says_so_once_and_a_chapter_that_failed_has_no_result():
    card = claim_card({**CLAIM, "whose": "ours", "origin": "ours", "result": ""})
    assert '<p class="claim-place">ours · inequality</p>' in card
    assert "claim-result" not in card


def test_a_page_carries_one_card_for_each_address(cited):
    cards = {card["data-for"]: card.get_text() for card in cited("book/far.html").select("template.preview")}
    citation = next(address for address in cards if address.startswith("status.html#"))
    assert "On ROUND things" in cards[citation]
    assert "The largest is 3.14." in cards["../notebooks/toy.html#claim-round"]
    assert len(cards) == 3


def test_the_addresses_of_cards_are_those_of_links(cited):
    page = cited("book/far.html")
    links = {link.get("href") for link in page.select("article a.reference")}
    assert {card["data-for"] for card in page.select("template.preview")} <= links


def test_a_page_without_such_links_carries_none(cited):
    assert not cited("book/scorecard.html").select("template.preview")


def test_formulas_of_cards_are_set_on_the_page_that_links(cited):
    page = cited("book/index.html")
    assert "<mi>\N{GREEK SMALL LETTER PI}</mi>" in str(page.select_one("template.preview"))
    assert page.head.select_one("style.formulas")
