from importlib import metadata
from pathlib import Path

import pytest

from companion.errors import RefusedInput
from companion.project import Project
from companion.source.locked import locked_versions, other_versions, sentence_about

ROOT = Path(__file__).parents[3]
LOCK = """
# a comment with numpy==1.0
numpy==2.4.6  # with a remark
PyYAML==6.0.3 \\
    --hash=sha256:00
appnope==0.1.4; sys_platform == "no such system"
"""


def test_the_lock_is_read_for_this_system(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    assert locked_versions(lock) == {}
    lock.write_text(LOCK)
    assert locked_versions(lock) == {"numpy": "2.4.6", "pyyaml": "6.0.3"}
    lock.write_text("numpy==2.4.6\nno requirement == at all\n")
    with pytest.raises(RefusedInput, match=r"requirements\.lock, line 2: "):
        locked_versions(lock)


def test_our_own_lock_is_read() -> None:
    found = locked_versions(ROOT / "requirements.lock")
    assert found["torch"] == "2.13.0"
    assert len(found) > 150


def test_what_differs_is_said_with_both_versions(scratch_project: Project) -> None:
    numpy, torch = metadata.version("numpy"), metadata.version("torch").split("+")[0]
    scratch_project.lock.write_text(f"numpy=={numpy}\ntorch=={torch}\nPyYAML==1.2\nno-such-thing==1\n")
    others = other_versions(scratch_project)
    assert others == {"pyyaml": f"{metadata.version('pyyaml')}, not 1.2"}
    assert "pyyaml" in sentence_about(others)
    assert "--with-other-versions" in sentence_about(others)
    assert other_versions(scratch_project, {"numpy": "0.9", "PyYAML": "1.2"}) == {"numpy": f"0.9, not {numpy}"}
    assert sentence_about({}) == ""


def test_a_version_that_is_none_differs(scratch_project: Project) -> None:
    scratch_project.lock.write_text("numpy==2.4.6\n")
    assert other_versions(scratch_project, {"numpy": "of unknown version"}) == {
        "numpy": "of unknown version, not 2.4.6"
    }
