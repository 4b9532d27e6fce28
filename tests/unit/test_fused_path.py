"""The fast path, as a whole, against the plain composition of its parts."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from course_utils import _rows, neurons
from course_utils.delays import shift_by_grid_sample
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample


def plain_forward(network, spikes):
    """Shift by grid sample, multiply, loop over the neurons, loop over the readout."""
    layer, decay = network.delay, math.exp(-1 / network.tau_ms)
    dtype = network.w_hidden.dtype
    shifted = shift_by_grid_sample(spikes.to(dtype), layer.delays, layer.max_delay)
    current = shifted @ network.w_hidden
    v = torch.zeros_like(current[:, 0])
    u = torch.zeros(len(spikes), network.classes.n, dtype=dtype)
    total = 0
    for t in range(current.shape[1]):
        v = decay * v + current[:, t]
        s = neurons.spike(v - 1)
        v = v * (1 - s.detach())
        u = decay * u + s @ network.w_out
        total = total + u
    return total / current.shape[1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(seed=st.integers(0, 10_000))
def test_fused_equals_plain_in_loss_and_every_gradient(dtype, seed):
    draw = torch.Generator().manual_seed(seed)
    fibres, hidden, n, limit = (
        int(torch.randint(1, top, (), generator=draw)) for top in (12, 12, 9, 20)
    )
    stimulus = Stimulus(fibres_per_ear=fibres, duration_ms=40)
    network = Localiser(stimulus, Classes(5), hidden, limit, generator=draw).to(dtype)
    ipd, spikes = sample(n, stimulus, draw)
    label = network.classes.index(ipd)
    results = []
    for forward in (network, lambda s: plain_forward(network, s)):
        network.zero_grad()
        loss = cross_entropy(forward(spikes), label)
        loss.backward()
        results.append((loss.detach(), [p.grad.clone() for p in network.parameters()]))
    (ours, our_gradients), (plain, plain_gradients) = results
    # Two summation orders can put a potential on either side of the threshold in float32;
    # such a sound is a different one, not a wrong gradient.
    assert abs(float(ours - plain)) < 1e-5
    for mine, its in zip(our_gradients, plain_gradients, strict=True):
        assert float((mine - its).norm()) <= 1e-4 * float(its.norm()) + 1e-7


def test_same_seed_same_digits():
    def digits():
        draw = torch.Generator().manual_seed(7)
        network = Localiser(Stimulus(fibres_per_ear=5), Classes(4), 6, generator=draw)
        ipd, spikes = sample(20, network.task, draw)
        loss = cross_entropy(network(spikes), network.classes.index(ipd))
        loss.backward()
        return [loss.detach()] + [p.grad for p in network.parameters()]

    assert all(torch.equal(a, b) for a, b in zip(digits(), digits(), strict=True))


def test_float32_stays_close_to_float64():
    draw = torch.Generator().manual_seed(8)
    network = Localiser(Stimulus(fibres_per_ear=8), Classes(4), 10, generator=draw)
    _, spikes = sample(50, network.task, draw)
    single = network(spikes)
    torch.testing.assert_close(single, network.double()(spikes).float(), rtol=0, atol=2e-2)


def test_saved_and_loaded_it_points_alike(tmp_path):
    draw = torch.Generator().manual_seed(9)
    network, other = (
        Localiser(Stimulus(fibres_per_ear=5), Classes(4), 6, generator=draw) for _ in range(2)
    )
    _, spikes = sample(10, network.task, draw)
    torch.save(network.state_dict(), tmp_path / "network.pt")
    assert not torch.equal(network(spikes), other(spikes))
    other.load_state_dict(torch.load(tmp_path / "network.pt", weights_only=True))
    assert torch.equal(network(spikes), other(spikes))


def test_a_larger_buffer_does_not_pass_for_the_rows_that_were_in_the_last():
    """Fewer rows than there were are copied, though they begin at the same address."""
    scratch = _rows._Scratch()
    rows = torch.ones(1, 4, 3, dtype=torch.bool)
    assert torch.equal(scratch.floats(rows, torch.float32), torch.ones(1, 4, 3))
    assert scratch.floats(rows, torch.float64).eq(1).all()
