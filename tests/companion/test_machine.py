import importlib.metadata
import platform

from companion.machine import hardware, versions_of


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
