"""Style sheets joined into one."""

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path

_IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?\s*;""")
_ADDRESS = re.compile(r"""url\(\s*(["']?)(?!["']?(?:data:|#|/|https?:))([^"')]+)\1\s*\)""")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*\n\s*")


def joined_sheets(root: Path, names: Sequence[str], target: str) -> str:
    """The sheets ``names`` below ``root``, one after the other, as they must read when they stand in ``target``.

    What a sheet imports stands before it, addresses are those seen from ``target``; comments and indentation go.
    """
    return "\n".join(_sheet(root, name, target) for name in names)


def _sheet(root: Path, name: str, target: str) -> str:
    text = _COMMENT.sub("", (root / name).read_text(encoding="utf-8"))
    here = posixpath.dirname(name)
    text = _IMPORT.sub(lambda m: _sheet(root, posixpath.normpath(posixpath.join(here, m[1])), target), text)
    seen = posixpath.dirname(target)
    text = _ADDRESS.sub(lambda m: f'url("{posixpath.relpath(posixpath.join(here, m[2]), seen)}")', text)
    return _SPACE.sub("\n", text).strip()
