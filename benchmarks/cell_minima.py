"""Exact global minima of two-unit ReLU networks by enumeration of cells, beside a general solver and beside training.

Run: `python -m benchmarks.cell_minima`. For n examples with one input: seconds to enumerate all cells and solve all
convex programs; how many times longer scipy's SLSQP takes for some of the same programs, scaled to all; and how many of
a hundred runs of gradient descent, Adam and L-BFGS come within one per cent of the affine optimum's risk of the global
minimum, with the median gap. Everything runs in one process on one thread.
"""

import itertools
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
import torch
from scipy.linalg import block_diag
from scipy.optimize import minimize
from torch import Tensor

from rectified.landscape.affine import affine_fit, with_ones
from rectified.landscape.cell_minima import EnumeratedMinima, enumerated_minima
from rectified.landscape.descent import descended
from rectified.landscape.losses import SQUARED
from rectified.landscape.piecewise import RELU
from rectified.landscape.shallow import ShallowNets, random_nets, shallow_gradient, shallow_risk
from rectified.optimisers import Adam

RUNS, STEPS, SAMPLED = 100, 5_000, 20
AGREEMENT = 1e-6  # SLSQP stops at 1e-12 of the objective; its constraints hold to about 1e-8


def general_solver_seconds(table: EnumeratedMinima, features: Tensor, targets: Tensor) -> tuple[float, float]:
    """Seconds for all programs by SLSQP, scaled from a sample of cells; and the largest disagreement there."""
    chosen = range(0, len(table.risks), max(1, len(table.risks) // SAMPLED))
    started, worst = time.perf_counter(), 0.0
    for idx in chosen:
        signs = table.signs[table.units[idx]].numpy()
        choices = itertools.product((1, -1), repeat=2)
        found = min(general_program(signs, outer, features, targets) for outer in choices)
        worst = max(worst, abs(found / (2 * len(targets)) - table.risks[idx].item()))
    return (time.perf_counter() - started) * len(table.risks) / len(chosen), worst


def general_program(signs: np.ndarray, outer: tuple[int, ...], features: Tensor, targets: Tensor) -> float:
    """One convex program on its inequalities."""
    x, y = features.numpy(), targets.numpy()
    M = np.concatenate([sign * (row > 0)[:, None] * x for sign, row in zip(outer, signs, strict=True)], axis=1)
    G = block_diag(*(row[:, None] * x for row in signs))
    result = minimize(
        lambda u: np.sum((M @ u - y) ** 2),
        np.zeros(4),
        jac=lambda u: 2 * M.T @ (M @ u - y),
        constraints={"type": "ineq", "fun": lambda u: G @ u, "jac": lambda u: G},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    return float(result.fun)


def adam_risks(starts: ShallowNets, features: Tensor, targets: Tensor) -> Tensor:
    """Final risks of Adam, all runs at once."""
    weights = [starts.inner.clone(), starts.outer.clone()]
    optimiser = Adam(weights, 0.01)
    for _ in range(STEPS):
        optimiser.step(list(shallow_gradient(ShallowNets(*weights), features, targets, RELU)))
    return shallow_risk(ShallowNets(*weights), features, targets, RELU)


def lbfgs_risks(starts: ShallowNets, features: Tensor, targets: Tensor) -> Tensor:
    """Final risks of scipy's L-BFGS, one run after another."""

    def value(vector: np.ndarray) -> tuple[float, np.ndarray]:
        nets = ShallowNets(torch.from_numpy(vector[:4]).reshape(2, 2), torch.from_numpy(vector[4:]))
        slope = shallow_gradient(nets, features, targets, RELU)
        gradient = torch.cat([slope.inner.flatten(), slope.outer]).numpy()
        return shallow_risk(nets, features, targets, RELU).item(), gradient

    vectors = torch.cat([starts.inner.flatten(1), starts.outer], dim=1).numpy()
    return torch.tensor([minimize(value, vector, jac=True, method="L-BFGS-B").fun for vector in vectors])


def compare(count: int) -> None:
    """The lines of the table for ``count`` examples."""
    generator = torch.Generator().manual_seed(count)
    inputs, targets = (torch.randn(count, 1, generator=generator, dtype=torch.float64) for _ in range(2))
    features, labels = with_ones(inputs), targets[:, 0]
    started = time.perf_counter()
    table = enumerated_minima(features, labels, 2, RELU)
    ours = time.perf_counter() - started
    general, worst = general_solver_seconds(table, features, labels)
    if worst > AGREEMENT:
        raise SystemExit(f"SLSQP and the rays disagree by {worst:.1e} for n = {count}")
    print(
        f"n = {count}: {len(table.risks)} cells, {table.programs} programs in {ours:.3f} s; "
        f"SLSQP takes {general / ours:.0f} times as long"
    )
    starts, level = random_nets(RUNS, 2, 2, generator), affine_fit(inputs, targets, SQUARED).risk
    nets = descended(starts, features, labels, RELU, learning_rate=0.05, steps=STEPS).nets
    ends = {"gradient descent": shallow_risk(nets, features, labels, RELU)}
    ends |= {"Adam": adam_risks(starts, features, labels), "L-BFGS": lbfgs_risks(starts, features, labels)}
    for name, risks in ends.items():
        gap = (risks - table.least) / level
        print(
            f"    {name:17s} {(gap < 0.01).double().mean():5.0%} reach it, median gap {gap.median():.2f} affine optima"
        )


def main() -> None:
    """Print the table."""
    enumerated_minima(torch.eye(2).double(), torch.ones(2).double(), 1, RELU)  # loads what is loaded on first use
    for count in range(6, 13):
        compare(count)


if __name__ == "__main__":
    main()
