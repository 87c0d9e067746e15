"""The settings of the staged book: those of ``_config.yml``, and what depends on the scale."""

from typing import Any

import yaml

from companion.machine.browser import chromium_path
from companion.project import Project
from companion.scales import Scale

_BANNERS = {
    Scale.QUICK: (
        "This is a <strong>quick</strong> build: small samples, made for tests. Its numbers are not the published ones."
    ),
    Scale.PAPER: "This is a build at <strong>paper</strong> scale: the sizes of the original experiments.",
}


def staged_settings(project: Project, scale: Scale) -> str:
    """``_config.yml`` with a banner on every page unless the scale is the published one."""
    settings: dict[str, Any] = yaml.safe_load((project.root / "_config.yml").read_text(encoding="utf-8"))
    if scale in _BANNERS:
        settings.setdefault("html", {})["announcement"] = _BANNERS[scale]
    sphinx = settings.setdefault("sphinx", {}).setdefault("config", {})
    sphinx["companion_repository"] = project.repository
    sphinx["companion_address"] = project.address
    sphinx["companion_prints"] = chromium_path() is not None
    settings.setdefault("html", {})["baseurl"] = f"{project.address}/" if project.address else ""
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
