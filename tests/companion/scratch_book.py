"""A tiny complete book, for every test that needs a project but not ours.

Ask for the fixture ``scratch_project``: a ``companion.project.Project`` in ``tmp_path`` with one chapter, ``toy``. It
is importable while the test runs, and forgotten afterwards. What it holds:

- ``pyproject.toml`` with ``[tool.companion]``, ``requirements.lock``, ``_config.yml``, ``_toc.yml``
- ``src/toymath``: ``doubling.doubled(x)`` (which uses ``factors.FACTOR``), the unrelated ``tripling``, and ``data``,
  the probe.
- ``data.toml`` with the set ``toy-numbers``. It "can be had" when ``data/toy-numbers.txt`` exists; at first it does
  not: ask for the fixture ``provide_data`` and call ``provide_data(project)``.
- ``notebooks/toy.py`` (cells: parameters, setup, doubling, halves, circle, which draws the figure
  ``toy-circle``, numbers) and ``notebooks/toy.claims.yml`` (claims:
  ``doubles`` held; ``halves-grow`` violated; ``numbers-positive`` needs the data; ``too-large`` unchecked).
- ``book/index.md``, ``book/toy.md``, ``book/references.bib``, ``CITATION.cff``, ``LICENSE-prose``.

Change it by writing files; the fixture ``add_cell(project, name, code)`` appends a code cell to the notebook. Executing
it takes about two seconds. ``no_orphans`` fails a test that leaves a kernel behind.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from companion.project import Project

FILES = {
    "pyproject.toml": """
[project]
name = "toymath"
version = "0.0"

[tool.companion]
packages = ["toymath"]
data = "data.toml"
data-probe = "toymath.data:fingerprints"
repository = ""
""",
    "requirements.lock": "numpy==2.4.6\n",
    "_config.yml": """
title: Toy
author: Nobody
execute: {execute_notebooks: "off"}
""",
    "_toc.yml": """
format: jb-book
root: book/index
parts:
  - caption: All
""",
    "data.toml": """
[sets.toy-numbers]
title = "Toy numbers"
citation = "nobody2020toy"
licence = "CC0"
ways = ["writing data/toy-numbers.txt by hand"]
""",
    "CITATION.cff": """
title: Toy book
version: 0.0
date-released: 2020-01-01
license: MIT
authors: [{name: Nobody}]
""",
    "LICENSE-prose": "Do with it what you like.\n",
    "src/toymath/__init__.py": '''
"""Toy mathematics; it hides no import."""
''',
    "src/toymath/doubling.py": '''
"""Doubling."""

from toymath.factors import FACTOR


def doubled(x):
    """Twice ``x``."""
    return FACTOR * x
''',
    "src/toymath/factors.py": "FACTOR = 2\n",
    "src/toymath/tripling.py": '''
"""Nobody imports this."""


def tripled(x):
    """Three times ``x``."""
    return 3 * x
''',
    "src/toymath/data.py": '''
"""The probe: a data set can be had when its file lies in data/."""

import hashlib


def fingerprints(names, root):
    """Name to hash of its file, None where it lacks; a file that says "corrupt" is refused."""
    found = {}
    for name in names:
        path = root / "data" / f"{name}.txt"
        content = path.read_bytes() if path.is_file() else None
        if content == b"corrupt":
            raise RuntimeError(f"The data file {path.name} is corrupt: expected numbers, found a word. Remove it.")
        found[name] = None if content is None else hashlib.sha256(content).hexdigest()
    return found
''',
    "notebooks/toy.py": """
# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Toy
#
# We double some numbers.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick, book or paper
seed: int = 0  # of the random numbers
device: str = "auto"  # cpu or cuda
# how many numbers
# are doubled
count: int | None = None

# %% setup tags=["setup"]
import random

import companion
from toymath.doubling import doubled

chapter = companion.chapter("toy")
size = count or companion.by_scale(scale, quick=5, book=10, paper=20)

# %% [markdown]
# ## Doubling

# %% doubling
numbers = [random.Random(seed + k).random() for k in range(size)]
twice = [doubled(x) for x in numbers]
chapter.measure("doubles", {"computed": twice, "expected": [x + x for x in numbers]})

# %% halves tags=["hide-input"]
chapter.measure("halves-grow", [x / 2 - x for x in numbers])

