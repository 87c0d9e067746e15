"""Affine maps of ReLU networks from the neurons that are on alone, point after point.

About half of the neurons of a layer are off, and rows and columns of neurons that are off contribute nothing. Leaving
them out makes a product of two layers about eight times cheaper. The points no longer share a product, so that this
pays for single points and for wide layers; many points of a narrow network are better taken in one batch.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from rectified.regions.signs import rounding

Indices = NDArray[np.intp]
Arrays = Sequence[tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]]


def active_affine_maps(
    layers: Arrays, x: Float[np.ndarray, "samples d_in"], *, rectify_output: bool = False
) -> tuple[Float[np.ndarray, "samples d_out d_in"], Float[np.ndarray, "samples d_out"]]:
    """Slopes and offsets of the network on the activation region of each input.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        x: Inputs, one per row.
        rectify_output: Whether a ReLU follows the last layer too.

    Returns:
        One slope and one offset per input. A pre-activation that is 0 up to rounding counts as off.

    Raises:
        ValueError: If the inputs are not rows of the length that the first layer takes.

    Source:
        own; the explicit expression of [xu2024convergence] without its zero rows and columns.
    """
    if x.ndim != 2 or x.shape[1] != layers[0][0].shape[1]:
        raise ValueError(f"x has shape {x.shape}; expected (samples, {layers[0][0].shape[1]})")
    masks = _masks(layers if rectify_output else layers[:-1], x)
    d_out = len(layers[-1][1])
    slopes, offsets = np.zeros((len(x), d_out, x.shape[1]), x.dtype), np.zeros((len(x), d_out), x.dtype)
    for point in range(len(x)):
        on = [mask[point].nonzero()[0] for mask in masks]
        rows = on.pop() if rectify_output else slice(None)
        slopes[point, rows], offsets[point, rows] = _product(layers, on, rows)
    return slopes, offsets


def _masks(layers: Arrays, x: np.ndarray) -> list[np.ndarray]:
    """Which neurons are on, for each layer; one point as a vector is twice as fast as a matrix of one row."""
    masks, h = [], x[0] if len(x) == 1 else x
    squares, longest = h**2, 0
    for W, b in layers:
        z = np.dot(h, W.T)
        z += b
        longest = max(longest, W.shape[1])
        unit = rounding(longest, np.finfo(x.dtype).eps)
        sizes = np.maximum(np.sqrt(np.dot(squares, np.square(W.T)) + b**2), np.abs(z))
        on, off = z > unit * sizes, z < -unit * sizes
        masks.append(on.reshape(len(x), -1))
        h, squares = z * on, sizes**2 * ~off
    return masks


def _product(layers: Arrays, on: Sequence[Indices], rows: Indices | slice) -> tuple[np.ndarray, np.ndarray]:
    """The product from the output back, in the rows that are wanted; ``on`` has the hidden layers' neurons."""
    W, c = layers[-1][0][rows], layers[-1][1][rows]
    A = W.take(on[-1], axis=1) if on else W
    for number in range(len(on) - 1, -1, -1):
        W, b = layers[number]
        c = c + A.dot(b.take(on[number]))
        W = W.take(on[number], axis=0)
        A = A.dot(W.take(on[number - 1], axis=1) if number else W)
    return A, c
