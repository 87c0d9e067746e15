import csv
import io

from companion.staging.figure_tables import drawn_table, moving_table


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_drawing_gives_a_row_for_each_point():
    series = {"panel": "1", "series": "a, b", "kind": "line", "x_label": "$x$", "y_label": "y", "note": ""}
    table = drawn_table({"series": [{**series, "x": [1, None], "y": [0.5, 2], "value": [None, None]}]})
    assert rows(table) == [
        {**series, "x": "1", "y": "0.5", "value": ""},
        {**series, "x": "", "y": "2", "value": ""},
    ]


def test_a_series_without_points_still_says_its_note():
    series = {"panel": "1", "series": "picture", "kind": "image", "x_label": "", "y_label": "", "note": "in colours"}
    (row,) = rows(drawn_table({"series": [{**series, "x": [], "y": [], "value": []}]}))
    assert row["note"] == "in colours"


SPEC = {
    "data": [
        {"name": "still", "x": [0, 1], "y": [5, 6]},
        {"name": "moving", "x": [0, 1], "y": [0, 0], "xaxis": "x2", "yaxis": "y2"},
        {"mode": "text", "x": [0.5], "y": [1], "text": ["first"]},
    ],
    "layout": {"xaxis": {"title": {"text": "left"}}, "xaxis2": {"title": {"text": "right"}}},
    "controls": [
        {"name": "a", "label": "A", "values": [1, 2], "initial": 0},
        {"name": "b", "label": "B", "values": ["u", "v"], "initial": 0},
    ],
    "frames": [[{}, {"y": [10 * k, k]}, {"text": [f"frame {k}"]}] for k in range(4)],
}


def test_a_moving_figure_gives_all_frames_with_the_values_of_its_controls():
    found = rows(moving_table(SPEC))
    moving = [row for row in found if row["series"] == "moving"]
    assert [(row["a"], row["b"], row["y"]) for row in moving[-2:]] == [("2", "v", "30"), ("2", "v", "3")]
    assert len(moving) == 4 * 2
    assert moving[0]["x_label"] == "right"
    assert [row["text"] for row in found if row["series"] == "trace 3"] == [f"frame {k}" for k in range(4)]


def test_what_does_not_move_stands_there_once():
    still = [row for row in rows(moving_table(SPEC)) if row["series"] == "still"]
    assert [(row["a"], row["b"], row["y"]) for row in still] == [("every", "every", "5"), ("every", "every", "6")]


def test_a_figure_without_controls_gives_its_traces():
    found = rows(moving_table({**SPEC, "controls": [], "frames": []}))
    assert [row["y"] for row in found if row["series"] == "moving"] == ["0", "0"]
