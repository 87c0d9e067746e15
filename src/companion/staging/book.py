"""The whole stage of a book at one scale."""

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from companion.claims.colours import style_sheet
from companion.claims.verdicts import Outcome
from companion.project import Project
from companion.record.history import History, read_history
from companion.record.scorecard import scorecard_files
from companion.scales import Scale
from companion.source.hooks import asked
from companion.staging import markup, notation, overview
from companion.staging.bibliography import Paper, bibliographies, joined_bibliography, read_papers
from companion.staging.chapters import Chapter, read_chapter
from companion.staging.citing import read_citation
from companion.staging.contents import gathered_contents, read_parts
from companion.staging.downloads import downloads, plotly_script
from companion.staging.dressing import dressed, keys_used
from companion.staging.failed import lacking_figures, with_failure_box
from companion.staging.figures import NUMBERS, figure_not_drawn, figures_in, moving_figures_in, moving_not_drawn
from companion.staging.fragments import Sources, chapter_foot, chapter_header, verdicts_table
from companion.staging.gallery import cover, gallery
from companion.staging.lacking import lacking_box
from companion.staging.moves import book_moves
from companion.staging.night import night_version
from companion.staging.notation import without_block
from companion.staging.paths import paths
from companion.staging.plain import plain_page
from companion.staging.settings import staged_settings
from companion.staging.tree import Stage

_WHY_NOT_DRAWN = "The chapter that draws it failed."


def stage(project: Project, scale: Scale) -> None:
    """Lay out ``build/<scale>/source``: prose, dressed notebooks, figures, generated fragments, settings.

    Files that are the same as before are not touched, so that Sphinx renders only what changed; files that no longer
    belong there are removed.

    Raises:
        BuildFailed: If a chapter was not executed or judged, or the stage cannot be written.
        RefusedInput: If the table of contents lacks a chapter, or the bibliography lacks its paper.
    """
    chapters = [read_chapter(project, slug, scale) for slug in project.slugs]
    sources = Sources(read_papers(bibliographies(project.root / "book")), read_citation(project.root))
    history = read_history(project.history)
    staged = Stage()
    staged.add_folder(project.root / "book", "book")
    staged.add_folder(project.root / "book" / "_static", "_static")
    staged.add("_static/verdicts.css", style_sheet())
    staged.add("_config.yml", staged_settings(project, scale))
    _gather(staged, project, chapters)
    staged.add("_extra/vendor/plotly.min.js", plotly_script(project))
    for program in project.programs:
        staged.add(f"_extra/{program.file}", asked(project, program.script, project.root))
    for chapter in chapters:
        _stage_chapter(staged, project, chapter, sources)
        _stage_foot(staged, project, chapter, history)
    if any(chapter.failure for chapter in chapters):
        _stage_lacking_figures(staged)
    for path in (path for path in staged.paths(".md") if PurePosixPath(path).parent.name == "book"):
        text = plain_page(project, staged.text(path), {chapter.slug: chapter for chapter in chapters})
        staged.add(f"_extra/downloads/{PurePosixPath(path).name}", text)
    _stage_overview(staged, project, chapters, sources.papers)
    staged.add("book/_generated/history.md", book_moves(history, {c.slug: c.claims.title for c in chapters}))
    staged.write(project.build(scale) / "source")


def _gather(staged: Stage, project: Project, chapters: Sequence[Chapter]) -> None:
    """Put together what the chapters bring: contents, one bibliography, the page of notation."""
    contents, claims = project.root / "_toc.yml", [chapter.claims for chapter in chapters]
    staged.add("_toc.yml", gathered_contents(contents, claims))
    staged.remove(".bib")
    staged.add("book/references.bib", joined_bibliography(bibliographies(project.root / "book")))
    pages = {slug: staged.text(f"book/{slug}.md") for slug in project.slugs}
    for slug, text in pages.items():
        staged.add(f"book/{slug}.md", without_block(text))
    if notation.PAGE in staged.paths(".md"):
        places = {slug: place for place, slug in enumerate(s for p in read_parts(contents, claims) for s in p.slugs)}
        in_order = sorted(claims, key=lambda chapter: places[chapter.chapter])
        staged.add(notation.PAGE, notation.notation_page(staged.text(notation.PAGE), pages, in_order))


