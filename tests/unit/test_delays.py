"""Methods A and B: out[t] = in[t - d], exactly, for every shape, dtype and layout."""

import math

import pytest
import torch
from delay_references import method_a, method_b, random_spikes, random_values, settings_of_a_shift
from hypothesis import given
from hypothesis import strategies as st

from course_utils.delays import (
    delayed_linear,
    length_budget,
    pad_then_shift,
    shift_by_grid_sample,
    shift_then_clip,
)

SHIFTS = [pad_then_shift, shift_then_clip, shift_by_grid_sample]


@given(st.integers(0, 30), st.integers(0, 39))
def test_an_impulse_comes_out_d_steps_later(delay, at):
    spikes = torch.zeros(1, 40, 1, dtype=torch.bool)
    spikes[0, at, 0] = True
    everything = pad_then_shift(spikes, torch.tensor([float(delay)]), 30)
    assert everything.shape == (1, 70, 1)
    assert everything.nonzero().tolist() == [[0, at + delay, 0]]
    assert everything.max() == 1
    window = shift_then_clip(spikes, torch.tensor([float(delay)]), 30)
    seen = 30 <= at + delay < 40  # row t is time t + 30 of the input
    assert window.shape == (1, 10, 1)
    assert window.nonzero().tolist() == ([[0, at + delay - 30, 0]] if seen else [])


def test_a_fractional_delay_shares_an_impulse_between_two_neighbours():
    spikes = torch.zeros(1, 12, 1)
    spikes[0, 5, 0] = 1
    out = pad_then_shift(spikes, torch.tensor([2.25]), 4)[0, :, 0]
    assert out.nonzero().flatten().tolist() == [7, 8]
    assert out[[7, 8]].tolist() == [0.75, 0.25]


@given(settings_of_a_shift())
def test_both_methods_equal_plain_loops(setting):
    spikes, delays, max_delay = setting
    # 1e-6: a fractional part below a millionth of a step counts as rounding noise
    torch.testing.assert_close(
        shift_then_clip(spikes, delays, max_delay),
        method_b(spikes, delays, max_delay),
        rtol=0,
        atol=2e-6,
    )
    torch.testing.assert_close(
        pad_then_shift(spikes, delays, max_delay),
        method_a(spikes, delays, max_delay),
        rtol=0,
        atol=2e-6,
    )


@given(settings_of_a_shift(fractional=False))
def test_whole_delays_are_exact_and_binary(setting):
    spikes, delays, max_delay = setting
    delays = delays.float()
    out = shift_then_clip(spikes, delays, max_delay)
    assert torch.equal(out.double(), method_b(spikes, delays, max_delay))
    out = pad_then_shift(spikes, delays, max_delay)
    assert torch.equal(out.double(), method_a(spikes, delays, max_delay))


@given(settings_of_a_shift())
def test_method_a_is_method_b_of_a_padded_recording(setting):
    spikes, delays, max_delay = setting
    silence = torch.zeros(len(spikes), max_delay, spikes.shape[2], dtype=spikes.dtype)
    padded = torch.cat([silence, spikes, silence], dim=1)
    assert torch.equal(
        pad_then_shift(spikes, delays, max_delay), shift_then_clip(padded, delays, max_delay)
    )


@given(settings_of_a_shift())
def test_grid_sample_agrees(setting):
    spikes, delays, max_delay = setting
    reference = method_b(spikes, delays, max_delay)
    exact = shift_by_grid_sample(spikes, delays, max_delay)
    assert exact.dtype == torch.float64
    torch.testing.assert_close(exact, reference, rtol=0, atol=1e-9)
    if spikes.dtype != torch.float64:
        single = shift_by_grid_sample(spikes, delays.float(), max_delay)
        assert single.dtype == torch.float32
        torch.testing.assert_close(single.double(), reference, rtol=0, atol=1e-4)


