"""Every module of the mathematics serves a chapter, a benchmark or, as an oracle, a test."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
ENTRIES = {"rectified.data.__main__", "rectified.data.probing"}  # started by make, named in pyproject.toml


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("rectified")


def imported(folder: Path) -> Iterator[str]:
    """What the sources below ``folder`` import, and what they name in strings, as hosts of networks are told."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value.partition(":")[0]


def reached(graph: grimp.ImportGraph, starts: set[str]) -> set[str]:
    found: set[str] = set()
    waiting = starts & graph.modules
    while waiting:
        found |= waiting
        waiting = {other for one in waiting for other in graph.find_modules_directly_imported_by(one)} - found
    return found


def test_no_module_is_without_use(graph):
    used = reached(
        graph, {name for folder in ("notebooks", "benchmarks") for name in imported(ROOT / folder)} | ENTRIES
    )
    tested = reached(graph, set(imported(ROOT / "tests")))
    packages = {module for module in graph.modules if graph.find_children(module)}
    oracles = {module for module in tested if module.startswith("rectified.reference.")}
    assert sorted(graph.modules - packages - used - oracles) == []


def test_a_module_that_nobody_imports_would_be_seen(graph):
    assert "rectified.bounds.crown" not in reached(graph, {"rectified.plotting.style"})
