"""One call from a network to a scene: everything that a page needs to draw it in space."""

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from netspace.network.arrays import encoded
from netspace.network.still import still_picture
from netspace.network.tracing import traced_layers
from netspace.network.walking import TracedLayer

FORMAT = 1
Scene = dict[str, Any]  # plain JSON


def network_scene(
    model: nn.Module,
    inputs: Float[Tensor, "inputs ..."],
    *,
    input_names: Sequence[str] | None = None,
    checkpoints: Mapping[str, Mapping[str, Tensor]] | None = None,
    labels: Sequence[str] | None = None,
    weights: bool = True,
    draw: bool | None = None,
) -> Scene:
    """A network with its activations, as plain data that a page draws in space.

    Any ``torch.nn.Sequential`` will do, and any module that torch.fx can follow. Operations that the page does not know
    are drawn with PyTorch's values and without steps.

    Args:
        model: The network; it is shown as it is after training (batch norm and dropout in evaluation mode).
        inputs: Inputs with a batch axis: vectors, or maps of shape (channels, length) or (channels, height, width).
        input_names: What the reader chooses from; numbers if None.
        checkpoints: State dictionaries of ``model`` under their names, in order of time; None shows its present state.
        labels: Names of the last layer's neurons.
        weights: Whether the page gets the weights, to compute everything again; without them it is much smaller.
        draw: Whether the reader may draw an input; None wherever the page can compute what follows from it.

    Returns:
        A dictionary that ``json.dumps`` takes.

    Raises:
        ValueError: If names do not fit in number, a shape cannot be drawn, torch.fx cannot follow the network, or the
            reader should draw where the page cannot compute.

    Source:
        own; the picture is that of [tensorspace2019space].
    """
    names = _checked_names("input_names", input_names, len(inputs))
    states = {"now": model.state_dict()} if checkpoints is None else checkpoints
    if not states:
        raise ValueError("checkpoints is empty; expected at least one state dictionary, or None")
    layers = traced_layers([_in_state(model, name, state) for name, state in states.items()], inputs)
    scene: Scene = {
        "format": FORMAT,
        "inputs": [{"name": name} for name in names],
        "checkpoints": [{"name": name} for name in states],
        "layers": [_layer(layer, weights) for layer in layers],
        "labels": None if labels is None else _checked_names("labels", labels, layers[-1].values[0][0].numel()),
    }
    scene["draw"] = _may_draw(scene["layers"], draw)
    return scene | {"still": still_picture(scene)}


def _in_state(model: nn.Module, name: str, state: Mapping[str, Tensor]) -> nn.Module:
    """A copy of ``model`` with the weights of ``state``.

    Raises:
        ValueError: If the state is that of another network.
    """
    copied = copy.deepcopy(model)
    try:
        copied.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(f"checkpoint {name!r} is not a state of this network: {error}") from None
    return copied


def _checked_names(argument: str, names: Sequence[str] | None, count: int) -> list[str]:
    """The names, or numbers from 1.

    Raises:
        ValueError: If there are more or fewer than needed.
    """
    if names is None:
        return [str(number) for number in range(1, count + 1)]
    if isinstance(names, str) or len(names) != count:
        raise ValueError(f"{argument} has {len(names)} entries; expected a list of {count}")
    return [str(name) for name in names]


def _layer(layer: TracedLayer, weights: bool) -> dict[str, Any]:
    shape = _drawn_shape(layer)
    low, high = _range(layer)
    steps = None if layer.steps is None or not weights else list(layer.steps)
    return {
        "name": layer.name,
        "operation": layer.words,
        "kind": "map" if len(shape) == 3 else "vector",
        "shape": shape,
        "scale": layer.scale,
        "reads": list(layer.reads),
        "low": low,
        "high": high,
        "values": [[encoded(value) for value in batch] for batch in layer.values],
        "steps": steps if layer.reads else None,
    }


def _drawn_shape(layer: TracedLayer) -> list[int]:
    """(channels, height, width) or (neurons,); a signal of several channels is drawn as rows.

    Raises:
        ValueError: If there are more than three axes, or none.
    """
    shape = list(layer.values[0].shape[1:])
    if len(shape) not in (1, 2, 3):
        raise ValueError(
            f"layer {layer.name!r} has shape {tuple(shape)}; a scene draws (neurons,), (channels, length) "
            "and (channels, height, width)"
        )
    return shape if len(shape) != 2 else [shape[0], 1, shape[1]]


def _range(layer: TracedLayer) -> tuple[float, float]:
    """The ends of the layer's colour scale, over all inputs and checkpoints."""
    largest = max(value.abs().max().item() for value in layer.values) or 1.0
    if layer.scale == "signed":
        return -largest, largest
    return 0.0, 1.0 if layer.scale == "probability" else largest


def _may_draw(layers: Sequence[Mapping[str, Any]], draw: bool | None) -> bool:
    """Whether the reader may draw an input.

    Raises:
        ValueError: If it is asked for and the page cannot compute what follows.
    """
    unknown = [layer["name"] for layer in layers[1:] if layer["steps"] is None]
    image = layers[0]["kind"] == "map" and layers[0]["shape"][0] == 1 and layers[0]["shape"][1] > 1
    if draw and (unknown or not image):
        reason = f"the page cannot compute the layers {', '.join(unknown)}" if unknown else "the input is no grey image"
        raise ValueError(f"draw is True, but {reason}")
    return (image and not unknown) if draw is None else draw


def neuron_counts(scene: Mapping[str, Any]) -> list[int]:
    """The number of neurons of each layer of a scene.

    Args:
        scene: What :func:`network_scene` returned.

    Returns:
        One number for each layer, the input first.
    """
    return [math.prod(layer["shape"]) for layer in scene["layers"]]
