"""Every chapter has its verdicts at quick scale, and for every claim a broken twin turns the verdict.

What is broken stands in ``sabotages/<slug>.py``: ``SABOTAGES`` by name; ``VERDICTS`` of the unbroken chapter, where
they are not "held"; ``check``, which looks at what the unbroken run recorded.
"""

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from companion.claims.declared import Kind, read_claims
from companion.machine.browser import browsers_shared
from companion.project import Project
from companion.running.inline import DataLacking, InlineRun, run_inline

pytestmark = pytest.mark.chapter
SLUGS = Project.find(Path(__file__)).slugs


@cache
def broken(slug: str) -> ModuleType:
    """The file of the chapter's sabotages."""
    path = Path(__file__).parent / "sabotages" / f"{slug}.py"
    assert path.is_file(), f"write tests/chapters/sabotages/{slug}.py: step 7 of CONTRIBUTING.md says what stands in it"
    spec = spec_from_file_location(f"sabotages_{slug}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def declared(slug: str) -> dict[str, Any]:
    return read_claims(Project.find(Path(__file__)).claims(slug)).by_id


@cache
def unbroken(slug: str) -> InlineRun:
    return run_inline(slug)


def of_chapter(slug: str, *more: str) -> Any:
    """A case of a test; all of one chapter go to one worker, which runs it unbroken once."""
    return pytest.param(slug, *more, marks=pytest.mark.xdist_group(f"chapter {slug}"), id="-".join([slug, *more]))


CHAPTERS = [of_chapter(slug) for slug in SLUGS]


@pytest.fixture(autouse=True, scope="module")
def one_browser():
    with browsers_shared():
        yield


@pytest.mark.parametrize("slug", CHAPTERS)
def test_the_unbroken_chapter_has_its_verdicts(slug):
    odd = getattr(broken(slug), "VERDICTS", {})
    claims, run = declared(slug), unbroken(slug)
    expected = {name: "not judged" if claim.kind is Kind.UNCHECKED else "held" for name, claim in claims.items()} | odd
    found = {name: verdict for name, verdict in run.verdicts.items() if str(verdict.reason) != "data"}
    assert {name: str(verdict.verdict) for name, verdict in found.items()} == {name: expected[name] for name in found}


@pytest.mark.parametrize("slug", CHAPTERS)
def test_what_it_records_is_as_its_text_says(slug):
    getattr(broken(slug), "check", lambda run: None)(unbroken(slug))


@pytest.mark.parametrize("slug", CHAPTERS)
def test_every_claim_has_a_sabotage(slug):
    checked = {name for name, claim in declared(slug).items() if claim.kind is not Kind.UNCHECKED}
    assert {claim for sabotage in broken(slug).SABOTAGES.values() for claim in sabotage.claims} == checked


CASES = [of_chapter(slug, name) for slug in SLUGS for name in broken(slug).SABOTAGES]


@pytest.mark.parametrize(("slug", "name"), CASES)
def test_a_broken_twin_is_noticed(slug, name):
    """It turns held into violated; where the chapter finds a claim violated, the twin makes it true."""
    sabotage, odd = broken(slug).SABOTAGES[name], getattr(broken(slug), "VERDICTS", {})
    try:
        verdicts = run_inline(slug, sabotage=sabotage).verdicts
    except DataLacking as lacking:
        pytest.skip(str(lacking))
    expected = {claim: "held" if odd.get(claim) == "violated" else "violated" for claim in sabotage.claims}
    notes = "; ".join(f"{claim}: {verdicts[claim].note}" for claim in sabotage.claims)
    assert {claim: str(verdicts[claim].verdict) for claim in sabotage.claims} == expected, notes
