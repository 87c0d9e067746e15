"""Narrow residual networks beside what one would use instead, for equal L1 error. Ratios are of one run on one thread.

In one dimension the rival is a one-hidden-layer ReLU network that interpolates, and NumPy's own interpolation for
speed. In two it is a ReLU network with one hidden layer, fitted by least squares on random ridges. On the task of the
disc and the ring it is a fully connected network of width d + 4.

Run: python benchmarks/residual.py
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from rectified.networks import forward
from rectified.residual.breakpoints import residual_function
from rectified.residual.conversion import relu_layers_of_residual
from rectified.residual.networks import random_residual_network, residual_forward
from rectified.residual.polylines import Polyline, cell_means, l1_distance
from rectified.residual.quadrature import l1_error_on_grid
from rectified.residual.staircase import num_step_blocks, one_pass_network, sampled_step_network
from rectified.residual.tasks import disc_and_ring
from rectified.stacks.networks import stack_forward
from rectified.stacks.starts import uniform_stack
from rectified.stacks.training import sign_losses, train_together

LETTER = Polyline(torch.tensor([0.0, 1.0, 2.0, 3.0]).double(), torch.tensor([0.0, 1.0, 0.5, 2.0]).double())
SINE = Polyline(torch.linspace(0.0, 1.0, 2_001).double(), torch.linspace(0.0, 2 * np.pi, 2_001).double().sin())


def milliseconds(action: Callable[[], object], repeats: int = 11) -> float:
    """The median over ``repeats`` calls, after one that warms up."""
    action()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return 1e3 * statistics.median(seconds)


def parameters_for_interpolation(target: Polyline, error: float) -> tuple[int, int]:
    """Fewest equidistant knots whose interpolation has at most this L1 error, and the parameters of that network.

    One hidden neuron per piece, its input weight 1: an offset and an output weight each, and the value at the left end.
    """
    low, high = target.knots[[0, -1]].tolist()
    for pieces in range(1, 10_000):
        knots = torch.linspace(low, high, pieces + 1).double()
        values = torch.from_numpy(np.interp(knots, target.knots, target.values))
        if l1_distance(Polyline(knots, values), target) <= error:
            return pieces, 2 * pieces + 1
    raise RuntimeError("no grid of up to 10,000 pieces is fine enough")


def compare_one_dimension() -> None:
    """Parameters for equal L1 error against interpolation, and the price of an evaluation."""
    print("d = 1: residual blocks (3 parameters each) against one hidden layer that interpolates")
    for name, target in (("sine", SINE), ("letter N", LETTER)):
        for cells in (8, 32, 128):
            edges = torch.linspace(*target.knots[[0, -1]].tolist(), cells + 1).double()
            network = one_pass_network(edges, cell_means(target, edges), 1e-4 / cells)
            low, high = edges[[0, -1]].tolist()
            error = l1_distance(residual_function(network, low, high), target)
            pieces, rival = parameters_for_interpolation(target, error)
            ours = 3 * len(network.offsets) + 2
            print(
                f"  {name:9s} error {error:.4f}: {ours:5d} parameters, interpolation {rival:4d}: {ours / rival:6.1f} x"
            )
            if cells == 32:
                compare_speed(network, pieces, low, high)


def compare_speed(network: object, pieces: int, low: float, high: float) -> None:
    """Milliseconds for 20,000 points: residual blocks, the same as plain layers, one hidden layer, numpy.interp."""
    x = torch.linspace(low, high, 20_000).double()
    knots = np.linspace(low, high, pieces + 1)
    hidden = [
        (torch.ones(pieces, 1).double(), -torch.from_numpy(knots[:-1])),
        (torch.ones(1, pieces).double(), torch.zeros(1).double()),
    ]
    plain = relu_layers_of_residual(network)  # type: ignore[arg-type]
    base = milliseconds(lambda: residual_forward(network, x[:, None]))  # type: ignore[arg-type]
    print(f"    20,000 points by {len(plain) - 1} blocks: {base:.2f} ms")
    rivals = {
        "the same as plain ReLU layers": lambda: forward(plain, x[:, None]),
        "one hidden layer": lambda: forward(hidden, x[:, None]),
        "numpy.interp": lambda: np.interp(x.numpy(), knots, knots),
    }
    for name, action in rivals.items():
        print(f"      {name:30s} {milliseconds(action) / base:8.3f} x our time")


def compare_two_dimensions() -> None:
    """Parameters for equal L1 error on the indicator of a disc, against random ridges with fitted output weights."""
    print("d = 2: disc indicator; residual blocks (5 parameters each) against one hidden layer of random ridges")
    side = (torch.arange(120).double() + 0.5) / 60 - 1
    x = torch.cartesian_prod(side, side)

    def disc(points: torch.Tensor) -> torch.Tensor:
        return (points.square().sum(1) <= 0.6).double()

    generator = torch.Generator().manual_seed(0)
    for cells in (4, 8, 16):
        edges = torch.linspace(-1.0, 1.0, cells + 1).double()
        network = sampled_step_network(disc, edges, 2, 1e-5 / cells)
        error = l1_error_on_grid(network, disc, edges, 1e-5 / cells, inner=30)
        ours, rival = 5 * num_step_blocks(cells, 2) + 3, ridges_for(disc, x, error, generator)
        words = "not reached with 2049" if rival is None else f"{rival:4d}: {ours / rival:6.1f} x"
        print(f"  error {error:.3f}: {ours:5d} parameters, ridges {words}")


def ridges_for(
    target: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, error: float, generator: torch.Generator
) -> int | None:
    """Parameters of the smallest layer of random ridges, doubling, that has at most this L1 error on [-1, 1]^2."""
    for neurons in (4, 8, 16, 32, 64, 128, 256, 512):
        turn = 2 * torch.pi * torch.rand(neurons, generator=generator).double()
        offsets = 1 - 2 * torch.rand(neurons, generator=generator).double()
        ridges = torch.relu(x @ torch.stack([turn.cos(), turn.sin()]) + offsets)
        design = torch.cat([ridges, torch.ones(len(x), 1).double()], 1)
        weights = torch.linalg.lstsq(design, target(x)[:, None]).solution
        if 4.0 * (design @ weights - target(x)[:, None]).abs().mean() <= error:
            return 4 * neurons + 1
    return None


def compare_task() -> None:
    """The disc and the ring, 40 seeds: accuracy and parameters of residual networks and of width d + 4."""
    print("disc against ring, 40 seeds, 1200 steps: mean test accuracy")
    generator = torch.Generator().manual_seed(0)
    points, inside = disc_and_ring(300, generator)
    test, truth = disc_and_ring(6_000, generator)
    for depth in (3, 5, 10):
        network = random_residual_network(2, depth, generator, nets=40, strength=0.1, dtype=torch.float32)
        accuracy = trained_accuracy(partial(residual_forward, network), list(network), points, inside, test, truth)
        print(f"  {depth:2d} blocks,  {5 * depth + 3:4d} parameters: {accuracy:.3f}")
        stack = uniform_stack([2, *[6] * depth, 1], 40, generator, torch.float32)
        accuracy = trained_accuracy(partial(stack_forward, stack), stack.parameters, points, inside, test, truth)
        print(f"  width 6 x {depth:2d}, {sum(p[0].numel() for p in stack.parameters):4d} parameters: {accuracy:.3f}")


def trained_accuracy(
    outputs: Callable[[Tensor], Tensor],
    parameters: list[Tensor],
    points: Tensor,
    inside: Tensor,
    test: Tensor,
    truth: Tensor,
) -> float:
    """The mean test accuracy of all networks after 1200 steps."""
    train_together(parameters, lambda: sign_losses(outputs(points), inside), steps=1_200, learning_rate=0.01)
    return float(((outputs(test)[..., 0] > 0) == truth).double().mean())


if __name__ == "__main__":
    compare_one_dimension()
    compare_two_dimensions()
    compare_task()
