"""The repository keeps its own rules: sources only, small files, a test beside each module, no empty words."""

import re
import subprocess
from pathlib import Path

import pytest

from companion.claims.declared import read_claims

ROOT = Path(__file__).parents[1]
LARGEST = 250_000  # bytes; data and outputs do not belong here


def tracked() -> list[Path]:
    """Every committed or added file that still exists."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so there is no list of committed files")
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_executed_notebook_is_committed():
    assert [path for path in tracked() if path.suffix == ".ipynb"] == []


def test_no_large_file_is_committed():
    assert [path for path in tracked() if path.stat().st_size > LARGEST] == []


@pytest.mark.parametrize("package", ["rectified", "companion"])
def test_every_module_has_its_test(package):
    source = ROOT / "src" / package
    lacking = []
    for module in source.rglob("*.py"):
        if module.name.startswith("_") or "reference" in module.parts:
            continue  # private modules are tested through the public ones, oracles through what they are compared with
        mirror = ROOT / "tests" / package / module.relative_to(source).parent / f"test_{module.name}"
        if not mirror.is_file():
            lacking.append(str(module.relative_to(ROOT)))
    assert lacking == []


@pytest.mark.parametrize("word", ["clearly", "evidently", "obviously", "trivially"])
def test_prose_does_not_call_anything_clear(word):
    pages = [*(ROOT / "book").rglob("*.md"), *(ROOT / "notebooks").glob("*.py")]
    found = [page.name for page in pages if re.search(rf"\b{word}\b", page.read_text(encoding="utf-8"), re.IGNORECASE)]
    assert found == []


def test_the_notation_calls_every_chapter_by_its_title():
    headings = re.findall(
        r"^## \[(.+)\]\(\./(.+)\.md\)$", (ROOT / "book" / "notation.md").read_text("utf-8"), re.MULTILINE
    )
    titles = {slug: read_claims(ROOT / "notebooks" / f"{slug}.claims.yml").title for _, slug in headings}
    assert headings == [(title, slug) for slug, title in titles.items()]


def test_every_chapter_is_three_files_of_one_name():
    slugs = {path.stem for path in (ROOT / "notebooks").glob("*.py")}
    assert {path.name.removesuffix(".claims.yml") for path in (ROOT / "notebooks").glob("*.claims.yml")} == slugs
    assert [slug for slug in slugs if not (ROOT / "book" / f"{slug}.md").is_file()] == []


def test_nothing_in_src_is_named_for_a_chapter():
    methods = {"crown"}  # a method's usual name, which happens to be a chapter's too
    slugs = {path.stem.replace("-", "_") for path in (ROOT / "notebooks").glob("*.py")} - methods
    names = {path.stem for path in (ROOT / "src" / "rectified").rglob("*.py")}
    assert names & slugs == set()
