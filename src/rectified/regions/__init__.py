"""Linear pieces of networks: where they end, and what the network is on them."""

from importlib import import_module

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    "boundary_distance": "rectified.regions.boundaries",
    "pre_activations": "rectified.regions.boundaries",
}

__all__ = sorted(_CONTENTS)


def __getattr__(name: str) -> object:
    if name not in _CONTENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_CONTENTS[name]), name)
