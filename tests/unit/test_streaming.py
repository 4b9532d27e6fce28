"""Step mode is a second entrance to a delay layer: it refuses what the first one refuses."""

import math

import pytest
import torch

from course_utils.delays import DelayLayer, DelayState

KINDS = ("axonal", "dendritic", "synaptic")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def layer(kind="axonal", max_delay=10, **how):
    outputs = None if kind == "axonal" else 4
    return DelayLayer(3, max_delay, kind=kind, outputs=outputs, generator=seeded(), **how)


def stepped(net, spikes=None, state=None, weight=None):
    if weight is None and net.kind != "axonal":
        weight = torch.ones(3, 4)
    spikes = torch.ones(2, 3) if spikes is None else spikes
    return net.step(spikes, net.initial_state(2) if state is None else state, weight)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value, says",
    [
        (12.0, "delays must lie between 0 and max_delay = 10 steps, not 12"),
        (-3.0, "delays must lie between 0 and max_delay = 10 steps, not -3"),
        (math.nan, "delays must be finite"),
        (math.inf, "delays must be finite"),
    ],
)
def test_delays_out_of_range_are_refused_as_in_forward(kind, value, says):
    net = layer(kind)
    with torch.no_grad():
        net.delays.view(-1)[1] = value
    for call in (
        lambda: stepped(net),
        lambda: net.then_linear(torch.zeros(2, 20, 3), torch.ones(3, 4)),
    ):
        with pytest.raises(ValueError, match=says):
            call()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spikes, error, says",
    [
        (torch.ones(2, 4), ValueError, "spikes must have 3 channels, not 4"),
        (torch.ones(2, 1), ValueError, "spikes must have 3 channels, not 1"),
        (torch.ones(3), ValueError, r"spikes must have 2 dimensions .*not shape \(3,\)"),
        (torch.ones(2, 5, 3), ValueError, "spikes must have 2 dimensions"),
        (torch.ones(1, 3), ValueError, "spikes must hold 2 streams like the state, not 1"),
        (torch.ones(2, 3).long(), TypeError, "spikes must be boolean .*int64"),
        (torch.full((2, 3), math.nan), ValueError, "spikes must be finite"),
        ([[1.0, 0, 0]] * 2, TypeError, "spikes must be a torch.Tensor, not list"),
    ],
)
def test_bad_spikes_are_refused_and_the_state_does_not_move(kind, spikes, error, says):
    net = layer(kind)
    state = net.initial_state(2)
    before = state.newest
    with pytest.raises(error, match=says):
        stepped(net, spikes, state)
    assert state.newest == before and not state.past.any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_of_another_layer_is_refused(kind):
    net = layer(kind)
    for other in (layer(kind, max_delay=9), DelayLayer(5, 10, init=0)):
        with pytest.raises(ValueError, match=r"state must .*\(12, streams, \d\).*not shape"):
            stepped(net, state=other.initial_state(2))
    with pytest.raises(TypeError, match="state must be a DelayState .*not NoneType"):
        net.step(torch.ones(2, 3), None, torch.ones(3, 4))


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_weight_is_refused(kind):
    net = layer(kind)
    for weight in (torch.ones(4, 4), torch.ones(3)):
        with pytest.raises(ValueError, match="weight must have shape"):
            stepped(net, weight=weight)
    if kind != "axonal":
        with pytest.raises(ValueError, match=f"weight must be given for {kind} delays"):
            net.step(torch.ones(2, 3), net.initial_state(2))
        with pytest.raises(ValueError, match=r"weight must have shape \(3, 4\), not \(3, 5\)"):
            stepped(net, weight=torch.ones(3, 5))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_state_has_the_layers_own_dtype(kind, dtype):
    net = layer(kind).to(dtype)
    state = net.initial_state(2)
    assert state.past.dtype == dtype and state.past.device == net.delays.device
    stream = torch.rand(2, 25, 3, generator=seeded(4), dtype=dtype)
    weight = torch.rand(3, 4, generator=seeded(5), dtype=dtype)
    steps = torch.stack([net.step(x, state, weight) for x in stream.unbind(1)], 1)
    net.padding = "causal"
    assert steps.dtype == dtype
    torch.testing.assert_close(steps, net.then_linear(stream, weight).detach())


@pytest.mark.parametrize("n", [-1, 2.0, True])
def test_the_number_of_streams_is_a_whole_number(n):
    with pytest.raises((TypeError, ValueError), match="n must be"):
        layer().initial_state(n)


def test_a_state_made_by_hand_works_as_well():
    net = DelayLayer(3, 2, init=1)
    state = DelayState(torch.zeros(4, 2, 3))
    assert not net.step(torch.ones(2, 3), state).any()
    assert net.step(torch.zeros(2, 3), state).all()
