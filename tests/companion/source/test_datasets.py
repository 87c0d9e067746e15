from dataclasses import replace
from importlib import import_module

import pytest

from companion.errors import RefusedInput
from companion.project import Program
from companion.source.datasets import fingerprints, lacking, registered_data


def test_a_card_says_what_it_is_and_every_way_to_get_it(scratch_project):
    card = registered_data(scratch_project)["toy-numbers"]
    assert (card.title, card.citation, card.licence) == ("Toy numbers", "nobody2020toy", "CC0")
    assert card.how_to_get == "Toy numbers (toy-numbers): get it by writing data/toy-numbers.txt by hand."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"data\.toml is missing"),
        ("[sets.a\n", r"data\.toml is not valid TOML"),
        ('[sets.a]\ntitle = "A"\nways = ["x"]\n', r"\[sets\.a\] lacks the key 'citation'"),
        ('[sets.a]\ntitle = "A"\ncitation = "b"\nlicence = "c"\nways = []\n', r"\[sets\.a\] must list its ways"),
    ],
)
def test_a_wrong_registry_is_refused(scratch_project, content, message):
    scratch_project.data_file.unlink() if content is None else scratch_project.data_file.write_text(content)
    with pytest.raises(RefusedInput, match=message):
        registered_data(scratch_project)


def test_the_probe_says_what_is_here(scratch_project, provide_data):
    assert fingerprints(scratch_project, ["toy-numbers"]) == {"toy-numbers": None}
    provide_data(scratch_project)
    found = fingerprints(scratch_project, ["toy-numbers", "toy-numbers"])
    assert list(found) == ["toy-numbers"]
    assert len(found["toy-numbers"]) == 64
    assert fingerprints(scratch_project, []) == {}


def test_corrupt_data_is_named(scratch_project, provide_data):
    provide_data(scratch_project, "corrupt")
    with pytest.raises(RefusedInput, match=r"toy-numbers\.txt is corrupt"):
        fingerprints(scratch_project, ["toy-numbers"])


@pytest.mark.parametrize("probe", ["toymath.nowhere:fingerprints", "toymath.data:nothing", "nonsense"])
def test_a_probe_that_does_not_exist_is_named(scratch_project, probe):
    settings = scratch_project.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("toymath.data:fingerprints", probe))
    with pytest.raises(RefusedInput, match=f"'{probe}' in .* cannot be used"):
        fingerprints(type(scratch_project).find(scratch_project.root), ["toy-numbers"])


def test_lacking():
    assert lacking({"a": None, "b": "0"}, ["a", "b"]) == ("a",)


def test_the_browser_may_be_needed_like_data(scratch_project, monkeypatch):
    found = []
    for version in ("Chromium 1.2", "Chromium 1.3", None):
        monkeypatch.setattr("companion.source.datasets.chromium_version", lambda said=version: said)
        found.append(fingerprints(scratch_project, ["chromium"])["chromium"])
    assert found[0] != found[1]
    assert found[2] is None
    assert "setting CHROMIUM" in registered_data(scratch_project)["chromium"].how_to_get


def test_a_program_of_the_book_may_be_needed_and_changes_with_its_fingerprint(scratch_project, monkeypatch):
    (scratch_project.root / "src" / "toyviewer.py").write_text("def fingerprint(root):\n    return SAID\n")
    names = {"title": "the viewer", "script": "toyviewer:script", "file": "vendor/viewer.js"}
    viewer = Program("viewer", ways=("running npm",), fingerprint="toyviewer:fingerprint", **names)
    project = replace(scratch_project, programs=(viewer,))
    assert registered_data(project)["viewer"].how_to_get == "the viewer (viewer): get it by running npm."
    with project.importable():
        module = import_module("toyviewer")
    for said in ("one", None):
        monkeypatch.setattr(module, "SAID", said, raising=False)
        assert fingerprints(project, ["viewer", "chromium"])["viewer"] == said
    with pytest.raises(RefusedInput, match="toyviewer:none"):
        fingerprints(replace(project, programs=(replace(viewer, fingerprint="toyviewer:none"),)), ["viewer"])
