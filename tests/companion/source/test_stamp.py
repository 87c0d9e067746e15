"""A stamp must notice every accident. The notebooks here are stamped by hand, so that no kernel is needed."""

import json

import nbformat
import pytest

from companion.errors import RefusedInput, StaleResult
from companion.running.execution import run_chapter
from companion.running.planning import planned_run
from companion.scales import Scale
from companion.source.notebooks import read_notebook, text_of
from companion.source.stamp import (
    Stamp,
    check_stamp,
    current_inputs,
    moved,
    outputs_digest,
    refresh_inputs,
)

QUICK = Scale.QUICK


def stamped(project, parameters=None, scale=QUICK):
    """An executed notebook as a run would leave it, without having run."""
    plan = planned_run(project, "toy", scale=scale, parameters=parameters)
    node = read_notebook(project.notebook("toy")).node
    node.cells[2].outputs = [nbformat.v4.new_output("stream", name="stdout", text="1.0\n")]
    costs = {
        "versions": {},
        "other_versions": {},
        "hardware": {},
        "threads": 1,
        "seconds": 1.0,
        "cpu_seconds": 1.0,
        "peak_megabytes": 1.0,
        "finished": "now",
    }
    stamp = Stamp(**plan.inputs.model_dump(), **costs, outputs=outputs_digest(node))
    node.metadata["companion"] = {"stamp": stamp.model_dump(mode="json")}
    plan.output.parent.mkdir(parents=True, exist_ok=True)
    plan.output.write_text(text_of(node))
    return plan.output


@pytest.fixture
def executed(scratch_project):
    return stamped(scratch_project)


def change(path, before, after):
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_an_untouched_result_stands(scratch_project, executed):
    stamp = check_stamp(scratch_project, executed)
    assert stamp.slug == "toy"
    assert set(stamp.modules) >= {"toymath", "toymath.doubling", "toymath.factors", "companion.notebook.measuring"}
    assert "toymath.tripling" not in stamp.modules


def test_a_result_with_other_parameters_stands_too(scratch_project):
    path = stamped(scratch_project, {"seed": "5"})
    assert check_stamp(scratch_project, path).parameters["seed"] == 5


@pytest.mark.parametrize(
    ("file", "before", "after", "named"),
    [
        ("notebooks/toy.py", "We double", "We doubled", "the source of the notebook"),
        ("src/toymath/doubling.py", "FACTOR * x", "x * FACTOR", "modules (toymath.doubling)"),
        ("src/toymath/factors.py", "FACTOR = 2", "FACTOR = 2.0", "modules (toymath.factors)"),
        ("src/toymath/__init__.py", "hides", "shows", "modules (toymath)"),
        ("requirements.lock", "2.4.6", "2.4.7", "the lock file"),
    ],
)
def test_what_moved_is_named_and_nothing_else(scratch_project, executed, file, before, after, named):
    change(scratch_project.root / file, before, after)
    with pytest.raises(StaleResult) as caught:
        check_stamp(scratch_project, executed)
    assert str(caught.value) == (
        f"build/quick/toy.ipynb is stale. Since its run moved: {named}. Run it again: companion run toy --scale quick"
    )


def test_a_package_data_file_counts(scratch_project, executed):
    (scratch_project.root / "src" / "toymath" / "table.csv").write_text("1,2\n")
    with pytest.raises(StaleResult, match=r"modules \(toymath/table.csv\)"):
        check_stamp(scratch_project, executed)


def test_what_a_notebook_imports_of_the_companion_counts(scratch_project, add_cell):
    assert "companion.machine.web" not in current_inputs(scratch_project, "toy", QUICK).modules
    add_cell(scratch_project, "look", "from companion.machine import browser")
    assert {"companion.machine.browser", "companion.machine.web"} <= set(
        current_inputs(scratch_project, "toy", QUICK).modules
    )


def test_what_writes_a_kind_of_figure_counts_where_one_is_shown(scratch_project, add_cell):
    code, module = "chapter.interactive(figure)", "companion.notebook.interactive"
    assert module not in current_inputs(scratch_project, "toy", QUICK).modules
    add_cell(scratch_project, "look", f"if False:\n    {code}")
    assert module in current_inputs(scratch_project, "toy", QUICK).modules


def test_what_the_chapter_does_not_use_does_not_count(scratch_project, executed):
    change(scratch_project.root / "src/toymath/tripling.py", "3 * x", "x * 3")
    change(scratch_project.claims("toy"), "no slack", "none at all")
    change(scratch_project.page("toy"), "paper", "article")
    check_stamp(scratch_project, executed)


def test_a_changed_default_names_the_parameter(scratch_project, executed):
    change(scratch_project.notebook("toy"), "seed: int = 0", "seed: int = 1")
    with pytest.raises(StaleResult, match=r"the source of the notebook; parameters \(seed\)"):
        check_stamp(scratch_project, executed)


def test_a_run_with_other_parameters_cannot_pass_for_the_default_one(scratch_project, executed):
    other = stamped(scratch_project, {"seed": "5"})
    executed.write_bytes(other.read_bytes())
    with pytest.raises(StaleResult, match=r"moved: parameters \(seed\)"):
        check_stamp(scratch_project, executed)


