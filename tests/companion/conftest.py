"""Two small books. ``toy_project``: executed and judged by hand, for the tests of scorecard, staging and rendering.

``scratch_project``: not executed, for tests that run it; ``scratch_book.py`` beside this file says what it holds.
"""

import json
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from companion.claims.samples import MEASUREMENT_MIME
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.project import Project
from companion.scales import Scale

ROOT = Path(__file__).parents[2]

PYPROJECT = """
[tool.companion]
packages = ["rectified"]
data = "data.toml"
data-probe = "rectified.data.probing:fingerprints"
repository = ""
"""

DATA = """
[sets.far-stars]
title = "Spectra of far stars"
citation = "toy2020paper"
licence = "none"
ways = ["running `fetch stars`", "asking an astronomer"]
"""

CLAIMS = """
chapter: toy
title: Circles and squares
part: Shapes
position: 1
paper: toy2020paper
read: {sources: [abstract], sentence: The abstract; not the body.}
reader:
  topics: [shapes, numbers]
  assumes: What a circle is.
  difficulty: introductory
  figure: toy-circle
budget:
  quick: {cpu_seconds: 1, megabytes: 100}
  book: {cpu_seconds: 2, megabytes: 100}
  paper: {cpu_seconds: 3, megabytes: 100}
claims:
  - id: round
    sentence: Every circle has $\\pi \\le 3.2$ & no *corner*.
    place: Theorem 1
    of: paper
    kind: inequality
    criterion: {test: at-most, cases: 3, bound: 3.2, reads: "the number is {number}"}
    why: The ratio is computed from polygons; $10^{-9}$ is rounding.
    paper_value: about 3.1416
  - id: square
    sentence: Every square is a circle.
    place: Abstract
    of: paper
    kind: statistical
    criterion: {test: mean, cases: 5, above: 0.5, reads: "the number is {number}"}
    why: Half of them would do.
  - id: large
    sentence: Large circles are round.
    place: Figure 2
    of: paper
    kind: inequality
    criterion: {test: at-least, cases: 3, bound: 0.0, reads: "the number is {number}"}
    why: Counted.
    from: book
  - id: starry
    sentence: Stars are round.
    place: Figure 3
    of: paper
    kind: inequality
    criterion: {test: at-least, cases: 3, bound: 0.0, reads: "the number is {number}"}
    why: Counted.
    needs: [far-stars]
  - id: eternal
    sentence: Circles stay round for ever.
    place: Section 9
    of: paper
    kind: unchecked
    why: For ever is too long for us.
"""

SOURCE = """# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Circles, measured

# %% parameters tags=["parameters"]
scale: str = "book"  # size
seed: int = 0  # of the generator

# %% round-polygons
print("round")
"""

CITATION = """
cff-version: 1.2.0
title: "Toys: a book of shapes"
version: 0.2.0
date-released: 2026-01-02
license: MIT
authors:
  - name: The toy makers
  - {family-names: Fox, given-names: Eve}
"""

LICENCE = "The prose may be shared & adapted,\nunder CC BY 4.0.\n\nAttribution 4.0 International\n"

BIBLIOGRAPHY = r"""
@article{toy2020paper,
  author = {P{\"u}schel, Ann and Bo, Cy},
  title = {On {ROUND} things},
  journal = {Journal of Toys},
  year = {2020},
  note = {arXiv:2001.00001}
}
"""

PAGES = {
    "index": (
        "# A toy book\n\n```{include} _generated/totals.md\n```\n\n"
        "## Chapters\n\n```{include} _generated/chapters.md\n```\n"
    ),
    "toy": (
        "# Circles\n\n```{include} _generated/toy.header.md\n```\n\nIn a build without data, "
        "{glue:text}`../notebooks/toy.ipynb::star-count:.1f` stars.\n\n"
        "```{figure} _figures/toy-circle.svg\n:alt: A circle.\nA circle.\n```\n\n"
        "```{figure} _figures/toy-stars.svg\n:alt: Stars, where there are some.\nStars.\n```\n\n"
        "## Claims\n\n```{include} _generated/toy.verdicts.md\n```\n"
    ),
    "far": (
        "# Far away\n\nThe number is {glue:text}`../notebooks/toy.ipynb::round.number:.3f`, "
        "the bound {glue:text}`../notebooks/toy.ipynb::eternal.bound:.3f`, "
        "interval {glue:text}`../notebooks/toy.ipynb::square.interval`, "
        "{claim}`toy/round` and {claim}`toy/eternal`. The mean is {glue:text}`../notebooks/toy.ipynb::plain:.2f`.\n\n"
        "$$ x^2 $$\n"
    ),
    "scorecard": (
        "# Scorecard\n\n```{include} _generated/totals.md\n```\n\n```{include} _generated/scorecard.md\n```\n"
    ),
    "status": (
        "# Status\n\n```{include} _generated/costs.md\n```\n\n```{include} _generated/versions.md\n```\n\n"
        "```{include} _generated/history.md\n```\n\n"
        "```{bibliography}\n```\n"
    ),
}

