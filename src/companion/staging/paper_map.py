"""The map of a paper: which of its theorems, tables and figures is checked by which claim, and where we tell of it."""

import re
from dataclasses import dataclass

from docutils.nodes import make_id
from nbformat import NotebookNode

from companion.claims.declared import Claim
from companion.claims.samples import MEASUREMENT_MIME
from companion.project import Project
from companion.staging import markup
from companion.staging.chapters import Chapter

_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?)\s*#*$")
_FENCE = re.compile(r"^(`{3,}|~{3,})")
_PLAIN = re.compile(r"^[^$`*{}\[\]<>\\]+$")
_OURS = re.compile(r"^ours\b")
_HEAD = "".join(f'<th scope="col">{head}</th>' for head in ("Place", "Claim checked", "Measured in", "Told in"))


@dataclass(frozen=True)
class Section:
    """A heading of a page, and its anchor where it can be said from the text alone."""

    text: str

    @property
    def anchor(self) -> str | None:
        """The id that Sphinx gives to it; None where the heading holds formulas or other markup."""
        return make_id(self.text) if _PLAIN.match(self.text) else None


def paper_map(project: Project, chapter: Chapter) -> str:
    """The table place -> claims -> section of the notebook -> section of the page, in a fold, as a fragment.

    Places come in the order in which the claims file first names them, our own last.
    """
    measured = measuring_sections(chapter.notebook)
    page = project.page(chapter.slug).read_text(encoding="utf-8")
    rows = "".join(
        _row(chapter, claim, measured.get(claim.id), telling_sections(page, f"{chapter.slug}/{claim.id}"), head)
        for place, claims in places(chapter.claims.claims).items()
        for claim, head in zip(claims, [_place(place, len(claims)), *[""] * (len(claims) - 1)], strict=True)
    )
    label = "Map of the paper" if chapter.claims.paper is not None else "Map of the joined chapters"
    return (
        f'<details class="chapter-fold map">\n<summary>{label}: where each claim comes from and is checked</summary>\n'
        f'<div class="map-scroll" role="region" aria-label="{label}" tabindex="0">\n<table class="paper-map">\n'
        f"<thead><tr>{_HEAD}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n</details>\n"
    )


def places(claims: tuple[Claim, ...]) -> dict[str, list[Claim]]:
    """The claims by their place; what is ours comes last."""
    found: dict[str, list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: bool(_OURS.match(claim.place))):
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


def _place(place: str, claims: int) -> str:
    return f'<th scope="rowgroup" rowspan="{claims}">{markup.inline_html(place)}</th>'


def _row(chapter: Chapter, claim: Claim, measured: Section | None, told: list[Section], head: str) -> str:
    """One claim; the first of its place brings the ``head`` that stands beside them all."""
    verdict = chapter.verdicts.by_id[claim.id].verdict
    cell = "not in this run"
    if measured is not None:
        cell = f'<a href="{chapter.link(claim.id)}">{markup.inline_html(measured.text)}</a>'
    return (
        f'<tr>{head}<td><a href="#verdict-{claim.id}">{claim.id}</a> {markup.badge(verdict)}</td>'
        f"<td>{cell}</td><td>{', '.join(map(_told, told)) or markup.DASH}</td></tr>\n"
    )


def _told(section: Section) -> str:
    text = markup.inline_html(section.text)
    return text if section.anchor is None else f'<a href="#{section.anchor}">{text}</a>'


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
