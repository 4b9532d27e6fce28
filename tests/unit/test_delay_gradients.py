"""The gradients of a delay: central differences everywhere, at whole delays and bounds too."""

import pytest
import torch
from delay_references import (
    central_difference,
    method_a,
    method_b,
    random_spikes,
    random_values,
    settings_of_a_shift,
)
from hypothesis import given
from hypothesis import strategies as st

from course_utils.delays import delayed_linear, pad_then_shift, shift_then_clip

MAX_DELAY = 4
WHOLE = [0.0, 1.0, 3.0, 4.0]
FRACTIONAL = [0.25, 1.5, 2.125, 3.9]


def smooth(out):
    """A loss with a different, curved slope in every element of `out`."""
    ramp = torch.linspace(0.3, 2.1, out.numel(), dtype=torch.float64).view(out.shape)
    return (torch.sin(ramp * out.double()) + ramp * out.double() ** 2 / 3).sum()


def gradients(function, *tensors):
    """What `smooth(function(*tensors))` sends back to each tensor."""
    tensors = [t.clone().requires_grad_(t.is_floating_point()) for t in tensors]
    smooth(function(*tensors)).backward()
    return [t.grad for t in tensors]


@pytest.mark.parametrize("shift, plain", [(shift_then_clip, method_b), (pad_then_shift, method_a)])
@pytest.mark.parametrize("values", [WHOLE, FRACTIONAL, [0.0, 0.75, 2.0, 4.0]])
@pytest.mark.parametrize("dtype", [torch.bool, torch.float64])
def test_delay_gradient_is_the_central_difference(shift, plain, values, dtype):
    spikes = random_spikes(1, 3, 8, 4) if dtype == torch.bool else random_values(1, 3, 8, 4)
    delays = torch.tensor(values, dtype=torch.float64)
    expected = central_difference(lambda d: smooth(plain(spikes, d, MAX_DELAY)), delays, 1e-6)
    found = gradients(lambda d: shift(spikes, d, MAX_DELAY), delays)[0]
    assert expected.abs().min() > 1e-3
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("values", [WHOLE, FRACTIONAL, [0.0, 0.75, 2.0, 4.0]])
def test_delayed_linear_delay_gradient_is_the_central_difference(values):
    spikes, weight = random_spikes(2, 3, 8, 4), random_values(3, 4, 5)
    delays = torch.tensor(values, dtype=torch.float64)
    expected = central_difference(
        lambda d: smooth(method_b(spikes, d, MAX_DELAY) @ weight), delays, 1e-6
    )
    found = gradients(lambda d: delayed_linear(spikes, d, weight, MAX_DELAY), delays)[0]
    assert expected.abs().min() > 1e-3
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-5)


