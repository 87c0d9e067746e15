import html
import json
import re

import pytest
from bs4 import BeautifulSoup

from netspace.page.markup import check_texts, space_markup
from tests.netspace.scenes import STILL, residual_scene

TEXTS = {"name": "toy-space", "alt": "Layers <in> space & time.", "caption": "A net & its <layers>."}


@pytest.fixture(scope="module")
def page():
    return space_markup(residual_scene(), **TEXTS)


def test_the_figure_holds_scene_still_picture_alt_and_caption(page) -> None:
    figure = BeautifulSoup(page, "html.parser").figure
    assert figure["id"] == "toy-space"
    assert figure["class"] == ["netspace"]
    stage = figure.select_one(".netspace-stage")
    assert stage["data-alt"] == stage.svg["aria-label"] == TEXTS["alt"]
    assert (stage.svg["role"], stage.svg["class"]) == ("img", ["netspace-still"])
    assert STILL.removeprefix("<svg") in page  # a part of the page: its ink follows the theme
    assert figure.figcaption.text == TEXTS["caption"]
    assert json.loads(figure.script.text)["layers"][1]["name"] == "block"


def test_no_script_in_it_runs_and_what_readers_wrote_is_escaped(page) -> None:
    assert re.findall(r"<script[^>]*>", page) == ['<script type="application/json">']
    assert html.escape(TEXTS["caption"]) in page


def test_it_stays_one_block_of_html_in_a_page(page) -> None:
    broken = {**residual_scene(), "still": STILL.replace("><", ">\n\n<") + "\n"}
    assert "\n" not in page + space_markup(broken, **TEXTS)  # an empty line would end it where Markdown is read


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"name": "Toy Space"}, "expected kebab-case"),
        ({"alt": " "}, "alt is empty"),
        ({"caption": ""}, "caption is empty"),
    ],
)
def test_texts_that_say_nothing_are_refused(texts, message) -> None:
    with pytest.raises(ValueError, match=message):
        check_texts(**{**TEXTS, **texts})


def test_what_is_no_scene_is_refused() -> None:
    with pytest.raises(ValueError, match="figure 'toy-space': missing keys"):
        space_markup({"format": 1}, **TEXTS)
