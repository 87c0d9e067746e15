import pytest

from companion.errors import ClaimMoved, RefusedInput, StaleResult
from companion.project import Project
from companion.published import Move, compare, read_published
from companion.scales import Scale
from companion.verdicts import Outcome
from companion.verifying import check_nothing_lost, judged_again, publish


def move(was: Outcome, now: Outcome) -> Move:
    return Move("toy/doubles", Scale.QUICK, was, now, 0.0, 1.0)


def test_only_a_claim_that_was_held_and_is_violated_counts_as_lost() -> None:
    check_nothing_lost([move(Outcome.VIOLATED, Outcome.HELD), move(Outcome.HELD, Outcome.UNDECIDED)])
    with pytest.raises(ClaimMoved, match=r"held in published.json and violated now:\ntoy/doubles"):
        check_nothing_lost([move(Outcome.HELD, Outcome.VIOLATED)])


def test_what_was_never_executed_cannot_be_verified(scratch_project: Project) -> None:
    with pytest.raises(StaleResult, match=r"does not exist: run the chapter first"):
        judged_again(scratch_project, ["toy"], Scale.QUICK)


def test_what_was_never_judged_cannot_be_published(scratch_project: Project) -> None:
    with pytest.raises(RefusedInput, match=r"missing: run the chapter"):
        publish(scratch_project, Scale.QUICK)


def test_a_published_run_stands_until_a_claim_moves(scratch_project: Project) -> None:
    claims = scratch_project.claims("toy")
    strict = claims.read_text()
    claims.write_text(strict.replace("bound: 0.0", "bound: -10.0"))
    judged_again(scratch_project, ["toy"], Scale.QUICK, execute=True)
    assert publish(scratch_project, Scale.QUICK)
    assert not publish(scratch_project, Scale.QUICK)
    record = read_published(scratch_project.published)
    assert compare(record, judged_again(scratch_project, ["toy"], Scale.QUICK)) == []

    claims.write_text(strict)
    moves = compare(record, judged_again(scratch_project, ["toy"], Scale.QUICK))
    with pytest.raises(ClaimMoved, match=r"toy/halves-grow at quick scale: held .* violated"):
        check_nothing_lost(moves)
