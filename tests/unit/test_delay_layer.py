"""DelayLayer: what each estimator does forward and backward, its range, copies and storage."""

import copy
import math

import numpy as np
import pytest
import torch
from delay_references import central_difference, method_b, random_spikes, random_values
from hypothesis import given
from hypothesis import strategies as st

from course_utils.delays import ESTIMATORS, DelayLayer, Interpolate, shift_by_grid_sample

MAX_DELAY = 4


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def layer_with(delays, estimator="linear", max_delay=MAX_DELAY):
    delays = torch.as_tensor(delays, dtype=torch.float64)
    return DelayLayer(len(delays), max_delay, estimator, init=delays)


def smooth(out):
    ramp = torch.linspace(0.3, 2.1, out.numel(), dtype=torch.float64).view(out.shape)
    return (torch.sin(ramp * out) + ramp * out**2 / 3).sum()


def delay_gradient(layer, spikes):
    layer.zero_grad()
    smooth(layer(spikes)).backward()
    return layer.delays.grad


def plain_gaussian(spikes, delays, max_delay, sigma):
    """A weighted sum of whole shifts, the weights a normalised bell; in numpy loops."""
    spikes = np.asarray(spikes, dtype=float)
    out = np.zeros((spikes.shape[0], spikes.shape[1] - max_delay, spikes.shape[2]))
    for c, delay in enumerate(np.asarray(delays.detach())):
        bell = np.array(
            [math.exp(-((k - delay) ** 2) / (2 * sigma**2)) for k in range(max_delay + 1)]
        )
        for k, share in enumerate(bell / bell.sum()):
            for row in range(out.shape[1]):
                out[:, row, c] += share * spikes[:, row + max_delay - k, c]
    return torch.tensor(out)


@pytest.mark.parametrize("values", [[0.0, 1.0, 4.0], [0.25, 2.5, 3.75]])
def test_linear_is_method_b(values):
    spikes = random_spikes(0, 3, 9, 3)
    layer = layer_with(values)
    torch.testing.assert_close(layer(spikes), method_b(spikes, layer.delays, 4), rtol=0, atol=1e-12)


def test_linear_is_the_default():
    assert type(DelayLayer(2, 3, init=1).rule) is Interpolate


@given(st.lists(st.floats(0, MAX_DELAY), min_size=1, max_size=4))
def test_straight_through_rounds_forward(values):
    layer = layer_with(values, "straight_through")
    spikes = random_spikes(1, 2, 9, len(values))
    whole = [float(np.rint(value)) for value in values]
    out = layer(spikes)
    assert torch.equal(out, method_b(spikes, whole, MAX_DELAY))
    assert ((out == 0) | (out == 1)).all()


def test_straight_through_is_binary_in_float32_too():
    layer = DelayLayer(500, 50, "straight_through", generator=seeded())
    out = layer(random_spikes(2, 2, 60, 500))
    assert out.dtype == torch.float32
    assert ((out == 0) | (out == 1)).all()


@given(st.lists(st.floats(0, MAX_DELAY), min_size=1, max_size=4))
def test_straight_through_has_linears_gradient_at_the_rounded_delays(values):
    spikes = random_values(3, 2, 9, len(values))
    found = delay_gradient(layer_with(values, "straight_through"), spikes)
    expected = delay_gradient(layer_with(np.rint(values)), spikes)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 10.0])
