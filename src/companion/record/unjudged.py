"""The claims of a chapter that failed: all of them not judged, so that the scorecard counts them."""

from companion.claims.declared import Claim, Kind
from companion.claims.verdicts import Outcome, Reason, Verdict
from companion.files import sha256_of
from companion.project import Project
from companion.record.attempts import Failure
from companion.record.judged import ChapterVerdicts
from companion.record.salvaging import readable_claims
from companion.scales import Scale


def unjudged(project: Project, slug: str, scale: Scale, failure: Failure) -> ChapterVerdicts:
    """Verdicts on a chapter without a result: not judged, because it failed or for the reason that it declares."""
    path = project.claims(slug)
    claims = readable_claims(path)
    return ChapterVerdicts(
        chapter=slug,
        title=claims.title,
        scale=scale,
        seed=None,
        stamp=None,
        failure=failure,
        claims_file=sha256_of(path) if path.is_file() else "",
        claims=tuple(_unjudged(claim, failure) for claim in claims.claims),
    )


def _unjudged(claim: Claim, failure: Failure) -> Verdict:
    declared = claim.model_dump(include={"id", "origin", "kind", "place", "sentence"})
    if claim.kind is Kind.UNCHECKED and claim.why:
        note, reason = f"Not checked: {claim.why.rstrip('.')}.", Reason.UNCHECKED
    else:
        note, reason = f"Not judged, since the chapter failed: {failure.headline}", Reason.FAILED
    return Verdict.model_validate({**declared, "verdict": Outcome.NOT_JUDGED, "reason": reason, "note": note})
