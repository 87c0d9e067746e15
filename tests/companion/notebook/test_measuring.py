import nbformat
import numpy as np
import pytest
import yaml
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from companion.claims.declared import ChapterClaims
from companion.claims.samples import MEASUREMENT_MIME, Measurement
from companion.errors import RefusedInput
from companion.notebook import live, surfaces
from companion.notebook.measuring import RUN_VARIABLE, Chapter, chapter
from companion.notebook.provisional import PROVISIONAL
from companion.notebook.surfaces import collecting
from netspace.page.figure import SceneFigure
from tests.netspace.scenes import residual_scene

COST = {"cpu_seconds": 1, "megabytes": 10}
READER = {"topics": ["toys", "games"], "assumes": "Nothing.", "difficulty": "introductory", "figure": "toy-car"}
DOCUMENT = {
    "chapter": "toy",
    "title": "A toy",
    "part": "Toys",
    "position": 1,
    "paper": "toy2020paper",
    "read": {"sources": ["abstract"], "sentence": "The abstract; not the body."},
    "reader": READER,
    "budget": {"quick": COST, "book": COST, "paper": COST},
    "claims": [
        {
            "id": name,
            "sentence": "Bounds are <sound>.",
            "place": "Theorem 1",
            "of": "paper",
            "kind": "inequality",
            "why": "Rounding.",
            "criterion": {"test": "at-least", "cases": 3, "bound": 0.0, "reads": "the smallest is {number}"},
        }
        for name in ("sound", "tight")
    ],
}
CLAIMS = ChapterClaims.model_validate(DOCUMENT)


