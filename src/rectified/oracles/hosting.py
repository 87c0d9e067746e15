"""Networks that live in another process, and oracles that only ask them.

The weights of a hidden network never enter the process that attacks it. A :class:`NetworkHost` starts a second Python,
which draws or trains the network there. What the attack is given is an :class:`Oracle`, a function of points: it holds
one end of a socket on which the other side understands queries and nothing else. The orders to make and to reveal a
network travel on a second socket, which the oracle does not know. Once a network is revealed it answers no more
queries, so whoever looked can no longer ask.

What this does not stop is an attack that leaves Python's rules: in one process every object can be found, also the
host. But it would find sockets, no weights, and it would have to reveal them and so end the queries. Managers of the
standard library would not do: their one connection takes the orders as well as the queries.
"""

import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Float

import rectified
from rectified.oracles.serving import ARRIVED, HANDLE_BYTES

SECONDS_TO_END = 10.0  # it ends in milliseconds unless it is in the middle of a training


class HostGone(RuntimeError):
    """The process that keeps the networks has ended; nothing can be asked any more."""


class Revealed(NamedTuple):
    """What a host says at the end.

    Attributes:
        layers: Pairs (weight, bias) of the hidden network, first to last.
        queries: At how many points it was asked, counted in its own process.
    """

    layers: list[tuple[np.ndarray, np.ndarray]]
    queries: int


@final
class Oracle:
    """A function from points to a hidden network's outputs; all that an attack is given.

    Attributes:
        d_in: Number of inputs.
        d_out: Number of outputs.
        queries: At how many points it was asked so far; the host keeps its own count.
    """

    __slots__ = ("_channel", "_handle", "d_in", "d_out", "queries")

    def __init__(self, channel: Connection, handle: int, d_in: int, d_out: int) -> None:
        self._channel, self._handle = channel, handle
        self.d_in, self.d_out, self.queries = d_in, d_out, 0

    def __call__(self, points: Float[np.ndarray, "batch d_in"]) -> Float[np.ndarray, "batch d_out"]:
        """The outputs at ``points``.

        Raises:
            ValueError: If the points are not float64 rows of ``d_in`` finite numbers.
            PermissionError: If the network was revealed.
            HostGone: If its process has ended.
        """
        if points.ndim != 2 or points.shape[1] != self.d_in or points.dtype != np.float64:
            raise ValueError(f"points is {points.dtype} of shape {points.shape}; expected float64 (batch, {self.d_in})")
        if not np.isfinite(points).all():
            raise ValueError("points has entries that are not finite; expected finite numbers")
        message = self._handle.to_bytes(HANDLE_BYTES, "little") + np.ascontiguousarray(points).tobytes()
        try:
            self._channel.send_bytes(message)
            reply = self._channel.recv_bytes()
        except (EOFError, OSError) as error:
            raise HostGone("the process that keeps the network has ended; start a new host") from error
        if reply[:1] != ARRIVED:
            raise PermissionError(reply[1:].decode())
        self.queries += len(points)
        return np.frombuffer(reply, np.float64, offset=1).reshape(len(points), self.d_out)


@final
class NetworkHost:
    """A second Python that keeps networks. Use it in a ``with`` statement, or call :meth:`close`.

    It ends with this process, however this one ends: the sockets close, and that is what it waits for.
    """

    def __init__(self) -> None:
        self._control, their_control = Pipe()
        self._queries, their_queries = Pipe()
        theirs = their_control.fileno(), their_queries.fileno()
        command = [sys.executable, "-m", "rectified.oracles.serving", *map(str, theirs)]
        self._process = subprocess.Popen(command, pass_fds=theirs, env=_environment(), stdin=subprocess.DEVNULL)
        their_control.close()
        their_queries.close()
        self._end = weakref.finalize(self, _ended, self._process, (self._control, self._queries))

    def __enter__(self) -> "NetworkHost":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Number of the second process."""
        return self._process.pid

    def make(self, builder: str, *, rounding: float = 0.0, **arguments: Any) -> Oracle:
        """An oracle for a network that the other process builds now.

        Args:
            builder: ``"package.module:function"``; called there, it returns pairs (weight, bias).
            rounding: Step to which the answers are rounded; 0 leaves them as float64 has them.
            **arguments: For the function; they are pickled.

        Raises:
            ValueError: If the rounding is negative or the builder fails there.
            HostGone: If the process has ended.
        """
        if not rounding >= 0:
            raise ValueError(f"rounding is {rounding}; expected 0 or a positive step")
        handle, d_in, d_out = self._ordered(("make", builder, arguments, float(rounding)))
        return Oracle(self._queries, handle, d_in, d_out)

    def reveal(self, oracle: Oracle) -> Revealed:
        """The layers behind ``oracle`` and the number of its queries; from now on it answers none.

        Raises:
            HostGone: If the process has ended.
        """
        return Revealed(*self._ordered(("reveal", oracle._handle)))

    def close(self) -> None:
        """End the other process. Its oracles refuse from now on."""
        self._end()

    def _ordered(self, order: tuple[Any, ...]) -> Any:
        try:
            self._control.send_bytes(pickle.dumps(order))  # plain: multiprocessing would share a tensor's memory
            done, result = pickle.loads(self._control.recv_bytes())
        except (EOFError, OSError) as error:
            raise HostGone("the process that keeps the networks has ended; start a new host") from error
        if not done:
            raise ValueError(f"{order[0]} failed in the other process: {result}")
        return result


def _environment() -> dict[str, str]:
    """Ours, with this very package to be found first, and one thread: batches are small."""
    where = str(Path(rectified.__file__).parents[1])
    path = os.pathsep.join([where, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


def _ended(process: "subprocess.Popen[bytes]", channels: Sequence[Connection]) -> None:
    """Close the channels, which tells the process to end, and wait; kill it where it does not listen."""
    for channel in channels:
        channel.close()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
