"""Coding exercises: what is folded, and what is shown."""

from nbformat.v4 import new_code_cell, new_markdown_cell

from companion.staging.exercises import with_solutions_folded

MARKED = (
    "x = 3.2\n### BEGIN SOLUTION\ndef nearest(x):\n    return round(x)\n\n\n### END SOLUTION\nassert nearest(x) == 3"
)


def code(source, **metadata):
    return new_code_cell(source, id="nearest", metadata={"tags": ["solution"], **metadata})


def folded(*cells):
    return list(with_solutions_folded(cells))


def test_what_is_given_and_what_tests_are_cells_of_their_own():
    given, solution, words, tests = folded(code(MARKED))
    assert given.source == "x = 3.2"
    assert solution.source == "def nearest(x):\n    return round(x)"
    assert words.source == "Your own solution should pass:"
    assert tests.source == "assert nearest(x) == 3"
    assert [cell.id for cell in (given, solution, words, tests)] == [
        "nearest-given",
        "nearest",
        "nearest-words",
        "nearest-tests",
    ]


def test_only_the_solution_is_hidden_and_it_keeps_the_outputs():
    cell = code(MARKED)
    cell.outputs = ["something"]
    shown = folded(cell)
    assert [part.metadata.get("tags") for part in shown] == [None, ["solution", "hide-cell"], None, None]
    assert shown[1].metadata["mystnb"]["code_prompt_show"] == "Show the solution"
    assert shown[1].outputs == ["something"]


def test_without_anything_around_the_marks_there_is_the_solution_alone():
    (solution,) = folded(code("### BEGIN SOLUTION\nround(3.2)\n### END SOLUTION"))
    assert solution.source == "round(3.2)"


def test_without_marks_the_whole_cell_is_hidden():
    (solution,) = folded(code("round(3.2)"))
    assert solution.source == "round(3.2)"
    assert "hide-cell" in solution.metadata["tags"]


def test_a_solution_in_words_is_folded_and_every_other_cell_is_left_alone():
    other = new_markdown_cell("Round numbers.")
    words, same = folded(new_markdown_cell("It is three.", metadata={"tags": ["solution"]}), other)
    assert words.source == "````{dropdown} The solution in words\nIt is three.\n````"
    assert same is other
    assert same.source == "Round numbers."


def test_long_names_stay_names_of_cells():
    cell = code(MARKED)
    cell.id = "a" * 64
    assert {len(part.id) for part in folded(cell)} == {64}
