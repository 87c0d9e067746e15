"""How a result reads: a sentence with numbers in it, after the template that a claims file declares.

A template such as ``"the mean radius is {number:.1%} larger ({confidence} {interval:.1%}); {bound:.0%} was needed"`` is
filled as Python fills one. Powers of ten become typographic, and an open end of an interval is infinite.
"""

import re
import string
from typing import Any

FIELDS = ("number", "bound", "allowed", "interval", "confidence", "n")
_SUPERSCRIPTS = str.maketrans("-0123456789", "\N{SUPERSCRIPT MINUS}⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"(?P<digits>[\d.]+)e(?P<power>[+-]\d+)")


class Quantity(float):
    """A number in a sentence."""

    def __format__(self, spec: str) -> str:
        text = _POWER.sub(_typographic, super().__format__(spec or ".4g"))
        return text.replace("inf", "\N{INFINITY}").replace("-", "\N{MINUS SIGN}")


class Interval(tuple[float, float]):
    """Two numbers in a sentence."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return " to ".join(format(Quantity(end), spec) for end in self)


def reading(template: str, **values: float | tuple[float, float] | str | None) -> str:
    """The sentence of ``template`` with ``values`` put in.

    Raises:
        ValueError: If it names what is not among the values, or formats it as what it is not.
    """
    known = {name: _presented(value) for name, value in values.items() if value is not None}
    try:
        return template.format(**known)
    except (KeyError, IndexError):
        wanted = [str(name) for _, name, _, _ in string.Formatter().parse(template) if name is not None]
        unknown = ", ".join(f"{{{name}}}" for name in wanted if name not in known)
        there = ", ".join(f"{{{name}}}" for name in known)
        raise ValueError(f"reads names {unknown or 'nothing'}; here there are {there}") from None
    except ValueError as error:
        raise ValueError(f"reads cannot be filled: {error}; it is {template!r}") from None


def _presented(value: Any) -> Any:
    if isinstance(value, tuple):
        return Interval(value)
    return value if isinstance(value, (int, str)) else Quantity(value)


def _typographic(power: re.Match[str]) -> str:
    """``3e-14`` as ``3×10⁻¹⁴``, and ``1e-9`` as ``10⁻⁹``."""
    raised = f"10{str(int(power['power'])).translate(_SUPERSCRIPTS)}"
    return raised if power["digits"] == "1" else f"{power['digits']}\N{MULTIPLICATION SIGN}{raised}"
