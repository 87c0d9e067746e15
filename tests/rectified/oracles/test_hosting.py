import gc
import itertools
import os
import signal
import subprocess
import sys
import time
import types

import numpy as np
import psutil
import pytest
import torch

from rectified.identification.network import recover_network
from rectified.oracles.hosting import HostGone, NetworkHost, Oracle
from rectified.oracles.serving import relu_outputs

NORMAL = "rectified.identification.targets:normal_layers"
WIDTHS = [6, 5, 4, 1]
OWN_SEEDS = 791_900_101, 791_900_102  # other tests of the process draw from small seeds, and keep the same numbers


@pytest.fixture(scope="module")
def host():
    with NetworkHost() as host:
        yield host


def oracle_of(host: NetworkHost, seed: int = 0, **options: object) -> Oracle:
    return host.make(NORMAL, widths=WIDTHS, rng=np.random.default_rng(seed), **options)


def numbers_in(objects: list[object]) -> np.ndarray:
    """Every float that the objects hold themselves: arrays, tensors, bytes read as float64, and plain floats."""
    found: list[np.ndarray] = []
    for thing in objects:
        kind = type(thing)  # isinstance would wake lazy modules
        if issubclass(kind, np.ndarray) and thing.dtype.kind == "f":
            found.append(thing.astype(np.float64).ravel())
        elif issubclass(kind, torch.Tensor) and thing.dtype.is_floating_point and thing.device.type == "cpu":
            found.append(thing.detach().double().reshape(-1).numpy().copy())
        elif issubclass(kind, (bytes, bytearray)):
            found += [
                np.frombuffer(bytes(thing[k : len(thing) - (len(thing) - k) % 8])) for k in range(min(8, len(thing)))
            ]
        elif issubclass(kind, float):
            found.append(np.array([thing]))
    return np.concatenate(found) if found else np.zeros(0)


def reachable_from(start: object, stop: tuple[type, ...]) -> list[object]:
    """Everything that ``start`` refers to, directly or not; what is of a type in ``stop`` is kept and not entered."""
    seen, todo = {}, [start]
    while todo:
        thing = todo.pop()
        if id(thing) not in seen:
            seen[id(thing)] = thing
            todo += [] if issubclass(type(thing), stop) else gc.get_referents(thing)
    return list(seen.values())


def weights_among(numbers: np.ndarray, layers) -> int:
    """How many of the hidden weights and biases are among the numbers, up to the last bit."""
    hidden = np.concatenate([np.r_[W.ravel(), b] for W, b in layers])
    return int(np.isin(hidden, numbers).sum())


def test_the_test_would_find_weights(rng) -> None:
    layers = [(rng.standard_normal((3, 2)), rng.standard_normal(3))]

    class Careless:
        def __call__(self, points):
            return relu_outputs(layers, points)

    reached = reachable_from(Careless().__call__, (types.ModuleType,))
    assert weights_among(numbers_in(reached), layers) == 9
    assert weights_among(numbers_in([layers[0][0].tobytes()]), layers) == 6


def test_nothing_that_the_oracle_refers_to_holds_a_weight(host) -> None:
    oracle = oracle_of(host, OWN_SEEDS[0])
    oracle(np.ones((3, 6)))
    inside = reachable_from(oracle, (type, types.ModuleType))
    beyond = reachable_from(oracle, ())  # through classes and globals: the whole process
    numbers = numbers_in(inside), numbers_in(beyond)
    assert not any(isinstance(thing, (NetworkHost, np.ndarray, torch.Tensor)) for thing in inside)
    layers = host.reveal(oracle).layers
    assert [weights_among(part, layers) for part in numbers] == [0, 0]


