"""Figures: the shared style, and one module of drawing functions per object."""

from importlib import import_module

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    "new_figure": "rectified.plotting.style",
    "theory_line": "rectified.plotting.style",
    "use": "rectified.plotting.style",
}

__all__ = sorted(_CONTENTS)


def __getattr__(name: str) -> object:
    if name not in _CONTENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_CONTENTS[name]), name)
