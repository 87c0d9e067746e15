"""Networks to hide: random ones and trained ones. A host builds them in its own process, by name."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    import torch

ArrayLayers = list[tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]]


def normal_layers(widths: Sequence[int], rng: np.random.Generator) -> ArrayLayers:
    """Normal weights of variance 2 / d_in and normal biases of variance 1.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        rng: Source of all numbers.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If there are fewer than two widths or one is not positive.

    Source:
        [rolnick2020reverse], the initialisation of the untrained networks.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths is {list(widths)}; expected at least two positive numbers")
    return [
        (rng.standard_normal((d_out, d_in)) * np.sqrt(2.0 / d_in), rng.standard_normal(d_out))
        for d_in, d_out in itertools.pairwise(widths)
    ]


def memorising_layers(
    widths: Sequence[int], generator: "torch.Generator", *, samples: int = 1_000, epochs: int = 1_000
) -> ArrayLayers:
    """A network trained to memorise random labels of normal points: Adam on the cross-entropy, from normal weights.

    Args:
        widths: ``[d_in, width, ..., d_out]``; there are as many classes as outputs.
        generator: Source of weights, data and orders.
        samples: How many points are memorised.
        epochs: Passes over them, in batches of 250.

    Returns:
        Pairs (weight, bias) in float64, first to last.

    Raises:
        ValueError: If there are fewer than two widths or one is not positive.

    Source:
        [rolnick2020reverse], the memorisation task.
    """
    import torch  # here, so that a host which keeps random networks alone starts fast

    from rectified.activations.elementwise import RELU
    from rectified.networks import affine_layers, make_mlp
    from rectified.optimisers import Adam
    from rectified.training import train

    model = make_mlp(widths, RELU, generator, torch.float64)
    with torch.no_grad():
        for W, b in affine_layers(model):  # they share the model's memory
            W.normal_(0.0, (2.0 / W.shape[1]) ** 0.5, generator=generator)
            b.normal_(generator=generator)
    points = torch.randn(samples, widths[0], generator=generator, dtype=torch.float64)
    labels = torch.randint(0, widths[-1], (samples,), generator=generator)
    optimiser = Adam(list(model.parameters()), learning_rate=0.003)
    train(model, points, labels, optimiser, epochs=epochs, batch_size=250, generator=generator)
    return [(W.numpy().copy(), b.numpy().copy()) for W, b in affine_layers(model)]


def always_on_pair(widths: Sequence[int], rng: np.random.Generator) -> tuple[ArrayLayers, ArrayLayers]:
    r"""Two networks that compute one function without being equal up to order and scale.

    The first two neurons of the second hidden layer get non-negative weights A and positive biases b, so that they are
    active everywhere: their outputs are :math:`A h + b`. With a matrix Q for which QA is non-negative too, the weights
    QA, the same biases, the outgoing weights :math:`Q^{-\top} o` and the constant :math:`(o - Q^{-\top} o) \cdot b`
    give the same function.

    Args:
        widths: ``[d_in, width, width, d_out]``, at least two neurons in the second hidden layer.
        rng: Source of all numbers.

    Returns:
        Both networks.

    Raises:
        ValueError: If there are not two hidden layers, or the second has one neuron.

    Source:
        own; a case that the assumptions of [rolnick2020reverse] exclude.
    """
    if len(widths) != 4 or widths[2] < 2:
        raise ValueError(
            f"widths is {list(widths)}; expected four, with at least two neurons in the second hidden layer"
        )
    first, (W, b), (V, c) = normal_layers(widths, rng)
    W[:2], b[:2] = np.abs(W[:2]), np.abs(b[:2])
    mixing = np.eye(2) + rng.uniform(0.2, 0.8, size=(2, 2))
    mixed, out = W.copy(), V.copy()
    mixed[:2] = mixing @ W[:2]
    out[:, :2] = np.linalg.solve(mixing.T, V[:, :2].T).T
    constant = c + (V[:, :2] - out[:, :2]) @ b[:2]
    return [first, (W, b), (V, c)], [first, (mixed, b.copy()), (out, constant)]


def one_of_pair(widths: Sequence[int], rng: np.random.Generator, which: int) -> ArrayLayers:
    """One of the two networks of :func:`always_on_pair`, as a host builds them one at a time.

    Args:
        widths: As there.
        rng: As there; the same state gives the same pair.
        which: 0 or 1.

    Returns:
        The network.
    """
    return always_on_pair(widths, rng)[which]
