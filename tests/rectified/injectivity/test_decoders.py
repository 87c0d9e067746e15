import pytest
import torch

from rectified.injectivity.cells import is_injective
from rectified.injectivity.decoders import trained_autoencoder
from rectified.networks import forward


@pytest.fixture
def inputs(generator):
    return (
        torch.randn(40, 2, generator=generator, dtype=torch.float64) @ torch.randn(2, 12, generator=generator).double()
    )


@pytest.mark.parametrize("injective", [False, True])
def test_training_lowers_the_error(injective, inputs):
    losses = [
        trained_autoencoder(
            inputs, [2, 5, 12], injective=injective, generator=torch.Generator().manual_seed(0), steps=steps
        ).loss
        for steps in (1, 200)
    ]
    assert losses[1] < 0.3 * losses[0]


def test_injective_hidden_layers_are_so_after_training(inputs, generator):
    found = trained_autoencoder(inputs, [2, 5, 12], injective=True, generator=generator, steps=30)
    assert is_injective(*found.decoder[0])
    assert [W.shape for W, _ in found.decoder] == [(5, 2), (12, 5)]


def test_the_loss_is_that_of_the_networks(inputs, generator):
    found = trained_autoencoder(inputs, [2, 5, 12], injective=False, generator=generator, steps=300, learning_rate=1e-4)
    loss = (forward(found.decoder, forward(found.encoder, inputs)) - inputs).square().mean()
    assert float(loss) == pytest.approx(found.loss, rel=0.01)
    assert not loss.requires_grad


@pytest.mark.parametrize(("widths", "steps"), [([2, 3, 12], 1), ([2, 5, 11], 1), ([2, 12], 1), ([2, 5, 12], 0)])
def test_other_widths_are_refused(widths, steps, inputs, generator):
    with pytest.raises(ValueError, match="widths is"):
        trained_autoencoder(inputs, widths, injective=True, generator=generator, steps=steps)
