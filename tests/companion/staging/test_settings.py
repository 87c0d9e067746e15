import dataclasses

import pytest
import yaml

from companion.scales import Scale
from companion.staging.settings import staged_settings


@pytest.mark.parametrize(("scale", "banner"), [(Scale.QUICK, "quick"), (Scale.PAPER, "paper")])
def test_a_build_at_another_scale_says_so_on_every_page(toy_project, scale, banner):
    settings = yaml.safe_load(staged_settings(toy_project, scale))
    assert f"<strong>{banner}</strong>" in settings["html"]["announcement"]


def test_the_published_scale_has_no_banner(toy_project):
    assert "announcement" not in yaml.safe_load(staged_settings(toy_project, Scale.BOOK))["html"]


def test_the_repository_reaches_the_buttons(toy_project):
    project = dataclasses.replace(toy_project, repository="https://github.com/a/b")
    settings = yaml.safe_load(staged_settings(project, Scale.QUICK))
    assert settings["sphinx"]["config"]["companion_repository"] == "https://github.com/a/b"
