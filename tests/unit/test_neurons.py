"""Neurons against plain loops: spikes exactly, gradients through autograd, the readout's mean."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from course_utils.neurons import (
    DEFAULT_SLOPE,
    SURROGATES,
    leak,
    leaky_readout,
    lif,
    readout_weighting,
    spike,
    surrogate_slope,
)


def random_values(seed, *shape, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def plain_lif(current, tau_ms, dt_ms=1.0, threshold=1.0):
    """Update, compare, reset: one neuron, one step, one Python number at a time."""
    n, steps, neurons = current.shape
    spikes, potential = torch.zeros(current.shape), torch.zeros(current.shape, dtype=torch.float64)
    for i in range(n):
        for k in range(neurons):
            v = 0.0
            for t in range(steps):
                v = math.exp(-dt_ms / tau_ms) * v + float(current[i, t, k])
                potential[i, t, k] = v
                if v >= threshold:
                    spikes[i, t, k] = 1
                    v = 0.0
    return spikes.double(), potential


def autograd_lif(current, tau_ms, *, dt_ms=1.0, threshold=1.0, detach_reset=True, **surrogate):
    """The same loop over tensors, for autograd to walk back through."""
    v = torch.zeros_like(current[:, 0])
    spikes = []
    for t in range(current.shape[1]):
        v = math.exp(-dt_ms / tau_ms) * v + current[:, t]
        fired = spike(v - threshold, **surrogate)
        spikes.append(fired)
        v = v * (1 - (fired.detach() if detach_reset else fired))
    return torch.stack(spikes, dim=1)


@pytest.mark.parametrize("slope", [None, 0.5, 25.0])
@pytest.mark.parametrize(
    "surrogate, formula",
    [
        ("sigmoid", lambda u, b: b * math.exp(-b * u) / (1 + math.exp(-b * u)) ** 2),
        ("superspike", lambda u, b: 1 / (1 + b * abs(u)) ** 2),
        ("atan", lambda u, b: b / 2 / (1 + (math.pi * b * u / 2) ** 2)),
    ],
)
def test_surrogates_are_their_formulas(surrogate, formula, slope):
    u = [-2.0, -0.5, -0.01, 0.0, 0.01, 0.5, 2.0]
    b = DEFAULT_SLOPE[surrogate] if slope is None else slope
    found = surrogate_slope(torch.tensor(u, dtype=torch.float64), surrogate, slope)
    np.testing.assert_allclose(found, [formula(x, b) for x in u], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "surrogate, area, peak", [("sigmoid", 1, 1 / 4), ("superspike", 2, None), ("atan", 1, 1 / 2)]
)
@pytest.mark.parametrize("slope", [0.5, 5.0])
def test_surrogates_are_bumps_of_known_area_and_height(surrogate, area, peak, slope):
    def height(u):
        return float(surrogate_slope(torch.tensor(u, dtype=torch.float64), surrogate, slope))

    # the sigmoid and the arctan are derivatives of a step from 0 to 1; SuperSpike is not: 2 / b
    found = 2 * integrate.quad(height, 0, np.inf, limit=200)[0]
    assert found == pytest.approx(area / (slope if surrogate == "superspike" else 1), rel=1e-6)
    assert height(0) == pytest.approx(1 if peak is None else peak * slope)
    assert height(0) > height(0.1) > height(0.2) > 0
    assert height(-0.3) == pytest.approx(height(0.3), rel=1e-12)


def test_default_slopes():
    assert set(DEFAULT_SLOPE) == set(SURROGATES) == {"sigmoid", "superspike", "atan"}
    u = torch.tensor(0.0)
    heights = [float(surrogate_slope(u, name)) for name in ("sigmoid", "superspike", "atan")]
    assert heights == [1.25, 1, 1]
    assert surrogate_slope(u) == surrogate_slope(u, "sigmoid")


@pytest.mark.parametrize("surrogate", SURROGATES)
def test_a_surrogate_far_from_threshold_is_finite(surrogate):
    slopes = surrogate_slope(torch.tensor([-1e30, -1e4, 1e4, 1e30]), surrogate)
    assert torch.isfinite(slopes).all() and (slopes < 1e-6).all()


@pytest.mark.parametrize("surrogate", SURROGATES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_spike_is_a_step_with_the_surrogates_gradient(surrogate, dtype):
    u = torch.tensor([-1.0, -1e-7, 0.0, 1e-7, 2.0], dtype=dtype, requires_grad=True)
    out = spike(u, surrogate, 3.0)
    assert out.tolist() == [0, 0, 1, 1, 1] and out.dtype == dtype
    back = torch.tensor([1.0, -2.0, 3.0, 0.0, 0.5], dtype=dtype)
    out.backward(back)
    assert torch.equal(u.grad, back * surrogate_slope(u.detach(), surrogate, 3.0))


@given(st.integers(0, 9999), st.sampled_from([0.5, 5.0, 80.0]), st.sampled_from([0.4, 1.0]))
def test_lif_equals_the_plain_loop(seed, tau_ms, threshold):
    current = 0.6 * random_values(seed, 2, 25, 3) + 0.2
    spikes, potential = lif(current, tau_ms, threshold=threshold, return_potential=True)
    expected, before_reset = plain_lif(current, tau_ms, threshold=threshold)
    assert torch.equal(spikes, expected)
    torch.testing.assert_close(potential, before_reset, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("tau_ms, dt_ms", [(5, 1), (5, 0.5), (20, 2), (1e-6, 1), (1e9, 1)])
def test_lif_knows_time_constant_and_step(tau_ms, dt_ms):
    current = 0.6 * random_values(1, 2, 40, 5)
    expected, before_reset = plain_lif(current, tau_ms, dt_ms)
    spikes, potential = lif(current, tau_ms, dt_ms=dt_ms, return_potential=True)
    assert 0 < expected.sum() < expected.numel()
    assert torch.equal(spikes, expected)
    torch.testing.assert_close(potential, before_reset, rtol=1e-12, atol=1e-12)


def test_lif_in_single_precision():
    # quarters and a leak of one half: exact in float32, thresholds included
    current = torch.randint(-3, 4, (3, 30, 4), generator=torch.Generator().manual_seed(0)) / 4
    tau_ms = 1 / math.log(2)
    spikes = lif(current, tau_ms)
    assert spikes.dtype == torch.float32
    assert torch.equal(spikes.double(), plain_lif(current, tau_ms)[0])


def test_a_potential_exactly_at_threshold_fires():
    spikes, potential = lif(torch.tensor([[[1.0], [0.0], [0.999]]]), 5, return_potential=True)
    assert spikes.flatten().tolist() == [1, 0, 0]
    assert potential.flatten().tolist() == pytest.approx([1, 0, 0.999])


@given(st.floats(0.18, 3.0), st.sampled_from([2.0, 5.0, 20.0]))
def test_constant_input_makes_no_double_spikes(current, tau_ms):
    spikes = lif(torch.full((1, 100, 1), current, dtype=torch.float64), tau_ms).flatten()
    rise, v = 0, 0.0  # steps from rest to threshold
    while v < 1 and rise < 200:
        v = math.exp(-1 / tau_ms) * v + current
        rise += 1
    if v < 1:
        assert not spikes.any()
    else:
        assert spikes.nonzero().flatten().tolist() == list(range(rise - 1, 100, rise))


def test_a_reset_forgets_however_high_the_potential_was():
    spikes = lif(torch.tensor([50.0, 0.5, 0.5, 0.5]).view(1, 4, 1), 5)
    assert spikes.flatten().tolist() == [1, 0, 0, 1]  # 0.5, 0.91, 1.24


@pytest.mark.parametrize("surrogate", SURROGATES)
@pytest.mark.parametrize("detach_reset", [True, False])
@pytest.mark.parametrize("tau_ms, dt_ms, threshold", [(5, 1, 1), (12, 0.5, 0.7), (0.8, 1, 1.3)])
def test_lif_gradient_is_that_of_the_loop(surrogate, detach_reset, tau_ms, dt_ms, threshold):
    settings = dict(
        dt_ms=dt_ms,
        threshold=threshold,
        surrogate=surrogate,
        slope=4.0,
        detach_reset=detach_reset,
    )
    current = (0.6 * random_values(2, 3, 20, 4)).requires_grad_()
    back = random_values(3, 3, 20, 4)
    ours, theirs = lif(current, tau_ms, **settings), autograd_lif(current, tau_ms, **settings)
    assert torch.equal(ours, theirs) and ours.any()
    (found,) = torch.autograd.grad(ours, current, back)
    (expected,) = torch.autograd.grad(theirs, current, back)
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)


def test_the_two_resets_have_different_gradients():
    current = (0.6 * random_values(2, 3, 20, 4)).requires_grad_()
    slopes = [
        torch.autograd.grad(lif(current, 5, detach_reset=detach).sum(), current)[0]
        for detach in (True, False)
    ]
    assert (slopes[0] - slopes[1]).abs().max() > 0.1


def test_lif_detaches_the_reset_by_default():
    current = (0.6 * random_values(2, 3, 20, 4)).requires_grad_()
    default, detached = (
        torch.autograd.grad(out.sum(), current)[0]
        for out in (lif(current, 5), lif(current, 5, detach_reset=True))
    )
    assert torch.equal(default, detached)


@pytest.mark.parametrize("layout", ["expanded", "time first", "every second"])
def test_lif_reads_any_memory_layout(layout):
    current = 0.6 * random_values(4, 2, 15, 3)
    if layout == "expanded":
        current = current[:1].expand(2, 15, 3)
    elif layout == "time first":
        current = current.permute(1, 2, 0).contiguous().permute(2, 0, 1)
    else:
        current = current.repeat_interleave(2, dim=1)[:, ::2]
    kept = current.clone()
    leaf = current.detach().requires_grad_()
    out = lif(leaf, 5)
    assert torch.equal(out, plain_lif(kept, 5)[0])
    out.sum().backward()  # an expanded gradient
    plain = kept.clone().requires_grad_()
    autograd_lif(plain, 5).sum().backward()
    torch.testing.assert_close(leaf.grad, plain.grad, rtol=1e-10, atol=1e-10)
    assert torch.equal(current, kept)


def test_the_potential_carries_no_gradient():
    current = random_values(5, 1, 5, 1).requires_grad_()
    spikes, potential = lif(current, 5, return_potential=True)
    assert spikes.requires_grad and not potential.requires_grad


def test_a_second_derivative_is_refused_rather_than_wrong():
    current = random_values(5, 1, 5, 1).requires_grad_()
    (slope,) = torch.autograd.grad((lif(current, 5) * current).sum(), current, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()


@pytest.mark.parametrize("shape", [(0, 10, 3), (2, 0, 3), (2, 10, 0), (1, 1, 1)])
def test_lif_of_nothing(shape):
    current = torch.zeros(shape, requires_grad=True)
    out = lif(current, 5)
    assert out.shape == shape and not out.any()
    out.sum().backward()
    assert current.grad.shape == shape


@pytest.mark.parametrize("tau_ms, dt_ms", [(5, 1), (0.5, 2), (1e-300, 1), (1e300, 1)])
def test_leak(tau_ms, dt_ms):
    assert leak(tau_ms, dt_ms) == math.exp(-dt_ms / tau_ms)


def plain_readout(spikes, weight, tau_ms, dt_ms=1.0):
    """A leaky integrator stepped through time, and the mean of its potential."""
    spikes, weight = spikes.double(), weight.double()
    potential = torch.zeros(len(spikes), weight.shape[1], dtype=torch.float64)
    total = torch.zeros_like(potential)
    for t in range(spikes.shape[1]):
        potential = math.exp(-dt_ms / tau_ms) * potential + spikes[:, t] @ weight
        total = total + potential
    return total / spikes.shape[1]


@pytest.mark.parametrize("tau_ms, dt_ms", [(5, 1), (5, 0.5), (50, 2), (1e-6, 1), (1e-3, 3)])
@pytest.mark.parametrize("dtype, close", [(torch.float32, 1e-6), (torch.float64, 1e-12)])
def test_the_closed_form_readout_is_the_loop(tau_ms, dt_ms, dtype, close):
    spikes = (random_values(6, 5, 100, 8) > 0.5).to(dtype)
    weight = random_values(7, 8, 4, dtype=dtype) / 8
    found = leaky_readout(spikes, weight, tau_ms, dt_ms=dt_ms)
    expected = plain_readout(spikes, weight, tau_ms, dt_ms)
    assert found.dtype == dtype and found.shape == (5, 4)
    torch.testing.assert_close(found.double(), expected, rtol=close, atol=close)


@pytest.mark.parametrize("tau_ms", [1e9, 1e15, 1e100])
def test_a_readout_that_never_leaks_counts(tau_ms):
    # the closed form is 0 / 0 in the limit: weights (steps to go) / steps
    expected = torch.arange(100, 0, -1, dtype=torch.float64) / 100
    found = readout_weighting(100, tau_ms, dtype=torch.float64)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)


@given(st.integers(1, 60), st.floats(0.1, 100), st.floats(0.1, 5))
def test_readout_weighting_is_the_answer_to_a_single_spike(steps, tau_ms, dt_ms):
    weighting = readout_weighting(steps, tau_ms, dt_ms, torch.float64)
    decay = math.exp(-dt_ms / tau_ms)
    for t in range(steps):
        answer = sum(decay**k for k in range(steps - t)) / steps
        assert float(weighting[t]) == pytest.approx(answer, rel=1e-9)


def test_single_precision_and_steps_of_a_millisecond_unless_asked():
    assert readout_weighting(3, 5).dtype == torch.float32
    assert torch.equal(readout_weighting(3, 5), readout_weighting(3, 5, 1))
    assert leak(5) == leak(5, 1)
    current, weight = 0.6 * random_values(1, 2, 40, 5), random_values(2, 5, 2)
    assert torch.equal(lif(current, 5), lif(current, 5, dt_ms=1))
    assert not torch.equal(lif(current, 5), lif(current, 5, dt_ms=2))
    assert torch.equal(
        leaky_readout(current, weight, 5), leaky_readout(current, weight, 5, dt_ms=1)
    )


@pytest.mark.parametrize("detail", ["bool", "batch runs fastest", "no sound"])
def test_leaky_readout_reads_what_neurons_send(detail):
    spikes = random_values(8, 4, 30, 6) > 0.5
    weight = random_values(9, 6, 3, dtype=torch.float32)
    if detail == "batch runs fastest":
        spikes = spikes.float().permute(1, 2, 0).contiguous().permute(2, 0, 1)
    if detail == "no sound":
        spikes = spikes[:0]
    found = leaky_readout(spikes, weight, 5)
    torch.testing.assert_close(
        found.double(), plain_readout(spikes, weight, 5), rtol=1e-5, atol=1e-6
    )
    assert found.shape == (len(spikes), 3)


def test_gradients_of_the_readout():
    spikes, weight = random_values(10, 2, 6, 3), random_values(11, 3, 2)
    inputs = spikes.requires_grad_(), weight.requires_grad_()
    assert torch.autograd.gradcheck(lambda s, w: leaky_readout(s, w, 5), inputs)


@pytest.mark.parametrize(
    "call, error, says",
    [
        (lambda: spike(torch.zeros(1), "relu"), ValueError, "surrogate must be one .*not 'relu'"),
        (lambda: spike(torch.zeros(1), slope=0), ValueError, "slope must be .*not 0"),
        (lambda: surrogate_slope(torch.zeros(1), "atan", -1), ValueError, "slope .*not -1"),
        (lambda: surrogate_slope(torch.zeros(1), None), ValueError, "surrogate .*not None"),
        (lambda: spike(torch.zeros(1), slope="5"), TypeError, "slope must be a number, not '5'"),
        (lambda: leak(0), ValueError, "tau_ms must be .*not 0"),
        (lambda: leak(5, 0), ValueError, "dt_ms must be .*not 0"),
        (lambda: leak(math.inf), ValueError, "tau_ms must be .*not inf"),
        (lambda: readout_weighting(0, 5), ValueError, "steps must be at least 1, not 0"),
        (lambda: readout_weighting(5, -5), ValueError, "tau_ms must be .*not -5"),
        (lambda: readout_weighting(5, 5, math.nan), ValueError, "dt_ms must be .*not nan"),
    ],
)
def test_bad_numbers(call, error, says):
    with pytest.raises(error, match=says):
        call()


@pytest.mark.parametrize(
    "change, error, says",
    [
        (dict(current=torch.zeros(4, 3)), ValueError, r"current must have 3 .*\(4, 3\)"),
        (dict(current=torch.zeros(2, 4, 3).bool()), TypeError, "current .*not torch.bool"),
        (dict(current=torch.zeros(2, 4, 3).int()), TypeError, "current .*not torch.int32"),
        (dict(current=[[[0.0]]]), TypeError, "current must be a floating-point .*not list"),
        (dict(current=torch.full((2, 4, 3), math.nan)), ValueError, "current must be finite"),
        (dict(current=torch.full((2, 4, 3), math.inf)), ValueError, "current must be finite"),
        (dict(tau_ms=0), ValueError, "tau_ms must be .*not 0"),
        (dict(tau_ms=-5), ValueError, "tau_ms must be .*not -5"),
        (dict(tau_ms=math.nan), ValueError, "tau_ms must be .*not nan"),
        (dict(tau_ms="5"), TypeError, "tau_ms must be a number, not '5'"),
        (dict(dt_ms=0), ValueError, "dt_ms must be .*not 0"),
        (dict(threshold=0), ValueError, "threshold must be .*not 0"),
        (dict(threshold=math.inf), ValueError, "threshold must be .*not inf"),
        (dict(surrogate="step"), ValueError, "surrogate must be one of .*sigmoid.*not 'step'"),
        (dict(slope=-2), ValueError, "slope must be .*not -2"),
    ],
)
def test_bad_input_of_lif(change, error, says):
    with pytest.raises(error, match=says):
        lif(**{**dict(current=torch.zeros(2, 4, 3), tau_ms=5), **change})


@pytest.mark.parametrize(
    "change, error, says",
    [
        (dict(spikes=torch.zeros(4, 3)), ValueError, r"spikes must have 3 .*\(4, 3\)"),
        (dict(spikes=torch.zeros(2, 4, 3).int()), TypeError, "spikes must be boolean .*int32"),
        (dict(spikes=torch.full((2, 4, 3), math.nan)), ValueError, "spikes must be finite"),
        (dict(weight=torch.zeros(4, 2)), ValueError, r"weight must have shape \(3, out\), .*4, 2"),
        (dict(weight=torch.zeros(3)), ValueError, r"weight must have shape \(3, out\), not \(3,"),
        (dict(weight=[[0.0]] * 3), TypeError, "weight must be a torch.Tensor, not list"),
        (dict(tau_ms=0), ValueError, "tau_ms must be .*not 0"),
        (dict(dt_ms=-1), ValueError, "dt_ms must be .*not -1"),
    ],
)
def test_bad_input_of_the_readout(change, error, says):
    good = dict(spikes=torch.zeros(2, 4, 3), weight=torch.zeros(3, 2), tau_ms=5)
    with pytest.raises(error, match=says):
        leaky_readout(**{**good, **change})


@pytest.mark.parametrize("seed", range(5))
def test_what_lesson_4_says_of_forty_neurons(seed):
    """A steep slope stops plain descent at one rate, not Adam, which divides height out."""
    currents = torch.rand(40, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)

    def descend(optimiser, rate, steepness, height=1.0):
        w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        steps = optimiser([w], lr=rate)
        for _ in range(200):
            steps.zero_grad()
            fired = spike(w * currents - 1, "sigmoid", steepness).mean()
            (height * (fired - 0.5) ** 2).backward()
            steps.step()
        return w.item(), fired.item()

    sgd, adam = (torch.optim.SGD, 0.5), (torch.optim.Adam, 0.05)
    assert descend(*sgd, 5)[1] == pytest.approx(0.5, abs=0.06)
    assert descend(*sgd, 25)[0] == pytest.approx(0.5, abs=0.01)
    for steepness in (2, 5, 25):
        assert descend(*adam, steepness)[1] == pytest.approx(0.5, abs=0.06)
    assert descend(*adam, 100)[0] == pytest.approx(0.5, abs=0.01)
    assert descend(*adam, 5, 100.0)[0] == pytest.approx(descend(*adam, 5)[0], abs=0.01)
    assert abs(descend(*sgd, 5, 100.0)[0] - descend(*sgd, 5)[0]) > 0.002
