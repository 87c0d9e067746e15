import html
import json
import math
import re

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from companion.notebook import interactive as module
from companion.notebook.interactive import PLOTLY_MIME, Control, interactive_outputs

TEXTS = {"name": "toy-line", "alt": "A line that <tilts> & turns.", "caption": "Tilt of 5 & more."}
FIGURE = {"data": [{"x": [0, 1], "y": [0.0, 1.0]}], "layout": {"xaxis": {"title": "x"}, "template": {"huge": 1}}}
TILT = Control("tilt", "Tilt", (1, 2), initial=1)
SHIFT = Control("shift", "Shift", (0.1, 0.2, 0.3))
FRAMES = [[{"y": [i, j]}] for i in range(2) for j in range(3)]


def outputs(figure=FIGURE, controls=(TILT, SHIFT), frames=FRAMES, drag=None, **texts):
    return interactive_outputs(figure, controls=controls, frames=frames, drag=drag, **{**TEXTS, **texts})


def stored(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL).group(1))


def test_the_page_holds_data_alt_and_caption() -> None:
    page = outputs().page
    assert page.startswith('<figure class="companion-interactive" id="toy-line">')
    assert page.count(html.escape(TEXTS["alt"])) == 2  # for the region, and where no script runs
    assert f"<figcaption>{html.escape(TEXTS['caption'])}</figcaption>" in page
    assert 'role="img"' in page


def test_the_stored_form_is_the_one_the_page_script_reads() -> None:
    spec = stored(outputs().page)
    assert list(spec) == ["data", "layout", "controls", "frames"]
    assert spec["layout"] == {"xaxis": {"title": "x"}}  # the template's colours are not the page's
    assert spec["controls"] == [
        {"name": "tilt", "label": "Tilt", "values": [1, 2], "initial": 1},
        {"name": "shift", "label": "Shift", "values": [0.1, 0.2, 0.3], "initial": 0},
    ]
    assert spec["frames"][3 * 1 + 2] == [{"y": [1, 2]}]


def test_a_plotly_figure_arrays_and_tensors_become_lists() -> None:
    figure = go.Figure(go.Scatter(x=np.linspace(0.0, 1.0, 3), y=[1.0, 2.0, 3.0]))
    frames = [[{"y": np.array([1.0, 1 / 3])}], [{"y": torch.tensor([1.0, 2.0], requires_grad=True)}]]
    spec = stored(outputs(figure, [Control("eps", "Radius", np.array([0.1, 0.2]))], frames).page)
    assert spec["data"][0]["x"] == [0, 0.5, 1]
    assert spec["frames"] == [[{"y": [1, 0.33333]}], [{"y": [1, 2]}]]
    assert spec["controls"][0]["values"] == [0.1, 0.2]


def test_packed_matrices_are_unpacked() -> None:
    figure = go.Figure(go.Scatter(customdata=np.arange(6.0).reshape(2, 3)))
    assert stored(outputs(figure, (), ()).page)["data"][0]["customdata"] == [[0, 1, 2], [3, 4, 5]]


def test_a_packed_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="data, y: a number is nan"):
        outputs(go.Figure(go.Scatter(y=np.array([1.0, math.nan]))), (), ())


def test_the_live_figure_steps_through_all_combinations() -> None:
    live = outputs().live[PLOTLY_MIME]
    (slider,) = live["layout"]["sliders"]
    assert slider["active"] == 3  # tilt 1 of (0, 1), shift 0 of (0, 1, 2)
    assert [step["label"] for step in slider["steps"]][3] == "Tilt: 2, Shift: 0.1"
    assert [frame["name"] for frame in live["frames"]] == [str(i) for i in range(6)]
    go.Figure(data=live["data"], layout=live["layout"], frames=live["frames"])  # Plotly takes it


def test_without_controls_there_are_no_frames() -> None:
    found = outputs(controls=(), frames=())
    assert stored(found.page)["frames"] == []
    assert "sliders" not in found.live[PLOTLY_MIME]["layout"]


def test_text_cannot_end_the_script() -> None:
    figure = {"data": [{"text": ["</script><b>"]}], "layout": {}}
    page = outputs(figure, (), ()).page
    assert page.count("</script>") == 1
    assert stored(page)["data"][0]["text"] == ["</script><b>"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Toy Line"}, "expected kebab-case"),
        ({"alt": " "}, "alt is empty"),
        ({"caption": ""}, "caption is empty"),
        ({"frames": FRAMES[:5]}, r"has 5 frames; expected 6, since its controls have \[2, 3\] values"),
        ({"frames": [*FRAMES[:5], []]}, "frame 5 has 0 traces; expected 1"),
        ({"controls": ()}, "has 6 frames; expected 0"),
        ({"controls": (TILT, TILT)}, "two controls have one name"),
        ({"frames": [[{"y": [math.nan]}], *FRAMES[1:]]}, "figure 'toy-line', frames, y: a number is nan"),
        ({"figure": {"data": [{"x": [math.inf]}], "layout": {}}}, "figure 'toy-line', data, x: a number is inf"),
        ({"figure": {"data": [{"x": {1, 2}}], "layout": {}}}, "got set"),
    ],
)
def test_a_wrong_figure_is_refused(change, message) -> None:
    with pytest.raises(ValueError, match=message):
        outputs(**change)


def test_what_the_small_plotly_cannot_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="trace 0 is of type 'heatmap'; pages draw scatter, bar, pie"):
        outputs({"data": [{"type": "heatmap", "z": [[1]]}], "layout": {}})


def test_a_figure_too_large_for_a_page_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(ValueError, match="fewer points"):
        outputs()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Tilt", "Tilt", (1, 2)), "kebab-case name and a label"),
        (("tilt", " ", (1, 2)), "kebab-case name and a label"),
        (("tilt", "Tilt", (1,)), "has 1 values; a slider needs at least two"),
        (("tilt", "Tilt", (1, 2), 2), "initial is 2; expected an index below 2"),
    ],
)
def test_a_wrong_control_is_refused(arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        Control(*arguments)


PLACE = (Control("across", "Across", (0.0, 1.0)), Control("up", "Up", (-1, 0, 1)))


def test_a_figure_can_be_dragged_by_two_of_its_controls() -> None:
    assert stored(outputs(controls=PLACE, drag=("across", "up")).page)["drag"] == ["across", "up"]


@pytest.mark.parametrize("drag", [("across", "across"), ("across", "down"), ("across",), ("across", "kind")])
def test_only_two_controls_with_numbers_can_be_dragged(drag) -> None:
    controls = (PLACE[0], Control("kind", "Kind", ("a", "b", "c")))
    with pytest.raises(ValueError, match=r"drag is .*; expected the names of two controls with numbers .*across"):
        outputs(controls=controls, drag=drag)
