"""The layers of a network, found by following its inputs through it."""

import copy
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, fx, nn

from netspace.network.walking import TracedLayer, Walk


def traced_layers(models: Sequence[nn.Module], inputs: Float[Tensor, "inputs ..."]) -> list[TracedLayer]:
    """The layers of a network, the input first, with their values for all ``inputs``.

    An activation or a batch norm is part of the layer before it, unless something else reads that layer too. A flatten
    or zeros put around maps are part of the layer after them. Dropout and identity vanish. Sums and concatenations
    are layers that read several others. What a page could not compute is drawn all the same, with PyTorch's values.

    Args:
        models: The network in the state of each checkpoint. They are copied, and evaluated as after training.
        inputs: Inputs of the network, with a batch axis.

    Returns:
        The layers in an order in which each comes after those that it reads.

    Raises:
        ValueError: If torch.fx cannot follow the network, it does not take the inputs, or it has not exactly one input
            and one output.

    Source:
        own; the graph is that of torch.fx.
    """
    graphs = [_graph(model) for model in models]
    nodes = list(zip(*(graph.graph.nodes for graph in graphs), strict=True))
    if sum(versions[0].op == "placeholder" for versions in nodes) != 1:
        raise ValueError("the network does not take exactly one input; a scene shows networks of one input")
    recorders = [_Recorder(graph) for graph in graphs]
    for recorder in recorders:
        with torch.no_grad():
            recorder.run(inputs)
    walk = Walk(graphs)
    for versions in nodes:
        walk.visit(versions[0], [r.seen[node] for r, node in zip(recorders, versions, strict=True) if node in r.seen])
    return walk.layers


def _graph(model: nn.Module) -> fx.GraphModule:
    """The graph of a copy of ``model``.

    Raises:
        ValueError: If there is a branch or a loop that depends on the input.
    """
    copied = copy.deepcopy(model).eval()
    alone = fx.Tracer().is_leaf_module(copied, "")  # torch.fx would look into a layer that is the whole network
    try:
        return fx.symbolic_trace(nn.Sequential(copied) if alone else copied)
    except (fx.proxy.TraceError, TypeError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ValueError(
            f"torch.fx cannot follow {type(model).__name__}: {error}. "
            "Show a network without branches and loops that depend on the input, such as a torch.nn.Sequential"
        ) from None


class _Recorder(fx.Interpreter):
    """Runs a graph and keeps what every node returned, before anything can change it in place."""

    def __init__(self, graph: fx.GraphModule) -> None:
        super().__init__(graph)
        self.extra_traceback = False  # the message is ours
        self.seen: dict[fx.Node, Tensor] = {}

    def run_node(self, n: fx.Node) -> object:
        """The value of the node, kept if it is a tensor.

        Raises:
            ValueError: If the network cannot take the inputs.
        """
        try:
            value = super().run_node(n)
        except RuntimeError as error:
            raise ValueError(f"the network does not take these inputs, at {n.name!r}: {error}") from None
        if isinstance(value, Tensor):
            self.seen[n] = value.detach().clone()
        return value
