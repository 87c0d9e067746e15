"""What a notebook measured: an id and raw numbers, in a form that JSON keeps exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

MEASUREMENT_MIME = "application/vnd.companion.measurement+json"
MOST_NUMBERS = 1_000_000  # about 20 MB of text in the executed notebook

Plain = list[float] | dict[str, "Plain"]


@dataclass(frozen=True)
class Measurement:
    """The numbers measured for one claim: a list, or a mapping of named groups of lists."""

    id: str
    samples: Plain


def plain_samples(samples: Any, where: str) -> Plain:
    """``samples`` as lists of floats under the names of their groups.

    Args:
        samples: Anything NumPy can read as real numbers, torch tensors, or mappings of these.
        where: How error messages call the samples: ``"claim 'sound'"``.

    Returns:
        A flat list of floats, or a mapping of names to such lists or mappings.

    Raises:
        ValueError: If something is not a real finite number, a group is empty, two groups have one name, or there are
            more than a million numbers.
    """
    plain = _plain(samples, where)
    total = count(plain)
    if total > MOST_NUMBERS:
        raise ValueError(
            f"{where}: {total} numbers are too many for a notebook; at most {MOST_NUMBERS} are stored. "
            "Measure the worst case of each network or image (a minimum, a maximum), not every single margin."
        )
    return plain


def count(plain: Plain) -> int:
    """How many numbers there are in all groups together."""
    return sum(count(group) for group in plain.values()) if isinstance(plain, dict) else len(plain)


def _plain(samples: Any, where: str) -> Plain:
    if isinstance(samples, Mapping):
        return _groups(samples, where)
    values = _array(samples, where).ravel()
    if values.size == 0:
        raise ValueError(f"{where}: there is no number; leave the call out where there is nothing to measure")
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(
            f"{where}: number {bad[0]} of {values.size} is {values[bad[0]]}; a measurement is finite. "
            "Find the case that gave it: leaving it out would hide it."
        )
    return [float(value) for value in values]


def _groups(samples: Mapping[Any, Any], where: str) -> dict[str, Plain]:
    if not samples:
        raise ValueError(f"{where}: the mapping of groups is empty; give each group a name and its numbers")
    plain = {str(name): _plain(group, f"{where}, group {str(name)!r}") for name, group in samples.items()}
    if len(plain) != len(samples):
        raise ValueError(f"{where}: two groups have the same name as text; their names are {list(samples)}")
    return plain


def _array(samples: Any, where: str) -> np.ndarray:
    try:
        values = np.asarray(_without_tensors(samples))
    except ValueError as error:
        raise ValueError(
            f"{where}: the lists have different lengths; use a mapping of named groups ({error})"
        ) from None
    if values.dtype.kind not in "biuf":
        raise ValueError(f"{where}: expected real numbers, got {_described(samples, values)}")
    return values.astype(np.float64)


def _without_tensors(samples: Any) -> Any:
    """Torch tensors become float64 arrays, without this module importing torch; all else stays."""
    if isinstance(samples, (list, tuple)):
        return [_without_tensors(item) for item in samples]
    if not callable(getattr(samples, "detach", None)):
        return list(samples) if _is_lazy(samples) else samples
    tensor = samples.detach().cpu()
    return (tensor if tensor.is_complex() else tensor.double()).numpy()


def _is_lazy(samples: Any) -> bool:
    """Whether ``samples`` is a generator, a set, ``dict.values()``: NumPy would wrap it whole."""
    return isinstance(samples, Iterable) and not isinstance(samples, str) and not hasattr(samples, "__array__")


def _described(samples: Any, values: np.ndarray) -> str:
    return f"{type(samples).__name__} of {values.dtype} ({str(samples)[:60]})"
