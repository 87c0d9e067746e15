"""The table of contents: the parts of ``_toc.yml``, and in each the chapters whose claims files name it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput

_UNPLACED = "Chapters whose claims files cannot be read"


@dataclass(frozen=True)
class Part:
    """A part of the book and the slugs of its chapters, in their order."""

    caption: str
    slugs: tuple[str, ...]


def read_parts(path: Path, chapters: Sequence[ChapterClaims]) -> tuple[Part, ...]:
    """The parts that hold chapters, in the order of ``_toc.yml``.

    Raises:
        RefusedInput: If a chapter names a part that is not there, or two have one position in a part.
    """
    captions = [part.get("caption", "") for part in _document(path).get("parts", ())]
    for chapter in chapters:
        if chapter.part and chapter.part not in captions:
            there = ", ".join(caption for caption in captions if caption)
            raise RefusedInput(f"{chapter.chapter}.claims.yml says part: {chapter.part}; {path.name} has {there}")
    parts = [Part(caption or _UNPLACED, _in_order(chapters, caption)) for caption in dict.fromkeys([*captions, ""])]
    return tuple(part for part in parts if part.slugs)


def gathered_contents(path: Path, chapters: Sequence[ChapterClaims]) -> str:
    """The table of contents as jupyter-book reads it: each chapter is its page, with its notebook as a section.

    Raises:
        RefusedInput: If :func:`read_parts` refuses the chapters.
    """
    document = _document(path)
    former = {part.get("caption"): part for part in document.get("parts", ())}
    found = {part.caption: part.slugs for part in read_parts(path, chapters)}
    parts = []
    for caption in dict.fromkeys([*former, *found]):
        entries = [*former.get(caption, {}).get("chapters", ()), *map(_entry, found.get(caption, ()))]
        if entries:
            parts.append({**former.get(caption, {"caption": caption}), "chapters": entries})
    return yaml.safe_dump({**document, "parts": parts}, sort_keys=False, allow_unicode=True)


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def _entry(slug: str) -> dict[str, Any]:
    return {"file": f"book/{slug}", "sections": [{"file": f"notebooks/{slug}"}]}


def _in_order(chapters: Sequence[ChapterClaims], caption: str) -> tuple[str, ...]:
    """The chapters of one part by their positions; those that have none are not placed yet, and go by name.

    Raises:
        RefusedInput: If two have one position.
    """
    own = sorted((chapter.position, chapter.chapter) for chapter in chapters if chapter.part == caption)
    for (position, first), (next_position, second) in pairwise(own):
        if caption and position == next_position:
            taken = {place for place, _ in own}
            free = next(place for place in range(1, len(own) + 2) if place not in taken)
            both = f"{first} and {second} both say position: {position} in the part {caption}"
            raise RefusedInput(f"{both}; the first free one is {free}")
    return tuple(slug for _, slug in own)
