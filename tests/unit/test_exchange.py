"""A network goes to NIR and comes back the same; what NIR cannot say is said in one sentence."""

import re
import sys

import nir
import numpy as np
import pytest
import torch
from torch import nn

from course_utils.delays import Bell, DelayLayer, Round
from course_utils.exchange import Lif, from_nir, to_nir


def network(delays=None, tau_ms=5.0, dt_ms=1.0, bias=False, seed=0, **settings):
    """Two layers: delays, weights, neurons; and again."""
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for inputs, outputs in ((6, 5), (5, 3)):
        first = torch.randint(0, 9, (inputs,), generator=generator).float()
        how = dict(init=first if delays is None else delays, padding="causal") | settings
        linear = nn.Linear(inputs, outputs, bias=bias)
        linear.weight.data = torch.rand(outputs, inputs, generator=generator)
        layers += [DelayLayer(inputs, 9, **how), linear, Lif(tau_ms, dt_ms, 1.3)]
    return nn.Sequential(*layers)


def spikes(seed=1, channels=6):
    return torch.rand(8, 60, channels, generator=torch.Generator().manual_seed(seed)) < 0.2


def run(net, trains):
    return net(trains.to(next(net.parameters()).dtype))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("tau_ms", "dt_ms"), [(5.0, 1.0), (10 / 3, 0.1), (7.123456789, 0.25)])
def test_a_round_trip_gives_the_same_spikes_to_the_bit(tmp_path, tau_ms, dt_ms, bias):
    for seed in range(5):
        there = network(tau_ms=tau_ms, dt_ms=dt_ms, bias=bias, seed=seed)
        nir.write(tmp_path / "net.nir", to_nir(there, dt_ms))
        back = from_nir(nir.read(tmp_path / "net.nir"), dt_ms)
        found, wanted = run(back, spikes(seed)), run(there, spikes(seed))
        assert torch.equal(found, wanted) and 0 < wanted.mean() < 0.9
        assert [type(layer) for layer in back] == [type(layer) for layer in there]


def test_what_is_said_is_in_seconds_and_of_the_right_shape():
    there = network(delays=3.0)
    graph = to_nir(there, 1)
    delay, linear, neurons = (graph.nodes[name] for name in "012")
    assert list(graph.nodes) == ["input", *"012345", "output"]
    assert np.allclose(delay.delay, 0.003) and delay.delay.shape == (6,)
    assert np.array_equal(linear.weight, there[1].weight.detach().numpy())
    assert np.allclose(neurons.tau, 0.005) and np.allclose(neurons.r, 5)
    assert np.allclose(neurons.v_threshold, 1.3) and neurons.tau.shape == (5,)


def test_the_equation_that_is_said_is_the_one_that_runs():
    """NIR's equation, tau v' = -v + r i, with spikes of unit height as impulses of dt."""
    net = network(delays=0.0, dt_ms=0.5)[1:3]
    graph = to_nir(net, 0.5)
    weight, node = graph.nodes["0"].weight, graph.nodes["1"]
    trains = spikes()
    v, out = np.zeros((8, 5)), []
    for step in trains.double().numpy().transpose(1, 0, 2):
        v = v * np.exp(-0.0005 / node.tau) + node.r * 0.0005 / node.tau * (step @ weight.T)
        out.append(v > node.v_threshold)
        v = np.where(out[-1], node.v_reset, v)
    assert np.array_equal(np.stack(out, 1), run(net.double(), trains).bool().numpy())


def test_the_graph_and_the_network_share_no_memory():
    net = network()
    graph = to_nir(net)
    graph.nodes["1"].weight[:] = 7
    assert (net[1].weight != 7).all()
    back = from_nir(graph)
    graph.nodes["1"].weight[:] = 8
    assert (back[1].weight == 7).all()


def test_a_rounding_layer_is_said_as_it_acts():
    net = network(delays=2.4, estimator=Round())
    assert np.allclose(to_nir(net).nodes["0"].delay, 0.002)


def test_what_comes_back_can_learn_further():
    back = from_nir(to_nir(network(delays=2.0)), max_delay=20)
    assert back[0].max_delay == 20
    run(back, spikes()).sum().backward()
    assert back[0].delays.grad.abs().sum() > 0 and back[1].weight.grad.abs().sum() > 0


