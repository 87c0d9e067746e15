"""Tables of contents: packages whose names are imported when they are first asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module


def lookup(package: str, contents: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """A package's ``__getattr__`` and ``__dir__``, so that importing the package imports none of its modules.

    Args:
        package: Its name, for the message on a name that it lacks.
        contents: Public name to the module that defines it.

    Returns:
        The two functions.

    Source:
        own; module attributes as in PEP 562.
    """

    def attribute(name: str) -> object:
        if name not in contents:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(contents[name]), name)

    return attribute, lambda: sorted(contents)
