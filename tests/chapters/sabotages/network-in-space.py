"""What is broken in network-in-space, and the claims that must notice it."""

from typing import Any

import torch

from companion.running.inline import Sabotage


def without_biases(original: Any) -> Any:
    """A scene whose steps forget the biases, and that stores the last checkpoint's values for all."""

    def twin(*args: Any, **options: Any) -> Any:
        scene = original(*args, **options)
        for layer in scene["layers"]:
            for step in layer["steps"] or ():
                if "bias" in step:
                    step["bias"] = None
            layer["values"] = [layer["values"][-1]] * len(layer["values"])
        return scene

    return twin


def each_map_on_its_own_scale(original: Any) -> Any:
    """TensorSpace's way: every map is divided by its largest value, in few levels; and names change places."""

    def twin(*args: Any, **options: Any) -> Any:
        scene = original(*args, **options)
        for layer in scene["layers"]:
            layer["values"] = [[levelled(text, layer["shape"]) for text in row] for row in layer["values"]]
            layer["high"] = 1.0
        names = [layer["name"] for layer in scene["layers"]]
        for layer, name in zip(scene["layers"], names[::-1], strict=True):
            layer["name"] = name
        return scene

    return twin


def levelled(text: str, shape: list[int]) -> str:
    """The values of a layer, each map on a scale from 0 to 1 in 32 levels."""
    from netspace.network.arrays import decoded, encoded

    maps = decoded(text, shape).reshape(shape[0] if len(shape) == 3 else 1, -1)
    relative = maps / maps.abs().amax(1, keepdim=True).clamp(min=1e-9)
    return encoded((32.0 * relative).round() / 32.0)


BROKEN_PAGE = """
<script>
  addEventListener("DOMContentLoaded", () => fetch("https://example.org/font").catch(() => 0));
  setInterval(() => netspace.get("network-in-space-lenet")?.render(), 60);
  for (const type of ["pointerdown", "wheel", "keydown"]) {
    addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true });
  }
</script>
<style>.netspace-note, .netspace-still { display: none; }</style>
"""


def broken_page(original: Any) -> Any:
    """A page that asks another host, draws without end, hears nothing, has no still picture, and is heavy."""

    def twin(*args: Any, **options: Any) -> str:
        return original(*args, **options) + BROKEN_PAGE + "<!--" + "x" * 100_000 + "-->"

    return twin


def in_the_same_order(original: Any) -> Any:
    """A reordering that reorders nothing."""
    return lambda weight, shape: weight


def on_one_scale(original: Any) -> Any:
    """Brightness on one scale for all maps: what TensorSpace does not do."""

    def twin(maps: Any, least: float = 0.4) -> Any:
        relative = (maps - maps.min()) / (maps.max() - maps.min())
        return (255.0 * (least + (1.0 - least) * relative)).to(torch.uint8)

    return twin


def as_their_names_say(original: Any) -> Any:
    """Aggregations that do what they are called."""

    def twin(maps: Any, strategy: Any) -> Any:
        return maps.mean(0) if strategy.value == "average" else maps.amax(0)

    return twin


def nearly_all(original: Any) -> Any:
    """A share of three that is the share of two hundred."""
    return lambda self, count: original(self, 200)


def nothing_learnt(original: Any) -> Any:
    """A training on the first thousand digits that changes nothing: one picture fits all steps."""

    def twin(network: Any, digits: Any, *args: Any, **options: Any) -> None:
        if len(digits) > 1000:
            original(network, digits, *args, **options)

    return twin


def without_batch_norm(original: Any) -> Any:
    """The odd networks, but for their batch norms: the page agrees with PyTorch on less than it says."""

    def twin() -> Any:
        odd = original()
        odd["joined"][0].norm = odd["signals"][0][1] = torch.nn.Identity()
        return odd

    return twin


def one_colour_for_all(original: Any) -> Any:
    """Colours that tell zero from the rest, and nothing else."""

    def twin(*arguments: Any, **options: Any) -> Any:
        seen = original(*arguments, **options)
        for layer in seen["colours"]:
            cells = [layer[at : at + 3] for at in range(0, len(layer), 3)]
            layer[:] = [part for cell in cells for part in (cell if cell == seen["zero"] else [0.0, 0.0, 0.0])]
        return seen

    return twin


def always_the_first(original: Any) -> Any:
    """Under every place the same neuron is found, and its value is right; ten are found themselves."""

    def twin(page: Any, name: str, neurons: Any) -> Any:
        found = original(page, name, neurons)
        return [*found[:10], *[found[0]] * (len(found) - 10)]

    return twin


def no_terms(original: Any) -> Any:
    """No terms are listed, and the sum is right."""
    return lambda *args: [{**told, "terms": []} for told in original(*args)]


def full_brightness(original: Any) -> Any:
    """Every cell in the same brightness."""
    return lambda maps, least=0.4: 0 * original(maps, least) + 255


LENET = ("network", "scene", "visit")
SABOTAGES = {
    "without-biases": Sabotage(
        "netspace.network.scene:network_scene",
        without_biases,
        ("values", "pretrained", "contributions", "any-network", "checkpoints"),
        (*LENET, "values", "pretrained", "contributions", "training", "visit-others", "others"),
    ),
    "each-map-on-its-own-scale": Sabotage(
        "netspace.network.scene:network_scene",
        each_map_on_its_own_scale,
        ("shapes", "one-scale", "colour-limit", "read-out"),
        (*LENET, "values", "colours", "read-out"),
    ),
    "broken-page": Sabotage(
        "netspace.browser.questions:page_alone",
        broken_page,
        ("offline", "reacts", "rest", "no-webgl", "cost"),
        (*LENET, "events", "no-webgl", "cost"),
    ),
    "in-the-same-order": Sabotage(
        "netspace.network.channels_last:channels_last_weight",
        in_the_same_order,
        ("oracle",),
        ("network", "scene", "training", "visit-others", "others"),
    ),
    "nothing-learnt": Sabotage(
        "rectified.training:train_classifier",
        nothing_learnt,
        ("checkpoints",),
        ("network", "scene", "training", "visit-others", "others"),
    ),
    "without-batch-norm": Sabotage(
        "netspace.network.examples:odd_networks",
        without_batch_norm,
        ("any-network",),
        ("network", "scene", "training", "visit-others", "others"),
    ),
    "one-colour-for-all": Sabotage(
        "netspace.browser.session:visited", one_colour_for_all, ("one-scale",), (*LENET, "colours")
    ),
    "always-the-first": Sabotage(
        "netspace.browser.questions:found_at", always_the_first, ("read-out",), (*LENET, "read-out")
    ),
    "no-terms": Sabotage("netspace.browser.questions:sums_of", no_terms, ("contributions",), (*LENET, "contributions")),
    "full-brightness": Sabotage(
        "netspace.network.tensorspace:drawn_brightness",
        full_brightness,
        ("tensorspace-brightness",),
        ("network", "tensorspace"),
    ),
    "on-one-scale": Sabotage(
        "netspace.network.tensorspace:drawn_brightness",
        on_one_scale,
        ("tensorspace-brightness",),
        ("network", "tensorspace"),
    ),
    "as-their-names-say": Sabotage(
        "netspace.network.tensorspace:aggregated",
        as_their_names_say,
        ("tensorspace-average",),
        ("network", "tensorspace"),
    ),
    "nearly-all": Sabotage(
        "netspace.network.contributions:Contributions.share",
        nearly_all,
        ("three-lines",),
        ("network", "scene", "three-lines"),
    ),
}
