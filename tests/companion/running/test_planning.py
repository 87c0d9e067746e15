import pytest

from companion.errors import RefusedInput
from companion.running.planning import SHORTEST_LIMIT, checked_scale, parameters_hash, planned_run
from companion.scales import Scale


def plan(project, **arguments):
    return planned_run(project, "toy", **{"scale": "quick", **arguments})


def test_a_default_run_goes_where_the_book_looks(scratch_project):
    for scale in Scale:
        found = plan(scratch_project, scale=scale)
        assert found.output == scratch_project.executed("toy", scale)
        assert found.values["scale"] == str(scale)
    assert found.broken == scratch_project.root / "build/paper/failed/toy.ipynb"


def test_only_what_differs_is_injected(scratch_project):
    assert plan(scratch_project, scale="book").changed == {}
    assert plan(scratch_project).changed == {"scale": "quick"}
    assert plan(scratch_project, parameters={"count": "9", "seed": "0"}).changed == {"scale": "quick", "count": 9}


def test_other_runs_have_a_folder_of_their_own(scratch_project):
    one, again, two = (plan(scratch_project, parameters={"seed": seed}) for seed in ("1", 1, "2"))
    assert one.output == again.output != two.output
    assert one.output == scratch_project.run_folder("toy", parameters_hash(one.values)) / "toy.ipynb"
    assert plan(scratch_project, parameters={"seed": "0"}).output == scratch_project.executed("toy", Scale.QUICK)


def test_other_runs_cannot_be_sent_where_the_book_looks(scratch_project):
    published = scratch_project.executed("toy", Scale.QUICK)
    assert plan(scratch_project, output=published).output == published
    elsewhere = scratch_project.root / "mine.ipynb"
    assert plan(scratch_project, output=elsewhere, parameters={"seed": "1"}).output == elsewhere
    with pytest.raises(RefusedInput, match=r"build/quick/toy\.ipynb is a place for a run with default parameters"):
        plan(scratch_project, output=published, parameters={"seed": "1"})
    with pytest.raises(RefusedInput, match=r"build/quick/toy\.ipynb is a place for .* at scale book"):
        plan(scratch_project, output=published, scale="book")


def test_the_limit_follows_the_budget(scratch_project):
    assert plan(scratch_project).limit == SHORTEST_LIMIT
    assert plan(scratch_project, limit=3).limit == 3
    claims = scratch_project.claims("toy")
    claims.write_text(claims.read_text().replace("quick: {cpu_seconds: 5", "quick: {cpu_seconds: 30"))
    assert plan(scratch_project).limit == 300


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("notebooks/toy.py", 'tags=["parameters"]', "", r"toy\.py has no parameters cell"),
        ("notebooks/toy.py", "# %% doubling", "# %%", r"the code cell has no name"),
        ("notebooks/toy.py", "needs:toy-numbers", "needs:toys", r"unknown data set 'toys'; known: .*toy-numbers"),
        (
            "notebooks/toy.claims.yml",
            "needs: [toy-numbers]",
            "needs: [toys]",
            r"claim 'numbers-positive' needs the unknown",
        ),
        ("notebooks/toy.claims.yml", "count: {", "counts: {", r"range for 'counts', which is no parameter"),
        ("notebooks/toy.claims.yml", "id: doubles", "id: halves-grow", r"doubled: halves-grow"),
        ("notebooks/toy.claims.yml", "why: rounding", "because: rounding", r"toy\.claims\.yml is refused"),
        ("notebooks/toy.claims.yml", "cases: 5, tolerance", "tolerance", r"toy\.claims\.yml is refused:\n.*cases"),
    ],
)
def test_wrong_chapters_are_refused(scratch_project, file, before, after, message):
    path = scratch_project.root / file
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    with pytest.raises(RefusedInput, match=message):
        plan(scratch_project)


def test_a_missing_file_is_named(scratch_project):
    scratch_project.claims("toy").unlink()
    with pytest.raises(RefusedInput, match=r"toy\.claims\.yml is missing"):
        plan(scratch_project)


def test_scales():
    assert checked_scale("book") is Scale.BOOK
    with pytest.raises(RefusedInput, match="there is no scale 'Book'; the scales: quick, book, paper"):
        checked_scale("Book")
