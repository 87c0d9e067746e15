"""The process that keeps hidden networks: it answers queries on one channel and takes orders on another.

``python -m rectified.oracles.serving CONTROL QUERIES`` with the descriptors of two sockets. It ends when the
other side of the control channel is closed, so also when the process that started it is killed.
"""

import pickle
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np
from jaxtyping import Float

ARRIVED, REFUSED = b"\x00", b"\x01"  # first byte of an answer: numbers follow, or a sentence
HANDLE_BYTES = 8


@dataclass
class HiddenNetwork:
    """One network that is kept: its layers, the step to which its answers are rounded, and how often it was asked."""

    layers: list[tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]]
    rounding: float
    queries: int = 0
    revealed: bool = False

    @property
    def widths(self) -> list[int]:
        """Input, hidden and output widths."""
        return [self.layers[0][0].shape[1], *(len(b) for _, b in self.layers)]

    def answers(self, points: Float[np.ndarray, "batch _in"]) -> Float[np.ndarray, "batch _out"]:
        """The outputs at ``points``, counted.

        Raises:
            PermissionError: If the weights were revealed: from then on an answer proves nothing.
        """
        if self.revealed:
            raise PermissionError("this network was revealed, and what is revealed answers no more queries")
        self.queries += len(points)
        return rounded(relu_outputs(self.layers, points), self.rounding)


def relu_outputs(
    layers: Sequence[tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]],
    points: Float[np.ndarray, "batch _d_in"],
) -> Float[np.ndarray, "batch _d_out"]:
    """Outputs of affine layers with ReLUs between them, in NumPy: the keeper of the networks needs no torch.

    Args:
        layers: Pairs (weight, bias), first to last.
        points: Inputs.

    Returns:
        The outputs.
    """
    values = points
    for W, b in layers[:-1]:
        values = np.maximum(values @ W.T + b, 0.0)
    W, b = layers[-1]
    return np.asarray(values @ W.T + b)


def rounded(values: Float[np.ndarray, "batch _out"], step: float) -> Float[np.ndarray, "batch _out"]:
    """``values`` rounded to multiples of ``step``; unchanged where it is 0.

    Args:
        values: Numbers.
        step: Distance of two neighbouring answers, not negative.

    Returns:
        The rounded numbers.
    """
    return np.asarray(np.round(values / step) * step if step > 0 else values)


def serve(control: Connection, queries: Connection) -> None:
    """Answer until the control channel closes.

    Args:
        control: Takes ``("make", builder, arguments, rounding)`` and ``("reveal", handle)``, pickled.
        queries: Takes a handle and float64 numbers as bytes, and nothing else.
    """
    kept: list[HiddenNetwork] = []
    open_channels = [control, queries]
    while control in open_channels:
        for channel in wait(open_channels):
            try:
                if channel is control:
                    control.send_bytes(pickle.dumps(_outcome(kept, control.recv_bytes())))
                else:
                    queries.send_bytes(_answer(kept, queries.recv_bytes()))
            except (EOFError, ConnectionError):
                open_channels.remove(channel)  # type: ignore[arg-type]


def _outcome(kept: list[HiddenNetwork], order: bytes) -> tuple[bool, Any]:
    """Whether the order was carried out, and its result or the error as a sentence."""
    try:
        return True, _obeyed(kept, pickle.loads(order))
    except Exception as error:  # noqa: BLE001  it is told to the process that gave the order
        return False, f"{type(error).__name__}: {error}"


def _obeyed(kept: list[HiddenNetwork], order: tuple[Any, ...]) -> Any:
    """Carry out one order.

    Raises:
        ValueError: If the order is unknown.
    """
    match order:
        case ("make", str(builder), dict(arguments), float(rounding)):
            module, _, name = builder.partition(":")
            layers = getattr(import_module(module), name)(**arguments)
            kept.append(HiddenNetwork([(np.array(W, float), np.array(b, float)) for W, b in layers], rounding))
            return len(kept) - 1, kept[-1].widths[0], kept[-1].widths[-1]
        case ("reveal", int(handle)):
            kept[handle].revealed = True
            return kept[handle].layers, kept[handle].queries
    raise ValueError(f"unknown order {order!r}")


def _answer(kept: Sequence[HiddenNetwork], message: bytes) -> bytes:
    """Answer to one query: outputs as bytes, or a refusal."""
    network = kept[int.from_bytes(message[:HANDLE_BYTES], "little")]
    points = np.frombuffer(message, np.float64, offset=HANDLE_BYTES).reshape(-1, network.widths[0])
    try:
        return ARRIVED + np.ascontiguousarray(network.answers(points)).tobytes()
    except PermissionError as error:
        return REFUSED + str(error).encode()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a notebook that is interrupted keeps its networks
    serve(Connection(int(sys.argv[1])), Connection(int(sys.argv[2])))
