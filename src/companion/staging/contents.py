"""The table of contents as the book has it: parts, and the chapters in them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from companion.errors import RefusedInput


@dataclass(frozen=True)
class Part:
    """A part of the book and the slugs of its chapters."""

    caption: str
    slugs: tuple[str, ...]


def read_parts(path: Path, slugs: tuple[str, ...]) -> tuple[Part, ...]:
    """The parts that hold chapters, in the order of ``_toc.yml``.

    Raises:
        RefusedInput: If a chapter stands nowhere, or its notebook is not a section of its page.
    """
    toc = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = tuple(_part(part, slugs) for part in toc.get("parts", ()))
    listed = [slug for part in parts for slug in part.slugs]
    for slug in slugs:
        if slug not in listed:
            raise RefusedInput(
                f"{path.name} does not list the chapter {slug}: "
                f"write file: book/{slug} with the section notebooks/{slug}"
            )
    return tuple(part for part in parts if part.slugs)


def _part(part: dict[str, Any], slugs: tuple[str, ...]) -> Part:
    pages = {f"book/{slug}": slug for slug in slugs}
    found = []
    for entry in part.get("chapters", ()):
        slug = pages.get(entry["file"])
        if slug is not None and {"file": f"notebooks/{slug}"} in entry.get("sections", ()):
            found.append(slug)
    return Part(part.get("caption", ""), tuple(found))