def test_no_object_of_the_whole_process_holds_a_weight_while_the_attack_runs(host) -> None:
    oracle, numbers, calls = oracle_of(host, OWN_SEEDS[1]), [], itertools.count()

    def watched(points):
        answers = oracle(points)
        if next(calls) == 20:  # in the middle: objects that the collector knows, and what they refer to
            tracked = gc.get_objects()
            numbers.append(numbers_in(tracked + gc.get_referents(*tracked)))
        return answers

    found = recover_network(watched, 6, np.random.default_rng(0), most_lines=64)
    layers = host.reveal(oracle).layers
    assert [weights_among(part, layers) for part in numbers] == [0]
    assert found.widths == WIDTHS  # while the attack itself succeeds


def test_the_answers_are_those_of_the_revealed_network(host, rng) -> None:
    oracle, points = oracle_of(host, 3), rng.standard_normal((40, 6))
    answers = oracle(points)
    assert answers == pytest.approx(relu_outputs(host.reveal(oracle).layers, points), abs=1e-13)


def test_every_point_is_counted_on_both_sides(host) -> None:
    oracle, other = oracle_of(host, 4), oracle_of(host, 5)
    for count in (1, 20, 0, 7):
        oracle(np.zeros((count, 6)))
    other(np.zeros((2, 6)))
    assert oracle.queries == 28
    oracle.queries = 0  # who cheats with the counter in his own process
    assert host.reveal(oracle).queries == 28
    assert host.reveal(other).queries == 2


def test_a_revealed_network_answers_no_more(host) -> None:
    oracle = oracle_of(host, 6)
    host.reveal(oracle)
    with pytest.raises(PermissionError, match="was revealed"):
        oracle(np.zeros((1, 6)))


def test_rounded_answers_are_multiples_of_the_step(host, rng) -> None:
    answers = oracle_of(host, 7, rounding=0.125)(rng.standard_normal((50, 6)))
    assert np.array_equal(answers, np.round(answers * 8) / 8)


def test_the_oracle_has_no_room_for_anything_else(host) -> None:
    with pytest.raises(AttributeError):
        oracle_of(host, 8).layers = None


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((2, 5)), r"points is float64 of shape \(2, 5\); expected float64 \(batch, 6\)"),
        (np.zeros(6), "expected float64"),
        (np.zeros((2, 6), dtype=np.float32), "points is float32"),
        (np.full((2, 6), np.nan), "not finite"),
    ],
)
def test_points_that_do_not_fit_are_refused(host, unchecked, points, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unchecked(Oracle.__call__)(oracle_of(host), points)


def test_a_builder_that_fails_is_reported(host) -> None:
    with pytest.raises(ValueError, match=r"make failed in the other process: ValueError: widths is \[3\]"):
        host.make(NORMAL, widths=[3], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="rounding is -1"):
        oracle_of(host, rounding=-1.0)


def test_after_closing_nothing_is_answered() -> None:
    with NetworkHost() as host:
        oracle, process = oracle_of(host), psutil.Process(host.pid)
        assert oracle(np.zeros((1, 6))).shape == (1, 1)
    assert not process.is_running()
    with pytest.raises(HostGone, match="start a new host"):
        oracle(np.zeros((1, 6)))
    with pytest.raises(HostGone):
        host.reveal(oracle)
    host.close()  # twice does no harm


def test_a_host_that_is_forgotten_ends() -> None:
    host = NetworkHost()
    process = psutil.Process(host.pid)
    del host
    gc.collect()
    assert not process.is_running()


def test_a_host_that_is_killed_is_noticed() -> None:
    with NetworkHost() as host:
        oracle = oracle_of(host)
        os.kill(host.pid, signal.SIGKILL)
        psutil.Process(host.pid).wait(5.0)
        with pytest.raises(HostGone):
            oracle(np.zeros((1, 6)))


def test_the_host_does_not_survive_its_parent() -> None:
    code = (
        "import os, time; from rectified.oracles.hosting import NetworkHost; "
        "host = NetworkHost(); print(host.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    ended = time.monotonic() + 20.0
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < ended:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