def test_at_the_courses_size_the_gather_equals_grid_sample():
    spikes = random_spikes(0, 8, 150, 40)
    delays = 50 * torch.rand(40, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    torch.testing.assert_close(
        shift_then_clip(spikes, delays, 50),
        shift_by_grid_sample(spikes, delays, 50),
        rtol=0,
        atol=1e-9,
    )
    torch.testing.assert_close(
        shift_then_clip(spikes, delays.float(), 50),
        shift_by_grid_sample(spikes, delays.float(), 50),
        rtol=0,
        atol=1e-4,
    )


@given(settings_of_a_shift(), st.integers(0, 99))
def test_delayed_linear_is_shift_then_weights(setting, seed):
    spikes, delays, max_delay = setting
    weight = random_values(seed, spikes.shape[2], 3)
    expected = method_b(spikes, delays, max_delay) @ weight
    out = delayed_linear(spikes, delays, weight, max_delay)
    assert out.dtype == torch.float64
    torch.testing.assert_close(out, expected, rtol=0, atol=1e-5)
    composed = shift_then_clip(spikes, delays, max_delay).double() @ weight
    torch.testing.assert_close(out, composed, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("delays", [[0.0, 2.0, 5.0], [0.5, 2.25, 4.75], [0.0, 2.25, 5.0]])
@pytest.mark.parametrize("spikes_as", [torch.bool, torch.float32, torch.float64])
@pytest.mark.parametrize("delays_as", [torch.float32, torch.float64])
@pytest.mark.parametrize("weight_as", [torch.float32, torch.float64])
def test_mixed_precision(delays, spikes_as, delays_as, weight_as):
    spikes = random_spikes(3, 4, 9, 3, spikes_as)
    delays = torch.tensor(delays, dtype=delays_as)
    weight = torch.tensor([[1.0, 0.5], [0.25, -2.0], [0.125, 4.0]], dtype=weight_as)
    expected = method_b(spikes, delays, 5)  # eighths and quarters: exact in either precision
    out = shift_then_clip(spikes, delays, 5)
    assert out.dtype == torch.promote_types(delays_as, spikes_as)
    assert torch.equal(out.double(), expected)
    out = delayed_linear(spikes, delays, weight, 5)
    assert out.dtype == torch.promote_types(weight_as, spikes_as)
    assert torch.equal(out.double(), expected @ weight.double())


def test_float32_stays_close_to_float64():
    spikes = random_spikes(5, 6, 60, 10, torch.float32)
    delays = 20 * torch.rand(10, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(
        shift_then_clip(spikes, delays, 20).double(),
        shift_then_clip(spikes.double(), delays.double(), 20),
        rtol=0,
        atol=1e-6,
    )


def test_a_list_and_whole_numbers_serve_as_delays():
    spikes = random_spikes(6, 2, 8, 2)
    expected = shift_then_clip(spikes, torch.tensor([1.0, 3.0]), 3)
    assert torch.equal(shift_then_clip(spikes, [1, 3], 3), expected)
    assert torch.equal(shift_then_clip(spikes, torch.tensor([1, 3]), 3), expected)


def test_the_input_is_not_changed():
    spikes, delays = random_spikes(7, 2, 8, 2, torch.float32), torch.tensor([0.5, 3.0])
    kept = spikes.clone(), delays.clone()
    for shift in SHIFTS:
        shift(spikes, delays, 3)
    delayed_linear(spikes, delays, torch.ones(2, 1), 3)
    assert torch.equal(spikes, kept[0]) and torch.equal(delays, kept[1])


@pytest.mark.parametrize(
    "effective, max_delay, layers, needed", [(100, 50, 1, 150), (100, 50, 3, 250), (7, 0, 4, 7)]
)
def test_length_budget_is_what_several_layers_leave(effective, max_delay, layers, needed):
    assert length_budget(effective, max_delay, layers) == needed
    spikes = random_spikes(8, 1, needed, 1)
    for _ in range(layers):
        spikes = shift_then_clip(spikes, torch.tensor([float(max_delay)]), max_delay)
    assert spikes.shape[1] == effective


def test_length_budget_of_no_layer():
    assert length_budget(5, 3, 0) == 5


@pytest.mark.parametrize(
    "values, error, says",
    [
        ((0, 5, 1), ValueError, "effective_steps must be at least 1, not 0"),
        ((10, -1, 1), ValueError, "max_delay must be at least 0, not -1"),
        ((10, 5, -2), ValueError, "layers must be at least 0, not -2"),
        ((10, 5, 1.5), TypeError, "layers must be a whole number, not 1.5"),
    ],
)
def test_length_budget_rejects(values, error, says):
    with pytest.raises(error, match=says):
        length_budget(*values)


def shift_of(function):
    """Every shift with the same three arguments; `delayed_linear` gets weights that fit."""
    if function is not delayed_linear:
        return function

    def shift(spikes, delays, max_delay):
        return delayed_linear(spikes, delays, torch.ones(3, 2), max_delay)

    return shift


GOOD = dict(spikes=torch.ones(2, 10, 3), delays=torch.tensor([0.0, 2.5, 5.0]), max_delay=5)


@pytest.mark.parametrize("function", [*SHIFTS, delayed_linear])
@pytest.mark.parametrize(
    "change, error, says",
    [
        (dict(delays=torch.tensor([0.0, -0.5, 5])), ValueError, "between 0 and .* = 5 .*not -0.5"),
        (dict(delays=torch.tensor([0.0, 5.5, 5])), ValueError, "between 0 and .* = 5 .*not 5.5"),
        (dict(delays=torch.tensor([0.0, math.nan, 5])), ValueError, "delays must be finite"),
        (dict(delays=torch.tensor([0.0, math.inf, 5])), ValueError, "delays must be finite"),
        (dict(delays=torch.tensor([0.0, -math.inf, 5])), ValueError, "delays must be finite"),
        (dict(delays=torch.zeros(2)), ValueError, r"shape \(3,\), not \(2,\)"),
        (dict(delays=torch.zeros(3, 1)), ValueError, r"shape \(3,\), not \(3, 1\)"),
        (dict(delays=1.0), ValueError, r"shape \(3,\), not \(\)"),
        (dict(delays=None), TypeError, "delays must be numbers of steps, not None"),
        (dict(delays="abc"), TypeError, "delays must be numbers of steps, not 'abc'"),
        (dict(max_delay=10), ValueError, "max_delay .* stimulus length of 10 steps, not 10"),
        (dict(max_delay=11), ValueError, "max_delay .* stimulus length of 10 steps, not 11"),
        (dict(max_delay=-1), ValueError, "max_delay must be at least 0, not -1"),
        (dict(max_delay=5.0), TypeError, "max_delay must be a whole number, not 5.0"),
        (dict(max_delay=True), TypeError, "max_delay must be a whole number, not True"),
        (dict(spikes=torch.ones(10, 3)), ValueError, r"3 dimensions .* not shape \(10, 3\)"),
        (dict(spikes=torch.ones(1, 2, 10, 3)), ValueError, "3 dimensions"),
        (dict(spikes=torch.ones(2, 10, 3).int()), TypeError, "spikes must be boolean .*int32"),
        (dict(spikes=[[1.0]]), TypeError, "spikes must be a torch.Tensor, not list"),
        (dict(spikes=torch.full((2, 10, 3), math.nan)), ValueError, "spikes must be finite"),
        (dict(spikes=torch.full((2, 10, 3), -math.inf)), ValueError, "spikes must be finite"),
    ],
)
def test_bad_input(function, change, error, says):
    shift_of(function)(**GOOD)
    with pytest.raises(error, match=says):
        shift_of(function)(**{**GOOD, **change})


def test_infinities_of_both_signs_do_not_cancel():
    spikes = torch.zeros(2, 10, 3)
    spikes[0, 0, 0], spikes[1, 0, 0] = math.inf, -math.inf
    with pytest.raises(ValueError, match="spikes must be finite"):
        shift_then_clip(spikes, torch.zeros(3), 5)


def test_large_finite_spikes_are_finite():
    spikes = torch.full((1, 10, 1), 3e38)  # their sum is not
    assert torch.equal(shift_then_clip(spikes, torch.zeros(1), 5), spikes[:, 5:])


@pytest.mark.parametrize(
    "weight, error, says",
    [
        (torch.ones(4, 2), ValueError, r"weight must have shape \(3, out\), not \(4, 2\)"),
        (torch.ones(3), ValueError, r"weight must have shape \(3, out\), not \(3,\)"),
        ([[1.0]] * 3, TypeError, "weight must be a torch.Tensor, not list"),
    ],
)
def test_bad_weight(weight, error, says):
    with pytest.raises(error, match=says):
        delayed_linear(**GOOD, weight=weight)
