from companion.claims.samples import MEASUREMENT_MIME
from companion.notebook.surfaces import collecting, inline_surface, stored


def test_within_the_block_the_runner_takes_what_is_said():
    assert inline_surface() is None
    with collecting("the outer declaration") as outer:
        with collecting("the inner declaration") as inner:
            assert inline_surface() is inner
        assert inline_surface() is outer
    assert inline_surface() is None


def test_what_is_stored_is_what_the_judge_reads():
    assert stored("round", [1.0]) == {MEASUREMENT_MIME: {"id": "round", "samples": [1.0]}}
