"""The parameters cell of a notebook, read without running it, and the values a run may give.

papermill's own inspection does not see annotations with ``|``, ``Literal`` or ``Annotated``, and only warns of a
parameter that does not exist. Here the cell is parsed with ``ast``, and a wrong value ends the run before it starts.
"""

import ast
import difflib
import io
import math
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from companion.claims.declared import ParameterRange
from companion.errors import RefusedInput
from companion.scales import Scale
from companion.source.notebooks import TextNotebook

LARGEST_SEED = 2**31 - 1
BUILT_IN: Mapping[str, ParameterRange] = {
    "scale": ParameterRange(choices=tuple(str(scale) for scale in Scale)),
    "seed": ParameterRange(minimum=0, maximum=LARGEST_SEED),
    "device": ParameterRange(choices=("auto", "cpu", "cuda")),
}

_SIMPLE: Mapping[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
_WORDS: Mapping[str, object] = {"true": True, "false": False, "none": None, "null": None}


@dataclass(frozen=True)
class Parameter:
    """One typed constant of the parameters cell.

    Attributes:
        name: Its name.
        annotation: Its type as written, for people.
        type: The same type, for checking.
        default: The value in the cell.
        description: The comment beside it, or the comment lines above it.
    """

    name: str
    annotation: str
    type: Any
    default: Any
    description: str


def declared_parameters(notebook: TextNotebook) -> tuple[Parameter, ...]:
    """The parameters that ``notebook`` declares, in order.

    Raises:
        RefusedInput: If the cell holds anything but typed constants, a default does not fit its type, a comment is
            missing, or scale, seed or device is.
    """
    cell = notebook.parameters
    where = f"{notebook.path.name}, the parameters cell"
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError as error:
        raise RefusedInput(f"{where} (line {cell.line + (error.lineno or 1) - 1}): {error.msg}") from None
    comments = _comments(cell.source)
    declared = []
    for statement in statements:
        at = f"{notebook.path.name}, line {cell.line + statement.lineno - 1}"
        declared.append(_parameter(statement, comments, at))
    _check_names([parameter.name for parameter in declared], where)
    return tuple(declared)


def checked_parameters(
    declared: Iterable[Parameter], ranges: Mapping[str, ParameterRange], given: Mapping[str, object]
) -> dict[str, Any]:
    """The value of every declared parameter: the given one where there is one, else the default.

    Args:
        declared: What the notebook declares.
        ranges: What the claims file allows; scale, seed and device have built-in ranges.
        given: Values of the wanted types, or texts as a command line gives them (``{"seed": "3"}``).

    Returns:
        Name to value, in the order of declaration.

    Raises:
        RefusedInput: If a name is unknown or a value is ill-typed or not allowed; the message says what is.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name in ranges:
        if name not in known:
            raise RefusedInput(f"the claims file gives a range for {name!r}, which is no parameter; {_listing(known)}")
    for name in given:
        if name not in known:
            raise RefusedInput(_unknown(name, known))
    allowed = {**BUILT_IN, **ranges}
    return {
        name: _checked(parameter, allowed.get(name), given.get(name, parameter.default))
        for name, parameter in known.items()
    }


def parsed_assignments(texts: Iterable[str]) -> dict[str, str]:
    """``["seed=3"]`` as ``{"seed": "3"}``, the form in which a command line gives parameters.

    Raises:
        RefusedInput: If a text has no ``=``, or a name comes twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        name = name.strip()
        if not separator or not name:
            raise RefusedInput(f"a parameter is given as name=value, such as seed=3; {text!r} came")
        if name in values:
            raise RefusedInput(f"the parameter {name!r} is given twice: {values[name]!r} and {value!r}")
        values[name] = value
    return values


def described_range(allowed: ParameterRange | None) -> str:
    """What ``allowed`` allows, in words."""
    if allowed is None:
        return "any value"
    if allowed.choices is not None:
        return "one of " + ", ".join(str(choice) for choice in allowed.choices)
    if allowed.minimum is None:
        return f"at most {allowed.maximum:g}"
    if allowed.maximum is None:
        return f"at least {allowed.minimum:g}"
    return f"from {allowed.minimum:g} to {allowed.maximum:.10g}"


def _parameter(statement: ast.stmt, comments: Mapping[int, tuple[str, bool]], at: str) -> Parameter:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name) or not statement.value:
        raise RefusedInput(
            f"{at}: the parameters cell takes typed constants only, such as: seed: int = 0  # what it is"
        )
    name, annotation = statement.target.id, ast.unparse(statement.annotation)
    try:
        default, kind = ast.literal_eval(statement.value), _type(statement.annotation)
    except ValueError as error:
        raise RefusedInput(f"{at}: {name} must be a typed constant ({error})") from None
    description = _description(statement, comments)
    if not description:
        raise RefusedInput(f"{at}: {name} has no comment; say beside it what it is")
    parameter = Parameter(name, annotation, kind, default, description)
    if not _fits(parameter, [default])[0]:
        raise RefusedInput(f"{at}: the default of {name}, {default!r}, is not of type {annotation}")
    return parameter


