"""The machinery of a book that checks its own sentences. It knows nothing of what the book is about."""

from importlib import import_module
from typing import Any

# The names that notebooks and tests say, and the modules that hold them. Nothing is imported before it is asked for, so
# `companion --help` starts at once. The stamp of a run reads this table too (`companion.source.closure`).
CONTENTS = {
    # in a notebook
    "chapter": "companion.notebook.measuring",
    "by_scale": "companion.scales",
    "Control": "companion.notebook.interactive",
    # in a test
    "Sabotage": "companion.running.inline",
    "run_inline": "companion.running.inline",
}

__all__ = list(CONTENTS)


def __getattr__(name: str) -> Any:
    if name not in CONTENTS:
        raise AttributeError(f"module 'companion' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(CONTENTS[name]), name)
