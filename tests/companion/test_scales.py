import pytest

from companion.scales import Scale, by_scale


def test_by_scale_picks_the_value_of_the_scale() -> None:
    assert [by_scale(scale, quick=1, book=2, paper=3) for scale in Scale] == [1, 2, 3]


@pytest.mark.parametrize("wrong", ["", "Quick", "large", None])
def test_an_unknown_scale_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match="expected one of quick, book, paper"):
        by_scale(wrong, quick=1, book=2, paper=3)


@pytest.mark.parametrize(
    ("run", "lowest", "enough"),
    [("quick", "quick", True), ("quick", "book", False), ("paper", "book", True), ("book", "paper", False)],
)
def test_a_scale_reaches_the_smaller_ones(run, lowest, enough) -> None:
    assert Scale(run).reaches(Scale(lowest)) is enough
