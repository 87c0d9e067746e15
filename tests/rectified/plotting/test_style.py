"""The style file loads, sizes are what they say, theory is drawn black and dashed."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from rectified.plotting.style import Size, new_figure, theory_line, use


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
