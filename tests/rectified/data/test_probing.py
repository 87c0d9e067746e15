import subprocess
import sys
from pathlib import Path

import pytest

from rectified.data.__main__ import main
from rectified.data.errors import CorruptData
from rectified.data.probing import fetch_all, fingerprints
from rectified.data.registry import project_root


def test_what_is_here_has_a_fingerprint_and_what_is_lacking_has_none(scratch) -> None:
    assert fingerprints(["tiny"], scratch.root) == {"tiny": None}
    scratch.fill()
    first = fingerprints(["tiny"], scratch.root)["tiny"]
    assert first is not None
    assert len(first) == 64
    assert fingerprints(["tiny"], scratch.root)["tiny"] == first


def test_the_fingerprint_is_of_the_content_not_of_the_place(scratch, monkeypatch, tmp_path) -> None:
    scratch.fill()
    here = fingerprints(["tiny"], scratch.root)
    monkeypatch.setenv("RECTIFIED_DATA", str(tmp_path / "mine"))
    scratch.fill(tmp_path / "mine" / "tiny")
    assert fingerprints(["tiny"], scratch.root) == here


def test_probing_does_not_use_the_network_unless_told(scratch, monkeypatch) -> None:
    asked = []

    def fake(data_set, file) -> Path:
        asked.append(file.name)
        return scratch.fill() / file.name

    monkeypatch.setattr("rectified.data.probing.fetched", fake)
    fingerprints(["tiny"], scratch.root)
    assert not asked
    assert fingerprints(["tiny"], scratch.root, fetch=True)["tiny"] is not None
    assert asked == ["train-images-idx3-ubyte"]


def test_a_corrupt_file_is_not_taken_for_a_lacking_one(scratch) -> None:
    scratch.fill()
    (scratch.folder / "t10k-labels-idx1-ubyte").write_bytes(b"broken")
    with pytest.raises(CorruptData, match="t10k-labels"):
        fingerprints(["tiny"], scratch.root)


def test_an_unknown_set_is_refused(scratch) -> None:
    with pytest.raises(ValueError, match="did you mean 'tiny'"):
        fingerprints(["tinny"], scratch.root)


def test_fetch_all_reports_what_is_lacking_and_goes_on(scratch) -> None:
    (entry,) = fetch_all(scratch.root)
    assert entry.fingerprint is None
    assert "get it by asking nicely" in entry.message
    scratch.fill()
    (entry,) = fetch_all(scratch.root)
    assert str(scratch.folder) in entry.message


def test_the_command_prints_one_line_per_set_and_succeeds(scratch, monkeypatch, capsys) -> None:
    monkeypatch.setattr("rectified.data.registry.project_root", lambda: scratch.root)
    monkeypatch.setattr("rectified.data.locating.project_root", lambda: scratch.root)
    assert main() == 0
    assert capsys.readouterr().out.startswith("lacking tiny: The data set tiny is not available")


def test_probing_imports_no_heavy_package() -> None:
    script = (
        "import sys; from rectified.data.probing import fingerprints; import pathlib; "
        "fingerprints(['mnist1d', 'digits', 'mnist-small'], pathlib.Path(sys.argv[1])); "
        "print([name for name in ('torch', 'scipy', 'sklearn', 'mlxtend', 'mnist1d') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(project_root())], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
