"""Every message names the argument, its value, and what would be right."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils import arguments as valid


@given(st.integers(-5, 5) | st.floats(-5, 5))
def test_a_number_within_its_range_comes_back_as_a_float(value):
    found = valid.finite_number("x", value, -5, 5)
    assert found == value and isinstance(found, float)


@pytest.mark.parametrize("value", [-5.0, 5.0])
def test_the_ends_count_unless_they_are_excluded(value):
    assert valid.finite_number("x", value, -5, 5) == value
    with pytest.raises(ValueError, match=f"x .*strictly between -5 and 5, not {value}"):
        valid.finite_number("x", value, -5, 5, exclusive=True)


@pytest.mark.parametrize("value", [5.001, -5.001, math.nan, math.inf, -math.inf])
def test_a_number_out_of_range(value):
    with pytest.raises(ValueError, match=f"x must be .*between -5 and 5, not {value}"):
        valid.finite_number("x", value, -5, 5)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_without_a_range_a_number_is_still_finite(value):
    with pytest.raises(ValueError, match=f"x must be a finite number .*not {value}"):
        valid.finite_number("x", value)
    assert valid.finite_number("x", -1e300) == -1e300


@pytest.mark.parametrize("value", ["1", None, True, 1j, [1.0], torch.tensor(1.0)])
def test_what_is_not_a_number(value):
    with pytest.raises(TypeError, match="x must be a number, not "):
        valid.finite_number("x", value)


@pytest.mark.parametrize("value", [1.0, "1", None, False, torch.tensor(1)])
def test_what_is_not_a_whole_number(value):
    with pytest.raises(TypeError, match="x must be a whole number, not "):
        valid.whole_number("x", value)


def test_whole_numbers_have_a_smallest():
    assert valid.whole_number("x", 1) == 1 and valid.whole_number("x", 0, low=0) == 0
    with pytest.raises(ValueError, match="x must be at least 1, not 0"):
        valid.whole_number("x", 0)
    with pytest.raises(ValueError, match="x must be at least -2, not -3"):
        valid.whole_number("x", -3, low=-2)


def test_one_of():
    assert valid.one_of("x", "b", ("a", "b")) == "b"
    with pytest.raises(ValueError, match="x must be one of 'a', 'b', not 'c'"):
        valid.one_of("x", "c", ("a", "b"))


@pytest.mark.parametrize("value", [None, 0, torch.Generator])
def test_randomness_has_to_be_passed_in(value):
    with pytest.raises(TypeError, match=r"generator must be a torch.Generator .*manual_seed\(0\)"):
        valid.random_generator(value)
    generator = torch.Generator()
    assert valid.random_generator(generator) is generator


@pytest.mark.parametrize("dtype", [torch.bool, torch.float16, torch.float32, torch.float64])
def test_spikes_come_back_as_they_are(dtype):
    spikes = torch.ones(2, 3, 4).to(dtype)
    assert valid.spike_tensor("x", spikes) is spikes
    assert valid.spike_tensor("x", spikes, channels=4) is spikes
    assert valid.spike_tensor("x", spikes[:0]).shape == (0, 3, 4)
    assert valid.binary_spikes("x", spikes).dtype == torch.bool


@pytest.mark.parametrize(
    "spikes, error, says",
    [
        ([[[1]]], TypeError, "x must be a torch.Tensor, not list"),
        (torch.ones(3, 4), ValueError, r"x must have 3 dimensions .*not shape \(3, 4\)"),
        (torch.ones(2, 3, 5), ValueError, "x must have 4 channels, not 5"),
        (torch.ones(2, 3, 4).byte(), TypeError, "x must be boolean .*not torch.uint8"),
        (torch.ones(2, 3, 4) * 1j, TypeError, "x must be boolean .*not torch.complex64"),
        (torch.full((2, 3, 4), math.nan), ValueError, "x must be finite"),
        (torch.full((2, 3, 4), -math.inf), ValueError, "x must be finite"),
    ],
)
def test_what_is_not_a_spike_tensor(spikes, error, says):
    for of in (valid.spike_tensor, valid.binary_spikes):
        with pytest.raises(error, match=says):
            of("x", spikes, channels=4)


@given(st.integers(0, 23), st.sampled_from([math.nan, math.inf, -math.inf]))
def test_one_bad_value_anywhere_is_found(where, value):
    spikes = torch.full((2, 3, 4), 1e38)  # the sum of the others overflows
    assert valid.spike_tensor("x", spikes) is spikes
    spikes.view(-1)[where] = value
    with pytest.raises(ValueError, match="x must be finite"):
        valid.spike_tensor("x", spikes)


@pytest.mark.parametrize("value", [0.5, -1.0, 2.0, 1e-9])
def test_binary_means_zero_or_one(value):
    spikes = torch.zeros(1, 2, 2)
    assert valid.binary_spikes("x", spikes).any() == torch.tensor(False)
    spikes[0, 1, 1] = value
    with pytest.raises(ValueError, match="x must be boolean: every value 0 or 1"):
        valid.binary_spikes("x", spikes)


def test_delays_become_floating():
    assert valid.delays("delays", [1, 2], (2,), 3).dtype == torch.float32
    for dtype in (torch.float32, torch.float64):
        delays = torch.zeros(2, dtype=dtype)
        assert valid.delays("delays", delays, (2,), 0) is delays
    assert valid.delays("delays", [], (0,), 3).shape == (0,)


@pytest.mark.parametrize(
    "values, wrong", [([-1.0, 51.0], "-1"), ([0.0, 51.0], "51"), ([-0.5, 50.0], "-0.5")]
)
def test_the_delay_that_is_out_of_range_is_the_one_that_is_named(values, wrong):
    with pytest.raises(ValueError, match=f"between 0 and max_delay = 50 steps, not {wrong}$"):
        valid.delays("delays", torch.tensor(values), (2,), 50)


@pytest.mark.parametrize(
    "value, said",
    [(torch.ones(1, 2, 3, dtype=torch.bool), "torch.bool"), ([[[1.0]]], "list"), (None, "NoneType"),
     (torch.ones(1, 2, 3, dtype=torch.long), "torch.int64")],
)  # fmt: skip
def test_a_current_is_floating(value, said):
    with pytest.raises(TypeError, match=f"x must be a floating-point torch.Tensor, not {said}"):
        valid.current("x", value)


@pytest.mark.parametrize("max_delay, steps", [(0, 1), (4, 5), (4, 9)])
def test_max_delay_below_the_length(max_delay, steps):
    assert valid.delay_range(max_delay, steps) == max_delay
    with pytest.raises(ValueError, match=f"length of {max_delay} steps, not {max_delay}"):
        valid.delay_range(max_delay, max_delay)


def test_a_weight_matrix_fits_its_rows():
    weight = torch.zeros(3, 0)
    assert valid.weight_matrix("weight", weight, 3) is weight
    with pytest.raises(ValueError, match=r"weight must have shape \(4, out\), not \(3, 0\)"):
        valid.weight_matrix("weight", weight, 4)
