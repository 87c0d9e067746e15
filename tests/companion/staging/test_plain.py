import pytest

from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.plain import plain_page


@pytest.fixture
def plain(toy_project):
    chapters = {"toy": read_chapter(toy_project, "toy", Scale.QUICK)}
    return lambda text: plain_page(toy_project, text, chapters)


def test_numbers_stand_in_the_format_that_the_page_gives(plain):
    glue = "{glue:text}`../notebooks/toy.ipynb::round."
    assert plain(f"It is {glue}number:.3f`, which {glue}verdict`.") == "It is 3.140, which held."


def test_words_stand_for_a_number_that_is_not_there(plain):
    text = plain("It is {glue:text}`../notebooks/toy.ipynb::starry.number:.3f`.")
    assert text == "It is (no number: it needs Spectra of far stars, not found on this machine)."


def test_a_badge_is_its_word(plain):
    assert plain("See {claim}`toy/square`.") == "See toy/square: violated."


def test_the_table_of_verdicts_is_a_list_and_what_else_is_generated_goes(plain):
    text = plain(
        "# Toy\n\n```{include} _generated/toy.header.md\n```\n\n```{include} _generated/toy.verdicts.md\n```\n\nEnd.\n"
    )
    assert text.startswith("# Toy\n\n- **held** (of the paper) Every circle")
    assert "The largest is 3.14." in text
    assert text.endswith("\n\nEnd.\n")
    assert "_generated" not in text


def test_a_figure_that_moves_is_named(plain):
    text = plain("```{raw} html\n:file: _figures/toy-slide.html\n```")
    assert text == "*(In the book a figure that moves stands here: toy-slide.)*"


@pytest.mark.parametrize("text", ["{claim}`far/none`", "{glue:text}`../notebooks/far.ipynb::none:.2f`"])
def test_what_nobody_declares_is_left_to_sphinx_which_names_it(plain, text):
    assert "none" in plain(text) or "no number" in plain(text)
