"""Optimisers that change parameters in place, one step per call.

PyTorch's own do the same, but the first use of `torch.optim` imports torch's compiler: a second in every fresh process.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor


class Optimiser(ABC):
    """Parameters, and a rule that moves them against their gradients."""

    def __init__(self, parameters: Sequence[Tensor], learning_rate: float) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        if not self.parameters:
            raise ValueError("parameters is empty; expected at least one tensor")
        if not learning_rate > 0:
            raise ValueError(f"learning_rate is {learning_rate}; expected a positive number")

    @abstractmethod
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Move every parameter once, in place.

        Args:
            gradients: One per parameter, of its shape.
        """

    def _checked(self, gradients: Sequence[Tensor]) -> list[Tensor]:
        shapes = [tuple(gradient.shape) for gradient in gradients]
        expected = [tuple(parameter.shape) for parameter in self.parameters]
        if shapes != expected:
            raise ValueError(f"gradients have shapes {shapes}; expected those of the parameters, {expected}")
        return list(gradients)


@final
class NesterovSGD(Optimiser):
    r"""Stochastic gradient descent with Nesterov's momentum in PyTorch's form.

    With gradient :math:`g` and velocity :math:`v`,

    .. math:: v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - \eta \, (g + \mu v).

    Args:
        parameters: Tensors that are changed in place.
        learning_rate: The step :math:`\eta`, positive.
        momentum: The factor :math:`\mu`, in [0, 1); 0 is plain gradient descent.

    Raises:
        ValueError: If there is no parameter or a setting is out of range.

    Source:
        own; the same steps as torch.optim.SGD with nesterov=True.
    """

    def __init__(self, parameters: Sequence[Tensor], learning_rate: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, learning_rate)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is {momentum}; expected at least 0 and less than 1")
        self.momentum = momentum
        self._velocities = [torch.zeros_like(parameter) for parameter in self.parameters]

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Move every parameter once, in place.

        Args:
            gradients: One per parameter, of its shape.

        Raises:
            ValueError: If shapes differ.
        """
        g = self._checked(gradients)
        torch._foreach_mul_(self._velocities, self.momentum)
        torch._foreach_add_(self._velocities, g)
        torch._foreach_sub_(self.parameters, g, alpha=self.learning_rate)
        torch._foreach_sub_(self.parameters, self._velocities, alpha=self.learning_rate * self.momentum)


@final
class Adam(Optimiser):
    r"""Adam: steps of the size of the learning rate, scaled by running moments of the gradients.

    .. math::
        m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
        \theta \leftarrow \theta - \eta \, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon} .

    Args:
        parameters: Tensors that are changed in place.
        learning_rate: The step :math:`\eta`, positive.
        betas: The two factors, each in [0, 1).
        eps: Added to the root, positive.

    Raises:
        ValueError: If there is no parameter or a setting is out of range.

    Source:
        [kingma2015adam], Algorithm 1; the same steps as torch.optim.Adam.
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        learning_rate: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, learning_rate)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas is {betas}; expected two numbers, each at least 0 and less than 1")
        if not eps > 0:
            raise ValueError(f"eps is {eps}; expected a positive number")
        self.betas, self.eps, self._count = betas, eps, 0
        self._means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in self.parameters]

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Move every parameter once, in place.

        Args:
            gradients: One per parameter, of its shape.

        Raises:
            ValueError: If shapes differ.
        """
        g = self._checked(gradients)
        first, second = self.betas
        self._count += 1
        torch._foreach_lerp_(self._means, g, 1 - first)
        torch._foreach_mul_(self._squares, second)
        torch._foreach_addcmul_(self._squares, g, g, value=1 - second)
        roots = torch._foreach_sqrt(self._squares)
        torch._foreach_div_(roots, (1 - second**self._count) ** 0.5)
        torch._foreach_add_(roots, self.eps)
        torch._foreach_addcdiv_(
            self.parameters, self._means, roots, value=-self.learning_rate / (1 - first**self._count)
        )
