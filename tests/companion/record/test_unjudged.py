from companion.claims.verdicts import Outcome, Reason
from companion.record.attempts import Failure
from companion.record.unjudged import unjudged
from companion.scales import Scale

FAILURE = Failure(step="execute", message="cell 'x' raised E: no\nmore", exit_code=3)


def test_no_claim_of_a_failed_chapter_is_judged(scratch_project):
    verdicts = unjudged(scratch_project, "toy", Scale.QUICK, FAILURE)
    assert (verdicts.chapter, verdicts.stamp, verdicts.failure) == ("toy", None, FAILURE)
    assert {verdict.verdict for verdict in verdicts.claims} == {Outcome.NOT_JUDGED}
    reasons = {verdict.id: verdict.reason for verdict in verdicts.claims}
    assert reasons.pop("too-large") is Reason.UNCHECKED
    assert set(reasons.values()) == {Reason.FAILED}
    assert verdicts.claims[0].note == "Not judged, since the chapter failed: cell 'x' raised E: no"
