"""The repository keeps its own rules: sources only, small files, a test beside each module, no empty words."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
LARGEST = 250_000  # bytes; data and outputs do not belong here
HASHES = "requirements.hashes"  # one for each wheel of each package, made by .ci/lock


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
    assert [path.name for path in tracked() if path.stat().st_size > LARGEST and path.name != HASHES] == []


@pytest.mark.parametrize("package", ["rectified", "netspace", "companion"])
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


def formatted(module: Path) -> list[str]:
    """The f-strings of a module, with nothing in the place of what is put in."""
    strings = (node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.JoinedStr))
    return ["".join(part.value for part in s.values if isinstance(part, ast.Constant)) for s in strings]


@pytest.mark.parametrize("package", ["netspace", "companion"])
def test_html_comes_from_templates_that_escape(package):
    modules = [*(ROOT / "src" / package).rglob("*.py")]
    assert [m.name for m in modules if any(re.search(r"</?[a-z][a-z0-9]*[\s>/]", text) for text in formatted(m))] == []


def test_every_chapter_is_three_files_of_one_name():
    slugs = {path.stem for path in (ROOT / "notebooks").glob("*.py")}
    assert {path.name.removesuffix(".claims.yml") for path in (ROOT / "notebooks").glob("*.claims.yml")} == slugs
    assert [slug for slug in slugs if not (ROOT / "book" / f"{slug}.md").is_file()] == []


def test_nothing_in_src_is_named_for_a_chapter():
    methods = {"crown"}  # a method's usual name, which happens to be a chapter's too
    slugs = {path.stem.replace("-", "_") for path in (ROOT / "notebooks").glob("*.py")} - methods
    names = {path.stem for path in (ROOT / "src" / "rectified").rglob("*.py")}
    assert names & slugs == set()


def test_slow_references_import_only_themselves():
    """They share no code with what they check; whatever package comes, this need not change."""
    graph = grimp.build_graph("rectified", cache_dir=None)
    modules = {"rectified.reference", *graph.find_descendants("rectified.reference")}
    others = {name for module in modules for name in graph.find_modules_directly_imported_by(module)} - modules
    assert others == set()
    assert len(modules) > 10


def test_two_changes_that_each_add_a_line_to_the_changelog_merge(tmp_path):
    """So the changelog needs no file for each change."""

    def git(*arguments: str) -> None:
        person = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *person, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def add_line(text: str) -> None:
        file = tmp_path / "CHANGELOG.md"
        file.write_text(file.read_text().replace("### Added\n\n", f"### Added\n\n- {text}\n"))
        git("commit", "-qam", text)

    for name in (".gitattributes", "CHANGELOG.md"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    git("init", "-qb", "main")
    git("add", ".")
    git("commit", "-qm", "both files")
    git("switch", "-qc", "other")
    add_line("One thing.")
    git("switch", "-q", "main")
    add_line("Another thing.")
    git("merge", "-q", "other", "-m", "merged")
    merged = (tmp_path / "CHANGELOG.md").read_text()
    assert merged.count("- One thing.\n") == merged.count("- Another thing.\n") == 1


def test_the_tests_of_one_group_have_one_worker(tmp_path):
    """Some pairs of pytest and pytest-xdist forget groups in silence; then each worker makes what a group shares."""
    (tmp_path / "test_group.py").write_text(
        "import os, pathlib, time\nimport pytest\n\n\n"
        '@pytest.mark.xdist_group("one")\n@pytest.mark.parametrize("number", range(6))\ndef test_worker(number):\n'
        '    time.sleep(0.1)\n    pathlib.Path(os.environ["PYTEST_XDIST_WORKER"]).touch()\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert len(list(tmp_path.glob("gw*"))) == 1
