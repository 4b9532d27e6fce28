"""Recurrent neurons against a loop that autograd walks back through."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.neurons import lif, recurrent_lif, spike


def random_values(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def plain(current, recurrent, tau_ms, dt_ms=1.0, **surrogate):
    v = s = torch.zeros_like(current[:, 0])
    found = []
    for t in range(current.shape[1]):
        v = math.exp(-dt_ms / tau_ms) * v * (1 - s.detach()) + current[:, t] + s @ recurrent
        s = spike(v - 1, **surrogate)
        found.append(s)
    return torch.stack(found, dim=1)


@given(
    seed=st.integers(0, 1000),
    n=st.integers(1, 3),
    steps=st.integers(1, 12),
    neurons=st.integers(1, 4),
    surrogate=st.sampled_from(["sigmoid", "superspike", "atan"]),
)
def test_spikes_and_gradients_equal_the_plain_loop(seed, n, steps, neurons, surrogate):
    current = random_values(seed, n, steps, neurons).requires_grad_()
    recurrent = random_values(seed + 1, neurons, neurons).requires_grad_()
    weight = random_values(seed + 2, n, steps, neurons)
    how = dict(surrogate=surrogate, slope=3.0)
    ours = recurrent_lif(current, recurrent, 4.0, dt_ms=0.5, **how)
    theirs = plain(current, recurrent, 4.0, dt_ms=0.5, **how)
    assert torch.equal(ours, theirs)
    found = torch.autograd.grad((ours * weight).sum(), (current, recurrent))
    wanted = torch.autograd.grad((theirs * weight).sum(), (current, recurrent))
    torch.testing.assert_close(found, wanted)


def test_without_connections_they_are_plain_neurons():
    current = random_values(0, 4, 30, 5)
    none = torch.zeros(5, 5, dtype=torch.float64)
    assert torch.equal(recurrent_lif(current, none, 5.0), lif(current, 5.0))


def test_a_spike_arrives_one_step_later_at_the_column_it_is_sent_to():
    current = torch.zeros(1, 6, 3)
    current[0, 1, 0] = 1.5
    recurrent = torch.zeros(3, 3)
    recurrent[0, 2] = 1.0  # from neuron 0 to neuron 2
    assert recurrent_lif(current, recurrent, 5.0).nonzero().tolist() == [[0, 1, 0], [0, 2, 2]]


@pytest.mark.parametrize(
    "change, error, says",
    [
        (dict(current=torch.zeros(2, 3)), ValueError, "current must have 3 dimensions"),
        (dict(current=torch.zeros(1, 3, 2, dtype=torch.bool)), TypeError, "current must be a flo"),
        (dict(current=torch.full((1, 3, 2), math.nan)), ValueError, "current must be finite"),
        (dict(recurrent=torch.zeros(2, 3)), ValueError, r"recurrent must have shape \(2, 2\)"),
        (dict(tau_ms=0), ValueError, "tau_ms must be"),
        (dict(surrogate="tanh"), ValueError, "surrogate must be one of"),
        (dict(slope=-1), ValueError, "slope must be"),
    ],
)
def test_bad_arguments(change, error, says):
    good = dict(current=torch.zeros(1, 3, 2), recurrent=torch.zeros(2, 2), tau_ms=5.0)
    with pytest.raises(error, match=says):
        recurrent_lif(**good | change)
