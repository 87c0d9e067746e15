"""The style file loads, sizes are what they say, theory is drawn black and dashed."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from rectified.plotting.style import Size, new_figure, plain_numbers, theory_line, use


@pytest.fixture(autouse=True)
def restored_style():
    with mpl.rc_context():
        yield
    plt.close("all")


def test_use_takes_the_accessible_cycle():
    use()
    petroff10 = mpl.style.library["petroff10"]["axes.prop_cycle"].by_key()["color"]
    assert [f"#{c.lstrip('#')}" for c in mpl.rcParams["axes.prop_cycle"].by_key()["color"]] == petroff10


@pytest.mark.parametrize(("rows", "height"), [(1, 3.8), (2, 3.8 * 1.8)])
def test_size_of_a_figure(rows, height):
    fig, _ = new_figure(rows, 1, Size.TEXT)
    assert tuple(fig.get_size_inches()) == pytest.approx((6.4, height))


def test_refuses_no_panels():
    with pytest.raises(ValueError, match="rows and columns must be at least 1; got 0 and 1"):
        new_figure(0, 1)


def test_theory_is_black_and_dashed():
    _, ax = new_figure()
    line = theory_line(ax, [0, 1], [0, 1])
    assert (line.get_color(), line.get_linestyle()) == ("black", "--")


def test_a_logarithmic_axis_of_few_decades_has_plain_numbers():
    fig, ax = new_figure()
    ax.plot([1.0, 2.0], [1.0, 12.0])
    ax.set_yscale("log")
    plain_numbers(ax.yaxis)
    fig.draw_without_rendering()
    low, high = ax.get_ylim()
    shown = [
        tick.get_text() for tick, at in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True) if low <= at <= high
    ]
    assert shown == ["1", "2", "5", "10"]
    assert list(ax.yaxis.get_minorticklocs()) == []
