"""Networks as scenes: their layers, activations and weights as plain data that a page draws in space."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # from a network to a scene
    "network_scene": "rectified.scenes.scene",
    "neuron_counts": "rectified.scenes.scene",
    "planes_of": "rectified.scenes.planes",
    "still_picture": "rectified.scenes.still",
    "traced_layers": "rectified.scenes.tracing",
    "TracedLayer": "rectified.scenes.walking",
    # networks to be shown
    "lenet": "rectified.scenes.examples",
    "odd_networks": "rectified.scenes.examples",
    "small_convolutional": "rectified.scenes.examples",
    # arrays and colours in a page
    "coloured": "rectified.scenes.colours",
    "decoded": "rectified.scenes.arrays",
    "encoded": "rectified.scenes.arrays",
    "png": "rectified.scenes.colours",
    # what a neuron sums
    "Contributions": "rectified.scenes.contributions",
    "contributions": "rectified.scenes.contributions",
    # other programs' conventions
    "Aggregation": "rectified.scenes.tensorspace",
    "aggregated": "rectified.scenes.tensorspace",
    "channels_last_weight": "rectified.scenes.channels_last",
    "drawn_brightness": "rectified.scenes.tensorspace",
    "peak_ratio": "rectified.scenes.tensorspace",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
