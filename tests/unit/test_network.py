"""The localiser: the composition of its parts, its decoding, and its first values."""

import math

import pytest
import torch

from course_utils import _rules
from course_utils.delays import ESTIMATORS, Interpolate, shift_then_clip
from course_utils.network import Localiser
from course_utils.neurons import leaky_readout, lif
from course_utils.stimuli import Classes, Stimulus, sample

STIMULUS = Stimulus(fibres_per_ear=6, duration_ms=60)
CLASSES = Classes(5)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def small(seed=0, **settings):
    settings = dict(hidden=7, max_delay=20) | settings
    return Localiser(STIMULUS, CLASSES, **settings, generator=seeded(seed))


def sounds(n=8, seed=1):
    return sample(n, STIMULUS, seeded(seed))[1]


@pytest.mark.parametrize("dt_ms", [1, 0.5])
@pytest.mark.parametrize(
    "neuron",
    [{}, dict(tau_ms=9, surrogate="atan", slope=3.0, detach_reset=False)],
)
def test_forward_is_delay_weights_neurons_readout(neuron, dt_ms):
    stimulus = Stimulus(fibres_per_ear=6, duration_ms=60, dt_ms=dt_ms)
    # in double precision, so that no potential falls on the other side of the threshold
    network = Localiser(stimulus, CLASSES, 7, 20, generator=seeded(), **neuron).double()
    spikes = sample(8, stimulus, seeded(1))[1]
    logits = network(spikes)
    settings = dict(neuron)
    tau_ms = settings.pop("tau_ms", 5)
    delayed = shift_then_clip(spikes, network.delay.delays, 20)
    current = delayed @ network.w_hidden
    hidden = lif(current, tau_ms, dt_ms=dt_ms, **settings)
    assert hidden.any()
    assert torch.equal(network.hidden_spikes(spikes), hidden)
    expected = leaky_readout(hidden, network.w_out, tau_ms, dt_ms=dt_ms)
    assert logits.shape == (8, 5)
    torch.testing.assert_close(logits, expected, rtol=1e-10, atol=1e-12)
    wanted = list(network.parameters())
    assert len(wanted) == 3
    for ours, theirs in zip(
        torch.autograd.grad(logits.logsumexp(1).sum(), wanted),
        torch.autograd.grad(expected.logsumexp(1).sum(), wanted),
        strict=True,
    ):
        assert ours.any()
        torch.testing.assert_close(ours, theirs, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_estimator_learns_something_about_its_delays(estimator):
    network = small(estimator=estimator)
    assert repr(network.delay.rule) == repr(_rules.chosen(estimator, network.delay.max_delay))
    network(sounds()).logsumexp(1).sum().backward()
    assert network.delay.delays.grad.any()


def test_what_is_default():
    network = Localiser(Stimulus(), Classes(), generator=seeded())
    assert network.w_hidden.shape == (200, 30) and network.w_out.shape == (30, 12)
    assert network.delay.max_delay == 50 and isinstance(network.delay.rule, Interpolate)
    assert network.delay.delays.requires_grad
    network, spikes = network.double(), sample(2, Stimulus(), seeded())[1]
    assert network.hidden_spikes(spikes).shape == (2, 100, 30)
    expected = lif(network.delay(spikes) @ network.w_hidden, 5)
    assert torch.equal(network.hidden_spikes(spikes), expected)


def test_weights_are_uniform_within_one_over_root_fan_in():
    network = Localiser(Stimulus(), Classes(50), hidden=400, generator=seeded())
    for weight, fan_in in ((network.w_hidden, 200), (network.w_out, 400)):
        edge = 1 / math.sqrt(fan_in)
        share = weight.detach() / edge
        assert share.abs().max() <= 1 and share.max() > 0.99 and share.min() < -0.99
        assert abs(share.mean()) < 5 / math.sqrt(3 * share.numel())
        assert share.std() == pytest.approx(1 / math.sqrt(3), rel=0.02)


def test_the_same_seed_gives_the_same_network():
    first, again, other = small(3), small(3), small(4)
    for name, value in first.named_parameters():
        assert torch.equal(value, again.get_parameter(name))
        assert not torch.equal(value, other.get_parameter(name))


def test_bool_and_float_spikes_agree():
    network, spikes = small(), sounds()
    assert torch.equal(network(spikes), network(spikes.float()))


def test_no_sound_and_one_sound():
    network = small().double()
    assert network(sounds(0)).shape == (0, 5)
    assert network.decode(network(sounds(0))).shape == (0,)
    assert network.decode(network(sounds(0)), "argmax").shape == (0,)
    both = network(sounds(2))
    torch.testing.assert_close(network(sounds(2)[:1]), both[:1], rtol=1e-10, atol=1e-12)


def test_delays_that_are_not_to_be_learned_get_no_gradient():
    network = small(learn_delays=False)
    network(sounds()).logsumexp(1).sum().backward()
    assert network.delay.delays.grad is None and not network.delay.delays.requires_grad
    assert network.w_hidden.grad.any()
    assert torch.equal(network.delay.delays, small().delay.delays)


@pytest.mark.parametrize("init", [0, 20, torch.arange(12.0)])
def test_init_sets_the_delays(init):
    assert torch.equal(
        small(init=init).delay.delays, torch.as_tensor(init).float().expand(12).clone()
    )


def test_decode_by_the_winner():
    network = small()
    logits = torch.eye(5)[[3, 0, 4]] - 7
    expected = [(k + 0.5) * math.pi / 5 - math.pi / 2 for k in (3, 0, 4)]
    assert network.decode(logits, "argmax").tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_decode_by_the_mean(dtype):
    network = small()
    logits = torch.randn(6, 5, generator=seeded(2), dtype=dtype)
    expected = []
    for row in logits.tolist():
        share = [math.exp(value) for value in row]
        middles = [(k + 0.5) * math.pi / 5 - math.pi / 2 for k in range(5)]
        expected.append(sum(s * m for s, m in zip(share, middles, strict=True)) / sum(share))
    assert network.decode(logits).tolist() == pytest.approx(expected, abs=1e-6)
    assert network.decode(logits).dtype == dtype
    assert torch.equal(network.decode(logits), network.decode(logits, "mean"))
    # what is added to all logits of a sound changes nothing, and certainty is the midpoint
    torch.testing.assert_close(
        network.decode(logits + 100), network.decode(logits), atol=1e-4, rtol=0
    )
    sure = 1000 * torch.eye(5, dtype=dtype)
    torch.testing.assert_close(network.decode(sure), CLASSES.midpoints.to(dtype))


def test_rounded_is_a_copy_with_whole_delays():
    network, spikes = small(), sounds()
    before, kept = network(spikes), network.delay.delays.detach().clone()
    twin = network.rounded()
    assert torch.equal(twin.delay.delays, kept.round())
    expected = small(init=kept.round())
    with torch.no_grad():
        expected.w_hidden.copy_(network.w_hidden)
        expected.w_out.copy_(network.w_out)
        assert torch.equal(twin(spikes), expected(spikes))
        twin.w_hidden.zero_()
        twin.delay.delays.zero_()
    assert torch.equal(network.delay.delays, kept)
    assert torch.equal(network(spikes), before)


def test_saved_and_loaded_it_is_the_same_network(tmp_path):
    network, spikes = small(1), sounds()
    torch.save(network.state_dict(), tmp_path / "network.pt")
    other = small(2)
    assert not torch.equal(other(spikes), network(spikes))
    other.load_state_dict(torch.load(tmp_path / "network.pt", weights_only=True))
    assert torch.equal(other(spikes), network(spikes))


@pytest.mark.parametrize(
    "settings, error, says",
    [
        (dict(generator=None), TypeError, "generator must be a torch.Generator .*not None"),
        (dict(generator=7), TypeError, "generator must be a torch.Generator .*not 7"),
        (dict(hidden=0), ValueError, "hidden must be at least 1, not 0"),
        (dict(hidden=3.0), TypeError, "hidden must be a whole number, not 3.0"),
        (dict(max_delay=60), ValueError, "max_delay must be below .* of 60 steps, not 60"),
        (dict(max_delay=-1), ValueError, "max_delay must be at least 0, not -1"),
        (dict(estimator="magic"), ValueError, "estimator must be one of .*not 'magic'"),
        (dict(surrogate="magic"), ValueError, "surrogate must be one of .*not 'magic'"),
        (dict(slope=0), ValueError, "slope must be .*not 0"),
        (dict(tau_ms=0), ValueError, "tau_ms must be .*not 0"),
        (dict(tau_ms=math.nan), ValueError, "tau_ms must be .*not nan"),
        (dict(init=21), ValueError, "init must be .* between 0 and 20, not 21"),
        (dict(init=torch.zeros(6)), ValueError, r"shape \(12,\), not \(6,\)"),
    ],
)
def test_bad_settings(settings, error, says):
    settings = dict(hidden=7, max_delay=20, generator=seeded()) | settings
    with pytest.raises(error, match=says):
        Localiser(STIMULUS, CLASSES, **settings)


def test_randomness_has_to_be_passed_in():
    with pytest.raises(TypeError, match="generator"):
        Localiser(STIMULUS, CLASSES)


@pytest.mark.parametrize(
    "spikes, error, says",
    [
        (torch.zeros(2, 60, 11), ValueError, "spikes must have 12 channels, not 11"),
        (torch.zeros(60, 12), ValueError, r"spikes must have 3 .*\(60, 12\)"),
        (torch.zeros(2, 20, 12), ValueError, "max_delay must be below .* of 20 steps, not 20"),
        (torch.zeros(2, 60, 12).int(), TypeError, "spikes must be boolean .*int32"),
        (torch.full((2, 60, 12), math.nan), ValueError, "spikes must be finite"),
        ([[[0]]], TypeError, "spikes must be a torch.Tensor, not list"),
    ],
)
def test_bad_spikes(spikes, error, says):
    with pytest.raises(error, match=says):
        small()(spikes)


@pytest.mark.parametrize(
    "logits, rule, says",
    [
        (torch.zeros(2, 5), "median", "rule must be one of 'mean', 'argmax', not 'median'"),
        (torch.zeros(2, 4), "mean", r"logits must have shape \(n, 5\), not \(2, 4\)"),
        (torch.zeros(2, 4), "argmax", r"logits must have shape \(n, 5\), not \(2, 4\)"),
        (torch.zeros(5), "mean", r"logits must have shape \(n, 5\), not \(5,\)"),
    ],
)
def test_bad_logits(logits, rule, says):
    with pytest.raises(ValueError, match=says):
        small().decode(logits, rule)