def test_another_scale_or_chapter_cannot_pass_either(scratch_project, executed):
    book = scratch_project.executed("toy", Scale.BOOK)
    book.parent.mkdir()
    book.write_bytes(executed.read_bytes())
    with pytest.raises(StaleResult, match=r"build/book/toy\.ipynb holds another run: chapter toy at scale quick"):
        check_stamp(scratch_project, book)


@pytest.mark.parametrize(
    ("before", "after"),
    [("1.0\\n", "1.5\\n"), ("x / 2 - x", "x - x / 2"), ("We double", "We do not double"), ("hide-input", "show")],
    ids=["output", "code", "prose", "tag"],
)
def test_an_edited_notebook_is_refused(scratch_project, executed, before, after):
    change(executed, before, after)
    with pytest.raises(StaleResult, match=r"build/quick/toy\.ipynb was edited after its run: its outputs do not match"):
        check_stamp(scratch_project, executed)


def test_data_that_arrives_makes_stale_and_data_that_goes_does_not(scratch_project, executed, provide_data):
    provide_data(scratch_project)
    with pytest.raises(StaleResult, match=r"moved: data \(toy-numbers\)"):
        check_stamp(scratch_project, executed)
    executed = stamped(scratch_project)
    check_stamp(scratch_project, executed)
    provide_data(scratch_project, "4.0 5.0")
    with pytest.raises(StaleResult, match=r"moved: data \(toy-numbers\)"):
        check_stamp(scratch_project, executed)
    (scratch_project.root / "data" / "toy-numbers.txt").unlink()
    check_stamp(scratch_project, executed)


def test_corrupt_data_is_refused_and_named(scratch_project, executed, provide_data):
    provide_data(scratch_project, "corrupt")
    with pytest.raises(RefusedInput, match=r"The data file toy-numbers\.txt is corrupt"):
        check_stamp(scratch_project, executed)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist: run the chapter first"),
        ("", "is no notebook"),
        ('{"half', "is no notebook"),
        (text_of(nbformat.v4.new_notebook()), "carries no stamp"),
    ],
)
def test_what_carries_no_stamp_is_refused(scratch_project, executed, content, message):
    executed.unlink() if content is None else executed.write_text(content)
    with pytest.raises(StaleResult, match=message):
        check_stamp(scratch_project, executed)


def test_a_stamp_of_another_form_is_refused(scratch_project, executed):
    change(executed, '"threads": 1,', "")
    with pytest.raises(StaleResult, match=r"a stamp of another form \(threads: Field required\)"):
        check_stamp(scratch_project, executed)


def test_the_digest_is_one_hash_over_all_inputs(scratch_project, executed):
    now = current_inputs(scratch_project, "toy", QUICK)
    assert Stamp.read(executed).digest == now.digest
    assert len(now.digest) == 64
    digests = {now.digest}
    for field, value in {"source": "0", "lock": None, "data": {}, "modules": {}, "parameters": {}}.items():
        digests.add(now.model_copy(update={field: value}).digest)
    assert len(digests) == 6
    assert moved(now, now) == ()


def test_current_inputs_take_parameters(scratch_project):
    assert current_inputs(scratch_project, "toy", QUICK, {"seed": "4"}).parameters["seed"] == 4
    with pytest.raises(RefusedInput, match="no parameter 'sed'"):
        current_inputs(scratch_project, "toy", QUICK, {"sed": "4"})


def test_the_pipelines_file_changes_only_when_something_must_run(scratch_project, provide_data):
    path = refresh_inputs(scratch_project, "toy", QUICK)
    assert path == scratch_project.root / "build" / "quick" / "toy.inputs.json"
    first = path.read_text()
    assert json.loads(first)["digest"] == current_inputs(scratch_project, "toy", QUICK).digest
    before = path.stat().st_mtime_ns
    refresh_inputs(scratch_project, "toy", QUICK)
    assert path.stat().st_mtime_ns == before
    provide_data(scratch_project)
    stamped(scratch_project)
    refresh_inputs(scratch_project, "toy", QUICK)
    assert (second := path.read_text()) != first
    (scratch_project.root / "data" / "toy-numbers.txt").unlink()
    refresh_inputs(scratch_project, "toy", QUICK)
    assert path.read_text() == second  # gone data must not throw away what was computed from it
    change(scratch_project.root / "src/toymath/factors.py", "2", "3")
    refresh_inputs(scratch_project, "toy", QUICK)
    assert path.read_text() != second


def test_the_stamp_of_a_real_run(scratch_project, no_orphans):
    path = run_chapter(scratch_project, "toy", scale="quick")
    assert Stamp.read(path).digest == current_inputs(scratch_project, "toy", QUICK).digest
    stamp = json.loads(path.read_text())["metadata"]["companion"]["stamp"]
    assert {"python"} <= set(stamp["versions"])
    allowed = {"allowed_cores", "allowed_memory_gb"}
    assert {"system", "processor", "cores", "memory_gb", "device"} | allowed == set(stamp["hardware"])
