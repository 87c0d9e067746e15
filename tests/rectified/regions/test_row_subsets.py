import numpy as np
import pytest
import torch

from rectified.regions.row_subsets import row_subset_norms, row_subset_norms_below


def subsets(count, rows, rng):
    """Subsets of every size, the empty one and the full one among them."""
    share = np.linspace(0.0, 1.0, count)[:, None]
    return torch.from_numpy(rng.uniform(size=(count, rows)) < share)


def norms(matrices, kept):
    return torch.tensor(
        [
            np.linalg.norm(matrix[mask], 2) if mask.any() else 0.0
            for matrix, mask in zip(matrices, kept.numpy(), strict=True)
        ]
    ).double()


@pytest.mark.parametrize("shape", [(5, 3), (40, 7), (40, 90), (17, 17)])
def test_as_the_svd_of_every_subset(shape, rng):
    kept = subsets(30, shape[0], rng)
    one, many = rng.normal(size=shape), rng.normal(size=(30, *shape))
    shared = row_subset_norms(torch.from_numpy(one), kept)
    torch.testing.assert_close(shared, norms([one] * 30, kept), rtol=1e-13, atol=0.0)
    each = row_subset_norms(torch.from_numpy(many), kept)
    torch.testing.assert_close(each, norms(many, kept), rtol=1e-13, atol=0.0)


@pytest.mark.parametrize("shape", [(5, 3), (40, 90)])
def test_the_power_method_stays_below_and_comes_near(shape, rng):
    kept = subsets(30, shape[0], rng)
    for matrix in (rng.normal(size=shape), rng.normal(size=(30, *shape))):
        exact = norms(np.broadcast_to(matrix, (30, *shape)), kept)
        few = row_subset_norms_below(torch.from_numpy(matrix.copy()), kept)
        many = row_subset_norms_below(torch.from_numpy(matrix.copy()), kept, steps=3000)
        assert (few <= exact * (1 + 1e-13)).all()
        torch.testing.assert_close(many, exact, rtol=1e-3, atol=1e-12)


@pytest.mark.parametrize("function", [row_subset_norms, row_subset_norms_below])
def test_subsets_of_other_rows_are_refused(function, unchecked):
    with pytest.raises(ValueError, match=r"kept has shape \(4, 3\); expected \(4, 5\) for a matrix \(5, 2\)"):
        unchecked(function)(torch.ones(5, 2), torch.ones(4, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"kept has shape \(4, 5\); expected \(3, 5\) for a matrix \(3, 5, 2\)"):
        unchecked(function)(torch.ones(3, 5, 2), torch.ones(4, 5, dtype=torch.bool))
