"""Axonal, dendritic and synaptic delays; paddings; streaming: all against plain loops."""

import pytest
import torch
from delay_references import central_difference, random_spikes, random_values, value_at
from hypothesis import given
from hypothesis import strategies as st

from course_utils import _rows
from course_utils.delays import (
    ESTIMATORS,
    KINDS,
    DelayLayer,
    shift_causal,
    shift_then_clip,
    valid_steps,
)

N, STEPS, CHANNELS, OUT, MAX_DELAY = 2, 9, 3, 2, 4
SHAPES = {"axonal": (CHANNELS,), "dendritic": (OUT,), "synaptic": (CHANNELS, OUT)}
SPREADING = ("gaussian", "triangle")


@pytest.fixture(scope="module", autouse=True, params=[0, 40], ids=["by rows", "by filters"])
def both_ways(request):
    """Synaptic delays have two engines, one for long delays and one for short ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_rows, "_DENSE", request.param)
        yield


def layer(kind, delays, estimator="linear", padding="clip"):
    outputs = None if kind == "axonal" else OUT
    return DelayLayer(
        CHANNELS, MAX_DELAY, estimator, delays, kind=kind, outputs=outputs, padding=padding
    )


def some_delays(kind, seed, whole=False):
    generator = torch.Generator().manual_seed(seed)
    delays = torch.rand(SHAPES[kind], generator=generator, dtype=torch.float64) * MAX_DELAY
    return delays.round() if whole else delays


def per_connection(kind, delays):
    """Delay of every connection `(channel, out)`, whoever owns it."""
    return {
        "axonal": lambda: delays[:, None].expand(CHANNELS, OUT),
        "dendritic": lambda: delays[None].expand(CHANNELS, OUT),
        "synaptic": lambda: delays,
    }[kind]()


def plain(spikes, delays, weight, first, count):
    """Every connection by itself, in loops."""
    out = torch.zeros(len(spikes), count, OUT, dtype=torch.float64)
    for i in range(len(spikes)):
        for c in range(CHANNELS):
            train = spikes[i, :, c].tolist()
            for o in range(OUT):
                for row in range(count):
                    value = value_at(train, first + row - float(delays[c, o]))
                    out[i, row, o] += float(weight[c, o]) * value
    return out


WINDOWS = {
    "clip": (MAX_DELAY, STEPS - MAX_DELAY),
    "causal": (0, STEPS),
    "full": (0, STEPS + MAX_DELAY),
}


@pytest.mark.parametrize("padding", WINDOWS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("whole", [True, False])
def test_every_kind_and_padding_equals_plain_loops(kind, padding, whole):
    spikes, weight = random_spikes(1, N, STEPS, CHANNELS), random_values(2, CHANNELS, OUT)
    delays = some_delays(kind, 3, whole)
    found = layer(kind, delays, padding=padding).then_linear(spikes, weight)
    wanted = plain(spikes, per_connection(kind, delays), weight, *WINDOWS[padding])
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("numbers_at_once", [1, 50, 10**9])
def test_synaptic_delays_do_not_depend_on_how_many_rows_are_gathered(monkeypatch, numbers_at_once):
    monkeypatch.setattr(_rows, "_CHUNK", numbers_at_once)
    generator = torch.Generator().manual_seed(3)
    spikes = random_spikes(1, N, STEPS, CHANNELS, torch.float64).requires_grad_()
    values = some_delays("synaptic", 2)
    values[0, 0], values[1, 1], values[2, 0] = 0, MAX_DELAY, 2  # bounds and a whole one
    delays = values.requires_grad_()
    weight = torch.randn(CHANNELS, OUT, generator=generator, dtype=torch.float64).requires_grad_()
    inputs = spikes, delays, weight
    columns = zip(delays.unbind(1), weight.split(1, dim=1), strict=True)
    plain = torch.cat([shift_then_clip(spikes, d, MAX_DELAY) @ w for d, w in columns], dim=2)
    fused = _rows.DelayedSynapses.apply(spikes, delays, weight, MAX_DELAY)
    torch.testing.assert_close(fused, plain)
    wanted = torch.autograd.grad(plain.square().sum(), inputs)
    found = torch.autograd.grad(fused.square().sum(), inputs)
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("values", ["fractional", "whole", "zero", "max"])
def test_every_kind_has_the_central_difference_as_gradient(kind, values):
    spikes, weight = random_spikes(4, N, STEPS, CHANNELS), random_values(5, CHANNELS, OUT)
    delays = some_delays(kind, 6, whole=values == "whole")
    if values in ("zero", "max"):
        delays = torch.full_like(delays, 0.0 if values == "zero" else MAX_DELAY)
    ramp = torch.linspace(0.2, 1.7, N * (STEPS - MAX_DELAY) * OUT, dtype=torch.float64)

    def smooth(out):
        return (torch.sin(ramp.view(out.shape) * out) + ramp.view(out.shape) * out**2 / 3).sum()

    def loss(flat):
        by_connection = per_connection(kind, flat.view(SHAPES[kind]))
        return smooth(plain(spikes, by_connection, weight, *WINDOWS["clip"]))

    net = layer(kind, delays)
    smooth(net.then_linear(spikes, weight)).backward()
    wanted = central_difference(loss, delays.flatten(), 1e-6)
    torch.testing.assert_close(net.delays.grad.flatten(), wanted, rtol=0, atol=2e-5)


@pytest.mark.parametrize("estimator", SPREADING)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sigma", [0.6, 1.7])
def test_spreading_estimators_have_the_central_difference_as_gradient(kind, estimator, sigma):
    spikes, weight = random_spikes(7, N, STEPS, CHANNELS), random_values(8, CHANNELS, OUT)
    ramp = torch.linspace(0.2, 1.7, N * (STEPS - MAX_DELAY) * OUT, dtype=torch.float64)
    sigma = max(sigma, 1.0) if estimator == "triangle" else sigma

    def loss(flat):
        net = layer(kind, flat.view(SHAPES[kind]), estimator)
        net.rule.sigma = sigma
        out = net.then_linear(spikes, weight)
        return (ramp.view(out.shape) * out**2).sum(), net.delays

    delays = some_delays(kind, 9)
    total, parameter = loss(delays)
    total.backward()
    wanted = central_difference(lambda d: loss(d)[0].detach(), delays.flatten(), 1e-6)
    torch.testing.assert_close(parameter.grad.flatten(), wanted, rtol=0, atol=1e-6)


def share_of_whole_delays(estimator, delay, sigma):
    """How much of a connection with `delay` waits 0, 1, … MAX_DELAY steps."""
    taps = torch.arange(MAX_DELAY + 1, dtype=torch.float64)
    shape = {
        "gaussian": torch.exp(-((taps - delay) ** 2) / (2 * sigma**2)),
        "triangle": (1 - (taps - delay).abs() / sigma).clamp(min=0),
        "prototype": (taps == round(float(delay))).double(),
    }[estimator]
    return shape / shape.sum()


@pytest.mark.parametrize("padding", WINDOWS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", SPREADING + ("prototype",))
def test_every_estimator_of_every_kind_is_a_weighted_sum_of_whole_delays(estimator, kind, padding):
    spikes, weight = random_spikes(22, N, STEPS, CHANNELS), random_values(23, CHANNELS, OUT)
    net = layer(kind, some_delays(kind, 24), estimator, padding)
    net.rule.sigma = 1.4
    delays, wanted = per_connection(kind, net.delays.detach()), 0
    for k in range(MAX_DELAY + 1):
        part = torch.tensor([[float(share_of_whole_delays(estimator, d, 1.4)[k]) for d in row]
                             for row in delays])  # fmt: skip
        whole = torch.full((CHANNELS, OUT), float(k))
        wanted = wanted + plain(spikes, whole, weight * part, *WINDOWS[padding])
    found = net.then_linear(spikes, weight)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-6)


def test_a_triangle_of_one_step_is_linear_interpolation_and_its_gradient():
    spikes, delays = random_spikes(10, N, STEPS, CHANNELS), torch.tensor([0.25, 2.0, 3.5]).double()
    tent, line = layer("axonal", delays, "triangle"), layer("axonal", delays)
    tent.rule.sigma = 1.0
    weight = random_values(11, N, STEPS - MAX_DELAY, CHANNELS)
    torch.testing.assert_close(tent(spikes), line(spikes), rtol=0, atol=1e-12)
    (tent(spikes) * weight).sum().backward()
    (line(spikes) * weight).sum().backward()
    torch.testing.assert_close(tent.delays.grad, line.delays.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_a_triangle_weighs_whole_shifts_by_their_distance(sigma):
    spikes, delays = random_spikes(12, N, STEPS, CHANNELS), torch.tensor([0.3, 2.0, 3.9]).double()
    net = layer("axonal", delays, "triangle")
    net.rule.sigma = sigma
    weights = (1 - (torch.arange(MAX_DELAY + 1) - delays[:, None]).abs() / sigma).clamp(min=0)
    weights = weights / weights.sum(1, keepdim=True)
    wanted = 0
    for k in range(MAX_DELAY + 1):
        whole = torch.full((CHANNELS,), float(k), dtype=torch.float64)
        wanted = wanted + weights[:, k] * shift_then_clip(spikes, whole, MAX_DELAY)
    torch.testing.assert_close(net(spikes), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_estimator_sends_gradients_to_everything(kind, estimator):
    net = layer(kind, some_delays(kind, 13) * 0.9 + 0.1, estimator)
    weight = random_values(14, CHANNELS, OUT).requires_grad_()
    out = net.then_linear(random_spikes(15, N, STEPS, CHANNELS), weight)
    (out * random_values(16, *out.shape)).sum().backward()
    assert (net.delays.grad != 0).all() and torch.isfinite(net.delays.grad).all()
    assert (weight.grad != 0).all() and torch.isfinite(weight.grad).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", ["linear", "straight_through"])
@given(seed=st.integers(0, 999), whole=st.booleans())
def test_streaming_equals_the_sequence(kind, estimator, seed, whole):
    """Integer weights, so that sums are exact and "equal" can mean to the bit."""
    spikes = random_spikes(seed, N, STEPS, CHANNELS)
    weight = random_values(seed + 1, CHANNELS, OUT).mul(3).round()
    net = layer(kind, some_delays(kind, seed, whole), estimator, padding="causal")
    sequence = net.then_linear(spikes, weight)
    state = net.initial_state(N)
    stream = [net.step(spikes[:, t].double(), state, weight) for t in range(STEPS)]
    stream = torch.stack(stream, dim=1)
    if whole or estimator == "straight_through":
        assert torch.equal(stream, sequence)
    torch.testing.assert_close(stream, sequence, rtol=0, atol=1e-12)


def test_streaming_without_weights_equals_the_sequence_to_the_bit():
    spikes, delays = random_spikes(17, N, 3 * STEPS, CHANNELS), some_delays("axonal", 18)
    net = layer("axonal", delays, padding="causal")
    state = net.initial_state(N)
    stream = [net.step(spikes[:, t].double(), state) for t in range(3 * STEPS)]
    assert torch.equal(torch.stack(stream, dim=1), net(spikes))


def test_two_streams_do_not_share_a_past():
    net = layer("axonal", torch.tensor([1.0, 1.0, 1.0]))
    one, other = net.initial_state(1), net.initial_state(1)
    net.step(torch.ones(1, CHANNELS), one)
    assert net.step(torch.zeros(1, CHANNELS), other).sum() == 0
    assert net.step(torch.zeros(1, CHANNELS), one).sum() == CHANNELS


@pytest.mark.parametrize("estimator", SPREADING + ("prototype",))
def test_what_spreads_a_delay_can_only_stream_rounded(estimator):
    net = layer("axonal", some_delays("axonal", 19), estimator)
    with pytest.raises(ValueError, match="estimator.*not .*rounded"):
        net.step(torch.zeros(N, CHANNELS), net.initial_state(N))
    net.rounded().step(torch.zeros(N, CHANNELS), net.initial_state(N))


def test_causal_layers_in_a_row_keep_the_clock_and_say_what_is_valid():
    """Where `valid_steps` says so, nothing of the silence before the recording is left."""
    ones = torch.ones(1, 12, 2, dtype=torch.float64)
    first, second = torch.tensor([0.0, 3.0]).double(), torch.tensor([1.5, 4.0]).double()
    out = shift_causal(shift_causal(ones, first, 3), second, 4)
    window = valid_steps(12, 3, 4)
    assert out.shape == ones.shape and window == slice(7, 12)
    assert (out[:, window] == 1).all() and (out[0, : window.start, 1] == 0).all()


@pytest.mark.parametrize("steps, delays", [(5, (5,)), (5, (3, 2)), (1, (1,))])
def test_nothing_left_is_an_error(steps, delays):
    with pytest.raises(ValueError, match="max_delays must add up to less than"):
        valid_steps(steps, *delays)


@pytest.mark.parametrize(
    "arguments, error, says",
    [
        ((2.5, 1), TypeError, "^steps must be a whole number, not 2.5"),
        ((0, 1), ValueError, "^steps must be at least 1, not 0"),
        ((5, -1), ValueError, "^max_delays must be at least 0, not -1"),
        ((5, 1.5), TypeError, "^max_delays must be a whole number, not 1.5"),
    ],
)
def test_bad_arguments_of_valid_steps(arguments, error, says):
    with pytest.raises(error, match=says):
        valid_steps(*arguments)


def test_a_layer_without_delays_costs_no_steps():
    assert valid_steps(5, 0, 2, 0) == slice(2, 5)


@pytest.mark.parametrize("kind", ["dendritic", "synaptic"])
def test_bad_arguments_of_kinds(kind):
    with pytest.raises(TypeError, match="outputs must be a whole number, not None"):
        DelayLayer(CHANNELS, MAX_DELAY, init=1.0, kind=kind)
    net = layer(kind, 1.0)
    with pytest.raises(ValueError, match=f"kind must be 'axonal'.*{kind}"):
        net(random_spikes(20, N, STEPS, CHANNELS))
    with pytest.raises(ValueError, match="weight must have shape"):
        net.then_linear(random_spikes(20, N, STEPS, CHANNELS), torch.ones(CHANNELS, OUT + 1))
    with pytest.raises(ValueError, match="weight must be given"):
        net.step(torch.zeros(N, CHANNELS), net.initial_state(N))


@pytest.mark.parametrize("name, value", [("kind", "somatic"), ("padding", "same")])
def test_unknown_names(name, value):
    with pytest.raises(ValueError, match=f"{name} must be one of .*{value}"):
        DelayLayer(CHANNELS, MAX_DELAY, init=0.0, **{name: value})


def test_a_half_annealed_layer_is_saved_as_it_is(tmp_path):
    net, other = (layer("axonal", 1.5, "gaussian") for _ in range(2))
    net.rule.sigma = 0.7
    torch.save(net.state_dict(), tmp_path / "layer.pt")
    other.load_state_dict(torch.load(tmp_path / "layer.pt", weights_only=True))
    spikes = random_spikes(21, N, STEPS, CHANNELS)
    assert other.rule.sigma == 0.7 and torch.equal(other(spikes), net(spikes))
