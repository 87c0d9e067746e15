import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import pytest

from companion.errors import RefusedInput
from companion.running.sabotage import Sabotage, sabotaged


@dataclass(frozen=True)
class Entry:
    name: str
    use: Callable[[], int]


class Shape:
    sides = 4

    def area(self) -> int:
        return 1

    @staticmethod
    def double(x: int) -> int:
        return 2 * x

    @classmethod
    def named(cls) -> str:
        return cls.__name__

    @property
    def corners(self) -> int:
        return 4


class Square(Shape):
    pass


def one() -> int:
    return 1


@pytest.fixture
def package(monkeypatch) -> ModuleType:
    """A package of two modules; the second has copies of what the first defines."""
    root, first, second = (ModuleType(name) for name in ("zoo", "zoo.first", "zoo.second"))
    first.one, first.Shape, first.Square, first.limit = one, Shape, Square, 3
    second.uno, second.table, second.listed, second.entry = one, {"one": one}, [one], Entry("one", one)
    outside = ModuleType("zoology")
    outside.one = one
    for module in (root, first, second, outside):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    root.first, root.second, root.outside = first, second, outside
    return root


def broken(target: str, twin=lambda original: lambda *args: 99) -> Sabotage:
    return Sabotage(target=target, twin=twin, claims=("sound",))


def test_every_copy_in_the_packages_is_replaced_and_restored(package) -> None:
    second = package.second
    with sabotaged(broken("zoo.first:one"), ("zoo",)):
        copies = (package.first.one, second.uno, second.table["one"], second.listed[0], second.entry.use)
        assert [copy() for copy in copies] == [99] * 5
        assert package.outside.one() == 1  # another package, though its name begins alike
    assert [package.first.one, second.uno, second.table["one"], second.listed[0], second.entry.use] == [one] * 5


def test_a_copy_that_is_made_while_the_twin_stands_is_restored_too(package) -> None:
    with sabotaged(broken("zoo.first:one"), ("zoo",)):
        package.second.late = package.first.one
        package.second.late()
    assert package.second.late is one


def test_the_twin_gets_the_original(package) -> None:
    with sabotaged(broken("zoo.first:one", lambda original: lambda: original() + 1), ("zoo",)):
        assert package.first.one() == 2


@pytest.mark.parametrize(
    ("name", "use", "unbroken"),
    [
        ("area", lambda: Shape().area(), 1),
        ("double", lambda: Shape.double(3), 6),
        ("named", lambda: Shape.named(), "Shape"),
        ("corners", lambda: Shape().corners, 4),
    ],
)
def test_methods_of_every_sort_are_replaced(package, name, use, unbroken) -> None:
    with sabotaged(broken(f"zoo.first:Shape.{name}"), ("zoo",)):
        assert use() == 99
    assert use() == unbroken


def test_a_class_is_replaced_by_a_class(package) -> None:
    class Round(Shape):
        sides = 0

    with sabotaged(broken("zoo.first:Shape", lambda original: Round), ("zoo",)):
        assert isinstance(package.first.Shape(), Round)
    assert package.first.Shape is Shape


def test_caches_are_emptied_before_and_after(package) -> None:
    @cache
    def remembered() -> int:
        return package.first.one()

    remembered.__module__ = "zoo.second"
    package.second.remembered = remembered
    assert remembered() == 1
    with sabotaged(broken("zoo.first:one"), ("zoo",)):
        assert remembered() == 99
    assert remembered() == 1


def test_a_twin_that_is_never_called_proves_nothing(package) -> None:
    with (
        pytest.raises(RefusedInput, match=r"zoo\.first:one proves nothing"),
        sabotaged(broken("zoo.first:one"), ("zoo",)),
    ):
        pass
    assert package.first.one is one


def test_the_blocks_own_error_is_not_hidden(package) -> None:
    with pytest.raises(KeyError), sabotaged(broken("zoo.first:one"), ("zoo",)):
        raise KeyError
    assert package.first.one is one


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("zoo.first:two", "does not exist"),
        ("zoo.third:one", "does not exist"),
        ("zoo.first", "does not exist"),
        ("", "does not exist"),
        ("zoo.first:Circle.area", "does not exist"),
        ("zoo.first:Square.area", "where it is defined"),  # inherited: Shape.area is the one to name
        ("zoo.first:limit", "is a int; only something that is called"),
    ],
)
def test_a_wrong_target_is_refused(package, target, message) -> None:
    with pytest.raises(RefusedInput, match=message), sabotaged(broken(target), ("zoo",)):
        pass


def test_a_twin_that_is_no_function_is_refused(package) -> None:
    with (
        pytest.raises(RefusedInput, match="must return a callable"),
        sabotaged(broken("zoo.first:one", lambda original: 3), ("zoo",)),
    ):
        pass


@pytest.mark.parametrize(
    ("fields", "message"), [({"claims": ()}, "at least one claim"), ({"claims": "sound"}, "tuples of names")]
)
def test_a_sabotage_names_its_claims(fields, message) -> None:
    with pytest.raises(ValueError, match=message):
        Sabotage(**{"target": "zoo:one", "twin": lambda f: f, "claims": ("sound",), **fields})
