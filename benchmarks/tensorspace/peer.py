"""TensorSpace 0.6.1 with the libraries of its time, taken by npm, and a network in the form in which it takes one."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from netspace.network.arrays import encoded
from netspace.network.channels_last import channels_last_weight

PAGE = Path(__file__).with_name("page.html")
PACKAGES = ("tensorspace@0.6.1", "three@0.102.1", "@tensorflow/tfjs@1.7.4", "@tweenjs/tween.js@17.6.0")
FILES = (  # its own controls come with three.js; three-trackballcontrols is the same for who bundles modules
    *("three/build/three.min.js", "three/examples/js/controls/TrackballControls.js", "@tweenjs/tween.js/src/Tween.js"),
    *("@tensorflow/tfjs/dist/tf.min.js", "tensorspace/dist/tensorspace.min.js"),
)


def installed(folder: Path) -> Path | str:
    """The folder of npm's packages, taken into ``folder`` now, or why it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not on the path"
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    options = ("--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund")
    run = subprocess.run([npm, "install", *options, *PACKAGES], cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return folder / "node_modules"
    return "npm install failed: " + "; ".join(line for line in run.stderr.splitlines() if "err" in line)[:200]


def write_page(folder: Path, modules: Path, model: nn.Sequential, x: Tensor, **settings: Any) -> Path:
    """The page that shows the network, with its libraries and the network beside it.

    Args:
        folder: Where; it must not be there yet.
        modules: What :func:`installed` returned.
        model: Convolutions, pooling, dense layers, ReLU, and a softmax at the end.
        x: One input.
        **settings: ``size`` in pixels, ``state`` of layers at first (open or close), and ``backend`` of TensorFlow.js.

    Returns:
        The page's file.
    """
    folder.mkdir(parents=True)
    for path in (PAGE, *(modules / name for name in FILES)):
        shutil.copy(path, folder)
    network = settings | {"input": {"values": encoded(x), "shape": list(x.shape[1:])}, "layers": described(model, x)}
    (folder / "network.js").write_text(f"const NETWORK = {json.dumps(network)};\n", encoding="utf-8")
    return folder / PAGE.name


def described(model: nn.Sequential, x: Tensor) -> list[dict[str, Any]]:
    """The layers for TensorFlow.js: channels last, the first dense layer's columns in the order of its flatten."""
    layers: list[dict[str, Any]] = []
    shape = tuple(x.shape[1:])
    for module in model:
        match module:
            case nn.Conv2d(weight=weight, padding=padding):
                layers.append({"kind": "conv", "filters": len(weight), "kernel": weight.shape[2]})
                layers[-1] |= {"padding": "same" if padding[0] else "valid", "activation": "relu"}
                layers[-1]["weights"] = packed(weight.permute(2, 3, 1, 0), module.bias)
            case nn.MaxPool2d(kernel_size=size):
                layers.append({"kind": "pool", "size": size})
            case nn.Linear(weight=weight):
                rows = channels_last_weight(weight, shape) if len(shape) == 3 else weight
                layers.append({"kind": "dense", "units": len(rows), "activation": "relu"})
                layers[-1]["weights"] = packed(rows.T, module.bias)
            case nn.Softmax():
                layers[-1] |= {"activation": "softmax", "labels": list("0123456789")}
        x = module(x)
        shape = shape if isinstance(module, nn.Flatten) else tuple(x.shape[1:])
    return layers


def packed(*arrays: Tensor) -> list[dict[str, Any]]:
    """Arrays with their shapes, as texts."""
    return [{"values": encoded(array), "shape": list(array.shape)} for array in arrays]
