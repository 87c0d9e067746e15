"""What a chapter's imports load in fact, in an interpreter of its own, stands in the stamp that its run would carry."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from companion.project import Project
from companion.scales import Scale
from companion.source.stamp import current_inputs

ROOT = Path(__file__).parents[2]
PROJECT = Project.find(ROOT)

# Each chapter imports as if it were the first: the modules of the project are forgotten before it, others may stay.
LOADING = """
import ast, json, sys
from pathlib import Path

root, *notebooks = map(Path, sys.argv[1:])
sys.path.insert(0, str(root / "src"))
found = {}
for notebook in notebooks:
    for name in [name for name in sys.modules if name.partition(".")[0] == "rectified"]:
        del sys.modules[name]
    tree = ast.parse(notebook.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    exec(compile(ast.Module(imports, []), str(notebook), "exec"), {})
    found[notebook.stem] = sorted(name for name in sys.modules if name.partition(".")[0] == "rectified")
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    command = [sys.executable, "-c", LOADING, str(ROOT), *(str(PROJECT.notebook(slug)) for slug in PROJECT.slugs)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("slug", PROJECT.slugs)
def test_what_the_imports_load_is_stamped(slug: str, loaded: dict[str, list[str]]) -> None:
    stamped = current_inputs(PROJECT, slug, Scale.QUICK).modules
    assert len(loaded[slug]) > 5
    assert [name for name in loaded[slug] if name not in stamped] == []


def test_a_change_to_the_training_of_stacks_reaches_the_chapters_that_train_them() -> None:
    users = [
        slug
        for slug in PROJECT.slugs
        if "rectified.stacks.training" in current_inputs(PROJECT, slug, Scale.QUICK).modules
    ]
    assert {"deep-relu-convergence", "linear-regions"} <= set(users)
    assert "crown" not in users
