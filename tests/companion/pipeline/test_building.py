import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from companion.errors import BuildFailed, ExecutionFailed, RefusedInput
from companion.pipeline.building import BuildReport, build_book
from companion.pipeline.journal import Journal
from companion.pipeline.verifying import judged_each, publish
from companion.pipeline.why import forecast_of
from companion.project import Project
from companion.record.judged import read_verdicts
from companion.running.execution import run_chapter
from companion.scales import Scale

ROOT = Path(__file__).parents[3]
UNTIL_STAGE = ("--until", "stage")  # rendering is tested with the site
QUICK = Scale.QUICK
KILLED = "# %% end\nimport os\nos.kill(os.getpid(), 9)\n\n# %% halves"
CONFIG = (ROOT / "_config.yml").read_text(encoding="utf-8").replace("favicon: _static/favicon.svg", "")

pytestmark = pytest.mark.pipeline


def add_second_chapter(project: Project) -> None:
    """The chapter ``other``: it triples instead of doubling, and needs no data."""
    toy = project.notebook("toy").read_text().partition("# %% numbers")[0]
    toy = toy.replace('companion.chapter("toy")', 'companion.chapter("other")').replace("toy-circle", "other-circle")
    toy = toy.replace("from toymath.doubling import doubled", "from toymath.tripling import tripled")
    project.notebook("other").write_text(toy.replace("doubled(x)", "tripled(x) - x"))
    claims = (
        project.claims("toy")
        .read_text()
        .replace("chapter: toy", "chapter: other")
        .replace("toy-circle", "other-circle")
        .replace("position: 1", "position: 2")
    )
    before, _, rest = claims.partition("  - id: numbers-positive")
    project.claims("other").write_text(before + "  - id: too-large" + rest.partition("  - id: too-large")[2])
    project.page("other").write_text("# Other\n\nThe other paper triples.\n")
    shutil.copy(ROOT / "Snakefile", project.root)


@pytest.fixture(scope="module")
def template() -> dict[str, Path]:
    return {}


