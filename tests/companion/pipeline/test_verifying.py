import pytest

from companion.claims.verdicts import Outcome
from companion.errors import ClaimMoved, RefusedInput, StaleResult
from companion.pipeline.verifying import Publication, check_nothing_lost, judged_again, publish
from companion.project import Project
from companion.record.history import read_history
from companion.record.published import Move, compare, read_published
from companion.scales import Scale


def move(was: Outcome, now: Outcome) -> Move:
    return Move("toy/doubles", Scale.QUICK, was, now, 0.0, 1.0)


def test_only_a_claim_that_was_held_and_is_violated_counts_as_lost() -> None:
    check_nothing_lost([move(Outcome.VIOLATED, Outcome.HELD), move(Outcome.HELD, Outcome.UNDECIDED)])
    with pytest.raises(ClaimMoved, match=r"held in the published record and violated now:\ntoy/doubles"):
        check_nothing_lost([move(Outcome.HELD, Outcome.VIOLATED)])


def test_what_was_never_executed_cannot_be_verified(scratch_project: Project) -> None:
    with pytest.raises(StaleResult, match=r"does not exist: run the chapter first"):
        judged_again(scratch_project, ["toy"], Scale.QUICK)


def test_what_was_never_judged_cannot_be_published(scratch_project: Project) -> None:
    with pytest.raises(RefusedInput, match=r"missing: build the book first"):
        publish(scratch_project, Scale.QUICK)


def test_a_published_run_stands_until_a_claim_moves(scratch_project: Project) -> None:
    claims = scratch_project.claims("toy")
    strict = claims.read_text()
    claims.write_text(strict.replace("bound: 0.0", "bound: -10.0"))
    judged_again(scratch_project, ["toy"], Scale.QUICK, execute=True)
    assert publish(scratch_project, Scale.QUICK).changed
    assert publish(scratch_project, Scale.QUICK) == Publication(changed=False, entry=None)
    record = read_published(scratch_project.published)
    assert compare(record, judged_again(scratch_project, ["toy"], Scale.QUICK)) == []

    claims.write_text(strict)
    moves = compare(record, judged_again(scratch_project, ["toy"], Scale.QUICK))
    with pytest.raises(ClaimMoved, match=r"toy/halves-grow at quick scale: held .* violated"):
        check_nothing_lost(moves)

    publish(scratch_project, Scale.QUICK, note="The bound  was wrong.")
    declared, moved = read_history(scratch_project.history).root
    assert [str(change.now) for change in declared.changes] == ["held", "held", "not judged", "not judged"]
    assert [(change.claim, str(change.was), str(change.now)) for change in moved.changes] == [
        ("toy/halves-grow", "held", "violated")
    ]
    assert moved.note == "The bound was wrong."

    assert publish(scratch_project, Scale.QUICK, note="A misprint on the page.", about=["toy"]).entry is not None
    assert read_history(scratch_project.history).of_chapter("toy")[-1].note == "A misprint on the page."


def test_a_note_is_about_chapters_that_there_are_and_about_needs_a_note(scratch_project: Project) -> None:
    with pytest.raises(RefusedInput, match=r"there is no chapter 'tay'\. Did you mean 'toy'"):
        publish(scratch_project, Scale.QUICK, note="A misprint.", about=["tay"])
    with pytest.raises(RefusedInput, match="write the note with --note"):
        publish(scratch_project, Scale.QUICK, about=["toy"])


def test_a_run_with_other_versions_is_published_only_on_purpose(scratch_project: Project) -> None:
    scratch_project.lock.write_text("numpy==1.0.1\n")
    judged_again(scratch_project, ["toy"], Scale.QUICK, execute=True)
    with pytest.raises(RefusedInput, match=r"not published:\ntoy: numpy .*, not 1\.0\.1\n.*--with-other-versions"):
        publish(scratch_project, Scale.QUICK)
    assert not scratch_project.published.exists()
    assert publish(scratch_project, Scale.QUICK, with_other_versions=True).changed
