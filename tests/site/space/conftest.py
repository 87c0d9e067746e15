"""One scene of a toy network on a page of its own; all tests here share a browser."""

import os
from pathlib import Path

import pytest

from companion.machine.browser import browsers_shared, chromium_path
from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import viewer_bundle
from tests.netspace.scenes import residual_scene
from tests.site.space.seeing import TEXTS

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True, scope="package")
def one_browser():
    with browsers_shared():
        yield


@pytest.fixture(scope="session")
def scene():
    return residual_scene()


@pytest.fixture(scope="session")
def document(scene):
    bundle = viewer_bundle(ROOT)
    if chromium_path() is None or bundle.script is None:  # under CI nothing may be lacking
        (pytest.fail if os.environ.get("CI") else pytest.skip)(bundle.reason or "there is no Chromium")
    return standalone_page(scene, **TEXTS, bundle=bundle)