@pytest.mark.parametrize("values", [[0.0, 1.0, 4.0], [0.25, 2.5, 3.75]])
def test_gaussian_is_a_weighted_sum_of_whole_shifts(sigma, values):
    spikes = random_spikes(4, 3, 9, 3)
    layer = layer_with(values, "gaussian")
    layer.rule.sigma = sigma
    expected = plain_gaussian(spikes, layer.delays, MAX_DELAY, sigma)
    torch.testing.assert_close(layer(spikes), expected, rtol=1e-12, atol=1e-12)
    weight = random_values(5, 3, 2)
    torch.testing.assert_close(
        layer.then_linear(spikes, weight), expected @ weight, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("values", [[0.0, 1.0, 4.0], [0.25, 2.5, 3.75]])
def test_gaussian_gradient_is_the_central_difference(values):
    spikes = random_values(6, 2, 9, 3)
    layer = layer_with(values, "gaussian")
    layer.rule.sigma = 0.8
    expected = central_difference(
        lambda d: smooth(plain_gaussian(spikes, d, MAX_DELAY, 0.8)), layer.delays.detach(), 1e-5
    )
    assert expected.abs().min() > 1e-3
    torch.testing.assert_close(delay_gradient(layer, spikes), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("values", [[0.0, 1.0, 4.0], [0.25, 2.4, 3.75]])
def test_a_narrow_gaussian_is_the_rounded_delay(values):
    spikes = random_spikes(7, 3, 9, 3)
    layer = layer_with(values, "gaussian")
    layer.rule.sigma = 0.01
    expected = method_b(spikes, np.rint(values), MAX_DELAY)
    torch.testing.assert_close(layer(spikes), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("max_delay", [0, 1, 8])
def test_the_first_gaussian_is_a_half_of_the_range_wide_and_never_empty(max_delay):
    layer = DelayLayer(2, max_delay, "gaussian", generator=seeded())
    assert layer.rule.sigma == max(max_delay / 2, 1)
    out = layer(torch.ones(1, max_delay + 3, 2))
    torch.testing.assert_close(out, torch.ones(1, 3, 2))


def test_prototype_rounds_and_multiplies_the_gradient_by_five_delays():
    spikes = random_values(8, 2, 9, 4)
    delays = torch.tensor([0.0, 0.4, 2.6, 4.0], dtype=torch.float64)
    layer = layer_with(delays, "prototype")
    torch.testing.assert_close(
        layer(spikes), method_b(spikes, delays.round(), MAX_DELAY), rtol=0, atol=1e-9
    )
    whole = delays.round().requires_grad_()
    smooth(shift_by_grid_sample(spikes, whole, MAX_DELAY)).backward()
    found = delay_gradient(layer, spikes)
    torch.testing.assert_close(found, 5 * delays * whole.grad, rtol=1e-12, atol=1e-12)
    assert found[0] == 0 and found[1:].all()


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_then_linear_is_the_layer_and_then_the_weights(estimator):
    spikes, weight = random_spikes(9, 3, 9, 3), random_values(10, 3, 2).requires_grad_()
    layer = layer_with([0.0, 1.6, 4.0], estimator)
    found, expected = layer.then_linear(spikes, weight), layer(spikes) @ weight
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    wanted = [layer.delays, weight]
    for ours, theirs in zip(
        torch.autograd.grad(smooth(found), wanted),
        torch.autograd.grad(smooth(expected), wanted),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_batch_of_none_and_one_channel(estimator):
    layer = DelayLayer(1, 3, estimator, generator=seeded())
    assert layer(torch.zeros(0, 8, 1, dtype=torch.bool)).shape == (0, 5, 1)
    assert layer.then_linear(torch.zeros(0, 8, 1), torch.ones(1, 2)).shape == (0, 5, 2)
    assert layer(torch.zeros(1, 8, 1, dtype=torch.bool)).shape == (1, 5, 1)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_bool_and_float_spikes_agree(estimator):
    spikes = random_spikes(11, 3, 9, 3)
    layer = DelayLayer(3, 4, estimator, generator=seeded())
    assert torch.equal(layer(spikes), layer(spikes.float()))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_rounded_applies_whole_delays_and_leaves_the_layer_alone(estimator):
    layer = layer_with([0.4, 1.6, 2.5, 4.0], estimator)
    twin = layer.rounded()
    assert twin.delays.tolist() == [0, 2, 2, 4]
    assert layer.delays.tolist() == [0.4, 1.6, 2.5, 4.0]
    assert type(layer.rule) is type(DelayLayer(4, 4, estimator, init=0).rule)
    assert type(twin.rule) is Interpolate
    spikes = random_spikes(12, 2, 9, 4)
    assert torch.equal(twin(spikes), method_b(spikes, [0, 2, 2, 4], MAX_DELAY))


def test_project_brings_every_delay_back_into_range():
    layer = layer_with([0.0, 1.5, 4.0])
    with torch.no_grad():
        layer.delays += torch.tensor([-3.0, 0.25, 9.0])
    assert layer.project_() is layer
    assert layer.delays.tolist() == [0.0, 1.75, 4.0]
    assert layer.delays.requires_grad and layer.delays.is_leaf


def test_a_delay_pushed_out_of_range_is_refused_until_projected():
    layer = layer_with([4.0])
    optimiser = torch.optim.SGD(layer.parameters(), lr=10)
    spikes = torch.zeros(1, 9, 1, dtype=torch.float64)
    spikes[0, 2, 0] = 1
    layer.delays.grad = -torch.ones_like(layer.delays)
    optimiser.step()
    with pytest.raises(ValueError, match="between 0 and max_delay = 4 steps, not 14"):
        layer(spikes)
    layer.project_()
    assert layer(spikes)[0, :, 0].tolist() == [0, 0, 1, 0, 0]


@pytest.mark.parametrize("spike_at, bound", [(3, 4.0), (4, 0.0)])
def test_a_delay_on_its_bound_still_has_a_gradient_that_brings_it_back(spike_at, bound):
    layer = layer_with([bound])
    spikes = torch.zeros(1, 9, 1, dtype=torch.float64)
    spikes[0, spike_at, 0] = 1
    wish = torch.zeros(1, 5, 1, dtype=torch.float64)
    wish[0, spike_at - 4 + int(bound) + (-1 if bound else 1), 0] = 1  # one step inside the range
    ((layer(spikes) - wish) ** 2).sum().backward()
    inward = -1 if bound else 1
    assert -layer.delays.grad.item() * inward > 0


def test_uniform_delays_fill_the_range_and_follow_the_generator():
    layer = DelayLayer(2000, 50, generator=seeded(3))
    assert torch.equal(layer.delays, DelayLayer(2000, 50, generator=seeded(3)).delays)
    assert not torch.equal(layer.delays, DelayLayer(2000, 50, generator=seeded(4)).delays)
    values = layer.delays.detach()
    assert values.min() >= 0 and values.max() <= 50
    # mean and spread of a uniform law, within five standard errors
    assert abs(values.mean() - 25) < 5 * 50 / math.sqrt(12 * 2000)
    assert abs(values.std() - 50 / math.sqrt(12)) < 1


def test_the_global_seed_does_not_matter():
    torch.manual_seed(0)
    first = DelayLayer(5, 50, generator=seeded(3)).delays
    torch.manual_seed(1)
    assert torch.equal(first, DelayLayer(5, 50, generator=seeded(3)).delays)


@pytest.mark.parametrize("value", [0, 3, 2.5])
def test_a_number_sets_every_delay(value):
    assert DelayLayer(3, 3, init=value).delays.tolist() == [value] * 3


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64])
def test_a_tensor_is_copied(dtype):
    first = torch.tensor([0, 1, 3], dtype=dtype)
    layer = DelayLayer(3, 3, init=first)
    first += 100
    assert layer.delays.tolist() == [0, 1, 3]
    assert layer.delays.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)


def test_another_layers_delays_are_copied():
    first = DelayLayer(3, 3, init=1)
    second = DelayLayer(3, 3, init=first.delays)
    with torch.no_grad():
        first.delays += 1
    assert second.delays.tolist() == [1, 1, 1]
    assert second.delays.is_leaf and second.delays.requires_grad


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_saved_and_loaded_it_is_the_same_layer(estimator, tmp_path):
    spikes = random_spikes(13, 2, 9, 3)
    layer = DelayLayer(3, 4, estimator, generator=seeded(1))
    torch.save(layer.state_dict(), tmp_path / "delays.pt")
    other = DelayLayer(3, 4, estimator, generator=seeded(2))
    assert not torch.equal(other(spikes), layer(spikes))
    other.load_state_dict(torch.load(tmp_path / "delays.pt", weights_only=True))
    assert torch.equal(other(spikes), layer(spikes))


def test_a_deep_copy_is_independent():
    layer = layer_with([1.0, 2.0])
    twin = copy.deepcopy(layer)
    with torch.no_grad():
        twin.delays.zero_()
    assert layer.delays.tolist() == [1, 2]


@pytest.mark.parametrize(
    "arguments, error, says",
    [
        (dict(estimator="cubic"), ValueError, "estimator must be one of .*linear.*not 'cubic'"),
        (dict(estimator=3, init=1), TypeError, "estimator must be a Rule or .*not 3"),
        (dict(init="zeros"), ValueError, "init must be one of 'uniform', not 'zeros'"),
        (dict(init="uniform"), TypeError, "generator must be a torch.Generator .*not None"),
        (dict(init="uniform", generator=0), TypeError, "generator must be a torch.Generator .*0"),
        (dict(init=-1), ValueError, "init must be .* between 0 and 4, not -1"),
        (dict(init=4.5), ValueError, "init must be .* between 0 and 4, not 4.5"),
        (dict(init=math.nan), ValueError, "init must be a finite number .*not nan"),
        (dict(init=math.inf), ValueError, "init must be a finite number .*not inf"),
        (dict(init=[1.0, 2.0, 3.0]), TypeError, "init must be a number, not"),
        (dict(init=torch.tensor([1.0, -1, 0])), ValueError, "between 0 and .* = 4 .*not -1"),
        (dict(init=torch.tensor([1.0, 9, 0])), ValueError, "between 0 and .* = 4 .*not 9"),
        (dict(init=torch.tensor([1.0, math.nan, 0])), ValueError, "init must be finite"),
        (dict(init=torch.tensor([1.0, math.inf, 0])), ValueError, "init must be finite"),
        (dict(init=torch.ones(2)), ValueError, r"init must .*shape \(3,\), not \(2,\)"),
        (dict(channels=0, init=1), ValueError, "channels must be at least 1, not 0"),
        (dict(channels=2.0, init=1), TypeError, "channels must be a whole number, not 2.0"),
        (dict(max_delay=-1, init=0), ValueError, "max_delay must be at least 0, not -1"),
        (dict(max_delay=2.5, init=1), TypeError, "max_delay must be a whole number, not 2.5"),
    ],
)
def test_bad_arguments(arguments, error, says):
    with pytest.raises(error, match=says):
        DelayLayer(**{**dict(channels=3, max_delay=4), **arguments})


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(
    "spikes, error, says",
    [
        (torch.zeros(2, 9, 4), ValueError, "spikes must have 3 channels, not 4"),
        (torch.zeros(9, 3), ValueError, "3 dimensions"),
        (torch.zeros(2, 4, 3), ValueError, "max_delay must be below .* of 4 steps, not 4"),
        (torch.zeros(2, 9, 3).long(), TypeError, "spikes must be boolean .*int64"),
        (torch.full((2, 9, 3), math.nan), ValueError, "spikes must be finite"),
    ],
)
def test_bad_spikes(estimator, spikes, error, says):
    layer = DelayLayer(3, 4, estimator, init=1)
    for call in (layer, lambda s: layer.then_linear(s, torch.ones(3, 2))):
        with pytest.raises(error, match=says):
            call(spikes)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_delays_that_became_nan_are_refused(estimator):
    layer = DelayLayer(3, 4, estimator, init=1)
    with torch.no_grad():
        layer.delays[1] = math.nan
    with pytest.raises(ValueError, match="delays must be finite"):
        layer(torch.zeros(2, 9, 3))


@pytest.mark.parametrize("sigma", [0, -1, math.nan, math.inf])
def test_a_bell_without_a_width_is_refused(sigma):
    layer = DelayLayer(3, 4, "gaussian", init=1)
    layer.rule.sigma = sigma
    with pytest.raises(ValueError, match=f"sigma must be .*not {sigma}"):
        layer(torch.zeros(2, 9, 3))


def test_its_name_in_print_says_what_it_is():
    for estimator, name in (("linear", "Interpolate()"), ("gaussian", "Bell(sigma=2.0)")):
        settings = f"3, max_delay=4, estimator={name}, kind='axonal', padding='clip'"
        assert str(DelayLayer(3, 4, estimator, init=1)) == f"DelayLayer({settings})"