# %% circle mystnb={"figure": {"name": "toy-circle", "caption": "A circle."}, "image": {"alt": "A circle."}}
head = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">'
svg = head + '<circle cx="10" cy="10" r="8"/></svg>'
forms = {"_repr_svg_": lambda self: svg, "_repr_companion_figure_data_": lambda self: {"series": []}}
type("Circle", (), forms)()

# %% numbers tags=["needs:toy-numbers"]
from pathlib import Path

found = [float(line) for line in Path("../data/toy-numbers.txt").read_text().split()]
chapter.measure("numbers-positive", found)
""",
    "notebooks/toy.claims.yml": """
chapter: toy
title: Toy
part: All
position: 1
paper: nobody2020toy
read: {sources: [abstract], sentence: The abstract; not the body.}
reader:
  topics: [shapes, numbers]
  assumes: What a circle is.
  difficulty: introductory
  figure: toy-circle
budget:
  quick: {cpu_seconds: 5, megabytes: 300}
  book: {cpu_seconds: 5, megabytes: 300}
  paper: {cpu_seconds: 5, megabytes: 300}
parameters:
  count: {minimum: 1, maximum: 1000}
claims:
  - id: doubles
    sentence: Doubling is adding a number to itself.
    place: Theorem 1
    of: paper
    kind: identity
    criterion: {test: agree, cases: 5, tolerance: 1.0e-9, reads: "the number is {number}"}
    why: rounding
  - id: halves-grow
    sentence: A half is larger than the whole.
    place: Theorem 2
    of: paper
    kind: inequality
    criterion: {test: at-least, cases: 5, bound: 0.0, reads: "the number is {number}"}
    why: no slack, halving is exact
  - id: numbers-positive
    sentence: The toy numbers are positive.
    place: Table 1
    of: paper
    kind: inequality
    criterion: {test: at-least, cases: 2, bound: 0.0, reads: "the number is {number}"}
    why: no slack
    needs: [toy-numbers]
  - id: too-large
    sentence: It also holds for a billion numbers.
    place: Section 5
    of: paper
    kind: unchecked
    why: it would take a year
""",
    "book/index.md": "# Toy book\n\nOne chapter: [toy](toy.md).\n",
    "book/toy.md": "# Toy\n\nThe paper doubles numbers.\n",
    "book/references.bib": "@misc{nobody2020toy, author = {Nobody}, title = {Toy}, year = {2020}}\n",
}


@pytest.fixture
def scratch_project(tmp_path: Path) -> Iterator[Project]:
    """The tiny book; see the head of this file."""
    root = tmp_path / "scratch"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    path_before = list(sys.path)
    sys.path.insert(0, str(root / "src"))
    _forget_toymath()
    yield Project.find(root)
    sys.path[:] = path_before
    _forget_toymath()


@pytest.fixture
def provide_data() -> Callable[[Project], None]:
    """A function that makes the data set ``toy-numbers`` of a scratch project available."""

    def provide(project: Project, content: str = "1.0 2.0 3.0") -> None:
        path = project.root / "data" / "toy-numbers.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)

    return provide


@pytest.fixture
def add_cell() -> Callable[[Project, str, str], int]:
    """A function that appends a code cell to the notebook ``toy`` and returns the line its code begins on."""

    def add(project: Project, name: str, code: str, tags: str = "") -> int:
        path = project.notebook("toy")
        text = path.read_text() + f"\n# %% {name} {tags}\n"
        path.write_text(text + code.strip("\n") + "\n")
        return text.count("\n") + 1

    return add


@pytest.fixture
def no_orphans() -> Iterator[None]:
    """Fail if a process started by the test, a kernel above all, is alive after it."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = [p for p in psutil.Process().children(recursive=True) if p not in before and p.is_running()]
    kernels = [p for p in psutil.process_iter(["cmdline"]) if _is_orphaned_kernel(p)]
    assert not left, f"left behind: {left}"
    assert not kernels, f"kernels without a parent: {kernels}"


def _is_orphaned_kernel(process: psutil.Process) -> bool:
    command = process.info["cmdline"] or []
    try:
        return "companion.running.kernel_process" in command and process.ppid() == 1
    except psutil.NoSuchProcess:
        return False


def _forget_toymath() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "toymath"]:
        del sys.modules[name]
