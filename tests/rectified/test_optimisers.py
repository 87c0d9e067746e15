import pytest
import torch

from rectified.optimisers import Adam, NesterovSGD


def walk(optimiser, make, steps=20):
    """Parameters after some steps on a fixed quadratic, by ``optimiser`` made for them."""
    generator = torch.Generator().manual_seed(3)
    parameters = [torch.randn(shape, generator=generator).double() for shape in ((3, 2), (4,))]
    curvatures = [torch.rand(p.shape, generator=generator).double() + 0.1 for p in parameters]
    with_gradients = [p.clone().requires_grad_() for p in parameters]
    ours = make(parameters)
    theirs = optimiser(with_gradients)
    for _ in range(steps):
        ours.step([c * p for c, p in zip(curvatures, parameters, strict=True)])
        for p, c in zip(with_gradients, curvatures, strict=True):
            p.grad = c * p.detach()
        theirs.step()
    return parameters, [p.detach() for p in with_gradients]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_nesterov_takes_the_steps_of_torch_s(momentum):
    found, expected = walk(
        lambda p: torch.optim.SGD(p, 0.1, momentum=momentum, nesterov=momentum > 0),
        lambda p: NesterovSGD(p, 0.1, momentum),
    )
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.0, 0.5)])
def test_adam_takes_the_steps_of_torch_s(betas):
    found, expected = walk(lambda p: torch.optim.Adam(p, 0.05, betas=betas), lambda p: Adam(p, 0.05, betas=betas))
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-13)


def test_adam_s_first_step_has_the_length_of_the_learning_rate():
    parameter = torch.zeros(2).double()
    Adam([parameter], 0.3).step([torch.tensor([5.0, -1e-3]).double()])
    torch.testing.assert_close(parameter, torch.tensor([-0.3, 0.3]).double(), rtol=1e-4, atol=0.0)


def test_parameters_that_need_gradients_are_moved_in_place():
    parameter = torch.ones(1).requires_grad_()
    NesterovSGD([parameter], 0.5).step([torch.ones(1)])
    assert parameter.item() == 0.5
    assert parameter.requires_grad


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: Adam([], 0.1), "parameters is empty"),
        (lambda p: Adam(p, 0.0), "learning_rate is 0.0; expected a positive number"),
        (lambda p: Adam(p, 0.1, betas=(0.9, 1.0)), "betas is"),
        (lambda p: Adam(p, 0.1, eps=0.0), "eps is 0.0; expected a positive number"),
        (lambda p: NesterovSGD(p, 0.1, 1.0), "momentum is 1.0; expected at least 0 and less than 1"),
        (lambda p: NesterovSGD(p, 0.1).step([torch.ones(2)]), r"gradients have shapes \[\(2,\)\]; expected those"),
    ],
)
def test_what_cannot_be_done_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make([torch.ones(3)])
