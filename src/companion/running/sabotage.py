"""Breaking one function of the mathematics on purpose, to see that a check can fail."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import update_wrapper
from importlib import import_module
from types import ModuleType
from typing import Any

from companion.errors import RefusedInput


@dataclass(frozen=True)
class Sabotage:
    """One broken twin and the claims that must notice it.

    Attributes:
        target: ``"package.module:function"``, ``"package.module:Class"`` or ``"package.module:Class.method"``.
        twin: Takes the original and returns what stands in for it.
        claims: Ids of the claims whose verdict must change.
        cells: Names of the cells that these claims need; setup and parameters run always. Empty: all cells.
    """

    target: str
    twin: Callable[[Any], Any]
    claims: tuple[str, ...]
    cells: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.claims, str) or isinstance(self.cells, str):
            raise ValueError(f"sabotage of {self.target}: claims and cells are tuples of names, not one text")
        if not self.claims:
            raise ValueError(f"sabotage of {self.target}: name at least one claim that must notice it")


@contextmanager
def sabotaged(sabotage: Sabotage, packages: tuple[str, ...]) -> Iterator[None]:
    """Put the twin in the place of the original everywhere in ``packages``, and back afterwards.

    A function or class is replaced by identity: in its module, in every loaded module that imported it by name, and in
    their module-level lists, dictionaries and dataclasses. Their functions' caches are emptied before and after.

    Args:
        sabotage: What to replace by what.
        packages: Packages in whose modules copies are replaced.

    Yields:
        Nothing.

    Raises:
        RefusedInput: If the target does not exist or cannot be called, or if the twin was never called.
    """
    owner, name, original = _resolved(sabotage.target)
    counter = _Counter()
    stand_in = _counted_attribute(original, sabotage, counter)
    _clear_caches(packages)
    try:
        _put(owner, name, original, stand_in, packages)
        yield
    finally:
        _put(owner, name, stand_in, original, packages)
        _clear_caches(packages)
    if counter.calls == 0:
        raise RefusedInput(
            f"the sabotage of {sabotage.target} proves nothing: its twin was never called in the cells that ran "
            f"({', '.join(sabotage.cells) or 'all'}). Name the cells that use it, or a function that they use."
        )


@dataclass
class _Counter:
    calls: int = 0


def _resolved(target: str) -> tuple[Any, str, Any]:
    """The owner of the target, its name there, and the raw object (a method with its staticmethod or property).

    Raises:
        RefusedInput: If there is no such thing, or it is only inherited.
    """
    module_name, _, path = target.partition(":")
    *outer, name = path.split(".")
    try:
        owner: Any = import_module(module_name)
        for part in outer:
            owner = getattr(owner, part)
        return owner, name, vars(owner)[name]
    except (ImportError, AttributeError, KeyError, ValueError, TypeError) as error:
        raise RefusedInput(
            f"the sabotage target {target!r} does not exist; expected package.module:function or "
            f"package.module:Class.method, where it is defined ({type(error).__name__}: {error})"
        ) from None


def _counted_attribute(original: Any, sabotage: Sabotage, counter: _Counter) -> Any:
    """What to put in the place of ``original``: its twin, counted, of the same kind of attribute.

    Raises:
        RefusedInput: If one of the two is not callable.
    """
    if isinstance(original, (staticmethod, classmethod)):
        return type(original)(_counted(sabotage.twin(original.__func__), sabotage, counter))
    if isinstance(original, property):
        return property(_counted(sabotage.twin(original.fget), sabotage, counter))
    if not callable(original):
        raise RefusedInput(
            f"the sabotage target {sabotage.target!r} is a {type(original).__name__}; only something that is called "
            "can be seen to be used: break the function that reads it"
        )
    return _counted(sabotage.twin(original), sabotage, counter)


def _counted(twin: Any, sabotage: Sabotage, counter: _Counter) -> Any:
    if isinstance(twin, type):
        return _counted_class(twin, counter)
    if not callable(twin):
        raise RefusedInput(f"the twin of {sabotage.target} is a {type(twin).__name__}; it must return a callable")

    def counted(*args: Any, **kwargs: Any) -> Any:
        counter.calls += 1
        return twin(*args, **kwargs)

    return update_wrapper(counted, twin)


def _counted_class(twin: type, counter: _Counter) -> type:
    def counted(self: Any, *args: Any, **kwargs: Any) -> None:
        counter.calls += 1
        twin.__init__(self, *args, **kwargs)  # type: ignore[misc]

    return type(twin.__name__, (twin,), {"__init__": counted, "__module__": twin.__module__})


def _put(owner: Any, name: str, old: Any, new: Any, packages: tuple[str, ...]) -> None:
    setattr(owner, name, new)
    if not isinstance(owner, ModuleType):
        return
    for module in _loaded(packages):
        _replace(vars(module), old, new)
        for value in list(vars(module).values()):
            _replace(value, old, new)


def _replace(container: Any, old: Any, new: Any) -> None:
    """Replace ``old`` by identity in a dictionary, a list, or the fields of a dataclass, frozen or not."""
    if is_dataclass(container) and not isinstance(container, type):
        for name in [f.name for f in fields(container) if getattr(container, f.name, None) is old]:
            object.__setattr__(container, name, new)
        return
    if type(container) is dict:
        places: list[Any] = [key for key, value in list(container.items()) if value is old]
    elif type(container) is list:
        places = [index for index, value in enumerate(container) if value is old]
    else:
        return
    for place in places:
        container[place] = new


def _clear_caches(packages: tuple[str, ...]) -> None:
    """Empty what functions remember: a value computed before would hide the twin, one computed by it would stay."""
    for module in _loaded(packages):
        for value in list(vars(module).values()):
            clear = getattr(value, "cache_clear", None)
            if callable(clear) and getattr(value, "__module__", None) == module.__name__:
                clear()


def _loaded(packages: tuple[str, ...]) -> list[ModuleType]:
    inside = tuple(f"{package}." for package in packages)
    return [
        m for name, m in list(sys.modules.items()) if m is not None and (name in packages or name.startswith(inside))
    ]
