"""Tensors of numbers whose precision nobody stated: PyTorch makes them float32, which a later ``.double()`` keeps.

``torch.tensor([0.1]).double()`` is 0.10000000149: the number was rounded before it was widened. So a tensor of numbers
names its dtype where it is made, unless the numbers are written there and float32 holds them exactly.
"""

import ast
import struct
from collections.abc import Iterator

OF_NUMBERS = frozenset({"tensor", "as_tensor", "full", "linspace", "logspace", "arange"})
GRIDS = frozenset({"linspace", "logspace"})  # numbers between two exact ends are not exact
FILLED = frozenset({"zeros", "ones", "empty", "rand", "randn"})  # exact, or drawn: to be widened at once is enough
WIDENED = frozenset({"double", "float", "long", "int", "bool", "byte"})
WRITTEN = (ast.List, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load)


def of_unstated_precision(source: str, names: frozenset[str] = OF_NUMBERS | FILLED) -> list[str]:
    """The calls in a source that make tensors of numbers without saying of which precision."""
    tree = ast.parse(source)
    widened = set(_widened(tree))
    return [ast.unparse(call) for call in _calls(tree, names) if not _is_stated(call, call in widened)]


def _calls(tree: ast.AST, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield from [node] if ast.unparse(node.func.value) == "torch" else []


def _widened(tree: ast.AST) -> Iterator[ast.AST]:
    """What stands before a ``.double()`` or its like in a chain of calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WIDENED:
            inner = node.func.value
            while isinstance(inner, ast.Call | ast.Attribute | ast.Subscript):
                yield inner
                inner = inner.func if isinstance(inner, ast.Call) else inner.value


def _is_stated(call: ast.Call, is_widened: bool) -> bool:
    name = call.func.attr  # type: ignore[attr-defined]
    if any(keyword.arg in ("dtype", None) for keyword in call.keywords):
        return True
    if name in FILLED:
        return is_widened
    written = [number for argument in call.args for number in ast.walk(argument)]
    has_floats = any(isinstance(number, ast.Constant) and isinstance(number.value, float) for number in written)
    if name == "arange":
        return not has_floats or (is_widened and _is_exact(written))
    return name not in GRIDS and _is_exact(written) and (is_widened or (name != "full" and not has_floats))


def _is_exact(written: list[ast.AST]) -> bool:
    """Whether all is written out, in numbers that float32 holds."""
    for node in written:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, float) and struct.unpack("f", struct.pack("f", node.value))[0] != node.value:
                return False
        elif not isinstance(node, WRITTEN):
            return False
    return True
