"""The colours of a scene and its theme."""

import numpy as np
import pytest

from netspace.browser.session import Visit
from tests.site.space.seeing import NAME, pixels, seen

pytestmark = pytest.mark.site


def test_colours_are_shared_by_a_layer_and_zero_has_its_own(document):
    """The colours on the screen, read where each neuron stands, are in the order of the values; zero has its own."""

    def work(page):
        picture = pixels(page.picture(NAME))
        box = page.surface(NAME)
        values = page.of_scene(NAME, "[...space.layers[0].values]")
        places = page.of_scene(NAME, "[...space.layers[0].values].map((_, index) => space.screenPosition(0, index))")
        return values, [picture[round(p["y"] - box["y"]), round(p["x"] - box["x"])] for p in places]

    values, colours = seen(document, work)
    zero = np.array([226, 228, 233]) / 255
    for value, colour in zip(values, colours, strict=True):
        assert (np.abs(colour - zero).max() < 0.005) == (value == 0)
    order = np.argsort(values)
    blues = np.array(colours)[order][:, 2]
    assert (np.diff(blues) <= 0.02).all()  # the larger the number, the less blue: one scale for all


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("log", ["false", "true"])
def test_a_larger_number_never_stands_out_less_than_a_smaller_one(document, theme, log):
    script = f"(space.logMode({log}), space.layers.map((l, at) => [[...l.values], [...space.colours(at)]]))"
    layers, zero = seen(
        document,
        lambda page: (page.of_scene(NAME, script), page.of_scene(NAME, "space.zeroColour")),
        Visit(theme=theme),
    )
    weights = np.array([0.2126, 0.7152, 0.0722])
    for values, colours in layers:
        drawn = np.array(colours).reshape(-1, 3)
        lightness = np.abs((drawn - zero) @ weights)
        for sign in (-1, 1):
            of_sign = np.sign(values) == sign
            order = np.argsort(np.abs(np.array(values)[of_sign]))
            assert (np.diff(lightness[of_sign][order]) >= 0).all()
        assert ((drawn == zero).all(axis=1) == (np.array(values) == 0)).all()


def test_scale_modes_change_the_picture_and_not_the_numbers(document):
    def work(page):
        values = "space.layers.map(l => [...l.values])"
        before, first = page.picture(NAME), page.of_scene(NAME, values)
        pictures = [before]
        for call in ("space.logMode(true)", "space.scaleMode('global')"):
            page.of_scene(NAME, call)
            page.wait_for_scene(NAME)
            pictures.append(page.picture(NAME))
        return (
            len(set(pictures)),
            first == page.of_scene(NAME, values),
            page.of_scene(NAME, "[space.state.scale, space.state.log]"),
        )

    assert seen(document, work) == (3, True, ["global", True])


def test_the_theme_changes_while_the_page_is_open(document):
    def work(page):
        day = pixels(page.picture(NAME))[4, 4].mean()
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.browser_page.wait_for_function(f"netspace.get('{NAME}').view.isDark")
        page.wait_for_scene(NAME)
        return day, pixels(page.picture(NAME))[4, 4].mean()

    day, night = seen(document, work)
    assert night < 0.3 < 0.9 < day
