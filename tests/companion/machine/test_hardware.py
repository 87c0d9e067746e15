import importlib.metadata
import platform

import psutil
import pytest

from companion.machine import hardware as machine
from companion.machine.hardware import allowed_bytes, hardware, usable_cores, usable_memory, versions_of


def test_versions_are_those_of_the_distributions():
    found = versions_of({"numpy.linalg", "yaml", "os", "no_such_package_here"})
    assert found == {
        "python": platform.python_version(),
        "PyYAML": importlib.metadata.version("PyYAML"),
        "numpy": importlib.metadata.version("numpy"),
    }


def test_hardware_is_described():
    found = hardware("cpu")
    assert found["device"] == "cpu"
    assert found["cores"] >= 1
    assert 0.1 < found["memory_gb"] < 100_000
    assert found["processor"]
    assert found["system"].startswith(platform.system())
    assert 1 <= found["allowed_cores"] <= found["cores"]
    assert found["allowed_memory_gb"] <= found["memory_gb"]


@pytest.fixture
def small_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "allowed_cores", lambda: 1)
    monkeypatch.setattr(machine, "allowed_memory", lambda: 10**8)


@pytest.mark.usefixtures("small_container")
def test_what_the_control_group_allows_counts_not_what_the_machine_has():
    assert (usable_cores(), usable_memory(), allowed_bytes()) == (1, 80, 10**8)
    assert (hardware("cpu")["allowed_cores"], hardware("cpu")["allowed_memory_gb"]) == (1, 0.1)


def test_a_group_that_allows_more_than_there_is_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(machine, "allowed_cores", lambda: 10**6)
    monkeypatch.setattr(machine, "allowed_memory", lambda: 2**63)
    assert usable_cores() <= (machine.os.cpu_count() or 1)
    assert allowed_bytes() == psutil.virtual_memory().total
