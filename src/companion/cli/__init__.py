"""The command line ``companion``. Heavy imports wait inside the commands, so that ``--help`` answers at once."""

from importlib import import_module
from typing import Any

_CONTENTS = {"app": "companion.cli.commands", "main": "companion.cli.commands"}

__all__ = list(_CONTENTS)


def __getattr__(name: str) -> Any:
    if name not in _CONTENTS:
        raise AttributeError(f"module 'companion.cli' has no attribute {name!r}")
    return getattr(import_module(_CONTENTS[name]), name)
