"""As much as can be read of a claims file that is refused: its chapter fails, but the book still names its claims."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from companion.claims.declared import (
    Budget,
    ChapterClaims,
    Claim,
    Difficulty,
    Kind,
    ReaderNotes,
    Reading,
    Slug,
    Text,
    read_claims,
)
from companion.claims.verdicts import Origin
from companion.errors import RefusedInput
from companion.scales import Scale

UNREADABLE = "This claim cannot be read."
_ID = re.compile(r"^\s*- +id: *([a-z0-9-]+)\s*$", re.MULTILINE)
_BUDGET = Budget(cpu_seconds=600, megabytes=4000)
_READER = ReaderNotes.model_construct(
    topics=(), assumes="Its claims file does not say.", difficulty=Difficulty.INTERMEDIATE, figure="none"
)


def readable_claims(path: Path) -> ChapterClaims:
    """The claims declared in ``path``; of a file that is refused, as much as can be read."""
    try:
        return read_claims(path)
    except RefusedInput:
        return _salvaged(path)


def _salvaged(path: Path) -> ChapterClaims:
    slug = path.name.removesuffix(".claims.yml")
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        document = None
    given: dict[str, Any] = document if isinstance(document, dict) else {}
    entries = given.get("claims") if isinstance(given.get("claims"), list) else []
    claims = {claim.id: claim for claim in _readable(entries or [])}
    for name in () if claims else dict.fromkeys(_ID.findall(text)):
        claims[name] = _unreadable({"id": name})
    return ChapterClaims.model_construct(
        chapter=slug,
        title=_valid(Text, given.get("title"), slug),
        part=_valid(Text, given.get("part"), ""),
        position=_valid(int, given.get("position"), 0),
        paper=_valid(str, given.get("paper"), None),
        joins=_valid(tuple[Slug, ...], given.get("joins"), ()),
        reader=_valid(ReaderNotes, given.get("reader"), _READER),
        read=_valid(Reading, given.get("read"), None),
        budget={scale: _budget(given, scale) for scale in Scale},
        parameters={},
        claims=tuple(claims.values()),
    )


def _readable(entries: list[Any]) -> Iterator[Claim]:
    """Each claim as it is declared, or as much of it as can be read.

    Yields:
        The claims that have at least an id.
    """
    for entry in entries:
        if isinstance(entry, dict) and _valid(Slug, entry.get("id"), None):
            yield _valid(Claim, entry, None) or _unreadable(entry)


def _unreadable(entry: dict[str, Any]) -> Claim:
    return Claim.model_construct(
        id=entry["id"],
        sentence=_valid(Text, entry.get("sentence"), UNREADABLE),
        place=_valid(Text, entry.get("place"), "not said"),
        origin=_valid(Origin, entry.get("of"), Origin.PAPER),
        threshold=Origin.OURS,
        kind=_valid(Kind, entry.get("kind"), Kind.UNCHECKED),
        why="",
        criterion=None,
        lowest_scale=Scale.QUICK,
        needs=(),
        paper_value=None,
    )


def _budget(given: dict[str, Any], scale: Scale) -> Budget:
    budgets = given.get("budget")
    found: Budget = _valid(Budget, budgets.get(str(scale)) if isinstance(budgets, dict) else None, _BUDGET)
    return found


def _valid(kind: Any, value: Any, otherwise: Any) -> Any:
    """``value`` as ``kind``, or ``otherwise`` where it is none."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return otherwise
