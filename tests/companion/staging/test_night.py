import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

matplotlib.use("svg")
import io

import matplotlib.pyplot as plt

from companion.staging.night import DAY, NIGHT, night_colour, night_version

ROOT = Path(__file__).parents[3]


def drawn(draw) -> str:
    figure, ax = plt.subplots()
    draw(ax)
    file = io.StringIO()
    figure.savefig(file, format="svg")
    plt.close(figure)
    return re.sub(r"^.*?(?=<svg)", "", file.getvalue(), flags=re.DOTALL)


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_black_becomes_light_white_dark_and_the_cycle_lighter():
    assert contrast(night_colour("#000000"), "#121212") > 12
    assert night_colour("#ffffff") == "#121212"
    assert night_colour("white") == night_colour("#fff") == "#121212"
    assert [night_colour(day) for day in DAY] == list(NIGHT)
    assert night_colour("#440154") == "#440154"


@pytest.mark.parametrize("colour", NIGHT)
def test_each_colour_of_the_night_stands_out_from_the_page(colour):
    assert contrast(colour, "#121212") > 4.5


def test_the_palettes_have_one_home():
    script = (ROOT / "book" / "_static" / "interactive.js").read_text()
    for name, colours in (("DAY", DAY), ("NIGHT", NIGHT)):
        listed = re.search(rf"const {name} = \[(.*?)\]", script)[1]
        assert re.findall(r"#[0-9a-f]{6}", listed) == list(colours)
    sheet = (files("rectified.plotting") / "rectified.mplstyle").read_text()
    cycle = re.search(r"axes.prop_cycle.*\[(.*)\]", sheet)[1]
    assert [f"#{colour}" for colour in re.findall(r"[0-9a-f]{6}", cycle)] == list(DAY)


def test_a_plot_has_light_words_on_no_ground():
    night = night_version(drawn(lambda ax: ax.plot([0, 1], [0, 1], color=DAY[0], label="a")))
    root = ElementTree.fromstring(night)
    assert root.get("fill") == "#e6e6e6"
    assert DAY[0] not in night
    assert NIGHT[0] in night
    assert "stroke: #000000" not in night
    assert "fill: #ffffff" not in night


def test_what_lies_upon_a_field_keeps_its_colours_and_the_axes_do_not():
    def draw(ax):
        ax.pcolormesh(np.arange(9.0).reshape(3, 3), cmap="viridis")
        ax.plot([0, 3], [0, 3], color="white", gid="boundary")
        ax.plot([0, 3], [3, 0], color=DAY[1], gid="ball")

    root = ElementTree.fromstring(night_version(drawn(draw)))
    styles = {g.get("id"): g[0].get("style") for g in root.iter("{http://www.w3.org/2000/svg}g") if len(g)}
    assert "stroke: #ffffff" in styles["boundary"]
    assert DAY[1] in styles["ball"]
    axis = next(g for g in root.iter("{http://www.w3.org/2000/svg}g") if g.get("id") == "matplotlib.axis_1")
    assert "#000000" not in ElementTree.tostring(axis, encoding="unicode")


def test_areas_in_colours_of_the_cycle_are_no_field():
    def draw(ax):
        ax.fill_between([0, 1], [1, 1], color=DAY[0])
        ax.plot([0, 1], [0, 1], color="black")

    assert "stroke: #000000" not in night_version(drawn(draw))
