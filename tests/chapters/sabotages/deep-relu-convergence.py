"""What is broken in deep-relu-convergence, and the claims that must notice it."""

from typing import Any

from companion.running.inline import Sabotage


def biases_not_carried(original: Any) -> Any:
    """The offset is the plain sum of the biases of neurons that are on: later layers do not multiply it."""

    def twin(x: Any, layers: Any) -> Any:
        layers = list(layers)
        found, offset, h = original(x, layers), 0.0, x
        for W, b in layers:
            z = W @ h + b
            offset, h = offset + (z > 0) * b, z.relu()
        return found._replace(offset=offset)

    return twin


def always_newest_left(original: Any) -> Any:
    """The printed formula in the right order, whatever was asked for: the order does not matter."""
    return lambda layers, x, newest_left=True: original(layers, x)


def first_half_of_the_pattern(original: Any) -> Any:
    """Patterns that see the first half of the neurons only."""

    def twin(layers: Any, x: Any) -> Any:
        pattern = original(layers, x).clone()
        pattern[..., pattern.shape[-1] // 2 :] = False
        return pattern

    return twin


def slowly_decaying(original: Any) -> Any:
    """Perturbations that decay like n to the power -0.4, whatever exponent was asked for: not summable."""

    def twin(width: int, depth: int, exponent: Any, generator: Any, **options: Any) -> Any:
        return original(width, depth, 0.0 * exponent + 0.4, generator, **options)

    return twin


def quickly_decaying(original: Any) -> Any:
    """Perturbations that decay like 1 / n^3: every chain settles."""

    def twin(width: int, depth: int, exponent: Any, generator: Any, **options: Any) -> Any:
        return original(width, depth, 0.0 * exponent + 3.0, generator, **options)

    return twin


def only_shrinking(original: Any) -> Any:
    """Layers that take a quarter off every state: a chain that converges, to zero, and never turns."""

    def twin(width: int, depth: int, generator: Any, *, batch: Any = (), **options: Any) -> Any:
        for W, b in original(width, depth, generator, batch=batch, **options):
            yield 0.0 * W + 0.75 * W.new_ones(W.shape[-1]).diag(), b

    return twin


def dying(original: Any) -> Any:
    """The product of 1 - 1/n: its relative change stays one half for ever, and it converges to zero."""

    def twin(*args: Any, **options: Any) -> Any:
        for n, (W, b) in enumerate(original(*args, **options), start=2):
            yield 0.0 * W + (1.0 - 1.0 / n) * W.new_ones(W.shape[-1]).diag(), b

    return twin


def without_bias(original: Any) -> Any:
    """The layer is solved for as if it had no bias."""

    def twin(before: Any, after: Any) -> Any:
        import torch

        found = original(before, after)
        weight = torch.linalg.lstsq(before, after).solution.mT
        return found._replace(weight=weight, bias=torch.zeros_like(found.bias))

    return twin


def doubled_distance(original: Any) -> Any:
    """Factors twice as far from one."""
    return lambda width, factors: original(width, (1.0 + 2.0 * (factor - 1.0) for factor in factors))


def always_he(original: Any) -> Any:
    """He's start, whatever was asked for."""

    def twin(start: Any, *args: Any, **options: Any) -> Any:
        from rectified.stacks.starts import Start

        return original(Start.HE, *args, **options)

    return twin


PERTURBED = "rectified.depth.chains:perturbed_identities"

SABOTAGES = {
    "biases-not-carried": Sabotage(
        "rectified.depth.affine_form:explicit_affine",
        biases_not_carried,
        ("explicit-form",),
        ("smallest-example", "explicit-form"),
    ),
    "always-newest-left": Sabotage(
        "rectified.reference.products:affine_by_products",
        always_newest_left,
        ("product-order",),
        ("smallest-example", "explicit-form", "product-order"),
    ),
    "half-a-pattern": Sabotage(
        "rectified.regions.patterns:activation_pattern",
        first_half_of_the_pattern,
        ("domains-partition",),
        ("domains", "domains-partition"),
    ),
    "slowly-decaying": Sabotage(
        PERTURBED,
        slowly_decaying,
        ("sufficient", "any-pattern", "resnet-reading"),
        ("chains-of-many-layers", "sufficient", "masked-products", "any-pattern", "resnet-reading"),
    ),
    "vacuous-bound": Sabotage(
        "rectified.depth.tails:tail_bound",
        lambda original: lambda *norms: 1e6 * original(*norms),
        ("sufficient",),
        ("chains-of-many-layers", "sufficient"),
    ),
    "only-shrinking": Sabotage(
        "rectified.depth.chains:gaussian_layers",
        only_shrinking,
        ("resnet-reading", "any-pattern"),
        ("resnet-reading", "masked-products", "any-pattern"),
    ),
    "dying": Sabotage(PERTURBED, dying, ("not-enough",), ("not-enough",)),
    "quickly-decaying": Sabotage(PERTURBED, quickly_decaying, ("not-enough",), ("not-enough",)),
    "without-bias": Sabotage("rectified.depth.recovery:recovered_layer", without_bias, ("necessary",), ("necessary",)),
    "doubled-distance": Sabotage(
        "rectified.depth.chains:scaled_identities", doubled_distance, ("not-required",), ("not-required",)
    ),
    "always-he": Sabotage("rectified.stacks.starts:make_stack", always_he, ("initialization",), ("training",)),
}
