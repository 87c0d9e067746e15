import torch

from rectified.reference.jacobians import dense_affine_map


def test_the_tangent_of_a_quadratic_by_hand():
    slope, offset = dense_affine_map(lambda x: torch.stack([x[0] * x[1], x[0] ** 2]), torch.tensor([2.0, 3.0]).double())
    assert slope.tolist() == [[3.0, 2.0], [4.0, 0.0]]
    assert offset.tolist() == [-6.0, -4.0]
