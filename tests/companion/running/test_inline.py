import linecache
import sys
from pathlib import Path

import pytest

from companion.claims.verdicts import Outcome, Reason
from companion.errors import ExecutionFailed, RefusedInput
from companion.project import Project
from companion.running.inline import DataLacking, Sabotage, run_inline

PYPROJECT = """
[tool.companion]
packages = ["{package}"]
data = "data.toml"
data-probe = "{package}.probe:fingerprints"
repository = ""
"""
PROBE = """
def fingerprints(names, root):
    return {name: ("abc" if (root / name).exists() else None) for name in names}
"""
CLAIMS = """
chapter: toy
title: A toy
part: Toys
position: 1
paper: toy2020paper
read: {sources: [abstract], sentence: The abstract.}
reader:
  topics: [shapes, numbers]
  assumes: What a circle is.
  difficulty: introductory
  figure: toy-circle
budget:
  quick: {cpu_seconds: 1, megabytes: 10}
  book: {cpu_seconds: 1, megabytes: 10}
  paper: {cpu_seconds: 1, megabytes: 10}
parameters:
  width: {minimum: 1, maximum: 9}
claims:
  - {id: square, sentence: Squares are positive., place: ours, of: ours, kind: inequality, why: Exact.,
     criterion: {test: at-least, cases: 2, bound: 1, reads: "the smallest is {number}"}}
  - {id: large, sentence: At large scale too., place: ours, of: ours, kind: inequality, why: Exact., from: book,
     criterion: {test: at-least, cases: 2, bound: 0, reads: "the smallest is {number}"}}
  - {id: starry, sentence: Stars are round., place: ours, of: ours, kind: inequality, why: Exact., needs: [stars],
     criterion: {test: at-least, cases: 1, bound: 0, reads: "the smallest is {number}"}}
"""
NOTEBOOK = """# ---
# jupyter:
#   jupytext:
#     text_representation: {{extension: .py, format_name: percent}}
#   kernelspec: {{display_name: Python 3, language: python, name: python3}}
# ---

# %% [markdown]
# # A toy

# %% parameters tags=["parameters"]
scale: str = "book"  # size
seed: int = 0  # of the generator
device: str = "auto"  # where
width: int = 3  # how wide

# %% setup tags=["setup"]
from dataclasses import dataclass
import matplotlib.pyplot as plt
from IPython.display import display
import companion
from {package} import areas

chapter = companion.chapter("toy")
plt.rcParams["lines.linewidth"] = 9.0

# %% [markdown]
# Squares.

# %% square
@dataclass
class Side:
    length: float


sides = [Side(1.0), Side(float(width))]
chapter.measure("square", [areas.shifted(side.length) for side in sides])
fig, ax = plt.subplots()
display(fig)
fig

# %% large
from {package}.areas import square

chapter.measure("large", [square(2.0), square(3.0)])
chapter.record("count", len(sides) if "sides" in dir() else 0)

# %% stars tags=["needs:stars"]
chapter.measure("starry", [1.0])

# %% fragile
def fail():
    raise KeyError("seven")


if seed == 7:
    fail()
"""
AREAS = """
def square(x):
    return x * x


def shifted(x):
    return square(x) + 1
"""


