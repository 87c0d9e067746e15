import numpy as np

from rectified.plotting import style
from rectified.plotting.scenes import draw_map, draw_shares


def test_a_map_keeps_its_pixels():
    _fig, (left, right) = style.new_figure(1, 2)
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    image = draw_map(left, grey, "0 to 5")
    assert np.array_equal(image.get_array(), grey)
    assert image.get_clim() == (0, 255)  # one scale for all maps
    assert left.get_xlabel() == "0 to 5"
    colours = np.full((2, 3, 4), 7, dtype=np.uint8)
    assert np.array_equal(draw_map(right, colours, "").get_array(), colours)


def test_shares_are_medians_within_quartiles(rng):
    _fig, ax = style.new_figure()
    shares = np.sort(rng.uniform(size=(9, 4)), axis=1)
    line, band = draw_shares(ax, [1, 3, 10, 30], shares, 3)
    assert np.allclose(line.get_ydata(), np.sort(shares, axis=0)[4])
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].max() == np.sort(shares, axis=0)[6].max()
    dashed = [drawn for drawn in ax.lines if drawn.get_linestyle() == "--"]
    assert [list(drawn.get_xdata()) for drawn in dashed] == [[3, 3]]
