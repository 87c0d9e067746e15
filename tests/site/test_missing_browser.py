"""What becomes of these tests where Chromium or the built book is missing: a reason, and under CI a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion.machine.browser import OWN

HERE = Path(__file__).parent
BROWSING = "test_interaction.py::test_the_search_finds_each_chapter"
READING = "test_links.py::test_anchors_of_claims_are_unique"


def driven(tmp_path: Path, test: str = BROWSING, **variables: str) -> subprocess.CompletedProcess[str]:
    """One site test in a process of its own, on a machine without any program on its path."""
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "CHROMIUM", "PYTEST_ADDOPTS"}}
    environment = {**kept, "PATH": str(tmp_path), "SITE_HTML": str(tmp_path / "html"), **variables}
    command = [sys.executable, "-m", "pytest", "-q", "-rsf", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(
        [*command, str(HERE / test)], env=environment, cwd=HERE, capture_output=True, text=True, check=False
    )


no_own = pytest.mark.skipif(OWN.is_file(), reason="set-up got a browser here, which is found without any path")


@pytest.fixture
def built(tmp_path):
    (tmp_path / "html" / "book").mkdir(parents=True)
    (tmp_path / "html" / "book" / "index.html").write_text("<h1>Book</h1>", encoding="utf-8")
    return tmp_path


@no_own
def test_without_a_browser_they_are_skipped_with_the_reason(built):
    outcome = driven(built)
    assert outcome.returncode == 0, outcome.stdout
    assert "there is no Chromium: none of chromium, chromium-browser" in outcome.stdout


@no_own
def test_under_ci_a_missing_browser_is_a_failure(built):
    outcome = driven(built, CI="true")
    assert outcome.returncode == 1
    assert "there is no Chromium" in outcome.stdout


def test_without_a_book_they_say_how_to_build_one(tmp_path):
    outcome = driven(tmp_path, READING)
    assert outcome.returncode == 0, outcome.stdout
    assert "run `make quick` first" in outcome.stdout
