import pytest

from companion.errors import ExecutionFailed, RefusedInput
from companion.running.execution import run_chapter
from companion.scales import Scale
from companion.source.cell_code import FORBIDDEN_TAGS, ending_line, wrong_code
from companion.source.notebooks import Cell


def problems(source, tags=()):
    return list(wrong_code([Cell("one", True, source, tags, 11)]))


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("%matplotlib inline", 11),
        ("x = 1\n%timeit x", 12),
        ("!ls", 11),
        ("x = 1\n\nfiles = !ls {x}", 13),
        ("home = %env HOME", 11),
        ("for k in range(3):\n    %time k", 12),
        ("def f():\n    !ls", 12),
        ("%%bash\nls", 11),
        ("?len", 11),
        ("x = 1\nlen?", 12),
        ("len??", 11),
    ],
)
def test_commands_of_ipython_are_refused_with_their_line(source, line):
    (problem,) = problems(source)
    assert problem.startswith(f"line {line}: cell 'one': this is a command of IPython")
    assert "a chapter is plain Python" in problem


@pytest.mark.parametrize(
    "source", ["x = (7\n     % 3)", "text = '''\n%magic\n!ls\nwhat?\n'''", "x = 1  # !ls", "y = x != 2"]
)
def test_what_only_looks_like_a_command_is_python(source):
    assert problems(f"x = 1\n{source}") == []


@pytest.mark.parametrize(
    "source", ["await f()", "[await f(x) for x in y]", "async with f(): pass", "async for x in f(): 1"]
)
def test_await_outside_of_a_function_is_refused(source):
    (problem,) = problems(f"x = 1\n{source}")
    assert problem.startswith("line 12: cell 'one': await, async for and async with")
    assert "asyncio.run" in problem
    assert problems("async def f():\n    await g()") == []


@pytest.mark.parametrize(
    ("source", "said"), [("f(", "was never closed"), ("return 3", "outside function"), ("1x", "inval")]
)
def test_what_is_no_python_is_refused(source, said):
    (problem,) = problems(source)
    assert problem.startswith("line 11: cell 'one': this is not Python: ")
    assert said in problem


@pytest.mark.parametrize("tag", FORBIDDEN_TAGS)
def test_tags_that_change_what_runs_are_refused(tag):
    (problem,) = problems("x = 1", (tag,))
    assert problem == f"line 11: cell 'one' carries the tag {tag!r}; {FORBIDDEN_TAGS[tag]}"


def test_a_run_of_such_a_notebook_is_refused_before_it_starts(scratch_project, add_cell, monkeypatch):
    monkeypatch.setattr("companion.running.execution._executed", lambda *_: pytest.fail("it was started"))
    add_cell(scratch_project, "raising", "1 / 0", 'tags=["raises-exception"]')
    line = add_cell(scratch_project, "magic", "x = 1\nfiles = !ls")
    with pytest.raises(RefusedInput, match=r"'raises-exception'; a run ends with the first cell") as refused:
        run_chapter(scratch_project, "toy", scale=Scale.QUICK)
    assert f"line {line + 1}: cell 'magic': this is a command of IPython" in str(refused.value)


@pytest.mark.parametrize(
    ("code", "at", "raised"),
    [
        ("import sys\n\nsys.exit(3)", 2, "SystemExit: 3"),
        ("x = 1\nexit()", 1, "SystemExit: exit() or quit() was called"),
        ("x = 1\nx = 2\nquit()", 2, "SystemExit: exit() or quit() was called"),
        ("x = 1\nraise SystemExit", 1, "SystemExit: "),
        ("x = 1\nraise KeyboardInterrupt('no')", 1, "KeyboardInterrupt: no"),
    ],
)
def test_a_cell_that_ends_the_program_is_an_error_with_its_line(scratch_project, add_cell, code, at, raised):
    line = add_cell(scratch_project, "ends", code) + at
    with pytest.raises(ExecutionFailed, match="toy: cell 'ends'") as failed:
        run_chapter(scratch_project, "toy", scale=Scale.QUICK)
    assert f"(notebooks/toy.py, line {line}) raised {raised}" in str(failed.value)


def test_an_exit_in_a_module_is_shown_where_it_stands(scratch_project, add_cell):
    path = scratch_project.root / "src" / "toymath" / "factors.py"
    path.write_text(path.read_text() + "\n\ndef leave():\n    raise SystemExit('gone')\n")
    line = add_cell(scratch_project, "ends", "from toymath.factors import leave\n\nleave()") + 2
    with pytest.raises(ExecutionFailed, match=rf"line {line}\) raised SystemExit: gone") as failed:
        run_chapter(scratch_project, "toy", scale=Scale.QUICK)
    assert "in src/toymath/factors.py, line 5, leave" in str(failed.value)


def test_the_end_of_the_process_is_shown_where_it_stands(scratch_project, add_cell):
    assert ending_line("x = 1\nimport os\nos._exit(0)") == 3
    assert ending_line("x = 1") is None
    line = add_cell(scratch_project, "ends", "import os\n\nos._exit(0)") + 2
    with pytest.raises(ExecutionFailed, match=rf"the kernel ended in cell 'ends' \(notebooks/toy\.py, line {line}\)"):
        run_chapter(scratch_project, "toy", scale=Scale.QUICK)
