import importlib
import pkgutil

import pytest

import rectified
from rectified._contents import lookup

PACKAGES = ["rectified", *(f"rectified.{m.name}" for m in pkgutil.iter_modules(rectified.__path__) if m.ispkg)]


def test_a_name_is_found_where_the_table_says():
    attribute, names = lookup("toy", {"sqrt": "math", "Path": "pathlib"})
    assert attribute("sqrt")(9.0) == 3.0
    assert names() == ["Path", "sqrt"]


def test_a_missing_name_is_an_attribute_error_of_the_package():
    attribute, _ = lookup("toy", {})
    with pytest.raises(AttributeError, match="module 'toy' has no attribute 'sqrt'"):
        attribute("sqrt")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_every_table_exists(package):
    module = importlib.import_module(package)
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []
    assert set(module.__all__) <= set(dir(module))
