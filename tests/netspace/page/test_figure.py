from netspace.page import live
from netspace.page.figure import SceneFigure
from netspace.page.live import live_frame
from netspace.page.markup import space_markup
from netspace.viewer.bundle import Bundle
from tests.netspace.scenes import residual_scene

WORDS = {"name": "net", "alt": "Eight layers.", "caption": "A net."}


def test_a_scene_knows_its_figure_and_its_frame(monkeypatch):
    monkeypatch.setattr(live, "viewer_bundle", lambda: Bundle("window.viewer = 1;"))
    scene = residual_scene()
    assert SceneFigure(scene).page(**WORDS) == space_markup(scene, **WORDS)
    assert SceneFigure(scene).live(**WORDS) == live_frame(scene, **WORDS)