@pytest.fixture
def toy(tmp_path, request):
    """A toy book with mathematics of its own, under a name that no other test has loaded."""
    package = f"toy_{abs(hash(request.node.nodeid)):x}"
    files = {
        "pyproject.toml": PYPROJECT.format(package=package),
        "data.toml": "",
        "notebooks/toy.claims.yml": CLAIMS,
        "notebooks/toy.py": NOTEBOOK.format(package=package),
        f"src/{package}/__init__.py": "",
        f"src/{package}/probe.py": PROBE,
        f"src/{package}/areas.py": AREAS,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    yield Project.find(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def negative(original):
    return lambda x: -original(x) - 9.0


def broken_square(project: Project, **fields) -> Sabotage:
    target = f"{project.packages[0]}.areas:square"
    return Sabotage(**{"target": target, "twin": negative, "claims": ("square",), "cells": ("square",), **fields})


def edited(project: Project, old: str, new: str) -> None:
    path = project.notebook("toy")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    linecache.checkcache()


def test_a_whole_run_judges_every_claim_with_lifted_gates(toy) -> None:
    run = run_inline("toy", project=toy)
    assert [(name, str(v.verdict)) for name, v in run.verdicts.items()] == [
        ("square", "held"),
        ("large", "held"),
        ("starry", "not judged"),
    ]
    assert run.verdicts["starry"].reason is Reason.DATA
    assert (run.skipped, run.records) == ({"stars": "stars"}, {"count": 2})
    assert run.verdicts["square"].seed == 0


def test_with_the_data_nothing_is_skipped(toy) -> None:
    (toy.root / "stars").touch()
    run = run_inline("toy", project=toy)
    assert (run.verdicts["starry"].verdict, run.skipped) == (Outcome.HELD, {})


def test_parameters_are_checked_and_used(toy) -> None:
    run = run_inline("toy", parameters={"seed": 3, "width": 5}, project=toy)
    assert (run.namespace["scale"], run.namespace["seed"]) == ("quick", 3)
    assert run.verdicts["square"].seed == 3
    with pytest.raises(RefusedInput, match="width is 10; expected int, from 1 to 9"):
        run_inline("toy", parameters={"width": 10}, project=toy)
    with pytest.raises(RefusedInput, match=r"no parameter 'sed'\. Did you mean 'seed'"):
        run_inline("toy", parameters={"sed": 1}, project=toy)
    with pytest.raises(RefusedInput, match="scale is 'huge'"):
        run_inline("toy", scale="huge", project=toy)


def test_a_part_runs_parameters_setup_and_the_named_cells(toy) -> None:
    run = run_inline("toy", cells=["large"], project=toy)
    assert list(run.verdicts) == ["large"]
    assert run.records == {"count": 0}
    assert "sides" not in run.namespace


@pytest.mark.parametrize("cells", [["squares"], "square"])
def test_a_wrong_cell_name_is_refused(toy, cells) -> None:
    with pytest.raises(RefusedInput, match=r"no cell 'squares'; its cells: parameters, setup, square|expected a list"):
        run_inline("toy", cells=cells, project=toy)


def test_a_named_cell_without_its_data_says_so(toy) -> None:
    with pytest.raises(DataLacking, match=r"cell 'stars' of toy\.py needs stars, which is not here"):
        run_inline("toy", cells=["stars"], project=toy)


def test_an_unknown_chapter_is_refused(toy) -> None:
    with pytest.raises(RefusedInput, match="Did you mean 'toy'"):
        run_inline("toyy", project=toy)


def line_of(project: Project, text: str) -> int:
    lines = project.notebook("toy").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_an_error_names_cell_line_and_code(toy) -> None:
    with pytest.raises(ExecutionFailed) as failed:
        run_inline("toy", parameters={"seed": 7}, project=toy)
    line = line_of(toy, 'raise KeyError("seven")')
    assert str(failed.value) == f"toy.py, cell 'fragile', line {line}: KeyError: 'seven'\n    raise KeyError(\"seven\")"
    assert isinstance(failed.value.__cause__, KeyError)


@pytest.mark.parametrize("wrong", ["x = = 1", "%matplotlib inline"])
def test_what_is_not_python_is_named_with_its_line(toy, wrong) -> None:
    edited(toy, 'chapter.measure("starry", [1.0])', wrong)
    (toy.root / "stars").touch()
    with pytest.raises(ExecutionFailed, match=rf"cell 'stars', line {line_of(toy, wrong[:5])}: SyntaxError"):
        run_inline("toy", project=toy)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('chapter.measure("large"', 'chapter.measure("huge"', "claim 'huge' is not declared"),
        ('chapter.measure("large", [square(2.0), square(3.0)])', "pass", "toy/large was not measured"),
        ('chapter.measure("large"', 'chapter.measure("square"', "'square' is measured a second time"),
        ("[square(2.0), square(3.0)]", "[1.0]", "claim toy/large: 1 cases"),
    ],
)
def test_wrong_measurements_end_the_run(toy, old, new, message) -> None:
    edited(toy, old, new)
    with pytest.raises(ExecutionFailed, match=message):
        run_inline("toy", project=toy)


def test_a_run_leaves_nothing_behind(toy) -> None:
    import matplotlib.pyplot as plt

    modules, figures, width = set(sys.modules), plt.get_fignums(), plt.rcParams["lines.linewidth"]
    run_inline("toy", project=toy)
    assert [name for name in set(sys.modules) - modules if name.startswith("notebook_")] == []
    assert (plt.get_fignums(), plt.rcParams["lines.linewidth"]) == (figures, width)


def test_the_broken_twin_is_noticed_and_then_gone(toy) -> None:
    assert run_inline("toy", sabotage=broken_square(toy), project=toy).verdicts["square"].verdict is Outcome.VIOLATED
    assert run_inline("toy", cells=["square"], project=toy).verdicts["square"].verdict is Outcome.HELD


def test_the_twin_reaches_names_that_the_notebook_imports(toy) -> None:
    sabotage = broken_square(toy, claims=("large",), cells=("large",))
    assert run_inline("toy", sabotage=sabotage, project=toy).verdicts["large"].verdict is Outcome.VIOLATED


def test_without_cells_a_sabotage_runs_all(toy) -> None:
    run = run_inline("toy", sabotage=broken_square(toy, cells=()), project=toy)
    assert [str(v.verdict) for v in run.verdicts.values()] == ["violated", "violated", "not judged"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"claims": ("squares",)}, "names the claims squares, which toy does not declare; it declares square, large"),
        ({"claims": ("large",)}, r"names the claims large, which its cells \(square\) do not measure"),
        ({"cells": ("squares",)}, "no cell 'squares'"),
        ({"cells": ("fragile",)}, r"its twin was never called in the cells that ran \(fragile\)"),
    ],
)
def test_a_sabotage_that_proves_nothing_is_refused(toy, fields, message) -> None:
    with pytest.raises(RefusedInput, match=message):
        run_inline("toy", sabotage=broken_square(toy, **fields), project=toy)


def test_the_original_is_back_after_a_failure(toy) -> None:
    sabotage = broken_square(toy, twin=lambda original: lambda x: 1 / 0)
    with pytest.raises(ExecutionFailed, match="ZeroDivisionError"):
        run_inline("toy", sabotage=sabotage, project=toy)
    assert run_inline("toy", cells=["square"], project=toy).verdicts["square"].verdict is Outcome.HELD


def test_coverage_and_tracebacks_see_the_notebooks_own_lines(toy) -> None:
    run = run_inline("toy", project=toy)
    code = run.namespace["fail"].__code__
    assert Path(code.co_filename) == toy.notebook("toy")
    assert code.co_firstlineno == line_of(toy, "def fail():")