@pytest.fixture
def built(scratch_project: Project, template: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A book of two chapters, built at quick scale up to the stage; built once, copied for each test."""
    root = scratch_project.root
    if not template:
        add_second_chapter(scratch_project)
        build(scratch_project)
        template["root"] = shutil.copytree(root, tmp_path_factory.mktemp("template") / "book")
    else:
        shutil.rmtree(root)
        shutil.copytree(template["root"], root)
    return Project.find(root)


def build(project: Project, *arguments: str) -> BuildReport:
    return build_book(project, Scale.QUICK, engine_arguments=arguments or UNTIL_STAGE)


def steps(project: Project) -> list[str]:
    """What the last build finished, as "execute toy"."""
    events = Journal(project.build(Scale.QUICK)).news()
    return sorted(f"{event.step} {event.slug}".strip() for event in events if event.what == "finished")


def test_a_book_without_chapters_is_refused(scratch_project: Project) -> None:
    scratch_project.notebook("toy").unlink()
    with pytest.raises(RefusedInput, match="there is no chapter"):
        build(scratch_project)


def test_a_second_build_executes_nothing_even_if_every_file_was_touched(built: Project) -> None:
    for path in [*built.root.glob("notebooks/*"), *built.root.glob("src/**/*.py"), *built.root.glob("book/*")]:
        path.touch()
    report = build(built)
    assert report.executed == 0
    assert steps(built) == []
    assert report.verdicts == {"held": 2, "violated": 2, "not judged": 3}
    assert "nothing executed" in report.text
    assert str(built.build(Scale.QUICK) / "_build" / "html" / "index.html") in report.text


def test_a_changed_module_executes_exactly_the_chapters_that_import_it(built: Project) -> None:
    tripling = built.root / "src" / "toymath" / "tripling.py"
    tripling.write_text(tripling.read_text().replace("3 * x", "x + 2 * x"))
    assert build(built).executed == 1
    assert steps(built) == ["execute other", "judge other", "scorecard", "stage"]


def test_changed_prose_only_stages_and_a_changed_claims_file_only_judges_again(built: Project) -> None:
    page = built.page("toy")
    page.write_text(page.read_text() + "\nOne sentence more.\n")
    build(built)
    assert steps(built) == ["stage"]
    claims = built.claims("other")
    claims.write_text(claims.read_text().replace("no slack, halving is exact", "halving is exact"))
    build(built)
    assert steps(built) == ["judge other", "scorecard", "stage"]


def test_data_that_arrives_executes_what_needs_it(built: Project, provide_data) -> None:
    provide_data(built)
    report = build(built)
    assert steps(built) == ["execute toy", "judge toy", "scorecard", "stage"]
    assert report.verdicts == {"held": 3, "violated": 2, "not judged": 2}


def test_a_chapter_run_by_hand_is_not_run_again(built: Project) -> None:
    tripling = built.root / "src" / "toymath" / "tripling.py"
    tripling.write_text(tripling.read_text() + "\n# one line more\n")
    command = [sys.executable, "-m", "companion", "run", "other", "--scale", "quick"]
    subprocess.run(command, cwd=built.root, check=True, capture_output=True)
    assert build(built).executed == 0


def break_toy(project: Project) -> int:
    """A cell that raises at the end of the chapter toy; the line on which it does."""
    text = project.notebook("toy").read_text() + "\n# %% broken\nnumber = 2\n"
    project.notebook("toy").write_text(text + "raise ArithmeticError('two is odd')\n")
    return text.count("\n") + 1


def claims_of(project: Project, slug: str) -> list[dict[str, object]]:
    card = json.loads((project.build(Scale.QUICK) / "scorecard.json").read_text())
    return next(chapter["claims"] for chapter in card["chapters"] if chapter["slug"] == slug)


def test_a_chapter_that_fails_is_shown_as_failed_and_the_others_go_on(built: Project) -> None:
    former = built.executed("toy", Scale.QUICK).read_bytes()
    line = break_toy(built)
    built.notebook("other").write_text(built.notebook("other").read_text() + "\n# %% more\nnumber = 1\n")
    with pytest.raises(ExecutionFailed, match=r"execute toy failed: .*two is odd") as refused:
        build(built)
    assert f"line {line}" in str(refused.value)
    assert "The page of toy in the book says why" in str(refused.value)
    assert "Scorecard at quick scale: 7 claims" in str(refused.value)
    assert steps(built) == ["execute other", "judge other", "judge toy", "scorecard", "stage"]
    assert built.executed("toy", Scale.QUICK).read_bytes() == former
    reasons = {claim["id"]: (claim["verdict"], claim["reason"]) for claim in claims_of(built, "toy")}
    assert reasons.pop("too-large") == ("not judged", "unchecked")
    assert set(reasons.values()) == {("not judged", "failed")}
    assert [claim["verdict"] for claim in claims_of(built, "other")] == ["held", "violated", "not judged"]


def test_a_failed_chapter_is_tried_at_each_build_and_an_undone_edit_brings_its_run_back(built: Project) -> None:
    source = built.notebook("toy").read_text()
    break_toy(built)
    for _ in range(2):
        with pytest.raises(ExecutionFailed, match="two is odd"):
            build(built)
        assert (
            "it failed in the last build and is tried again: toy: cell 'broken'"
            in forecast_of(built, "toy", QUICK).text
        )
    built.notebook("toy").write_text(source)
    report = build(built)
    assert report.executed == 0
    assert report.verdicts == {"held": 2, "violated": 2, "not judged": 3}
    assert build(built).executed == 0
    assert steps(built) == []


def test_a_run_of_an_edit_that_is_undone_since_is_run_again(built: Project) -> None:
    source = built.notebook("toy").read_text()
    built.notebook("toy").write_text(source + "\n# edited\n")
    run_chapter(built, "toy", scale=QUICK)
    built.notebook("toy").write_text(source)
    assert build(built).executed == 1
    assert build(built).executed == 0


def test_two_chapters_in_one_place_are_refused_before_anything_runs(built: Project) -> None:
    claims = built.claims("other")
    claims.write_text(claims.read_text().replace("position: 2", "position: 1"))
    built.notebook("toy").write_text(built.notebook("toy").read_text() + "\n# edited\n")
    former = built.executed("toy", QUICK).read_bytes()
    with pytest.raises(RefusedInput, match="both say position: 1 in the part All; the first free one is 2"):
        build(built)
    assert built.executed("toy", QUICK).read_bytes() == former


@pytest.mark.parametrize(
    ("file", "before", "after", "error", "message"),
    [
        ("claims", "kind: identity", "kind: opinion", RefusedInput, r"toy\.claims\.yml is refused"),
        ("claims", "claims:", "claims: [", RefusedInput, r"toy\.claims\.yml is not valid YAML"),
        ("claims", "bound: 0.0", "bound: 0.0, case: 1", RefusedInput, "halves-grow"),
        ("notebook", "# %% doubling\n", "# %% doubling\n(\n", RefusedInput, "was never closed"),
        ("notebook", "# %% doubling", "# %%", RefusedInput, "the code cell has no name"),
        ("notebook", 'chapter.measure("halves-grow"', 'print("halves-grow"', ExecutionFailed, "was not measured"),
        ("notebook", "# %% halves", KILLED, ExecutionFailed, "killed"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_one_chapter_the_other_is_shown(
    built: Project, file: str, before: str, after: str, error: type[Exception], message: str
) -> None:
    path = getattr(built, file)("toy")
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(error, match=rf"toy failed: (.|\n)*{message}"):
        build(built)
    claims = claims_of(built, "toy")
    assert [claim["id"] for claim in claims] == ["doubles", "halves-grow", "numbers-positive", "too-large"]
    assert all(claim["verdict"] == "not judged" for claim in claims)
    assert "failed" in {claim["reason"] for claim in claims}
    assert [claim["verdict"] for claim in claims_of(built, "other")] == ["held", "violated", "not judged"]


def test_nothing_of_a_failed_chapter_is_published(built: Project) -> None:
    break_toy(built)
    with pytest.raises(ExecutionFailed):
        build(built)
    with pytest.raises(
        RefusedInput, match="failed in the last build, so it is not published:\ntoy: toy: cell 'broken'"
    ):
        publish(built, QUICK)
    assert not built.published.exists()
    verdicts, failures = judged_each(built, built.slugs, QUICK)
    assert [chapter.chapter for chapter in verdicts] == ["other"]
    assert list(failures) == ["toy"]


def test_pages_with_numbers_and_figures_of_a_failed_chapter_are_rendered(built: Project) -> None:
    built.page("other").write_text(
        "# Other\n\nThe bound is {glue:text}`../notebooks/toy.ipynb::halves-grow.bound:.3f`, of "
        "{claim}`toy/doubles`.\n\n"
        "```{figure} _figures/toy-circle.svg\n:alt: A circle.\nA circle, see {numref}`toy-circle`.\n```\n"
    )
    built.page("toy").write_text(built.page("toy").read_text() + "\n{glue:text}`../notebooks/toy.ipynb::new:.2f`\n")
    (built.root / "_config.yml").write_text(CONFIG)
    break_toy(built)
    with pytest.raises(ExecutionFailed, match="two is odd"):
        build(built, "--until", "render")
    html = built.build(QUICK) / "_build" / "html"
    pages = {name: (html / name).read_text() for name in ("book/toy.html", "book/other.html", "notebooks/toy.html")}
    for name in ("book/toy.html", "notebooks/toy.html"):
        assert "This chapter failed in this build." in pages[name]
        assert "raised ArithmeticError: two is odd" in pages[name]
    assert "(no bound: the run of its chapter failed)" in pages["book/other.html"]
    assert "(no number: the run of its chapter failed)" in pages["book/toy.html"]
    assert "toy-circle.svg" in pages["book/other.html"]


def test_a_part_that_the_contents_lack_is_refused(built: Project) -> None:
    (built.root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nparts: []\n")
    with pytest.raises(RefusedInput, match=r"(toy|other)\.claims\.yml says part: All; _toc\.yml has "):
        build(built)


def test_a_failure_outside_the_steps_shows_the_end_of_the_log(built: Project) -> None:
    with (built.root / "Snakefile").open("a") as file:
        file.write("\nraise SystemError('no pipeline today')\n")
    with pytest.raises(BuildFailed, match="no pipeline today"):
        build(built)


def test_a_disk_that_is_full_is_named_and_the_former_results_stay(built: Project) -> None:
    former = built.executed("other", Scale.QUICK).read_bytes()
    built.notebook("other").write_text(built.notebook("other").read_text() + f"\n# %% more\nx = '{'x' * 300_000}'\n")
    command = f"ulimit -f 200; exec {sys.executable} -m companion build --scale quick -- --until stage"
    ended = subprocess.run(["bash", "-c", command], cwd=built.root, capture_output=True, text=True, check=False)
    assert ended.returncode == BuildFailed.exit_code, ended.stderr
    assert "limits allow" in ended.stderr or "disk" in ended.stderr
    assert built.executed("other", Scale.QUICK).read_bytes() == former


def test_a_build_needs_no_network(built: Project) -> None:
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us cut off the network for one process")
    built.notebook("other").write_text(built.notebook("other").read_text() + "\n# %% more\nnumber = 1\n")
    command = [*alone, sys.executable, "-m", "companion", "build", "--scale", "quick", "--", *UNTIL_STAGE]
    ended = subprocess.run(command, cwd=built.root, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "1 chapter executed" in ended.stdout


def test_a_build_killed_with_its_make_leaves_nothing_running_and_repeats_nothing(built: Project) -> None:
    for slug, seconds in (("other", 0), ("toy", 30)):
        text = built.notebook(slug).read_text()
        built.notebook(slug).write_text(text + f"\n# %% wait\nimport time\n\ntime.sleep({seconds})\n")
    rule = f"{sys.executable} -m companion build --scale quick --with-parent $$PPID -- --until judge"
    (built.root / "Makefile").write_text(f"all:\n\t@{rule}\n")
    Journal(built.build(Scale.QUICK)).path.unlink()
    make = subprocess.Popen(["make"], cwd=built.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: "judge other" in steps(built), 60)
    family = psutil.Process(make.pid).children(recursive=True)
    assert any("companion.running.kernel_process" in process.cmdline() for process in family)
    os.kill(make.pid, signal.SIGKILL)
    make.wait()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    assert len(gone) >= 4  # the build, Snakemake, the step, the kernel
    built.notebook("toy").write_text(built.notebook("toy").read_text().replace("sleep(30)", "sleep(0)"))
    again = subprocess.run(["make"], cwd=built.root, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "lock" not in (again.stdout + again.stderr).lower()
    assert [step for step in steps(built) if step.startswith("execute")] == ["execute toy"]


def wait_until(condition, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.2)


def test_verdicts_that_an_older_companion_wrote_hinder_no_build(built: Project) -> None:
    path = built.verdicts("toy", QUICK)
    content = json.loads(path.read_text())
    content["stamp"].pop("cpu_seconds")
    path.write_text(json.dumps(content))
    built.notebook("toy").write_text(built.notebook("toy").read_text() + "\n# edited\n")
    assert build(built).executed == 1
    assert read_verdicts(path).stamp is not None
