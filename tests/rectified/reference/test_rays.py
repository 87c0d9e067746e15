import torch

from rectified.reference.rays import first_change
from tests.cases import random_network, random_points


def test_two_lines_by_hand():
    layers = [(torch.tensor([[1.0, 0.0], [0.0, 2.0]]).double(), torch.tensor([-1.0, 1.0]).double())]
    layers.append((torch.ones(1, 2).double(), torch.zeros(1).double()))
    directions = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, -1.0], [0.6, -0.8]]).double()
    expected = torch.tensor([1.0, 9.0, 0.5, 0.625]).double()
    torch.testing.assert_close(first_change(layers, torch.zeros(2).double(), directions, 9.0), expected)


def test_nothing_changes_before_and_something_there(generator):
    layers, x = random_network([3, 8, 8, 1], 0), random_points(1, 3, 1)[0]
    directions = torch.nn.functional.normalize(torch.randn(200, 3, generator=generator).double())
    walks = first_change(layers, x, directions, 5.0)

    def signs(share):
        h, found = x + share * walks[:, None] * directions, []
        for W, b in layers[:-1]:
            found.append(h @ W.T + b > 0)
            h = (h @ W.T + b).relu()
        return torch.cat(found, dim=1)

    here = signs(0.0)
    for share in (0.5, 1 - 1e-9):
        assert torch.equal(signs(share), here)
    changed = (signs(1 + 1e-9) != here).any(1)
    assert bool(changed[walks < 5.0].all())