@given(settings_of_a_shift(), st.integers(0, 99))
def test_delay_gradient_by_hypothesis(setting, seed):
    spikes, delays, max_delay = setting
    delays = (4 * delays).round() / 4  # whole, or clear of the kinks at whole delays
    expected = central_difference(lambda d: smooth(method_b(spikes, d, max_delay)), delays, 1e-6)
    found = gradients(lambda d: shift_then_clip(spikes, d, max_delay), delays)[0]
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("nudge", [-1e-7, 1e-7])
@pytest.mark.parametrize("layer", ["shift", "linear"])
def test_rounding_noise_leaves_a_whole_delay_whole(nudge, layer):
    spikes, weight = random_values(4, 2, 8, 1), torch.ones(1, 2, dtype=torch.float64)

    def function(delays):
        if layer == "shift":
            return shift_then_clip(spikes, delays, MAX_DELAY)
        return delayed_linear(spikes, delays, weight, MAX_DELAY)

    exact = gradients(function, torch.tensor([2.0], dtype=torch.float64))[0]
    nudged = gradients(function, torch.tensor([2.0 + nudge], dtype=torch.float64))[0]
    torch.testing.assert_close(nudged, exact, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shift", [shift_then_clip, pad_then_shift])
@given(settings_of_a_shift(), st.integers(0, 99))
def test_backward_to_the_spikes_is_the_adjoint(shift, setting, seed):
    spikes, delays, max_delay = setting
    x = random_values(seed, *spikes.shape).requires_grad_()
    out = shift(x, delays, max_delay)
    y = random_values(seed + 1, *out.shape)
    out.backward(y)
    # <S x, y> = <x, S' y> for this x and for another one
    for z in (x.detach(), random_values(seed + 2, *spikes.shape)):
        forward = (shift(z, delays, max_delay) * y).sum()
        torch.testing.assert_close((z * x.grad).sum(), forward, rtol=1e-10, atol=1e-10)


@given(settings_of_a_shift(), st.integers(0, 99))
def test_backward_of_delayed_linear_is_the_adjoint(setting, seed):
    spikes, delays, max_delay = setting
    x = random_values(seed, *spikes.shape).requires_grad_()
    weight = random_values(seed + 3, spikes.shape[2], 2)
    out = delayed_linear(x, delays, weight, max_delay)
    y = random_values(seed + 1, *out.shape)
    out.backward(y)
    z = random_values(seed + 2, *spikes.shape)
    forward = (delayed_linear(z, delays, weight, max_delay) * y).sum()
    torch.testing.assert_close((z * x.grad).sum(), forward, rtol=1e-10, atol=1e-10)


def test_gradcheck_of_spikes_weights_and_fractional_delays():
    spikes = random_values(5, 2, 7, 3).requires_grad_()
    delays = torch.tensor([0.5, 1.25, 2.75], dtype=torch.float64, requires_grad=True)
    weight = random_values(6, 3, 2).requires_grad_()
    assert torch.autograd.gradcheck(lambda s, d: shift_then_clip(s, d, 3), (spikes, delays))
    assert torch.autograd.gradcheck(lambda s, d: pad_then_shift(s, d, 3), (spikes, delays))
    assert torch.autograd.gradcheck(
        lambda s, d, w: delayed_linear(s, d, w, 3), (spikes, delays, weight)
    )


@pytest.mark.parametrize("values", [[0.0, 1.0, 3.0], [0.0, 1.5, 3.0]])
def test_gradcheck_of_spikes_and_weights_at_the_bounds(values):
    spikes, weight = random_values(5, 2, 7, 3), random_values(6, 3, 2)
    delays = torch.tensor(values, dtype=torch.float64)
    inputs = spikes.requires_grad_(), weight.requires_grad_()
    assert torch.autograd.gradcheck(lambda s, w: delayed_linear(s, delays, w, 3), inputs)
    assert torch.autograd.gradcheck(lambda s: shift_then_clip(s, delays, 3), inputs[:1])


@given(settings_of_a_shift(), st.integers(0, 99), st.booleans())
def test_all_gradients_of_delayed_linear_are_those_of_the_composition(setting, seed, single):
    spikes, delays, max_delay = setting
    weight = random_values(seed, spikes.shape[2], 3)
    if spikes.dtype == torch.float64 or not single:
        spikes = spikes if spikes.dtype == torch.bool else spikes.double()
        close = dict(rtol=1e-10, atol=1e-10)
    else:
        delays, weight = delays.float(), weight.float()
        close = dict(rtol=1e-4, atol=1e-4)
    fused = gradients(lambda s, d, w: delayed_linear(s, d, w, max_delay), spikes, delays, weight)
    plain = gradients(lambda s, d, w: shift_then_clip(s, d, max_delay) @ w, spikes, delays, weight)
    for ours, theirs in zip(fused, plain, strict=True):
        if theirs is None:
            assert ours is None and spikes.dtype == torch.bool
        else:
            assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
            torch.testing.assert_close(ours, theirs, **close)


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_each_gradient_can_be_asked_for_alone(wanted):
    inputs = [
        random_values(7, 2, 7, 3),
        torch.tensor([0.0, 1.5, 3.0], dtype=torch.float64),
        random_values(8, 3, 2),
    ]
    together = gradients(lambda s, d, w: delayed_linear(s, d, w, 3), *inputs)
    inputs[wanted].requires_grad_()
    smooth(delayed_linear(*inputs, 3)).backward()
    torch.testing.assert_close(inputs[wanted].grad, together[wanted], rtol=1e-12, atol=1e-12)
    if wanted < 2:
        pair = [inputs[0], inputs[1]]
        both = gradients(lambda s, d: shift_then_clip(s, d, 3), *[t.detach() for t in pair])
        pair[wanted].grad = None
        smooth(shift_then_clip(*pair, 3)).backward()
        torch.testing.assert_close(pair[wanted].grad, both[wanted], rtol=1e-12, atol=1e-12)


def test_gradients_keep_the_dtype_of_what_they_belong_to():
    spikes = random_values(9, 2, 7, 3).float().requires_grad_()
    delays = torch.tensor([0.0, 1.5, 3.0], dtype=torch.float64, requires_grad=True)
    weight = random_values(10, 3, 2).float().requires_grad_()
    delayed_linear(spikes, delays, weight, 3).sum().backward()
    assert [t.grad.dtype for t in (spikes, delays, weight)] == [
        t.dtype for t in (spikes, delays, weight)
    ]


def test_a_batch_of_none_has_gradients_of_zero():
    spikes = torch.zeros(0, 7, 3, requires_grad=True)
    delays = torch.tensor([0.0, 1.5, 3.0], requires_grad=True)
    weight = torch.ones(3, 2, requires_grad=True)
    delayed_linear(spikes, delays, weight, 3).sum().backward()
    assert spikes.grad.shape == (0, 7, 3)
    assert delays.grad.tolist() == [0, 0, 0] and not weight.grad.any()


@pytest.mark.parametrize("fused", [True, False])
def test_a_second_derivative_is_refused_rather_than_wrong(fused):
    spikes = random_values(11, 2, 7, 3)
    delays = torch.tensor([0.0, 1.5, 3.0], dtype=torch.float64, requires_grad=True)
    out = (
        delayed_linear(spikes, delays, random_values(12, 3, 2).requires_grad_(), 3)
        if fused
        else shift_then_clip(spikes.requires_grad_(), delays, 3)
    )
    (slope,) = torch.autograd.grad((out**2).sum(), delays, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()
