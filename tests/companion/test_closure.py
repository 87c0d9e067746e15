import pytest

from companion.closure import import_closure, imported_names
from companion.errors import RefusedInput
from companion.notebooks import read_notebook


@pytest.fixture
def closure(scratch_project, add_cell):
    def of(code, files=()):
        for name, text in dict(files).items():
            path = scratch_project.root / "src" / "toymath" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        source = scratch_project.notebook("toy")
        source.write_text(source.read_text().replace("from toymath.doubling import doubled", code))
        found = import_closure(scratch_project, read_notebook(source))
        return set(found.hashes), found.external

    return of


def test_a_module_brings_what_it_imports_and_its_parents(closure):
    modules, external = closure("from toymath.doubling import doubled")
    assert modules == {"toymath", "toymath.doubling", "toymath.factors"}
    assert external == {"companion", "importlib", "pathlib", "random"}


@pytest.mark.parametrize("code", ["from toymath import doubling", "import toymath.doubling as d"])
def test_every_way_to_import_a_module(closure, code):
    assert closure(code)[0] == {"toymath", "toymath.doubling", "toymath.factors"}


@pytest.mark.parametrize("code", ["from toymath import doubled", "import toymath"])
def test_a_lazy_table_of_contents_brings_everything_beneath(closure, code):
    assert closure(code)[0] == {f"toymath{m}" for m in ("", ".doubling", ".factors", ".tripling", ".data")}


def test_a_lazy_table_within_the_packages_counts_too(closure):
    lazy = "def __getattr__(name):\n    raise AttributeError(name)\n"
    files = {
        "part/__init__.py": lazy,
        "part/one.py": "import toymath.tripling\n",
        "part/table.json": "{}",
        "user.py": "def f():\n    from toymath.part import something\n",
    }
    modules, _ = closure("import toymath.user as u", files)
    wanted = {"", ".user", ".part", ".part/table.json", ".part.one", ".tripling"}
    assert modules >= {f"toymath{m}" for m in wanted}


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
    with pytest.raises(RefusedInput, match=r"a module of toymath does not parse: .*wrong"):
        closure("import toymath.wrong as w", {"wrong.py": "def (\n"})
    line = add_cell(scratch_project, "bad", "x = 1\ny = = 2")
    with pytest.raises(RefusedInput, match=f"toy.py, line {line + 1}: cell 'bad': invalid syntax"):
        imported_names(read_notebook(scratch_project.notebook("toy")))


def test_magics_are_passed_over(scratch_project, add_cell):
    add_cell(scratch_project, "magic", "%timeit 1\n!ls\nimport json")
    assert "json" in imported_names(read_notebook(scratch_project.notebook("toy")))