CONTENTS = """
format: jb-book
root: book/index
parts:
  - caption: Shapes
  - caption: The record
    chapters:
      - file: book/far
      - file: book/scorecard
      - file: book/status
"""

SVG = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">\n'
    '<svg xmlns="http://www.w3.org/2000/svg" width="20pt" height="20pt" viewBox="0 0 20 20">'
    '<circle cx="10" cy="10" r="8"/></svg>'
)

NUMBERS = {
    "series": [
        {
            **{"panel": "1", "series": "circle", "kind": "area", "x_label": "x", "y_label": "y", "note": ""},
            **{"x": [2, 18, None], "y": [10, 10, None], "value": [None, None, None]},
        }
    ]
}

INTERACTIVE = (
    '<figure class="companion-interactive" id="toy-slider"><div class="companion-plot" role="img" aria-label="A line">'
    "</div><noscript><p>A line</p></noscript><figcaption>A line that tilts.</figcaption>"
    '<script type="application/json">{"data":[{"x":[0,1],"y":[0,1],"line":{"color":"black"}}],'
    '"layout":{"xaxis":{"title":{"text":"x"}}},"controls":[{"name":"tilt","label":"Tilt","values":[1,2,3],"initial":1}],'
    '"frames":[[{"y":[0,1]}],[{"y":[0,2]}],[{"y":[0,3]}]]}</script></figure>'
)


def measured(claim: str, samples: object) -> nbformat.NotebookNode:
    """The output that ``chapter.measure`` leaves in a run."""
    data = {MEASUREMENT_MIME: {"id": claim, "samples": samples}, "text/html": "<p>measured</p>"}
    return new_output("display_data", data=data)


