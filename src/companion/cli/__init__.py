"""The command line ``companion``. Heavy imports wait inside the commands, so that ``--help`` answers at once."""

from importlib import import_module
from typing import Any

from companion.machine.surroundings import enter

_CONTENTS = {"app": "companion.cli.commands"}

__all__ = [*_CONTENTS, "main"]


def main() -> None:
    """The program ``companion``; nothing but Python itself is imported before it has left the user's surroundings."""
    enter()
    from companion.cli.commands import app

    app(prog_name="companion")


def __getattr__(name: str) -> Any:
    if name not in _CONTENTS:
        raise AttributeError(f"module 'companion.cli' has no attribute {name!r}")
    return getattr(import_module(_CONTENTS[name]), name)
