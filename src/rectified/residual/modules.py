"""The same networks as PyTorch modules, for training one by one."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from rectified.residual.networks import ResidualNetwork, random_residual_network


class OneNeuronBlock(nn.Module):
    r"""The block :math:`x \mapsto x + V \max(U x + u, 0)` with 2 d + 1 parameters.

    Args:
        outgoing: Initial V.
        incoming: Initial U.
        offset: Initial u.

    Raises:
        ValueError: If V and U are not vectors of one length.
    """

    def __init__(
        self, outgoing: Float[Tensor, " d_in"], incoming: Float[Tensor, " d_in"], offset: Float[Tensor, ""]
    ) -> None:
        super().__init__()
        if outgoing.ndim != 1 or outgoing.shape != incoming.shape:
            came = f"{tuple(outgoing.shape)} and {tuple(incoming.shape)}"
            raise ValueError(f"outgoing and incoming have shapes {came}; expected vectors of one length")
        self.outgoing = nn.Parameter(outgoing.clone())
        self.incoming = nn.Parameter(incoming.clone())
        self.offset = nn.Parameter(offset.clone())

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_in"]:
        """The state after the block."""
        return x + torch.relu(x @ self.incoming + self.offset)[..., None] * self.outgoing


class OneNeuronResNet(nn.Module):
    """Blocks with one hidden neuron each, and an affine read-out.

    Args:
        dim: Width of the state and of the input.
        blocks: Number of blocks.
        generator: Draws the weights; what all blocks add is small at first, whatever their number.
        dtype: Of all parameters.
    """

    def __init__(self, dim: int, blocks: int, generator: torch.Generator, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        start = random_residual_network(dim, blocks, generator, strength=0.1, dtype=dtype)
        self.blocks = nn.Sequential(*map(OneNeuronBlock, start.outgoing, start.incoming, start.offsets))
        self.readout = nn.Linear(dim, 1, device="meta", dtype=dtype)
        self.readout.weight = nn.Parameter(start.readout_weight)
        self.readout.bias = nn.Parameter(start.readout_bias)

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch 1"]:
        """The output."""
        result: Tensor = self.readout(self.blocks(x))
        return result

    def network(self) -> ResidualNetwork:
        """The parameters as plain tensors, detached copies."""
        blocks = [block for block in self.blocks if isinstance(block, OneNeuronBlock)]
        V, U, u = (
            torch.stack([getattr(b, name).detach() for b in blocks]) for name in ("outgoing", "incoming", "offset")
        )
        return ResidualNetwork(V, U, u, self.readout.weight.detach().clone(), self.readout.bias.detach().clone())
