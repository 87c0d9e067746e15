"""How the book itself is cited and what may be done with it, as ``CITATION.cff`` and ``LICENSE-prose`` say."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from companion.errors import RefusedInput

_FORBIDDEN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class BookCitation:
    """What a reference to the book needs, and the first paragraph of the licence of its prose."""

    title: str
    authors: tuple[str, ...]
    year: str
    version: str
    code_licence: str
    licences: str

    def bibtex(self, chapter: str, address: str) -> str:
        """An entry in BibTeX for one chapter of the book; ``address`` is that of the repository, if it has one."""
        key = _FORBIDDEN.sub("", self.title.split(":")[0].lower()) + self.year
        fields = {
            "title": self.title,
            "author": " and ".join(self.authors),
            "year": self.year,
            "note": f"Version {self.version}, chapter ``{chapter}''",
            "url": address,
        }
        lines = [f"    {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def read_citation(root: Path) -> BookCitation:
    """How the book in ``root`` is cited.

    Raises:
        RefusedInput: If one of the two files is missing, or ``CITATION.cff`` lacks what a reference needs.
    """
    path = root / "CITATION.cff"
    content = yaml.safe_load(_text(path))
    try:
        return BookCitation(
            title=str(content["title"]),
            authors=tuple(_author(author) for author in content["authors"]),
            year=str(content["date-released"])[:4],
            version=str(content["version"]),
            code_licence=str(content["license"]),
            licences=" ".join(_text(root / "LICENSE-prose").partition("\n\n")[0].split()),
        )
    except KeyError as error:
        raise RefusedInput(f"{path.name} lacks {error}, which a reference to the book needs") from None


def _author(author: dict[str, Any]) -> str:
    """A person as BibTeX has it; a group in braces, so that it is not taken apart."""
    if "name" in author:
        return f"{{{author['name']}}}"
    return f"{author['family-names']}, {author['given-names']}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RefusedInput(f"{path.name} is missing: each chapter says how the book is cited and licensed") from None
