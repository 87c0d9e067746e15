"""``companion list`` and ``companion show``: what there is and what it costs, before anything runs."""

from typing import TYPE_CHECKING, Any

from companion.cli.options import JsonOption, ScaleOption, SlugArgument
from companion.cli.output import name_left_out, say, say_json, say_table
from companion.scales import Scale

if TYPE_CHECKING:
    from companion.claims.declared import ChapterClaims
    from companion.project import Project


def list_chapters(scale: ScaleOption = Scale.BOOK, as_json: JsonOption = False) -> None:
    """All chapters with their papers, and what the last build on this machine found."""
    from companion.project import Project
    from companion.record.salvaging import readable_claims

    project = Project.find()
    name_left_out(project)
    found = [_overview(project, readable_claims(project.claims(slug)), scale) for slug in project.slugs]
    if as_json:
        say_json(found)
        return
    rows = [
        [
            c["slug"],
            c["title"],
            c["paper"] or "joins " + ", ".join(c["joins"]),
            str(c["claims"]),
            f"failed: {c['failed']}" if "failed" in c else _counts(c["verdicts"]),
        ]
        for c in found
    ]
    say_table("", ["chapter", "title", "paper", "claims#", f"verdicts at {scale} scale"], rows)


def show(slug: SlugArgument, as_json: JsonOption = False) -> None:
    """One chapter: its paper, its claims, and what it costs at each scale; a claims file alone is checked."""
    from companion.claims.declared import read_claims
    from companion.project import Project

    project = Project.find()
    path = project.claims(slug)
    claims = read_claims(path if path.is_file() else project.claims(project.check_slug(slug)))
    costs = [_cost(project, claims, scale) for scale in Scale]
    if as_json:
        say_json({**_overview(project, claims, Scale.BOOK), "costs": costs, "claims": _claims(claims)})
        return
    say(f"{claims.title}\n{_subject(claims)}    Notebook: notebooks/{slug}.py    Page: book/{slug}.md\n")
    for scale in Scale:
        if failed := _failed(project, slug, scale):
            say(f"It failed in the last build at {scale} scale: {failed}\n")
    columns = ["scale", "allowed", "last measured here"]
    say_table("What a run costs in CPU time and memory", columns, [_cost_row(c) for c in costs])
    say("")
    rows = [[c["id"], c["kind"], c["place"], c["from"], c["sentence"]] for c in _claims(claims)]
    say_table(f"{len(rows)} claims", ["claim", "kind", "place", "from", "sentence"], rows)


def _overview(project: "Project", claims: "ChapterClaims", scale: Scale) -> dict[str, Any]:
    """What ``list`` says of one chapter."""
    failed = _failed(project, claims.chapter, scale)
    return {
        "slug": claims.chapter,
        "title": claims.title,
        "paper": claims.paper,
        "joins": list(claims.joins),
        "claims": len(claims.claims),
        "verdicts": _verdict_counts(_stored(project, claims.chapter, scale)),
        **({"failed": failed} if failed else {}),
    }


def _failed(project: "Project", slug: str, scale: Scale) -> str:
    """Why the chapter failed in the last build, or is refused now; nothing where it did not."""
    from companion.claims.declared import read_claims
    from companion.errors import RefusedInput
    from companion.record.attempts import Failure, read_attempt

    try:
        read_claims(project.claims(slug))
    except RefusedInput as error:
        return Failure.of("read", error).headline
    attempt, stored = read_attempt(project, slug, scale), _stored(project, slug, scale)
    if attempt is not None and attempt.failure is not None:
        return attempt.failure.headline
    judged = (stored or {}).get("failure")
    return Failure.model_validate(judged).headline if judged else ""


def _subject(claims: "ChapterClaims") -> str:
    return f"Paper: {claims.paper}" if claims.paper is not None else f"Joins: {', '.join(claims.joins)}"


def _stored(project: "Project", slug: str, scale: Scale) -> dict[str, Any] | None:
    """The verdicts file of the last build, if there is one."""
    import json

    path = project.verdicts(slug, scale)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _verdict_counts(stored: dict[str, Any] | None) -> dict[str, int] | None:
    from collections import Counter

    return None if stored is None else dict(Counter(claim["verdict"] for claim in stored["claims"]))


def _counts(counts: dict[str, int] | None) -> str:
    return "not built here" if counts is None else ", ".join(f"{n} {word}" for word, n in sorted(counts.items()))


def _cost(project: "Project", claims: "ChapterClaims", scale: Scale) -> dict[str, Any]:
    """Budget and last measurement at one scale."""
    budget = claims.budget[scale]
    stored = _stored(project, claims.chapter, scale)
    stamp = (stored["stamp"] if stored else None) or {}
    return {
        "scale": str(scale),
        "cpu_seconds": budget.cpu_seconds,
        "megabytes": budget.megabytes,
        "last_cpu_seconds": stamp.get("cpu_seconds"),
        "last_megabytes": stamp.get("peak_megabytes"),
    }


def _cost_row(cost: dict[str, Any]) -> list[str]:
    last = "never run here"
    if cost["last_cpu_seconds"] is not None:
        last = f"{cost['last_cpu_seconds']:.0f} s, {cost['last_megabytes']:.0f} MB"
    return [cost["scale"], f"{cost['cpu_seconds']:.0f} s, {cost['megabytes']} MB", last]


def _claims(claims: "ChapterClaims") -> list[dict[str, Any]]:
    return [
        {"id": c.id, "kind": str(c.kind), "place": c.place, "from": str(c.lowest_scale), "sentence": c.sentence,
         "needs": list(c.needs), "why": c.why}
        for c in claims.claims
    ]  # fmt: skip
