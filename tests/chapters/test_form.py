"""The form of a notebook: short cells, more prose than code, nothing that hides or downloads."""

import re
from pathlib import Path
from statistics import median

import jupytext
import pytest

from companion.project import Project
from tests.precision import of_unstated_precision

ROOT = Path(__file__).parents[2]
SLUGS = Project.find(Path(__file__)).slugs
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
FORBIDDEN = (r"pip install", r"filterwarnings", r"tqdm", r"urlretrieve", r"except\s*:", r"figsize", r"plt\.title\(")


def lines(source: str) -> list[str]:
    """Lines of code that are neither empty nor a comment."""
    return [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]


@pytest.fixture(params=NOTEBOOKS, ids=lambda p: p.stem)
def notebook(request):
    return jupytext.read(request.param)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_at_most_25_code_cells(notebook):
    assert len(code_cells(notebook)) <= 25


def test_cells_are_short(notebook):
    sizes = [len(lines(cell.source)) for cell in code_cells(notebook)]
    assert max(sizes) <= 25
    assert median(sizes) <= 10


def test_prose_comes_first(notebook):
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    code = sum(len(lines(cell.source)) for cell in code_cells(notebook))
    assert words / code >= 7, f"{words} words for {code} lines of code"


def test_imports_are_few_and_from_submodules(notebook):
    setup = next(cell for cell in code_cells(notebook) if "setup" in cell.metadata.get("tags", ()))
    imports = [line for line in lines(setup.source) if re.match(r"(from|import)\s", line)]
    assert len(imports) <= 20  # a line for each module: no package gathers the names of its modules
    assert [line for line in imports if re.match(r"from rectified import", line)] == []


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_nothing_is_hidden_or_downloaded(notebook, pattern):
    assert [cell.source for cell in code_cells(notebook) if re.search(pattern, cell.source)] == []


def test_tensors_of_numbers_state_their_precision(notebook):
    """A check in float64 of numbers that float32 has rounded is none: four programmes were compared so, to 1e-6."""
    assert of_unstated_precision("\n".join(cell.source for cell in code_cells(notebook))) == []


def test_definitions_are_short(notebook):
    for cell in code_cells(notebook):
        for block in re.split(r"\n(?=def |class )", cell.source):
            if block.startswith(("def ", "class ")):
                body = re.split(r"\n(?=\S)", block)[0]
                assert len(lines(body)) <= 15, f"move to src/: {lines(body)[0]}"


def test_figures_have_alt_text_and_caption(notebook):
    for cell in code_cells(notebook):
        described = cell.metadata.get("mystnb", {})
        if "figure" in described:
            assert len(described.get("image", {}).get("alt", "")) > 20, described
            assert len(described["figure"].get("caption", "")) > 20, described


def test_a_cell_with_a_figure_measures_nothing(notebook):
    """The page shows such a cell as its figure alone: a verdict beside it would have no place."""
    figures = [cell for cell in code_cells(notebook) if "figure" in cell.metadata.get("mystnb", {})]
    assert [cell.source for cell in figures if re.search(r"\.(measure|interactive)\(", cell.source)] == []


def test_a_coding_exercise_is_a_box_with_a_marked_solution_and_tests_for_the_learner(notebook):
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    solutions = [cell.source for cell in code_cells(notebook) if "solution" in cell.metadata.get("tags", ())]
    assert 0 < len(re.findall(r"^:::\{exercise\}$", prose, re.MULTILINE)) == len(solutions)
    for source in solutions:
        assert source.count("### BEGIN SOLUTION\n") == 1
        tests = source.split("### END SOLUTION\n")[1]
        assert re.search(r"^\s*assert ", tests, re.MULTILINE), source


PARTS = {
    "its head": "_generated/{slug}.header.md",
    "its table of verdicts": "_generated/{slug}.verdicts.md",
    "its ending": "## What you now know",
    "sources": "## Sources",
}


@pytest.mark.parametrize("what", PARTS)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_has_all_its_parts(slug, what):
    page = (ROOT / "book" / f"{slug}.md").read_text(encoding="utf-8")
    assert PARTS[what].format(slug=slug) in page, f"book/{slug}.md lacks {what}: step 8 of CONTRIBUTING.md"
