"""What reaches the ears: fields, phases, spike statistics, and the classes of directions."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_utils.stimuli import IPD_LIMIT, Classes, Stimulus, sample, valid_angle


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_defaults_are_those_of_the_course():
    s = Stimulus()
    assert (s.frequency_hz, s.duration_ms, s.dt_ms) == (20, 150, 1)
    assert (s.fibres_per_ear, s.rate_max_hz, s.envelope_power) == (100, 600, 2)
    assert (s.steps, s.channels, s.steps_per_cycle) == (150, 200, 50)
    assert s.time_ms.tolist() == list(range(150))


def test_a_finer_step_means_more_of_them():
    s = Stimulus(duration_ms=0.3, dt_ms=0.1, frequency_hz=500)
    assert (s.steps, s.steps_per_cycle) == (3, 20)
    np.testing.assert_allclose(s.time_ms, [0, 0.1, 0.2], atol=1e-12)


def test_stimuli_and_classes_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Stimulus().dt_ms = 2
    assert Stimulus() == Stimulus() and len({Stimulus(), Stimulus()}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        Classes().n = 2


def test_one_step_is_a_stimulus():
    s = Stimulus(duration_ms=1)
    assert s.steps == 1 and sample(2, s, seeded())[1].shape == (2, 1, 200)


@pytest.mark.parametrize(
    "field, value, error, says",
    [
        ("fibres_per_ear", 0, ValueError, "fibres_per_ear must be at least 1, not 0"),
        ("fibres_per_ear", -3, ValueError, "fibres_per_ear must be at least 1, not -3"),
        ("fibres_per_ear", 1.5, TypeError, "fibres_per_ear must be a whole number, not 1.5"),
        ("fibres_per_ear", True, TypeError, "fibres_per_ear must be a whole number, not True"),
        ("rate_max_hz", 0, ValueError, "rate_max_hz must .*strictly between 0 and inf, not 0"),
        ("rate_max_hz", -1, ValueError, "rate_max_hz .*not -1"),
        ("rate_max_hz", 1001, ValueError, "rate_max_hz .*at or below 1.*1001 Hz .*gives 1.001"),
        ("rate_max_hz", math.nan, ValueError, "rate_max_hz .*not nan"),
        ("frequency_hz", 0, ValueError, "frequency_hz .*not 0"),
        ("frequency_hz", math.inf, ValueError, "frequency_hz .*not inf"),
        ("frequency_hz", "20", TypeError, "frequency_hz must be a number, not '20'"),
        ("frequency_hz", True, TypeError, "frequency_hz must be a number, not True"),
        ("dt_ms", 0, ValueError, "dt_ms .*not 0"),
        ("dt_ms", -0.5, ValueError, "dt_ms .*not -0.5"),
        ("dt_ms", 0.7, ValueError, "duration_ms .*whole number of steps of 0.7 ms, not 150"),
        ("duration_ms", 0, ValueError, "duration_ms .*not 0"),
        ("duration_ms", 0.2, ValueError, "duration_ms .*whole number of steps of 1 ms, not 0.2"),
        ("duration_ms", 10.5, ValueError, "duration_ms .*whole number of steps of 1 ms, not 10.5"),
        ("envelope_power", 0.99, ValueError, "envelope_power .*between 1 and inf, not 0.99"),
        ("envelope_power", math.inf, ValueError, "envelope_power .*not inf"),
    ],
)
def test_bad_fields(field, value, error, says):
    with pytest.raises(error, match=says):
        Stimulus(**{field: value})


def test_a_peak_probability_of_exactly_one_is_allowed():
    assert Stimulus(rate_max_hz=1000).firing_probability(torch.tensor(math.pi / 2)) == 1
    assert Stimulus(rate_max_hz=10000, dt_ms=0.1).steps == 1500


@given(
    st.floats(-IPD_LIMIT, IPD_LIMIT),
    st.floats(0, 2 * math.pi),
    st.sampled_from([5.0, 20.0, 440.0]),
    st.sampled_from([1.0, 2.0, 3.5]),
)
def test_phases_and_probabilities_are_the_formula(ipd, phase, frequency, power):
    s = Stimulus(frequency_hz=frequency, duration_ms=20, dt_ms=0.5, envelope_power=power)
    waves = s.phases(torch.tensor([ipd]), torch.tensor([phase], dtype=torch.float64))
    assert waves.shape == (1, 40, 2) and waves.dtype == torch.float64
    seconds = np.arange(40) * 0.0005
    left = 2 * np.pi * frequency * seconds + phase
    ipd = float(torch.tensor(ipd))  # as single precision holds it
    np.testing.assert_allclose(waves[0, :, 0], left, rtol=0, atol=1e-9)
    np.testing.assert_allclose(waves[0, :, 1], left + ipd, rtol=0, atol=1e-9)
    expected = 600 * 0.0005 * (0.5 + 0.5 * np.sin(waves[0].numpy())) ** power
    np.testing.assert_allclose(s.firing_probability(waves)[0], expected, rtol=0, atol=1e-12)


def test_phases_take_a_number_for_every_sound():
    s = Stimulus(duration_ms=10)
    several = torch.tensor([0.0, 0.5, 1.0])
    assert torch.equal(s.phases(several, 0.25), s.phases(several, torch.full((3,), 0.25)))
    assert torch.equal(s.phases(0.25, several), s.phases(torch.full((3,), 0.25), several))
    with pytest.raises(ValueError, match="phase must hold 3 numbers like ipd, not 2"):
        s.phases(several, torch.zeros(2))


def test_a_positive_ipd_means_that_the_right_ear_leads():
    s = Stimulus()
    ipd = 0.2 * math.pi  # five of the 50 steps of a cycle
    p = s.firing_probability(s.phases(ipd, 0.0))[0]
    first_cycle = p[:50]
    assert first_cycle[:, 0].argmax() == 12 or first_cycle[:, 0].argmax() == 13
    lead = torch.roll(first_cycle[:, 0], -5)
    torch.testing.assert_close(first_cycle[:, 1], lead, rtol=0, atol=1e-9)


def test_the_left_ear_comes_first():
    # a wave so slow that both ears stay where they start
    s = Stimulus(frequency_hz=1e-6, duration_ms=60, fibres_per_ear=50, rate_max_hz=500)
    _, spikes = sample(20, s, seeded(), ipd=-math.pi / 2, phase=math.pi)
    left, right = spikes[..., :50].double().mean(), spikes[..., 50:].double().mean()
    # phases pi and pi/2: loudness 1/2 and 1, probability 0.125 and 0.5
    assert abs(left - 0.125) < 0.01 and abs(right - 0.5) < 0.01


@pytest.mark.parametrize("n", [0, 1, 3, 255, 256, 257, 600])
def test_shapes_and_types(n):
    s = Stimulus(fibres_per_ear=3, duration_ms=7)
    ipd, spikes = sample(n, s, seeded())
    assert ipd.shape == (n,) and ipd.dtype == torch.float32
    assert spikes.shape == (n, 7, 6) and spikes.dtype == torch.bool
    assert spikes.permute(2, 1, 0).is_contiguous()


def test_every_sample_of_every_chunk_is_drawn():
    # all fire, then none: a sample that was forgotten would hold whatever was in memory
    s = Stimulus(frequency_hz=1e-6, fibres_per_ear=2, duration_ms=5, rate_max_hz=1000)
    _, spikes = sample(600, s, seeded(), ipd=0.0, phase=math.pi / 2)
    assert spikes.double().mean(dim=(1, 2)).min() > 0.8
    _, spikes = sample(600, s, seeded(), ipd=0.0, phase=-math.pi / 2)
    assert not spikes.any()


@pytest.mark.parametrize("n", [1, 7, 300])
def test_the_same_seed_gives_the_same_sounds(n):
    s = Stimulus(fibres_per_ear=5, duration_ms=20)
    first, again, other = (sample(n, s, seeded(k)) for k in (5, 5, 6))
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0]) and not torch.equal(first[1], other[1])


def test_sounds_of_one_call_differ():
    _, spikes = sample(2, Stimulus(), seeded(), ipd=0.0, phase=0.0)
    assert not torch.equal(spikes[0], spikes[1])


def test_the_global_seed_is_neither_used_nor_moved():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = sample(3, Stimulus(), seeded())[1]
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(sample(3, Stimulus(), seeded())[1], first)


def test_random_ipds_are_uniform_and_phases_differ_between_sounds():
    s = Stimulus(fibres_per_ear=100, duration_ms=50, rate_max_hz=1000)
    ipd, spikes = sample(2000, s, seeded(1))
    assert stats.kstest(ipd.numpy(), stats.uniform(-IPD_LIMIT, 2 * IPD_LIMIT).cdf).pvalue > 0.001
    wave = torch.exp(-2j * math.pi * torch.arange(50) / 50)
    for ear, shift in ((slice(0, 100), 0), (slice(100, 200), ipd)):
        heard = spikes[..., ear].double().sum(2).to(torch.complex128) @ wave.to(torch.complex128)
        phase = (heard.angle() - shift) % (2 * math.pi)
        assert stats.kstest(phase.numpy() / (2 * math.pi), "uniform").pvalue > 0.001


@pytest.mark.parametrize("ipd", [0.5, torch.tensor(0.5), torch.full((4,), 0.5), [0.5] * 4])
@pytest.mark.parametrize("phase", [1.0, torch.full((4,), 1.0)])
def test_ipd_and_phase_as_numbers_and_vectors(ipd, phase):
    s = Stimulus(fibres_per_ear=4, duration_ms=30)
    truth, spikes = sample(4, s, seeded(), ipd=ipd, phase=phase)
    assert truth.tolist() == [0.5] * 4
    assert torch.equal(spikes, sample(4, s, seeded(), ipd=0.5, phase=1.0)[1])


def test_each_sound_follows_its_own_ipd_and_phase():
    s = Stimulus(frequency_hz=1e-6, fibres_per_ear=200, duration_ms=20, rate_max_hz=1000)
    ipd = torch.tensor([0.0, math.pi / 2, -math.pi / 2])
    phase = torch.tensor([math.pi / 2, 0.0, 0.0])
    _, spikes = sample(3, s, seeded(), ipd=ipd, phase=phase)
    rate = spikes.double().unflatten(2, (2, 200)).mean(dim=(1, 3))
    expected = torch.tensor([[1, 1], [0.25, 1], [0.25, 0]], dtype=torch.float64)
    torch.testing.assert_close(rate, expected, rtol=0, atol=0.03)


def test_p_of_zero_never_fires_and_p_of_one_nearly_always():
    slow = dict(frequency_hz=1e-9, duration_ms=1000, fibres_per_ear=50)
    s = Stimulus(rate_max_hz=1000, **slow)
    assert not sample(20, s, seeded(), ipd=0, phase=-math.pi / 2)[1].any()
    silent = 2_000_000 - int(sample(20, s, seeded(), ipd=0, phase=math.pi / 2)[1].sum())
    assert silent <= 60  # one draw in 65 536, thus 31 expected


@pytest.mark.parametrize("rate", [3, 100, 600, 997])
def test_the_firing_rate_is_the_one_asked_for(rate):
    s = Stimulus(
        frequency_hz=1e-9, duration_ms=1000, fibres_per_ear=50, rate_max_hz=rate, envelope_power=1
    )
    _, spikes = sample(20, s, seeded(rate), ipd=0, phase=math.pi / 2)
    count, draws = int(spikes.sum()), spikes.numel()
    p = rate / 1000
    # five standard errors, and half of the 1/65536 to which probabilities are rounded
    assert abs(count / draws - p) < 5 * math.sqrt(p * (1 - p) / draws) + 0.5 / 65536


def test_spike_counts_follow_the_wave_step_by_step():
    s = Stimulus(fibres_per_ear=100)
    _, spikes = sample(200, s, seeded(3), ipd=0.7, phase=0.4)
    draws = 200 * 100
    counts = spikes.unflatten(2, (2, 100)).sum(dim=(0, 3)).double()
    p = s.firing_probability(s.phases(0.7, 0.4))[0]
    z = (counts - draws * p) / (draws * p * (1 - p)).sqrt().clamp(min=1e-9)
    z = z[draws * p > 20]
    assert len(z) > 200 and z.abs().max() < 4.5
    assert stats.chi2(len(z)).cdf(float((z**2).sum())) < 0.999


def half(n, fibres=4, steps=64):
    """Spikes with probability one half in every draw, as `(channel, time, n)`."""
    s = Stimulus(
        frequency_hz=1e-9,
        duration_ms=steps,
        fibres_per_ear=fibres,
        rate_max_hz=500,
        envelope_power=1,
    )
    return sample(n, s, seeded(11), ipd=0, phase=math.pi / 2)[1].permute(2, 1, 0).double()


@pytest.mark.parametrize("lag", [1, 2, 3, 4, 5, 8, 256])
def test_neighbouring_draws_are_independent(lag):
    # draws lie next to each other in memory, four to a random word: lags 1 to 3 share a word
    draws = half(256).flatten() * 2 - 1
    correlation = float((draws[lag:] * draws[:-lag]).mean())
    assert abs(correlation) < 4.5 / math.sqrt(len(draws) - lag)


def test_every_lane_of_a_random_word_is_uniform_and_independent_of_the_others():
    lanes = half(256).flatten().view(-1, 4)
    words = len(lanes)
    pattern = (lanes @ torch.tensor([1.0, 2, 4, 8], dtype=torch.float64)).long()
    counts = torch.bincount(pattern, minlength=16)
    assert stats.chisquare(counts.numpy()).pvalue > 0.001
    # the lane holding the sign bit of the word among them
    z = (lanes.sum(0) - words / 2) / math.sqrt(words / 4)
    assert z.abs().max() < 4


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_neighbouring_fibres_steps_and_sounds_are_independent(axis):
    draws = half(300, fibres=8) * 2 - 1  # 300: past the edge of a chunk
    along = draws.movedim(axis, 0)
    correlation = float((along[1:] * along[:-1]).mean())
    assert abs(correlation) < 4.5 / math.sqrt(along[1:].numel())


def test_both_ears_are_independent_given_the_sound():
    draws = half(300, fibres=8) * 2 - 1
    correlation = float((draws[:8] * draws[8:]).mean())
    assert abs(correlation) < 4.5 / math.sqrt(draws[:8].numel())


@pytest.mark.parametrize(
    "arguments, error, says",
    [
        (dict(n=-1), ValueError, "n must be at least 0, not -1"),
        (dict(n=2.0), TypeError, "n must be a whole number, not 2.0"),
        (dict(generator=None), TypeError, "generator must be a torch.Generator .*not None"),
        (dict(generator=0), TypeError, "generator must be a torch.Generator .*not 0"),
        (dict(ipd=1.58), ValueError, "ipd must lie within .*1.5708 radians, not 1.5800"),
        (dict(ipd=[0.0, -1.6, 0.0]), ValueError, "ipd must lie within .*not -1.6000"),
        (dict(ipd=math.nan), ValueError, "ipd must be finite"),
        (dict(ipd=[0.0, math.inf, 0]), ValueError, "ipd must be finite"),
        (dict(ipd=[0.0, 0.0]), ValueError, r"ipd must be a single number or 3 .*shape \(2,\)"),
        (dict(ipd=torch.zeros(3, 1)), ValueError, r"ipd must be .*not shape \(3, 1\)"),
        (dict(phase=[0.0]), ValueError, r"phase must be a single number or 3 .*shape \(1,\)"),
        (dict(phase=math.nan), ValueError, "phase must be finite"),
        (dict(phase=[0.0, -math.inf, 0]), ValueError, "phase must be finite"),
    ],
)
def test_bad_arguments_of_sample(arguments, error, says):
    with pytest.raises(error, match=says):
        sample(**{**dict(n=3, stimulus=Stimulus(), generator=seeded()), **arguments})


@pytest.mark.parametrize("value", [-IPD_LIMIT, IPD_LIMIT, math.pi / 2, 0.0])
def test_the_ends_of_the_range_are_inside(value):
    ipd = torch.tensor([value])  # rounded to single precision, a little outside
    assert valid_angle("ipd", ipd) is ipd
    assert sample(1, Stimulus(), seeded(), ipd=ipd)[0] == ipd
    assert valid_angle("ipd", torch.zeros(0)).shape == (0,)


@given(st.integers(1, 200))
def test_class_and_midpoint_go_back_and_forth(n):
    classes = Classes(n)
    k = torch.arange(n)
    assert torch.equal(classes.index(classes.midpoint(k)), k)
    assert torch.equal(classes.midpoints, classes.midpoint(k))
    assert math.isclose(classes.width * n, math.pi)
    assert float(classes.midpoint(0)) == pytest.approx(-math.pi / 2 + classes.width / 2, abs=1e-6)
    assert float(classes.midpoint(n - 1)) == pytest.approx(
        math.pi / 2 - classes.width / 2, abs=1e-6
    )


@given(st.integers(1, 60), st.floats(-IPD_LIMIT, IPD_LIMIT))
def test_a_class_holds_what_lies_within_half_a_width_of_its_midpoint(n, ipd):
    classes = Classes(n)
    k = classes.index(ipd)
    assert k.dtype == torch.int64
    assert abs(float(classes.midpoint(k)) - ipd) <= classes.width / 2 + 1e-6


@pytest.mark.parametrize("n", [1, 2, 12, 37])
def test_edges_between_classes(n):
    classes = Classes(n)
    edges = np.linspace(-math.pi / 2, math.pi / 2, n + 1)
    for k, edge in enumerate(edges[1:-1], start=1):
        assert classes.index([edge - 1e-9, edge + 1e-9]).tolist() == [k - 1, k]
    assert classes.index([-math.pi / 2, math.pi / 2]).tolist() == [0, n - 1]
    assert classes.index(torch.tensor([-math.pi / 2, math.pi / 2])).tolist() == [0, n - 1]


def test_index_keeps_the_shape():
    assert Classes(4).index(torch.zeros(2, 3)).shape == (2, 3)
    assert Classes(4).index(0.1).shape == ()
    assert Classes().n == 12


@pytest.mark.parametrize(
    "call, error, says",
    [
        (lambda: Classes(0), ValueError, "n must be at least 1, not 0"),
        (lambda: Classes(1.5), TypeError, "n must be a whole number, not 1.5"),
        (lambda: Classes(4).index(2.0), ValueError, "angle must lie within .*not 2.0000"),
        (lambda: Classes(4).index(math.nan), ValueError, "angle must be finite"),
        (lambda: Classes(4).midpoint(4), ValueError, "k must lie between 0 and 3, not 4"),
        (lambda: Classes(4).midpoint([0, -1]), ValueError, r"between 0 and 3, not \[0, -1\]"),
        (lambda: Classes(4).midpoint(0.5), TypeError, "k must be whole .*float32"),
        (lambda: Classes(4).midpoint(True), TypeError, "k must be whole .*bool"),
    ],
)
def test_bad_classes(call, error, says):
    with pytest.raises(error, match=says):
        call()