def _stage_chapter(staged: Stage, project: Project, chapter: Chapter, sources: Sources) -> None:
    slug = chapter.slug
    pages = "\n".join(staged.text(path) for path in staged.paths(".md"))
    staged.add(f"notebooks/{slug}.ipynb", dressed(project, chapter, keys_used(pages, f"notebooks/{slug}.ipynb")))
    for figure in figures_in(chapter.notebook):
        staged.add(f"book/_figures/{figure.name}.svg", figure.svg)
        staged.add(f"book/_figures/{figure.name}.night.svg", figure.night)
        if figure.table is not None:
            staged.add(f"_extra/downloads/data/{figure.name}.csv", figure.table)
    for moving in moving_figures_in(chapter.notebook):
        staged.add(f"book/_figures/{moving.name}.html", moving.html)
        if moving.numbers:
            staged.add(f"_extra/{NUMBERS}/{moving.name}.js", moving.numbers)
        for name, text in moving.data.items():
            staged.add(f"_extra/downloads/data/{name}", text)
    front = cover(chapter)
    staged.add(f"_extra/covers/{slug}.svg", front.svg)
    staged.add(f"_extra/covers/{slug}.night.svg", front.night)
    for name, content in downloads(project, slug, chapter.scale, failed=chapter.failure is not None).items():
        staged.add(f"_extra/downloads/{name}", content)
    staged.add(f"book/_generated/{slug}.header.md", chapter_header(project, chapter, sources))
    staged.add(f"book/_generated/{slug}.verdicts.md", verdicts_table(project, chapter))
    staged.add(f"book/_generated/{slug}.claims.json", _claims_of_role(chapter))


def _stage_lacking_figures(staged: Stage) -> None:
    """Put something in the place of figures that pages show and chapters that failed did not draw."""
    pages = [staged.text(path) for path in staged.paths(".md")]
    for name, kind in lacking_figures(pages, [*staged.paths(".svg"), *staged.paths(".html")]):
        if kind == "html":
            staged.add(f"book/_figures/{name}.html", moving_not_drawn(_WHY_NOT_DRAWN))
        else:
            svg = figure_not_drawn(_WHY_NOT_DRAWN)
            staged.add(f"book/_figures/{name}.svg", svg)
            staged.add(f"book/_figures/{name}.night.svg", night_version(svg))


def _stage_foot(staged: Stage, project: Project, chapter: Chapter, history: History) -> None:
    """Put what stands at the foot of every chapter's page there, so that no page can lack it; and why it failed."""
    page, foot = f"book/{chapter.slug}.md", f"_generated/{chapter.slug}.foot.md"
    if chapter.failure is not None:
        staged.add(page, with_failure_box(staged.text(page), chapter.failure, chapter.slug, chapter.scale))
    staged.add(f"book/{foot}", chapter_foot(project, chapter, history))
    staged.add(page, f"{staged.text(page).rstrip()}\n\n```{{include}} {foot}\n```\n")


def _stage_overview(staged: Stage, project: Project, chapters: Sequence[Chapter], papers: Mapping[str, Paper]) -> None:
    parts = read_parts(project.root / "_toc.yml", [chapter.claims for chapter in chapters])
    scale = chapters[0].scale
    by_slug = {chapter.slug: chapter for chapter in chapters}
    in_order = [by_slug[slug] for part in parts for slug in part.slugs]
    fragments = {
        "totals": overview.totals(chapters, scale),
        "chapters": gallery(project, parts, by_slug, papers),
        "scorecard": overview.scorecard_table(project, in_order),
        "lacking": lacking_box(project, in_order),
        "paths": paths(project, parts, by_slug),
        "costs": overview.costs_table(in_order),
        "versions": overview.versions_table(chapters),
    }
    for name, text in fragments.items():
        staged.add(f"book/_generated/{name}.md", text)
    for name, text in scorecard_files(project, scale).items():
        staged.add(f"_extra/downloads/{name}", text)


def _claims_of_role(chapter: Chapter) -> str:
    """What the ``claim`` role shows: verdict and address of each claim, and what stands on the card of its badge."""
    claims = {
        claim.id: {
            "verdict": str(verdict.verdict),
            "place": chapter.place(claim.id),
            "sentence": claim.sentence,
            "origin": claim.place,
            "kind": str(claim.kind),
            "whose": markup.WHOSE[claim.origin],
            "result": markup.result_text(verdict),
        }
        for claim, verdict in chapter.pairs
    }
    if chapter.failure is not None:
        claims[markup.ANY] = _claim_that_is_not_known(chapter)
    return json.dumps(claims, indent=1, ensure_ascii=False) + "\n"


def _claim_that_is_not_known(chapter: Chapter) -> dict[str, Any]:
    """What the role shows of a claim that a chapter which failed may or may not declare."""
    sentence = "The chapter failed in this build."
    place = (f"book/{chapter.slug}", "failure")
    words = {"sentence": sentence, "origin": chapter.claims.title, "whose": "", "kind": "not read", "result": ""}
    return {"verdict": str(Outcome.NOT_JUDGED), "place": place, **words}
