"""Real data, always checked against a registered SHA-256: see ``data.toml`` for what there is and how to get it.

Two environment variables steer it. ``RECTIFIED_DATA`` names a folder that is searched first, with one subfolder per set
(``$RECTIFIED_DATA/mnist/train-images-idx3-ubyte``). ``RECTIFIED_OFFLINE=1`` forbids every download.
"""

from typing import TYPE_CHECKING

from rectified._contents import lookup

if TYPE_CHECKING:
    from rectified.data.errors import CorruptData, DataUnavailable
    from rectified.data.loading import (
        LabelledData,
        load,
        load_digits,
        load_fashion_mnist,
        load_mnist,
        load_mnist1d,
        load_mnist_small,
    )
    from rectified.data.probing import Availability, fetch_all, fingerprints
    from rectified.data.registry import DataSet, read_registry
    from rectified.data.tensors import FlatTensors, flat_tensors

_HOME = {
    # loading
    "LabelledData": "loading",
    "load": "loading",
    "load_digits": "loading",
    "load_fashion_mnist": "loading",
    "load_mnist": "loading",
    "load_mnist1d": "loading",
    "load_mnist_small": "loading",
    # as tensors
    "FlatTensors": "tensors",
    "flat_tensors": "tensors",
    # what there is, and what is here
    "Availability": "probing",
    "DataSet": "registry",
    "fetch_all": "probing",
    "fingerprints": "probing",
    "read_registry": "registry",
    # refusals
    "CorruptData": "errors",
    "DataUnavailable": "errors",
}

__all__ = [
    "Availability",
    "CorruptData",
    "DataSet",
    "DataUnavailable",
    "FlatTensors",
    "LabelledData",
    "fetch_all",
    "fingerprints",
    "flat_tensors",
    "load",
    "load_digits",
    "load_fashion_mnist",
    "load_mnist",
    "load_mnist1d",
    "load_mnist_small",
    "read_registry",
]
__getattr__, __dir__ = lookup(__name__, {name: f"rectified.data.{home}" for name, home in _HOME.items()})
