"""Everything that staging knows of one chapter at one scale, read once."""

from dataclasses import dataclass
from functools import cached_property

import nbformat
from nbformat import NotebookNode

from companion.claims.declared import ChapterClaims, Claim, read_claims
from companion.claims.samples import MEASUREMENT_MIME
from companion.claims.verdicts import Origin, Outcome, Verdict
from companion.errors import BuildFailed
from companion.project import Project
from companion.record.attempts import Failure
from companion.record.judged import ChapterVerdicts, read_verdicts
from companion.record.salvaging import readable_claims
from companion.scales import Scale
from companion.staging.failed import unexecuted


@dataclass(frozen=True)
class Chapter:
    """A chapter's declaration, its run and its verdicts."""

    slug: str
    scale: Scale
    claims: ChapterClaims
    verdicts: ChapterVerdicts
    notebook: NotebookNode

    @property
    def failure(self) -> Failure | None:
        """Why there is no run to show; None where there is one."""
        return self.verdicts.failure

    @property
    def outcomes(self) -> list[Outcome]:
        """The verdicts without their numbers, in the order of the claims file."""
        return [verdict.verdict for verdict in self.verdicts.claims]

    @property
    def by_origin(self) -> dict[Origin, list[Outcome]]:
        """The verdicts by whose claims they are of; an origin without claims is left out."""
        verdicts = self.verdicts.claims
        found = {origin: [v.verdict for v in verdicts if v.origin is origin] for origin in Origin}
        return {origin: outcomes for origin, outcomes in found.items() if outcomes}

    @property
    def pairs(self) -> list[tuple[Claim, Verdict]]:
        """Each claim with its verdict, in the order of the claims file."""
        verdicts = {verdict.id: verdict for verdict in self.verdicts.claims}
        return [(claim, verdicts[claim.id]) for claim in self.claims.claims]

    @cached_property
    def measured(self) -> frozenset[str]:
        """The claims that some cell of the run measured: only these have an anchor in the notebook."""
        return frozenset(
            output.data[MEASUREMENT_MIME]["id"]
            for cell in self.notebook.cells
            for output in cell.get("outputs", ())
            if MEASUREMENT_MIME in output.get("data", {})
        )

    def place(self, claim: str) -> tuple[str, str]:
        """Page and anchor of the cell that measured ``claim``, or else of its row on the chapter's page."""
        if claim in self.measured:
            return f"notebooks/{self.slug}", f"claim-{claim}"
        return f"book/{self.slug}", f"verdict-{claim}"

    def link(self, claim: str) -> str:
        """The address of that place, from any page in ``book/``."""
        page, anchor = self.place(claim)
        return f"../{page}.html#{anchor}"


def read_chapter(project: Project, slug: str, scale: Scale) -> Chapter:
    """The chapter ``slug`` as it was run and judged at ``scale``, or the source of one that failed.

    Raises:
        BuildFailed: If the executed notebook is missing, or its verdicts are not those of the present claims file.
    """
    verdicts = read_verdicts(project.verdicts(slug, scale))
    claims = (read_claims if verdicts.failure is None else readable_claims)(project.claims(slug))
    judged = {verdict.id for verdict in verdicts.claims}
    declared = {claim.id for claim in claims.claims}
    if judged != declared:
        odd = ", ".join(sorted(judged ^ declared))
        raise BuildFailed(f"the verdicts of {slug} do not belong to its claims file ({odd}); judge the chapter again")
    if verdicts.failure is not None:
        return Chapter(slug, scale, claims, verdicts, unexecuted(project, slug, scale, claims, verdicts.failure))
    path = project.executed(slug, scale)
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        raise BuildFailed(f"{slug} was not executed at {scale} scale: {path} is missing") from None
    return Chapter(slug, scale, claims, verdicts, notebook)
