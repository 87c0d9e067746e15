"""A function of the mathematics that is a paper's says which, by a key of the bibliography; ours say nothing."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for name in ("rectified", "netspace") for path in (ROOT / "src" / name).rglob("*.py"))
MATHEMATICS = [path for path in SOURCES if path.stem != "__main__" and not path.name.startswith("_")]


def bibliography() -> set[str]:
    """The keys of all bibliographies of the book."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "book").glob("*.bib")]
    return set(re.findall(r"^@\w+\{([^,\s]+)", "\n".join(texts), re.M))


def public_functions(path: Path) -> list[tuple[str, str]]:
    """Name and docstring of each public function at the top of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return [(node.name, ast.get_docstring(node) or "") for node in functions]


@pytest.mark.parametrize("path", MATHEMATICS, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_a_source_says_something(path):
    idle = [name for name, text in public_functions(path) if re.search(r"Source:\s*(own\W*)?$", text)]
    assert idle == []


@pytest.mark.parametrize("path", MATHEMATICS, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_sources_are_in_the_bibliography(path):
    keys = bibliography()
    for name, text in public_functions(path):
        cited = set(re.findall(r"\[([a-z]+\d{4}[a-z]*)\]", text.partition("Source:")[2]))
        assert cited <= keys, f"{name} cites {sorted(cited - keys)}, which no .bib file in book/ has"
