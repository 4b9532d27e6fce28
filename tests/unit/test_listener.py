"""The network that hears words: against plain loops, and what its switches do."""

import math

import pytest
import torch
import torch.nn.functional as F

from course_utils.delays import Bell, shift_causal
from course_utils.words.listener import Listener

N, STEPS, CHANNELS, CLASSES = 3, 12, 5, 4


def listener(seed=0, **how):
    how = dict(hidden=6, max_delay=4) | how
    return Listener(CHANNELS, CLASSES, generator=torch.Generator().manual_seed(seed), **how)


def nerve(seed=1):
    return torch.rand(N, STEPS, CHANNELS, generator=torch.Generator().manual_seed(seed)) < 0.4


def plain(network, spikes):
    """All layers in plain loops, from the equations; ten times each readout's mean potential."""
    leak, trains = math.exp(-10 / 20), spikes.float()
    for number, (delay, weight) in enumerate(
        zip(network.delay_layers(), network.weights, strict=True)
    ):
        weight = weight * network.heard if number == 0 else weight
        delays = delay.delays if delay.delays.ndim == 2 else delay.delays[:, None]
        delays = delays.expand_as(weight)
        current = torch.zeros(N, STEPS, weight.shape[1])
        for j in range(weight.shape[1]):
            late = shift_causal(trains, delays[:, j].contiguous(), delay.max_delay)
            current[:, :, j] = late @ weight[:, j]
        potential, fired = torch.zeros(N, weight.shape[1]), []
        spike = torch.zeros_like(potential)
        for t in range(STEPS):
            inward = 0
            if network.w_recurrent is not None and number == len(network.weights) - 1:
                inward = spike @ network.w_recurrent
            potential = leak * potential + current[:, t] + inward
            spike = (potential >= 1).float()
            potential = potential * (1 - spike)
            fired.append(spike)
        trains = torch.stack(fired, dim=1)
    reading, total = torch.zeros(N, CLASSES), torch.zeros(N, CLASSES)
    for t in range(STEPS):
        reading = leak * reading + trains[:, t] @ network.w_out
        total += reading
    return 10 * total / STEPS


@pytest.mark.parametrize(
    "how",
    [
        {},
        dict(kind="axonal"),
        dict(hidden=(6, 3)),
        dict(fan_in=2),
        dict(recurrent=True),
        dict(max_delay=0),
        dict(hidden=(6, 5), fan_in=3, recurrent=True, kind="axonal"),
    ],
    ids=str,
)
def test_it_is_what_the_equations_say(how):
    network = listener(**how)
    with torch.no_grad():
        for weight in network.weights:
            weight.mul_(3)  # so that neurons fire
    found = network(nerve())
    assert network.hidden_spikes(nerve())[-1].sum() > 5
    torch.testing.assert_close(found, plain(network, nerve()), rtol=1e-5, atol=1e-6)


def test_everything_that_learns_has_a_gradient_and_the_rest_none():
    network = listener(fan_in=2, hidden=(6, 5), recurrent=True)
    with torch.no_grad():
        for weight in network.weights:
            weight.mul_(3)
    F.cross_entropy(network(nerve()), torch.tensor([0, 1, 2])).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.abs().sum() > 0, name
    assert (network.weights[0].grad[network.heard == 0] == 0).all()
    frozen = listener(learn_delays=False)
    assert not any(layer.delays.requires_grad for layer in frozen.delay_layers())
    assert not listener(max_delay=0).delay_layers()[0].delays.requires_grad


def test_every_neuron_hears_so_many_channels_and_as_much():
    sparse, dense = listener(fan_in=2), listener()
    assert (sparse.heard.sum(0) == 2).all() and dense.heard.all()
    torch.testing.assert_close(sparse.weights[0], dense.weights[0] * (CHANNELS / 2) ** 0.5)
    assert torch.equal(sparse.delays[0].delays, dense.delays[0].delays)


def test_conditions_that_are_compared_share_what_they_begin_with():
    one, other = listener(), listener(learn_delays=False, estimator="gaussian")
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    assert isinstance(other.delays[0].rule, Bell)
    whole = one.rounded()
    assert torch.equal(whole.delays[0].delays, one.delays[0].delays.round())
    assert isinstance(whole, Listener) and not torch.equal(whole(nerve()), one(nerve()))


def test_given_first_delays_are_those_of_the_first_layer():
    first = torch.full((CHANNELS, 6), 2.0)
    network = listener(init=first, hidden=(6, 5))
    assert torch.equal(network.delays[0].delays, first)
    assert network.delays[1].delays.std() > 0


@pytest.mark.parametrize(
    "how, error, told",
    [
        (dict(fan_in=6), ValueError, "fan_in must be at most the 5 channels, not 6"),
        (dict(fan_in=0), ValueError, "fan_in"),
        (dict(hidden=()), ValueError, "hidden must name at least one layer"),
        (dict(hidden=(3, 0)), ValueError, "hidden"),
        (dict(tau_ms=0), ValueError, "tau_ms"),
        (dict(kind="nasal"), ValueError, "kind"),
        (dict(max_delay=-1), ValueError, "max_delay"),
    ],
    ids=str,
)
def test_bad_input_gets_one_sentence(how, error, told):
    with pytest.raises(error, match=told) as caught:
        listener(**how)
    assert "\n" not in str(caught.value)


def test_it_needs_a_generator_two_classes_and_spikes():
    with pytest.raises(TypeError, match="generator"):
        Listener(CHANNELS, CLASSES, generator=None)
    with pytest.raises(ValueError, match="classes"):
        Listener(CHANNELS, 1, generator=torch.Generator())
    with pytest.raises(ValueError, match="spikes"):
        listener()(nerve()[:, :, :2])
    with pytest.raises(ValueError, match="max_delay"):
        listener(max_delay=40)(nerve())
