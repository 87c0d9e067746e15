import json

import pytest

from companion.errors import RefusedInput
from companion.scales import Scale
from companion.staging.book import stage


@pytest.fixture
def staged(toy_project):
    stage(toy_project, Scale.QUICK)
    return toy_project.build(Scale.QUICK) / "source"


def times(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_everything_that_pages_ask_for_is_there(staged):
    files = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    assert {
        "_config.yml",
        "_toc.yml",
        "_static/companion.css",
        "book/index.md",
        "book/_figures/toy-circle.svg",
        "book/_figures/toy-circle.night.svg",
        "_extra/downloads/data/toy-circle.csv",
        "_extra/downloads/data/toy-slider.csv",
        "book/_generated/toy.header.md",
        "book/_generated/toy.verdicts.md",
        "book/_generated/toy.foot.md",
        "book/_generated/history.md",
        "_extra/covers/toy.svg",
        "_extra/covers/toy.night.svg",
        "book/_generated/totals.md",
        "notebooks/toy.ipynb",
        "_extra/downloads/toy.run.ipynb",
        "_extra/downloads/scorecard.csv",
        "_extra/vendor/plotly.min.js",
    } <= files


def test_every_chapter_ends_with_its_foot(staged):
    assert (staged / "book" / "toy.md").read_text().endswith("\n\n```{include} _generated/toy.foot.md\n```\n")


def test_a_second_stage_touches_nothing(toy_project, staged):
    before = times(staged)
    stage(toy_project, Scale.QUICK)
    assert times(staged) == before


def test_a_new_number_touches_only_what_shows_it(toy_project, staged, judge_toy):
    before = times(staged)
    judge_toy(toy_project, 3.15)
    stage(toy_project, Scale.QUICK)
    changed = {path.name for path, time in times(staged).items() if time != before.get(path)}
    on_pages = {"toy.verdicts.md", "toy.claims.json", "toy.ipynb", "far.md", "toy.md"}  # the two as downloads
    assert changed == on_pages | {"scorecard.md", "scorecard.json", "scorecard.csv"}


def test_a_page_that_is_gone_leaves_the_stage(toy_project, staged):
    (toy_project.root / "book" / "far.md").unlink()
    stage(toy_project, Scale.QUICK)
    assert not (staged / "book" / "far.md").exists()


def test_the_role_finds_each_claim_with_its_place(staged):
    claims = json.loads((staged / "book" / "_generated" / "toy.claims.json").read_text(encoding="utf-8"))
    assert claims["round"]["place"] == ["notebooks/toy", "claim-round"]
    assert claims["eternal"]["place"] == ["book/toy", "verdict-eternal"]


def test_a_chapter_that_the_contents_lack_is_refused(toy_project):
    toc = toy_project.root / "_toc.yml"
    toc.write_text(toc.read_text(encoding="utf-8").replace("Shapes", "Forms"), encoding="utf-8")
    with pytest.raises(RefusedInput, match=r"toy\.claims\.yml says part: Shapes; _toc\.yml has Forms"):
        stage(toy_project, Scale.QUICK)
