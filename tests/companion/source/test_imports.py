import subprocess
import sys

import pytest

from companion.pipeline.digests import SHOWING
from companion.record.judged import JUDGING
from companion.source.imports import graph_of, machinery


def test_the_graph_is_built_once_and_again_when_a_file_changes(scratch_project):
    first = graph_of(scratch_project)
    assert graph_of(scratch_project) is first
    module = scratch_project.root / "src" / "toymath" / "doubling.py"
    module.write_text("import toymath.tripling\n")
    assert "toymath.tripling" in graph_of(scratch_project).followed(["toymath.doubling"])[0]


SEEN = """
import sys
from companion.{module} import {name}
print(*(name for name in sys.modules if name.partition(".")[0] == "companion"))
"""


@pytest.mark.parametrize(
    ("module", "name", "entries"),
    [
        ("record.judged", "judge_notebook", JUDGING),
        *((module.removeprefix("companion."), "*", SHOWING) for module in SHOWING),
    ],
)
def test_what_judges_and_shows_is_watched(scratch_project, module, name, entries):
    """What is loaded in fact, by an interpreter of its own, against what the pipeline watches."""
    names = subprocess.run(
        [sys.executable, "-c", SEEN.format(module=module, name=name)], capture_output=True, text=True, check=True
    ).stdout.split()
    watched = graph_of(scratch_project).followed(entries)[0]
    assert set(names) <= watched
    assert len(watched) > 20 if entries is SHOWING else len(watched) > 10


def test_pages_scripts_and_templates_are_watched(scratch_project):
    files = {path.name for path in machinery(scratch_project, SHOWING)}
    assert {"layout.html", "formulas.js", "printing.js", "serving.py", "history.py", "browser.py"} <= files
