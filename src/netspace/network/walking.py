"""From the graph of a network to the layers of a picture: which operations share one, and which has its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from jaxtyping import Float
from torch import Tensor, fx

from netspace.network.calls import called_module, merge_of, operands
from netspace.network.operations import Operation, Role, Step, operation_of


@dataclass
class TracedLayer:
    """A layer to be drawn.

    Attributes:
        name: As its author called the module, or made up from its kind.
        words: What it does, for a reader.
        reads: Positions of the layers it reads; none for the input.
        steps: How a page computes it from them; None if it cannot.
        scale: ``"signed"``, ``"positive"`` or ``"probability"``.
        values: One tensor for each checkpoint, of shape (inputs, ...).
    """

    name: str
    words: str
    reads: tuple[int, ...]
    steps: tuple[Step, ...] | None
    scale: str
    values: list[Float[Tensor, "inputs ..."]]


@dataclass(frozen=True)
class _Place:
    """Where the value of a node is: a layer, and what still has to be done to it by whoever reads it."""

    layer: int
    pending: tuple[Step, ...] = ()
    words: tuple[str, ...] = ()
    shared: bool = False  # something else reads the layer too, so that it must stay as it is


@dataclass
class Walk:
    """What is known after some of the nodes.

    Attributes:
        graphs: The network's graph at each checkpoint.
        layers: Those found so far.
    """

    graphs: Sequence[fx.GraphModule]
    layers: list[TracedLayer] = field(default_factory=list)
    _places: dict[fx.Node, _Place] = field(default_factory=dict)
    _values: dict[fx.Node, list[Tensor]] = field(default_factory=dict)
    _made_up: set[str] = field(default_factory=set)

    def visit(self, node: fx.Node, values: list[Tensor]) -> None:
        """Place one node.

        Args:
            node: The next node of the first graph.
            values: What it returned at each checkpoint; empty if that was no tensor.

        Raises:
            ValueError: If the network returns something else than one tensor.
        """
        self._values[node] = values
        sources = [source for source in node.all_input_nodes if source in self._places]
        if node.op == "output":
            if not values or len(sources) != 1:
                raise ValueError("the network does not return exactly one tensor; a scene shows one output")
            self._finish(sources[0])
        elif node.op == "placeholder":
            scale = "positive" if min(value.min().item() for value in values) >= 0.0 else "signed"
            self._add(node, TracedLayer("input", "the input", (), (), scale, values))
        elif values and sources:
            self._place(node, sources)

    def _place(self, node: fx.Node, sources: list[fx.Node]) -> None:
        parts, merge = operands(node), merge_of(node)
        if merge is not None and parts and all(part in self._places for part in parts):
            self._merge(node, merge, parts)
        elif len(sources) != 1 or any(source.op == "get_attr" for source in node.all_input_nodes):
            self._draw_only(node, sources)
        else:
            self._apply(node, sources[0], self._operation(node, sources[0]))

    def _operation(self, node: fx.Node, source: fx.Node) -> Operation:
        before, after = self._values[source][0], self._values[node][0]
        if node.op == "call_module":
            modules = [graph.get_submodule(str(node.target)) for graph in self.graphs]
        else:
            called = called_module(node, before, after)
            modules = [] if called is None else [called] * len(self.graphs)
        if not modules:
            return Operation(_words(node), _words(node))
        return operation_of(modules, tuple(before.shape[1:]), tuple(after.shape[1:]))

    def _apply(self, node: fx.Node, source: fx.Node, operation: Operation) -> None:
        place = self._places[source]
        shared = place.shared or len(source.users) > 1
        if operation.role is Role.NOTHING:
            self._places[node] = replace(place, shared=shared)
        elif operation.role is Role.PREPARES and operation.steps is not None:
            said = (*place.words, operation.words)
            self._places[node] = _Place(place.layer, place.pending + operation.steps, said, shared)
        elif operation.role is Role.CONTINUES and not (shared or place.pending) and self.layers[place.layer].reads:
            self._continue(node, place.layer, operation)
        else:
            steps = None if operation.steps is None else place.pending + operation.steps
            name, words = self._name(node, operation.kind), ", then ".join((*place.words, operation.words))
            scale = operation.scale or self.layers[place.layer].scale
            self._add(node, TracedLayer(name, words, (place.layer,), steps, scale, self._values[node]))

    def _continue(self, node: fx.Node, index: int, operation: Operation) -> None:
        layer = self.layers[index]
        layer.words = f"{layer.words}, then {operation.words}"
        layer.steps = None if layer.steps is None or operation.steps is None else layer.steps + operation.steps
        layer.scale, layer.values = operation.scale or layer.scale, self._values[node]
        self._places[node] = _Place(index)

    def _merge(self, node: fx.Node, merge: str, parts: Sequence[fx.Node]) -> None:
        reads = tuple(self._settled(part) for part in parts)
        words = f"{merge} {', '.join(self.layers[index].name for index in reads)}"
        scales, shapes = ({get(self.layers[i]) for i in reads} for get in (_scale_of, _shape_of))
        steps = ({"type": merge},) if merge == "concatenate" or len(shapes) == 1 else None
        scale = "positive" if scales == {"positive"} else "signed"
        self._add(node, TracedLayer(self._name(node, merge), words, reads, steps, scale, self._values[node]))

    def _draw_only(self, node: fx.Node, sources: list[fx.Node]) -> None:
        """A layer whose values are known, but not how a page could compute them."""
        reads = tuple(self._settled(source) for source in sources)
        name, words = self._name(node, _words(node)), _words(node)
        self._add(node, TracedLayer(name, words, reads, None, "signed", self._values[node]))

    def _settled(self, source: fx.Node) -> int:
        """The layer with exactly the value of ``source``: what is pending becomes one."""
        place = self._places[source]
        if place.pending:
            name, words = self._name(source, "reshape"), ", then ".join(place.words)
            scale, values = self.layers[place.layer].scale, self._values[source]
            self._add(source, TracedLayer(name, words, (place.layer,), place.pending, scale, values))
        return self._places[source].layer

    def _finish(self, source: fx.Node) -> None:
        last = self.layers[self._settled(source)]
        if last.name in self._made_up:
            last.name = "output"

    def _add(self, node: fx.Node, layer: TracedLayer) -> None:
        self._places[node] = _Place(len(self.layers))
        self.layers.append(layer)

    def _name(self, node: fx.Node, kind: str) -> str:
        """The author's name for a module that has one, and a number for each that has none."""
        given = str(node.target)
        taken = {layer.name for layer in self.layers}
        if node.op == "call_module" and not given.split(".")[-1].isdigit() and given not in taken:
            return given
        name = next(name for number in range(1, len(taken) + 2) if (name := f"{kind}{number}") not in taken)
        self._made_up.add(name)
        return name


def _words(node: fx.Node) -> str:
    return node.name.rstrip("0123456789").strip("_").replace("_", " ")


def _scale_of(layer: TracedLayer) -> str:
    return layer.scale


def _shape_of(layer: TracedLayer) -> str:
    return str(tuple(layer.values[0].shape[1:]))
