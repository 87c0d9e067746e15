"""Functions of the book's own packages that ``[tool.companion]`` names: what the machinery asks without knowing it."""

from importlib import import_module
from typing import Any

from companion.errors import RefusedInput
from companion.project import Project


def asked(project: Project, hook: str, *arguments: object) -> Any:
    """What the function ``hook``, written ``module:function``, answers.

    Raises:
        RefusedInput: If there is no such function, or it refuses with an error of its own.
    """
    module, _, name = hook.partition(":")
    try:
        with project.importable():
            function = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise RefusedInput(f"{hook!r} in [tool.companion] cannot be used: {error}") from None
    try:
        return function(*arguments)
    except (RuntimeError, ValueError, OSError) as error:
        raise RefusedInput(str(error)) from error