def synaptic():
    return nn.Sequential(DelayLayer(6, 9, init=1, kind="synaptic", outputs=2, padding="causal"))


@pytest.mark.parametrize(
    ("made", "dt_ms", "said"),
    [
        (lambda: network(delays=2.4), 1, "delays of whole steps, not 2.4.*rounded"),
        (lambda: network(estimator=Bell(3.0)), 1, "over many steps: use its rounded"),
        (lambda: network(padding="clip"), 1, "padding='causal', not 'clip'"),
        (lambda: network(padding="full"), 1, "padding='causal', not 'full'"),
        (synaptic, 1, "axonal delays, not synaptic ones"),
        (network, 2, "dt_ms must be that of network.2., 1, not 2"),
        (network, 0, "dt_ms must be a finite number"),
        (lambda: nn.Sequential(Lif(5)), 1, "must not come first"),
        (lambda: nn.Sequential(nn.ReLU()), 1, "an nn.Linear or a Lif, not a ReLU"),
    ],
)
def test_what_nir_cannot_say_is_one_sentence(made, dt_ms, said):
    with pytest.raises(ValueError, match=said) as told:
        to_nir(made(), dt_ms)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("wrong", [nn.Linear(2, 2), nn.Sequential(), None])
def test_only_a_row_of_layers_goes(wrong):
    with pytest.raises(TypeError, match="network must be an nn.Sequential"):
        to_nir(wrong)


def neurons(**changes):
    one = dict(tau=0.005, r=5.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0) | changes
    return nir.LIF(**{name: np.ones(3) * value for name, value in one.items()})


def row(*nodes):
    return nir.NIRGraph.from_list(nir.Linear(np.ones((3, 2))), *nodes)


def branching():
    one = {name: nir.Linear(np.ones((2, 2))) for name in "ab"}
    ends = dict(input=nir.Input(np.array([2])), output=nir.Output(np.array([2])))
    edges = [("input", "a"), ("input", "b"), ("a", "output"), ("b", "output")]
    return nir.NIRGraph(ends | one, edges)


def recurrent():
    nodes = dict(input=nir.Input(np.array([2])), a=nir.Linear(np.ones((2, 2))))
    nodes["output"] = nir.Output(np.array([2]))
    return nir.NIRGraph(nodes, [("input", "a"), ("a", "a"), ("a", "output")])


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: row(nir.Delay(np.array([0.001, 0.0024, 0.0]))), "whole steps of 1 ms, not 2.4 ms"),
        (lambda: row(nir.Delay(np.array([0.001, -0.002, 0.0]))), "finite delays of at least 0"),
        (lambda: row(neurons(tau=np.array([1, 2, 3]))), "one finite tau for all"),
        (lambda: row(neurons(v_leak=0.1)), "v_leak = 0, not 0.1"),
        (lambda: row(neurons(v_reset=-1.0)), "v_reset = 0, not -1"),
        (lambda: row(neurons(r=1.0)), "r = tau / dt = 5, not 1"),
        (lambda: row(neurons(tau=0.0)), "tau above 0"),
        (lambda: row(nir.Threshold(np.ones(3))), "Delay, Linear, Affine or LIF, not a Threshold"),
        (branching, "one chain"),
        (recurrent, "one chain"),
    ],
)
def test_what_ours_cannot_run_is_one_sentence(made, said):
    with pytest.raises(ValueError, match=said) as told:
        from_nir(made())
    assert "\n" not in str(told.value)


def test_a_longest_delay_too_short_is_refused():
    with pytest.raises(ValueError, match="between 0 and max_delay = 2 steps"):
        from_nir(to_nir(network(delays=3.0)), max_delay=2)


def test_another_object_is_no_graph():
    with pytest.raises(TypeError, match="graph must be a nir.NIRGraph, not dict"):
        from_nir({})


def test_without_the_package_one_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "nir", None)
    for call in (lambda: to_nir(network()), lambda: from_nir(None)):
        with pytest.raises(ImportError, match=re.escape("pip install nir")):
            call()


def test_neurons_as_a_module_are_the_neurons():
    from course_utils.neurons import lif

    current = torch.rand(2, 30, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Lif(4, 0.5, 0.8)(current), lif(current, 4, dt_ms=0.5, threshold=0.8))
    assert repr(Lif(4, 0.5)) == "Lif(tau_ms=4, dt_ms=0.5, threshold=1)"
