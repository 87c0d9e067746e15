from signal import Signals

import nbformat
import pytest

from companion.running.failures import described_death, described_error, failed_cell, numbered, place
from companion.source.notebooks import read_notebook


@pytest.fixture
def notebook(scratch_project, add_cell):
    add_cell(scratch_project, "wrong", "a = 1\nb = 2\nc = 3")
    return read_notebook(scratch_project.notebook("toy"))


def executed(traceback, count=7):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="too many", traceback=traceback)
    return nbformat.v4.new_code_cell("", id="wrong", execution_count=count, outputs=[error]), error


def test_the_last_line_within_the_cell_is_marked(notebook, scratch_project):
    root, first = scratch_project.root, notebook.cell("wrong").line
    trace = [
        "\x1b[31mValueError\x1b[39m",
        "Cell \x1b[92mIn[7], line 3\x1b[0m",
        "Cell In[2], line 1, in helper()",
        f"File {root}/src/toymath/doubling.py:8, in doubled(x)",
        "File /usr/lib/site-packages/far.py:1, in far()",
    ]
    text = described_error(notebook, root, *executed(trace))
    assert text.splitlines() == [
        f"cell 'wrong' (notebooks/toy.py, line {first + 2}) raised ValueError: too many",
        f"     {first:4d} | a = 1",
        f"     {first + 1:4d} | b = 2",
        f"  -> {first + 2:4d} | c = 3",
        "  in src/toymath/doubling.py, line 8, doubled",
    ]


def test_without_a_line_the_first_is_marked(notebook, scratch_project):
    text = described_error(notebook, scratch_project.root, *executed([]))
    assert f"line {notebook.cell('wrong').line}) raised" in text


def test_the_first_cell_that_raised_is_found():
    cell, error = executed([])
    good = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("stream", text="x")])
    text = nbformat.v4.new_markdown_cell("")
    assert failed_cell(nbformat.v4.new_notebook(cells=[text, good, cell])) == (cell, error)
    assert failed_cell(nbformat.v4.new_notebook(cells=[text, good])) is None


def test_places_are_relative(notebook, scratch_project):
    cell = notebook.cell("wrong")
    assert place(notebook, scratch_project.root, cell) == f"cell 'wrong' (notebooks/toy.py, line {cell.line})"
    assert numbered(cell, cell.line)[0].startswith("  ->")


def test_deaths_have_causes():
    assert "was killed in x. Most often the machine ran out of memory" in described_death("x", Signals.SIGKILL, 300, "")
    assert "300 MB" in described_death("x", Signals.SIGKILL, 300, "")
    crash = described_death("x", Signals.SIGSEGV, 300, "Fatal error")
    assert crash == "the kernel crashed with SIGSEGV in x. Its last words:\nFatal error"
    assert described_death("x", None, 300, "") == "the kernel ended in x without an exception."
