import pickle
import threading
from multiprocessing import Pipe

import numpy as np
import pytest
import torch

from rectified.networks import forward, random_layers
from rectified.oracles.serving import ARRIVED, HANDLE_BYTES, HiddenNetwork, relu_outputs, rounded, serve

NORMAL = "rectified.identification.targets:normal_layers"


def test_outputs_are_those_of_torch(generator) -> None:
    layers = [(W, torch.randn(len(b), generator=generator).double()) for W, b in random_layers([4, 7, 5, 3], generator)]
    x = torch.randn(50, 4, generator=generator).double()
    arrays = [(W.numpy(), b.numpy()) for W, b in layers]
    assert relu_outputs(arrays, x.numpy()) == pytest.approx(forward(layers, x).numpy(), abs=1e-12)


def test_rounding_goes_to_the_nearest_multiple_of_the_step() -> None:
    assert rounded(np.array([[0.26, -0.74]]), 0.5).tolist() == [[0.5, -0.5]]
    assert rounded(np.array([[0.26, -0.74]]), 0.0).tolist() == [[0.26, -0.74]]


def test_a_hidden_network_counts_and_refuses_once_revealed() -> None:
    network = HiddenNetwork([(np.eye(2), np.zeros(2))], rounding=0.0)
    network.answers(np.ones((5, 2)))
    network.answers(np.ones((2, 2)))
    assert (network.queries, network.widths) == (7, [2, 2])
    network.revealed = True
    with pytest.raises(PermissionError, match="answers no more queries"):
        network.answers(np.ones((1, 2)))


@pytest.fixture
def channels():
    (control, theirs), (queries, their_queries) = Pipe(), Pipe()
    thread = threading.Thread(target=serve, args=(theirs, their_queries))
    thread.start()

    def ordered(*order):
        control.send_bytes(pickle.dumps(order))
        return pickle.loads(control.recv_bytes())

    yield ordered, queries
    control.close()
    thread.join(5.0)
    assert not thread.is_alive()  # it ends when the control channel closes
    for channel in (queries, theirs, their_queries):
        channel.close()


def test_it_serves_both_channels(channels, rng) -> None:
    ordered, queries = channels
    done, (handle, d_in, d_out) = ordered("make", NORMAL, {"widths": [3, 4, 2], "rng": rng}, 0.0)
    assert (done, handle, d_in, d_out) == (True, 0, 3, 2)
    points = rng.standard_normal((6, 3))
    queries.send_bytes(handle.to_bytes(HANDLE_BYTES, "little") + points.tobytes())
    reply = queries.recv_bytes()
    done, (layers, count) = ordered("reveal", handle)
    assert (reply[:1], done, count) == (ARRIVED, True, 6)
    assert np.frombuffer(reply, offset=1).reshape(6, 2) == pytest.approx(relu_outputs(layers, points))


def test_orders_that_fail_are_answered_with_a_sentence(channels) -> None:
    ordered, _ = channels
    assert ordered("make", NORMAL, {"widths": [3], "rng": np.random.default_rng(0)}, 0.0) == (
        False,
        "ValueError: widths is [3]; expected at least two positive numbers",
    )
    assert ordered("open", "everything")[1].startswith("ValueError: unknown order")
    assert ordered("reveal", 0)[0] is False