class Screen:
    """Takes the place of Jupyter's display and keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list = []
        self.options: list[dict] = []

    def __call__(self, content, **options) -> None:
        self.shown.append(content)
        self.options.append(options)

    @property
    def texts(self) -> list[str]:
        return [repr(content) for content in self.shown]


@pytest.fixture
def screen(monkeypatch, tmp_path) -> Screen:
    screen = Screen()
    for module in (live, surfaces):
        monkeypatch.setattr(module, "display", screen)
    monkeypatch.setattr(live, "get_ipython", object)
    monkeypatch.delenv(RUN_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    return screen


@pytest.fixture
def in_a_run(monkeypatch, screen) -> Screen:
    monkeypatch.setenv(RUN_VARIABLE, "1")
    return screen


def test_a_run_stores_numbers_and_holds_the_place(in_a_run) -> None:
    Chapter("toy", CLAIMS).measure("sound", {"relu": np.arange(3), "tanh": [0.1, 0.2, 0.3]})
    (bundle,) = in_a_run.shown
    assert bundle[MEASUREMENT_MIME] == {"id": "sound", "samples": {"relu": [0.0, 1.0, 2.0], "tanh": [0.1, 0.2, 0.3]}}
    assert set(bundle) == {MEASUREMENT_MIME, "text/html"}
    assert "held" not in bundle["text/html"]
    assert 'data-claim="sound"' in bundle["text/html"]


def test_a_run_measures_each_claim_once(in_a_run) -> None:
    toy = Chapter("toy", CLAIMS)
    toy.measure("sound", [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="claim 'sound' is measured a second time in this run"):
        toy.measure("sound", [1.0, 2.0, 3.0])


def test_a_run_without_claims_file_is_refused(in_a_run) -> None:
    with pytest.raises(RefusedInput, match=r"toy\.claims\.yml is missing"):
        chapter("toy")


def test_live_there_is_a_provisional_badge(screen) -> None:
    Chapter("toy", CLAIMS).measure("sound", [1.0, -2.0, 3.0])
    (bundle,) = screen.shown
    for markup in (bundle["text/html"], bundle["text/plain"]):
        assert "sound: violated" in markup
        assert PROVISIONAL in markup
    assert "Bounds are &lt;sound&gt;." in bundle["text/html"]


def test_live_a_second_measurement_replaces_the_former(screen) -> None:
    toy = Chapter("toy", CLAIMS)
    toy.measure("sound", [-1.0, 2.0, 3.0])
    toy.measure("sound", [1.0, 2.0, 3.0])
    ids = {options["display_id"] for options in screen.options}
    assert ids == {"companion-toy-sound"}
    assert [options.get("update", False) for options in screen.options] == [False, True, False]
    assert all("sound: held" in bundle["text/plain"] for bundle in screen.shown[1:])


def test_live_too_few_samples_are_said_not_raised(screen) -> None:
    Chapter("toy", CLAIMS).measure("sound", [1.0])
    assert "not judged" in screen.shown[0]["text/plain"]
    assert "1 cases; the criterion asks for at least 3" in screen.shown[0]["text/plain"]


def test_without_a_claims_file_one_sentence_and_all_else_works(screen) -> None:
    toy = chapter("toy")
    assert screen.texts == ["There is no toy.claims.yml here: measurements are shown, but no claim can be judged."]
    toy.measure("anything", [1.0, 2.0])
    toy.measure("anything", [1.0, 2.0])
    toy.record("accuracy", 0.5)
    assert "2 numbers measured" in screen.shown[1]["text/plain"]
    assert screen.texts[-1] == "accuracy = 0.5"


def test_the_claims_file_beside_the_notebook_is_found(screen, tmp_path) -> None:
    (tmp_path / "toy.claims.yml").write_text(yaml.safe_dump(DOCUMENT), encoding="utf-8")
    assert chapter("toy").claims == CLAIMS
    assert screen.shown == []


def test_the_claims_file_of_the_book_around_is_found(screen, tmp_path, monkeypatch) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "toy.claims.yml").write_text(yaml.safe_dump(DOCUMENT), encoding="utf-8")
    table = '[tool.companion]\npackages = []\ndata = "d"\ndata-probe = "m:f"\nrepository = ""\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    assert chapter("toy").claims == CLAIMS


def test_a_wrong_claims_file_is_refused_live_too(screen, tmp_path) -> None:
    (tmp_path / "toy.claims.yml").write_text("chapter: toy\n", encoding="utf-8")
    with pytest.raises(RefusedInput, match="title: is missing"):
        chapter("toy")


@pytest.mark.parametrize(
    ("claim", "message"),
    [("soundd", r"claim 'soundd' is not declared in toy\.claims\.yml. Did you mean 'sound'\?"), ("x", "sound, tight")],
)
def test_an_undeclared_claim_is_refused(screen, claim, message) -> None:
    with pytest.raises(ValueError, match=message):
        Chapter("toy", CLAIMS).measure(claim, [1.0])


def test_a_number_that_is_not_finite_is_refused(screen) -> None:
    with pytest.raises(ValueError, match="claim 'sound': number 1 of 2 is nan"):
        Chapter("toy", CLAIMS).measure("sound", [1.0, np.nan])


def test_a_refused_measurement_does_not_count_as_measured(in_a_run) -> None:
    toy = Chapter("toy", CLAIMS)
    with pytest.raises(ValueError, match="nan"):
        toy.measure("sound", [np.nan])
    toy.measure("sound", [1.0])
    assert len(in_a_run.shown) == 1


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (3, "3"),
        (0.25, "0.25"),
        (np.float64(0.1), "0.1"),
        (np.int64(7), "7"),
        (np.array([2.0]), "2.0"),
        ("red", "'red'"),
    ],
)
def test_a_record_is_glue(in_a_run, value, stored) -> None:
    Chapter("toy", CLAIMS).record("test-accuracy", value)
    assert in_a_run.shown == [{"application/companion/text/plain": stored}]
    (options,) = in_a_run.options
    assert options["metadata"] == {"scrapbook": {"name": "test-accuracy", "mime_prefix": "application/companion/"}}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("a:b", 1.0, "without a colon"),
        ("", 1.0, "without a colon"),
        ("a", np.nan, "record 'a': number 0 of 1 is nan"),
        ("a", [1.0, 2.0], "expected one number or a text, got 2 numbers"),
        ("a", None, "expected real numbers"),
    ],
)
def test_a_wrong_record_is_refused(screen, key, value, message) -> None:
    with pytest.raises(ValueError, match=message):
        Chapter("toy", CLAIMS).record(key, value)


FIGURE = {"figure": {"data": [], "layout": {}}, "name": "toy-line", "alt": "A line.", "caption": "It tilts."}


def test_an_interactive_figure_is_html_in_a_run_and_plotly_live(screen, monkeypatch) -> None:
    toy = Chapter("toy", CLAIMS)
    toy.interactive(**FIGURE)
    monkeypatch.setenv(RUN_VARIABLE, "1")
    toy.interactive(**FIGURE)
    live, run = screen.shown
    assert "application/vnd.plotly.v1+json" in live
    assert list(run) == ["text/html"]


SPACE = {"name": "toy-space", "alt": "Eight layers.", "caption": "A net."}


def test_a_scene_is_a_figure_in_a_run_and_a_page_in_a_frame_live(screen, monkeypatch) -> None:
    scene, toy = residual_scene(), Chapter("toy", CLAIMS)
    toy.show(SceneFigure(scene), **SPACE)
    monkeypatch.setenv(RUN_VARIABLE, "1")
    toy.show(SceneFigure(scene), **SPACE)
    live, run = screen.shown
    assert live["text/html"].startswith("<iframe srcdoc=")
    assert live["text/plain"] == SPACE["alt"]
    assert list(run) == ["text/html"]
    assert run["text/html"].startswith('<figure class="netspace" id="toy-space">')


def test_a_scene_is_a_sentence_outside_jupyter_and_a_name_for_a_collector(screen, monkeypatch) -> None:
    monkeypatch.setattr(live, "get_ipython", lambda: None)
    Chapter("toy", CLAIMS).show(SceneFigure(residual_scene()), **SPACE)
    assert screen.texts == ["toy-space: Eight layers."]
    with collecting(CLAIMS) as collector:
        chapter("toy").show(SceneFigure(residual_scene()), **SPACE)
    assert collector.figures == ["toy-space"]


def test_what_is_no_scene_is_refused_before_anything_is_shown(screen) -> None:
    with pytest.raises(ValueError, match="figure 'toy-space': missing keys"):
        Chapter("toy", CLAIMS).show(SceneFigure({}), **SPACE)
    assert screen.shown == []


def test_outside_jupyter_words_are_shown(screen, monkeypatch) -> None:
    monkeypatch.setattr(live, "get_ipython", lambda: None)
    toy = Chapter("toy", CLAIMS)
    toy.measure("sound", [1.0, 2.0, 3.0])
    toy.interactive(**FIGURE)
    assert screen.texts[0].startswith("sound: held (provisional")
    assert screen.texts[1] == "toy-line: A line."


def test_a_collector_takes_everything_and_shows_nothing(screen) -> None:
    with collecting(CLAIMS) as collector:
        toy = chapter("toy")
        toy.measure("sound", [1.0])
        toy.record("n", 3)
        toy.interactive(**FIGURE)
        with pytest.raises(ValueError, match="a second time"):
            toy.measure("sound", [1.0])
    assert collector.measurements == [Measurement("sound", [1.0])]
    assert (collector.records, collector.figures, screen.shown) == ({"n": 3}, ["toy-line"], [])


def test_a_collector_refuses_another_chapter(screen) -> None:
    with collecting(CLAIMS), pytest.raises(RefusedInput, match="is 'toy', but it opens the chapter 'other'"):
        chapter("other")


def test_the_collector_ends_with_its_block(screen) -> None:
    with collecting(CLAIMS):
        pass
    Chapter("toy", CLAIMS).measure("sound", [1.0, 2.0, 3.0])
    assert len(screen.shown) == 1


def test_a_notebook_opens_alone_in_jupyter(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(RUN_VARIABLE, raising=False)
    (tmp_path / "toy.claims.yml").write_text(yaml.safe_dump(DOCUMENT), encoding="utf-8")
    cells = [
        'import companion\nalone = companion.chapter("stranger")\nalone.measure("any", [1.0])',
        'toy = companion.chapter("toy")\ntoy.measure("sound", [-1.0, 2.0, 3.0])',
        'toy.measure("sound", [1.0, 2.0, 3.0])',
    ]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", shutdown_kernel="immediate").execute(cwd=str(tmp_path))
    nbformat.validate(notebook)
    alone, first, second = (cell.outputs for cell in notebook.cells)
    assert alone[0].data["text/plain"].startswith("There is no stranger.claims.yml here")
    assert "not judged" in alone[1].data["text/plain"]
    assert "sound: held" in second[0].data["text/html"]
    assert first[0].data["text/plain"] == second[0].data["text/plain"]  # the former badge was replaced
    assert len(second) == 1