def executed_notebook() -> nbformat.NotebookNode:
    """What a run of the toy chapter leaves, without far stars."""
    record = new_output(
        "display_data",
        data={"application/companion/text/plain": "0.5"},
        metadata={"scrapbook": {"name": "plain", "mime_prefix": "application/companion/"}},
    )
    figure = {"name": "toy-circle", "caption": "A circle."}
    stars = {"mystnb": {"figure": {"name": "toy-stars", "caption": "Stars."}}, "tags": ["needs:far-stars"]}
    cells = [
        new_markdown_cell("# Circles, measured\n\nThe number is {glue:text}`round.number:.3f`.", id="text-0"),
        new_code_cell('scale: str = "book"\nseed: int = 0', id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell('scale = "quick"', id="injected", metadata={"tags": ["injected-parameters"]}),
        new_code_cell("polygons()", id="round", outputs=[measured("round", [3.1, 3.14, 3.125]), record]),
        new_code_cell("squares()", id="square", outputs=[measured("square", [0.1] * 5)]),
        new_code_cell(
            "draw()",
            id="circle",
            metadata={"mystnb": {"figure": figure, "image": {"alt": 'A "circle" & no corner.'}}},
            outputs=[
                new_output(
                    "display_data", data={"image/svg+xml": SVG, FIGURE_DATA_MIME: NUMBERS, "text/plain": "<Figure>"}
                )
            ],
        ),
        new_code_cell("slide()", id="slide", outputs=[new_output("display_data", data={"text/html": INTERACTIVE})]),
        new_code_cell("stars()", id="stars", metadata={**stars, "companion": {"skipped": "far-stars"}}),
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "companion": {}}
    return new_notebook(cells=cells, metadata=metadata)


def verdict(claim: str, kind: str, place: str, sentence: str, outcome: str, **fields: object) -> dict[str, object]:
    """One verdict as the judge writes it."""
    given = {"id": claim, "origin": "paper", "kind": kind, "place": place, "sentence": sentence}
    given |= {"verdict": outcome, "note": "As it is."}
    return {**given, "seed": 0, **fields}


def verdicts_file(number: float) -> dict[str, object]:
    """The judge's file for the toy chapter; ``number`` is what the claim ``round`` measured."""
    unjudged = "not judged"
    claims = [
        verdict(
            "round",
            "inequality",
            "Theorem 1",
            "Every circle.",
            "held",
            number=number,
            bound=3.2,
            margin=0.06,
            n=3,
            note=f"Held: the largest is {number}.",
        ),
        verdict(
            *("square", "statistical", "Abstract", "Every square.", "violated"),
            **{"number": 0.1, "bound": 0.5, "margin": -0.4, "interval": [None, 0.2], "n": 5},
        ),
        verdict("large", "inequality", "Figure 2", "Large.", unjudged, reason="scale", seed=None),
        verdict("starry", "inequality", "Figure 3", "Stars.", unjudged, reason="data", seed=None),
        verdict("eternal", "unchecked", "Section 9", "For ever.", unjudged, reason="unchecked", seed=None),
    ]
    stamp = {
        "seconds": 20.0,
        "cpu_seconds": 12.5,
        "peak_megabytes": 321.0,
        "threads": 1,
        "versions": {"python": "3.11.2", "numpy": "2.4.6"},
        "hardware": {"processor": "Abacus 9", "cores": 2},
        "finished": "2026-01-02T03:04:05+00:00",
        "digest": "0" * 64,
    }
    head = {"chapter": "toy", "title": "Circles and squares", "scale": "quick", "seed": 0, "parameters": {"seed": 0}}
    return {**head, "stamp": stamp, "claims_file": "0" * 64, "claims": claims}


def judge_by_hand(project: Project, number: float) -> None:
    """Write the verdicts of the toy chapter."""
    path = project.root / "build" / "quick" / "toy.verdicts.json"
    path.write_text(json.dumps(verdicts_file(number)), encoding="utf-8")


@pytest.fixture(scope="session")
def toy_book(tmp_path_factory: pytest.TempPathFactory):
    """A function that writes a fresh toy book and returns its project."""

    def make() -> Project:
        root = tmp_path_factory.mktemp("toy")
        _write_sources(root)
        (root / "build" / "quick").mkdir(parents=True)
        project = Project.find(root)
        judge_by_hand(project, 3.14)
        nbformat.write(executed_notebook(), root / "build" / "quick" / "toy.ipynb")
        return project

    return make


@pytest.fixture
def toy_project(toy_book) -> Project:
    """A fresh toy book at quick scale: executed and judged, not staged."""
    return toy_book()


@pytest.fixture(scope="session")
def judge_toy():
    """A function that judges the toy chapter again, with another number."""
    return judge_by_hand


@pytest.fixture(scope="session")
def rendered_project(toy_book) -> Project:
    """A toy book that was staged and rendered once."""
    from companion.site.rendering import render
    from companion.staging.book import stage

    project = toy_book()
    stage(project, Scale.QUICK)
    render(project, Scale.QUICK)
    return project


@pytest.fixture(scope="session")
def rendered_toy(rendered_project) -> Path:
    """The HTML of that book, for all tests that only read it."""
    return rendered_project.build(Scale.QUICK) / "_build" / "html"


def _write_sources(root: Path) -> None:
    (root / "book").mkdir()
    (root / "notebooks").mkdir()
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    shutil.copy(ROOT / "_config.yml", root)
    texts = {
        "pyproject.toml": PYPROJECT,
        "data.toml": DATA,
        "CITATION.cff": CITATION,
        "LICENSE-prose": LICENCE,
        "_toc.yml": CONTENTS,
        "notebooks/toy.claims.yml": CLAIMS,
        "notebooks/toy.py": SOURCE,
        "book/references.bib": BIBLIOGRAPHY,
        **{f"book/{name}.md": text for name, text in PAGES.items()},
    }
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")


def _scratch_book():
    """The module beside this file; tests are no packages, so it cannot be imported by name."""
    spec = spec_from_file_location("scratch_book", Path(__file__).with_name("scratch_book.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_book = _scratch_book()
scratch_project, provide_data, add_cell = _book.scratch_project, _book.provide_data, _book.add_cell
no_orphans = _book.no_orphans
