"""Numbers of notebooks on pages."""


def test_a_number_that_is_not_there_is_a_sentence_whatever_its_format(page):
    text = page("book/far.html").article.get_text()
    assert "the bound (no bound: it was not checked), interval [-inf, 0.2]" in text
    assert "The mean is 0.50." in text


def test_a_notebook_shows_its_own_keys(page):
    assert "The number is 3.140." in page("notebooks/toy.html").article.get_text()
