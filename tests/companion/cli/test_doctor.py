import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from companion.cli import doctor
from companion.cli.doctor import Finding, examine
from companion.machine import hardware as machine
from companion.project import Project


def found(project: Project) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(project)}


def test_every_lack_comes_with_its_remedy(scratch_project: Project) -> None:
    findings = examine(scratch_project)
    assert {"Python", "versions", "npm", "Chromium", "disk", "memory", "write permission"} <= {f.what for f in findings}
    assert all(finding.remedy for finding in findings)


def test_without_browser_and_npm_it_says_how_to_get_them(
    scratch_project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("companion.machine.browser.OWN", tmp_path / "chromium")
    findings = found(scratch_project)
    assert not findings["Chromium"].ok
    assert "apt install chromium" in findings["Chromium"].remedy
    assert not findings["npm"].ok
    assert "optional" in findings["npm"].remedy


def test_data_that_lacks_names_its_users_and_every_way_to_get_it(
    scratch_project: Project, provide_data: Callable[[Project], None]
) -> None:
    lacking = found(scratch_project)["data toy-numbers"]
    assert (lacking.ok, lacking.state) == (False, "not here; used by toy")
    assert "writing data/toy-numbers.txt by hand" in lacking.remedy
    provide_data(scratch_project)
    assert found(scratch_project)["data toy-numbers"].ok


def test_a_corrupt_data_file_is_named(scratch_project: Project, provide_data: Callable[..., None]) -> None:
    provide_data(scratch_project, "corrupt")
    finding = found(scratch_project)["data toy-numbers"]
    assert not finding.ok
    assert "toy-numbers.txt is corrupt" in finding.remedy


def test_a_library_in_another_version_than_the_lock_names_is_noticed(scratch_project: Project) -> None:
    scratch_project.lock.write_text("# versions\nnumpy==2.4.6\ntorch==0.0.1\n")
    finding = found(scratch_project)["versions"]
    assert not finding.ok
    assert "not 0.0.1" in finding.state


def test_a_disk_nearly_full_is_noticed(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    finding = found(scratch_project)["disk"]
    assert (finding.ok, finding.state) == (False, "0.1 GB free")


def test_a_container_with_little_memory_is_noticed(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "allowed_memory", lambda: 10**7)
    finding = found(scratch_project)["memory"]
    assert not finding.ok
    assert "of which the control group allows 0.0 GB" in finding.state
    assert "allow the container more" in finding.remedy


def test_fewer_cores_than_there_are_are_named(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.os, "cpu_count", lambda: 64)
    monkeypatch.setattr(machine, "allowed_cores", lambda: 1)
    assert found(scratch_project)["cores"].state.startswith("64; this process may use 1 ")


def test_a_copy_among_the_notebooks_is_a_finding(scratch_project: Project) -> None:
    (scratch_project.root / "notebooks" / "toy (1).py").write_text("")
    (scratch_project.root / "notebooks" / "._toy.py").write_text("")
    finding = found(Project.find(scratch_project.root))["notebooks/toy (1).py"]
    assert not finding.ok
    assert finding.state.startswith("no chapter: ")
    assert "the book goes without it" in finding.remedy


def test_versions_that_differ_from_the_lock_are_lacking(scratch_project: Project) -> None:
    scratch_project.lock.write_text("numpy==1.0.1\n")
    found_versions = found(scratch_project)["versions"]
    assert not found_versions.ok
    assert ", not 1.0.1" in found_versions.state


def test_the_browser_is_tried_and_not_only_found(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/bin/false")
    finding = found(scratch_project)["Chromium"]
    assert not finding.ok
    assert finding.state == "/bin/false, which was tried"
    assert "the browser /bin/false does not start" in finding.remedy
    monkeypatch.setattr(doctor, "does_open_pages", lambda: True)
    assert found(scratch_project)["Chromium"].state == "/bin/false, which opens and prints pages"
