"""The map of a paper: which of its theorems, tables and figures is checked by which claim, and where we tell of it."""

import re
from dataclasses import dataclass

from docutils.nodes import make_id
from markupsafe import Markup
from nbformat import NotebookNode

from companion.claims.declared import Claim
from companion.claims.samples import MEASUREMENT_MIME
from companion.claims.verdicts import Origin, Outcome
from companion.project import Project
from companion.staging.chapters import Chapter
from companion.staging.templates import fill

_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?)\s*#*$")
_FENCE = re.compile(r"^(`{3,}|~{3,})")
_PLAIN = re.compile(r"^[^$`*{}\[\]<>\\]+$")


@dataclass(frozen=True)
class Section:
    """A heading of a page, and its anchor where it can be said from the text alone."""

    text: str

    @property
    def anchor(self) -> str | None:
        """The id that Sphinx gives to it; None where the heading holds formulas or other markup."""
        return make_id(self.text) if _PLAIN.match(self.text) else None


@dataclass(frozen=True)
class Line:
    """One claim of the map: where it is measured, if it was, and where it is told."""

    id: str
    verdict: Outcome
    link: str
    measured: Section | None
    told: list[Section]


def paper_map(project: Project, chapter: Chapter) -> Markup:
    """The table place -> claims -> section of the notebook -> section of the page, in a fold, as a fragment.

    Places come in the order in which the claims file first names them, our own last.
    """
    measured = measuring_sections(chapter.notebook)
    page = project.page(chapter.slug).read_text(encoding="utf-8")

    def line(claim: Claim) -> Line:
        told = telling_sections(page, f"{chapter.slug}/{claim.id}")
        verdict = chapter.verdicts.by_id[claim.id].verdict
        return Line(claim.id, verdict, chapter.link(claim.id), measured.get(claim.id), told)

    lines = {place: [line(claim) for claim in claims] for place, claims in places(chapter.claims.claims).items()}
    label = "Map of the paper" if chapter.claims.paper is not None else "Map of the joined chapters"
    return fill("staging/html/paper_map.html", label=label, places=lines)


def places(claims: tuple[Claim, ...]) -> dict[str, list[Claim]]:
    """The claims by their place; what is ours comes last."""
    found: dict[str, list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: claim.origin is Origin.OURS):
        found.setdefault(claim.place, []).append(claim)
    return found


def measuring_sections(notebook: NotebookNode) -> dict[str, Section]:
    """For each measured claim the heading of the notebook under which its cell stands."""
    found: dict[str, Section] = {}
    section = Section("")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            last, _ = _sections(cell.source)[-1]
            section = last if last.text else section
        for output in cell.get("outputs", ()):
            if MEASUREMENT_MIME in output.get("data", {}):
                found[output.data[MEASUREMENT_MIME]["id"]] = section
    return found


def telling_sections(markdown: str, claim: str) -> list[Section]:
    """The sections of a page that show the badge of ``claim``, each once, from the top downwards."""
    return list(dict.fromkeys(section for section, text in _sections(markdown) if f"{{claim}}`{claim}`" in text))


def _sections(markdown: str) -> list[tuple[Section, str]]:
    """Each heading of a text with what stands below it; a line inside a block of code is no heading."""
    found: list[tuple[Section, list[str]]] = [(Section(""), [])]
    fence = ""
    for line in markdown.splitlines():
        opening, heading = _FENCE.match(line), None if fence else _HEADING.match(line)
        if opening:
            fence = "" if fence and opening[1].startswith(fence) else fence or opening[1]
        if heading:
            found.append((Section(heading["text"]), []))
        else:
            found[-1][1].append(line)
    return [(section, "\n".join(lines)) for section, lines in found]
