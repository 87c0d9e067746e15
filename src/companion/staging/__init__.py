"""From verdicts and executed notebooks to a folder that Jupyter Book renders."""

from importlib import import_module
from typing import Any

# nothing is imported before it is asked for: Sphinx loads only the badges, and need not wait for the judge
_CONTENTS = {"stage": "companion.staging.book"}

__all__ = list(_CONTENTS)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_CONTENTS[name]), name)
