"""What the bibliography says of a chapter's paper."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pybtex.database import BibliographyData, BibliographyDataError, Entry, parse_file  # type: ignore[import-untyped]
from pybtex.exceptions import PybtexError  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput

_ARXIV = re.compile(r"arXiv:\s*(\d{4}\.\d{4,5})")


@dataclass(frozen=True)
class Paper:
    """Title, authors, place and year of a paper, the addresses at which it can be read, and its entry in BibTeX.

    ``short_authors`` has the last names of up to two authors, or the first one's with "et al.".
    """

    title: str
    authors: str
    short_authors: str
    venue: str
    year: str
    links: tuple[tuple[str, str], ...]
    bibtex: str


def bibliographies(folder: Path) -> list[Path]:
    """The bibliographies in ``folder``, that of the book and those of its chapters."""
    return sorted(folder.glob("*.bib"))


def read_papers(paths: Iterable[Path]) -> dict[str, Paper]:
    """The entries of these bibliographies under their keys.

    Raises:
        RefusedInput: If a file cannot be read as BibTeX, or two files have one key.
    """
    found: dict[str, tuple[Path, Entry]] = {}
    for path in paths:
        for key, entry in _entries(path).items():
            if key in found:
                raise RefusedInput(f"{found[key][0].name} and {path.name} both have the key {key}; keep one")
            found[key] = (path, entry)
    return {key: _paper(key, entry) for key, (_, entry) in found.items()}


def source_line(claims: ChapterClaims, papers: Mapping[str, Paper]) -> str:
    """Who wrote a chapter's paper and when, or how many chapters it joins; nothing where its file says neither."""
    if claims.paper is not None:
        return f"{papers[claims.paper].short_authors}, {papers[claims.paper].year}"
    return f"What {len(claims.joins)} chapters say together" if claims.joins else ""


def joined_bibliography(paths: Iterable[Path]) -> str:
    """What these bibliographies say, in one file."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _entries(path: Path) -> Mapping[str, Entry]:
    try:
        entries: Mapping[str, Entry] = parse_file(str(path)).entries
    except (OSError, PybtexError, BibliographyDataError) as error:
        raise RefusedInput(f"{path} cannot be read as a bibliography: {error}") from None
    return entries


def _paper(key: str, entry: Entry) -> Paper:
    raw = {name.lower(): str(value) for name, value in entry.fields.items()}
    fields = {name: _plain(value) for name, value in raw.items()}
    names = [
        " ".join(_plain(part) for part in (*p.first_names, *p.middle_names, *p.prelast_names, *p.last_names))
        for p in entry.persons.get("author", ())
    ]
    links = []
    if match := _ARXIV.search(fields.get("note", "") + " " + fields.get("journal", "")):
        links.append((f"arXiv:{match[1]}", f"https://arxiv.org/abs/{match[1]}"))
    if doi := raw.get("doi"):
        links.append((f"doi:{doi}", f"https://doi.org/{doi}"))
    if url := raw.get("url"):
        links.append((re.sub(r"^https?://", "", url), url))
    venue = fields.get("booktitle") or fields.get("journal") or fields.get("publisher", "")
    bibtex = BibliographyData({key: entry}).to_string("bibtex").strip()
    authors, short = ", ".join(names), _short(entry)
    return Paper(fields.get("title", ""), authors, short, venue, fields.get("year", ""), tuple(links), bibtex)


def _short(entry: Entry) -> str:
    last = [
        " ".join(_plain(part) for part in (*p.prelast_names, *p.last_names)) for p in entry.persons.get("author", ())
    ]
    return " and ".join(last) if len(last) <= 2 else f"{last[0]} et al."


def _plain(text: str) -> str:
    """``text`` without TeX's braces, accents and dashes."""
    return str(Text.from_latex(text))