def _type(node: ast.expr) -> Any:
    """The type that an annotation means; only constants' types, so that nothing has to be imported or run.

    Raises:
        ValueError: If it means another one.
    """
    match node:
        case ast.Name(id=name) if name in _SIMPLE:
            return _SIMPLE[name]
        case ast.Constant(value=None):
            return NoneType
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _type(left) | _type(right)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _type(inner) | None
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            return Literal.__getitem__(ast.literal_eval(inner))
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return list.__class_getitem__(_type(inner))
    raise ValueError(f"the type {ast.unparse(node)} is not one of int, float, bool, str, list[…], Literal[…], … | None")


def _comments(source: str) -> dict[int, tuple[str, bool]]:
    """Line number to the comment on it, and whether it has the line to itself."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: (token.string.lstrip("# ").rstrip(), not token.line[: token.start[1]].strip())
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _description(statement: ast.stmt, comments: Mapping[int, tuple[str, bool]]) -> str:
    beside = comments.get(statement.end_lineno or statement.lineno)
    if beside is not None:
        return beside[0]
    return " ".join(reversed(list(_lines_above(statement.lineno, comments))))


def _lines_above(line: int, comments: Mapping[int, tuple[str, bool]]) -> Iterator[str]:
    while (line := line - 1) in comments and comments[line][1]:
        yield comments[line][0]


def _check_names(names: list[str], where: str) -> None:
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise RefusedInput(f"{where} declares {', '.join(doubled)} twice")
    lacking = [name for name in BUILT_IN if name not in names]
    if lacking:
        raise RefusedInput(f"{where} lacks {', '.join(lacking)}; every chapter has scale, seed and device")


def _checked(parameter: Parameter, allowed: ParameterRange | None, given: object) -> Any:
    fits, value = _fits(parameter, _readings(given, parameter.type))
    expected = f"{parameter.annotation}, {described_range(allowed)}" if allowed else parameter.annotation
    if not fits:
        raise RefusedInput(f"{parameter.name} is {_shown(given)}; expected {expected}")
    values = value if isinstance(value, list) else [value]
    if allowed is not None and not all(_is_allowed(one, allowed) for one in values):
        raise RefusedInput(f"{parameter.name} is {_shown(given)}; expected {expected}")
    return value


def _fits(parameter: Parameter, readings: Iterable[object]) -> tuple[bool, Any]:
    """Whether one of ``readings`` is of the parameter's type; and the first that is."""
    adapter = TypeAdapter(parameter.type, config=ConfigDict(strict=True, allow_inf_nan=False))
    for candidate in readings:
        try:
            return True, adapter.validate_python(candidate)
        except ValidationError:
            continue
    return False, None


def _readings(given: object, kind: Any) -> Iterator[object]:
    # a text is itself only where texts are wanted, else the constant it spells
    if not isinstance(given, str):
        yield given
        return
    text = given.strip()
    if text.lower() in _WORDS and kind is not str:
        yield _WORDS[text.lower()]
    try:
        constant = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        constant = given
    if isinstance(constant, tuple):
        constant = list(constant)
    if not isinstance(constant, str):
        yield from () if kind is str else (constant, [constant])
    yield given
    yield [part.strip() for part in given.split(",")]


def _is_allowed(value: Any, allowed: ParameterRange) -> bool:
    if allowed.choices is not None:
        return any(
            value == choice and isinstance(value, bool) is isinstance(choice, bool) for choice in allowed.choices
        )
    if value is None:  # the type allows it, and a range speaks of numbers
        return True
    low = -math.inf if allowed.minimum is None else allowed.minimum
    high = math.inf if allowed.maximum is None else allowed.maximum
    return not isinstance(value, str) and low <= value <= high


def _shown(given: object) -> str:
    return repr(given)


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"there is no parameter {name!r}.{hint} {_listing(known)}"


def _listing(known: Mapping[str, Parameter]) -> str:
    return "The parameters: " + ", ".join(f"{p.name}: {p.annotation} = {p.default!r}" for p in known.values())
