import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.reading import (
    MINUTES_OF_EXERCISE,
    WORDS_A_MINUTE,
    WORDS_OF_CODE_LINE,
    WORDS_OF_DISPLAY,
    WORDS_OF_FIGURE,
    WORDS_OF_FORMULA,
    minutes_of_notebook,
    minutes_of_text,
    reading_time,
    whole_minutes,
)


def words(markdown: str) -> float:
    """How many words a text counts as."""
    return minutes_of_text(markdown) * WORDS_A_MINUTE


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", 0),
        ("One two, three — *four* `five`.", 5),
        ("Where $x^2 + y_1$ is.", 2 + WORDS_OF_FORMULA),
        ("So\n\n$$\n\\min_x a \\cdot x\n$$\n\nit is.", 3 + WORDS_OF_DISPLAY),
        ("```{math}\nx\n```\n", WORDS_OF_DISPLAY),
        ("See [the notebook](../notebooks/crown.ipynb) and {claim}`crown/sound`.", 4),
        ("It is {glue:text}`../notebooks/crown.ipynb::mean-gain:.1%` here.", 3),
        (
            "```{figure} _figures/a.svg\n:alt: A very long text that nobody sees.\nOne caption.\n```\n",
            2 + WORDS_OF_FIGURE,
        ),
        ("```{raw} html\n:file: _figures/a.html\n```\n", WORDS_OF_FIGURE),
        ("```{include} _generated/crown.verdicts.md\n```\n", 0),
        ('<div class="lead">Hello there</div>', 2),
    ],
)
def test_words_formulas_and_figures_are_counted_and_markup_is_not(markdown, expected):
    assert words(markdown) == pytest.approx(expected)


def test_an_exercise_is_time_to_think_and_its_folded_solution_is_not_read():
    exercise = "```{exercise}\n:label: a-1\n\nShow it now.\n```\n"
    solution = "```{solution} a-1\n:class: dropdown\n\nIt follows from many words.\n```\n"
    expected = 3 / WORDS_A_MINUTE + MINUTES_OF_EXERCISE
    assert minutes_of_text(exercise + solution) == pytest.approx(expected)


def test_of_a_notebook_count_prose_figures_and_the_code_that_is_shown():
    figure = {"mystnb": {"figure": {"name": "a"}}, "tags": ["hide-input"]}
    cells = [
        new_markdown_cell("Two words"),
        new_code_cell("x = 1\n\ny = 2"),
        new_code_cell("draw()\nmore()", metadata=figure),
        new_code_cell("answer = 3", metadata={"tags": ["solution"]}),
        new_markdown_cell("A solution in words", metadata={"tags": ["solution"]}),
    ]
    expected = 2 + 2 * WORDS_OF_CODE_LINE + WORDS_OF_FIGURE
    assert minutes_of_notebook(new_notebook(cells=cells)) * WORDS_A_MINUTE == pytest.approx(expected)


def test_minutes_are_told_in_whole_numbers_and_never_as_none():
    assert [whole_minutes(m) for m in (0.0, 0.2, 3.0, 3.1)] == [1, 1, 3, 4]


def test_a_chapter_has_the_time_of_its_page_and_of_its_notebook(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    short = reading_time(toy_project, chapter)
    toy_project.page("toy").write_text("word " * 10 * WORDS_A_MINUTE)
    long = reading_time(toy_project, chapter)
    assert (short.page, short.notebook) == (1, 1)
    assert (long.page, long.notebook) == (10, 1)
