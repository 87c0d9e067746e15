from collections import Counter

import grimp
import pytest
from typer.testing import CliRunner

from companion.cli import app
from companion.errors import RefusedInput
from companion.record import judged
from companion.running import execution
from companion.source.closure import import_closure, imported_names, machinery_of
from companion.source.notebooks import read_notebook


@pytest.fixture
def closure(scratch_project, add_cell):
    def of(code, files=()):
        for name, text in dict(files).items():
            path = scratch_project.root / "src" / "toymath" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        source = scratch_project.notebook("toy")
        source.write_text(source.read_text().replace("from toymath.doubling import doubled", code))
        found = import_closure(scratch_project, read_notebook(source))
        return set(found.hashes), found.external

    return of


def test_a_module_brings_what_it_imports_and_its_parents(closure):
    modules, external = closure("from toymath.doubling import doubled")
    assert modules == {"toymath", "toymath.doubling", "toymath.factors"}
    assert external == {"pathlib", "random"}


@pytest.mark.parametrize("code", ["from toymath import doubling", "import toymath.doubling as d"])
def test_every_way_to_import_a_module(closure, code):
    assert closure(code)[0] == {"toymath", "toymath.doubling", "toymath.factors"}


def test_data_beside_modules_counts_also_in_folders(closure):
    files = {"part/__init__.py": "", "part/one.py": "", "part/table.json": "{}", "part/deep/er/more.csv": "1"}
    modules, _ = closure("import toymath.part.one as u", files)
    assert modules >= {f"toymath.part{m}" for m in ("", ".one", "/table.json", "/deep/er/more.csv")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("._doubling.py", "\x00\x05 no Python at all ("),
        (".#doubling.py", "somebody@somewhere.42"),
        ("part/.hidden.json", "{"),
        ("doubling copy.py", "import toymath.tripling"),
    ],
)
def test_shadows_copies_and_locks_of_editors_are_no_modules(closure, name, content):
    files = {"part/__init__.py": "", name: content}
    assert closure("import toymath.doubling, toymath.part as d", files)[0] == {
        *("toymath", "toymath.doubling", "toymath.factors", "toymath.part")
    }


def test_imports_for_type_checkers_run_nothing(closure):
    code = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toymath.tripling import tripled\n"
    assert "toymath.tripling" not in closure("import toymath.typed as t", {"typed.py": code})[0]


def test_packages_from_elsewhere_are_listed(closure):
    _, external = closure("import toymath.far as f", {"far.py": "import numpy.linalg\nfrom scipy import stats\n"})
    assert external >= {"numpy", "scipy"}


def test_a_folder_without_init_is_refused(closure):
    with pytest.raises(
        RefusedInput, match=r"imports of toymath\.bare\.one cannot be followed: src/toymath/bare/ has no"
    ):
        closure("import toymath.bare.one as o", {"bare/one.py": "import toymath.factors\n"})


def test_what_does_not_parse_is_named(closure, scratch_project, add_cell):
    with pytest.raises(RefusedInput, match=r"a module does not parse: .*wrong"):
        closure("import toymath.wrong as w", {"wrong.py": "def (\n"})
    line = add_cell(scratch_project, "bad", "x = 1\ny = = 2")
    with pytest.raises(RefusedInput, match=f"toy.py, line {line + 1}: cell 'bad': invalid syntax"):
        imported_names(read_notebook(scratch_project.notebook("toy")))


def test_magics_are_passed_over(scratch_project, add_cell):
    add_cell(scratch_project, "magic", "%timeit 1\n!ls\nimport json")
    assert "json" in imported_names(read_notebook(scratch_project.notebook("toy")))


def test_a_run_builds_one_graph_and_judges_once(scratch_project, monkeypatch):
    monkeypatch.chdir(scratch_project.root)
    counts = Counter()
    for module, name in [(grimp, "build_graph"), (execution, "judge_measurements"), (judged, "judge_measurements")]:
        original = getattr(module, name)

        def counted(*args, original=original, name=name, **options):
            counts[name] += 1
            return original(*args, **options)

        monkeypatch.setattr(module, name, counted)
    done = CliRunner().invoke(app, ["run", "toy", "--scale", "quick"])
    assert done.exit_code == 0, done.output
    assert counts == {"build_graph": 1, "judge_measurements": 1}


def test_what_a_chapter_does_not_call_is_not_loaded(scratch_project, add_cell):
    def loaded():
        return set(machinery_of(scratch_project, read_notebook(scratch_project.notebook("toy"))))

    always = {
        "companion.notebook.measuring",
        "companion.claims.samples",
        "companion.notebook.figure_data",
        "companion.running.kernel_process",
    }
    assert loaded() >= always
    assert not [name for name in loaded() if name.startswith(("companion.claims.criteria", "companion.claims.judging"))]
    assert "companion.notebook.interactive" not in loaded()
    add_cell(scratch_project, "shown", "if count:\n    chapter.interactive(figure)")
    assert "companion.notebook.interactive" in loaded()
    assert "companion.notebook.provisional" not in loaded()
