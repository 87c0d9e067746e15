"""Citations are links as a whole, and the bibliography leads back."""


def test_a_citation_in_a_sentence_is_one_link_with_its_authors(cited):
    link = cited("book/far.html").select_one("article a[href^='status.html#']")
    assert link.get_text() == "Püschel and Bo (2020)"


def test_a_citation_in_brackets_names_authors_and_year(cited):
    assert "(Püschel and Bo, 2020)" in cited("notebooks/toy.html").article.get_text()


def test_an_entry_leads_to_arxiv_and_to_the_pages_that_cite_it(cited):
    entry = cited("book/status.html").select_one(".citation")
    assert entry.select_one("a[href='https://arxiv.org/abs/2001.00001']").text == "arXiv:2001.00001"
    pages = [(link["href"], link.text) for link in entry.select(".cited-in a")]
    assert pages == [("toy.html", "Circles"), ("../notebooks/toy.html", "Circles, measured"), ("far.html", "Far away")]


def test_an_entry_that_no_page_cites_says_nothing_of_pages(cited):
    entries = cited("book/status.html").select(".citation")
    assert [bool(entry.select(".cited-in")) for entry in entries] == [True, False]
