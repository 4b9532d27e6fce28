"""What is possible: the bound against numerical Fisher information, and an observer reaching it."""

import math

import numpy as np
import pytest
import torch
from scipy import optimize

from course_utils.observer import (
    chance,
    cramer_rao,
    maximum_likelihood,
    phase_information,
    posterior,
)
from course_utils.stimuli import Classes, Stimulus, sample


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def probabilities(stimulus, steps, phase, ipd):
    """Firing probability `(time, ear)`, from the formula of the docstring, in numpy."""
    time = np.arange(steps) * stimulus.dt_ms / 1000
    wave = 2 * np.pi * stimulus.frequency_hz * time
    both = np.stack([wave + phase, wave + phase + ipd], axis=1)
    peak = stimulus.rate_max_hz * stimulus.dt_ms / 1000
    return peak * ((1 + np.sin(both)) / 2) ** stimulus.envelope_power


def numerical_information(stimulus, steps, phase, ipd, h=1e-5):
    """The 2 x 2 Fisher matrix of (phase, ipd), by central differences.

    A Bernoulli law moves along (sqrt(p), sqrt(1 - p)); Fisher's matrix is four times the
    products of its velocities, which stays finite where p reaches 0 or 1.
    """

    def velocity(d_phase, d_ipd):
        up = probabilities(stimulus, steps, phase + h * d_phase, ipd + h * d_ipd)
        down = probabilities(stimulus, steps, phase - h * d_phase, ipd - h * d_ipd)
        spike = (np.sqrt(up) - np.sqrt(down)) / (2 * h)
        silence = (np.sqrt(1 - up) - np.sqrt(1 - down)) / (2 * h)
        return np.stack([spike, silence]).ravel()

    moves = velocity(1, 0), velocity(0, 1)
    return 4 * stimulus.fibres_per_ear * np.array([[a @ b for b in moves] for a in moves])


def numerical_bound_deg(stimulus, steps):
    """Mean over IPDs and phases of sqrt(2 / pi) times the deviation in the matrix's inverse."""
    deviations = []
    for phase in 2 * np.pi * (np.arange(40) + 0.2718) / 40:
        for ipd in np.pi * ((np.arange(20) + 0.5) / 20 - 0.5):
            matrix = numerical_information(stimulus, steps, phase, ipd)
            deviations.append(math.sqrt(np.linalg.inv(matrix)[1, 1]))
    return math.degrees(math.sqrt(2 / math.pi) * np.mean(deviations))


@pytest.mark.parametrize(
    "stimulus, window_ms",
    [
        (Stimulus(), None),
        (Stimulus(), 100),
        (Stimulus(), 37),
        (Stimulus(envelope_power=1), 100),
        (Stimulus(envelope_power=4, fibres_per_ear=10), None),
        (Stimulus(envelope_power=1, rate_max_hz=1000), 70),
        (Stimulus(envelope_power=2, rate_max_hz=1000), 100),
        (Stimulus(envelope_power=3.5, rate_max_hz=1000, fibres_per_ear=3), 50),
        (Stimulus(frequency_hz=440, duration_ms=20, dt_ms=0.1, rate_max_hz=200), 15),
        (Stimulus(frequency_hz=33, duration_ms=90, dt_ms=0.5), 61.5),
    ],
)
def test_the_bound_agrees_with_numerical_fisher_information(stimulus, window_ms):
    steps = round((window_ms or stimulus.duration_ms) / stimulus.dt_ms)
    expected = numerical_bound_deg(stimulus, steps)
    assert cramer_rao(stimulus, window_ms) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(
    "fibres, window_ms, degrees",
    [
        (100, 150, 0.849),
        (100, 100, 1.04),
        (10, 150, 2.69),
        (10, 100, 3.29),
        (2, 150, 6.01),
        (2, 100, 7.36),
    ],
)
def test_the_bound_is_the_known_number(fibres, window_ms, degrees):
    found = cramer_rao(Stimulus(fibres_per_ear=fibres), window_ms)
    assert found == pytest.approx(degrees, abs=0.0051 if degrees > 1 else 0.00051)


def test_by_default_the_observer_hears_everything():
    assert cramer_rao(Stimulus()) == cramer_rao(Stimulus(), 150)


def test_more_fibres_and_more_time_help():
    one, four = (cramer_rao(Stimulus(fibres_per_ear=n)) for n in (25, 100))
    assert one == pytest.approx(2 * four, rel=1e-9)
    assert cramer_rao(Stimulus(), 50) > cramer_rao(Stimulus(), 100) > cramer_rao(Stimulus(), 150)


@pytest.mark.parametrize("power", [1, 2, 4, 2.5])
@pytest.mark.parametrize("rate", [1, 600, 1000])
def test_phase_information_is_the_slope_of_the_probability(power, rate):
    stimulus = Stimulus(envelope_power=power, rate_max_hz=rate)
    phases = torch.linspace(-3, 3, 41, dtype=torch.float64) + 0.0123
    h = 1e-5
    p = stimulus.firing_probability(phases)
    slope = (stimulus.firing_probability(phases + h) - stimulus.firing_probability(phases - h)) / (
        2 * h
    )
    torch.testing.assert_close(
        phase_information(stimulus, phases), slope**2 / (p * (1 - p)), rtol=1e-5, atol=1e-9
    )


@pytest.mark.parametrize("power, at_trough", [(1, 0.6), (2, 0), (4, 0)])
def test_phase_information_at_the_ends_of_the_wave(power, at_trough):
    ends = torch.tensor([-math.pi / 2, math.pi / 2], dtype=torch.float64)
    found = phase_information(Stimulus(envelope_power=power), ends)
    assert found.tolist() == pytest.approx([at_trough, 0], abs=1e-12)
    # at p = 1 the peak is informative: silence there would be impossible
    found = phase_information(Stimulus(envelope_power=power, rate_max_hz=1000), ends)
    near = phase_information(Stimulus(envelope_power=power, rate_max_hz=1000), ends - 1e-3)
    assert found[1] == pytest.approx(power) and found[1] == pytest.approx(float(near[1]), rel=1e-3)


@pytest.mark.parametrize(
    "window, error, says",
    [
        (0, ValueError, "window_ms must be .*between 1 and 150, not 0"),
        (-5, ValueError, "window_ms .*not -5"),
        (151, ValueError, "window_ms .*not 151"),
        (math.nan, ValueError, "window_ms .*not nan"),
        (10.5, ValueError, "window_ms must be a whole number of steps of 1 ms, not 10.5"),
        ("100", TypeError, "window_ms must be a number, not '100'"),
    ],
)
def test_bad_windows(window, error, says):
    with pytest.raises(error, match=says):
        cramer_rao(Stimulus(), window)


@pytest.mark.parametrize("window_ms", [150, 100])
def test_maximum_likelihood_reaches_the_bound_without_bias(window_ms):
    ipd, spikes = sample(2000, Stimulus(), seeded(1))
    error = maximum_likelihood(spikes[:, :window_ms], Stimulus()) - ipd
    degrees = torch.rad2deg(error).double()
    bound = cramer_rao(Stimulus(), window_ms)
    assert 0.9 * bound < degrees.abs().mean() < 1.1 * bound
    # the mean error is zero within four standard errors, on either side of straight ahead
    for side in (ipd < -0.1, ipd.abs() <= 0.5, ipd > 0.1):
        inside = degrees[side & (ipd.abs() < 1.5)]
        assert abs(inside.mean()) < 4 * inside.std() / math.sqrt(len(inside))


def slow_maximum_likelihood(spikes, stimulus):
    """Every pair of phases half a degree apart, one sound at a time, in numpy."""
    grid = np.arange(720) * np.pi / 360
    counts = spikes.double().unflatten(1, (2, stimulus.fibres_per_ear)).sum(2).numpy()
    p = np.stack([probabilities(stimulus, len(spikes), phase, 0)[:, 0] for phase in grid])
    p = np.clip(p, 1e-9, 1 - 1e-9)
    left, right = (
        (c * np.log(p) + (stimulus.fibres_per_ear - c) * np.log(1 - p)).sum(1) for c in counts.T
    )
    best = -np.inf, 0.0
    for shift in range(-180, 181):
        total = (left + np.roll(right, -shift)).max()
        best = max(best, (total, shift * np.pi / 360))
    return best[1]


@pytest.mark.parametrize(
    "stimulus",
    [
        Stimulus(fibres_per_ear=20),
        Stimulus(fibres_per_ear=20, frequency_hz=40, envelope_power=1, duration_ms=60),
        Stimulus(fibres_per_ear=20, rate_max_hz=1000, envelope_power=4),
    ],
)
def test_maximum_likelihood_is_the_best_of_all_pairs_of_phases(stimulus):
    _, spikes = sample(12, stimulus, seeded(2))
    found = maximum_likelihood(spikes, stimulus)
    for sound, estimate in zip(spikes, found, strict=True):
        # one grid step, half a degree, for the refinement between grid points
        assert abs(slow_maximum_likelihood(sound, stimulus) - float(estimate)) <= math.pi / 360


def test_maximum_likelihood_is_finer_than_its_grid():
    stimulus = Stimulus(fibres_per_ear=50)
    truth, spikes = sample(25, stimulus, seeded(5))
    spikes = spikes[truth.abs() < 1.4]
    counts = spikes.double().unflatten(2, (2, 50)).sum(3).numpy()

    def surprise(phase, c):
        p = probabilities(stimulus, 150, phase, 0)[:, 0].clip(1e-12)
        return -(c * np.log(p) + (50 - c) * np.log(1 - p)).sum()

    for sound, estimate in zip(counts, maximum_likelihood(spikes, stimulus), strict=True):
        best = []
        for c in sound.T:  # within +-pi/2 each ear's phase is free of the other's
            grid = np.arange(72) * np.pi / 36
            start = min(grid, key=lambda phase, c=c: surprise(phase, c))
            around = start - np.pi / 36, start + np.pi / 36
            found = optimize.minimize_scalar(surprise, args=(c,), bounds=around, method="bounded")
            best.append(found.x)
        exact = (best[1] - best[0] + np.pi) % (2 * np.pi) - np.pi
        assert math.degrees(abs(float(estimate) - exact)) < 0.02  # the grid's step is 0.5


def test_one_step_is_enough_for_an_answer():
    _, spikes = sample(3, Stimulus(), seeded(6))
    assert maximum_likelihood(spikes[:, :1], Stimulus()).abs().max() <= math.pi / 2 + 1e-6


@pytest.mark.parametrize("ipd", [-math.pi / 2, math.pi / 2])
def test_maximum_likelihood_stays_in_range(ipd):
    _, spikes = sample(50, Stimulus(fibres_per_ear=5), seeded(3), ipd=ipd)
    found = maximum_likelihood(spikes, Stimulus(fibres_per_ear=5))
    assert found.abs().max() <= math.pi / 2 + 1e-6
    assert (found * ipd > 0).all()


def test_maximum_likelihood_takes_each_sound_by_itself():
    stimulus = Stimulus(fibres_per_ear=5)
    _, spikes = sample(300, stimulus, seeded(4))  # more than are handled at once
    found = maximum_likelihood(spikes, stimulus)
    assert found.shape == (300,) and found.dtype == torch.float32
    close = dict(rtol=0, atol=1e-6)
    torch.testing.assert_close(
        maximum_likelihood(spikes[250:270], stimulus), found[250:270], **close
    )
    torch.testing.assert_close(
        maximum_likelihood(spikes[:2].double(), stimulus), found[:2], **close
    )
    assert maximum_likelihood(spikes[:0], stimulus).shape == (0,)


def test_silence_and_noise_have_an_answer():
    stimulus = Stimulus(fibres_per_ear=2, rate_max_hz=1000)
    for spikes in (torch.zeros(1, 150, 4), torch.ones(1, 150, 4)):
        assert torch.isfinite(maximum_likelihood(spikes, stimulus)).all()


def slow_posterior(spikes, stimulus):
    """Mean and median in radians: every IPD with every phase, a quarter of a degree apart."""
    phases = (np.arange(1440) + 0.37) * np.pi / 720
    p = np.stack([probabilities(stimulus, len(spikes), phase, 0)[:, 0] for phase in phases])
    p = p.clip(1e-12, 1 - 1e-12)
    counts = spikes.double().unflatten(1, (2, stimulus.fibres_per_ear)).sum(2).numpy()
    left, right = (
        (c * np.log(p) + (stimulus.fibres_per_ear - c) * np.log(1 - p)).sum(1) for c in counts.T
    )
    joint = np.stack([left + np.roll(right, -shift) for shift in range(-360, 361)])
    weight = np.exp(joint - joint.max()).sum(1)
    weight[[0, -1]] /= 2  # half a cell at each end of the range
    share = weight / weight.sum()
    ipds = np.linspace(-np.pi / 2, np.pi / 2, 721)
    return share @ ipds, np.interp(0.5, np.cumsum(share) - share / 2, ipds)


SMALL = Stimulus(fibres_per_ear=1, frequency_hz=100, duration_ms=15, rate_max_hz=500)


@pytest.mark.parametrize(
    "stimulus",
    [SMALL, Stimulus(fibres_per_ear=3, duration_ms=60), Stimulus(fibres_per_ear=40)],
    ids=["tiny", "few", "many"],
)
def test_the_posterior_is_the_sum_over_all_phases(stimulus):
    _, spikes = sample(8, stimulus, seeded(7))
    mean, median = (posterior(spikes, stimulus, rule) for rule in ("mean", "median"))
    for sound, *found in zip(spikes, mean, median, strict=True):
        assert found == pytest.approx(slow_posterior(sound, stimulus), abs=math.radians(0.05))


def test_a_posterior_without_evidence_is_straight_ahead_and_swapped_ears_point_the_other_way():
    nothing = torch.zeros(1, 1, 2)  # one silent step says no more of one side than of the other
    for rule in ("mean", "median"):
        assert abs(float(posterior(nothing, SMALL, rule))) < 1e-6
        _, spikes = sample(300, SMALL, seeded(8))  # more than are handled at once
        found = posterior(spikes, SMALL, rule)
        assert found.shape == (300,) and found.dtype == torch.float32
        assert found.abs().max() < math.pi / 2 and found.std() > 0.1
        torch.testing.assert_close(posterior(spikes.flip(2), SMALL, rule), -found)
        torch.testing.assert_close(posterior(spikes[250:].double(), SMALL, rule), found[250:])
    assert posterior(spikes[:0], SMALL).shape == (0,)


def test_a_sound_that_no_allowed_ipd_explains_is_put_at_the_end_of_the_range():
    stimulus = Stimulus()
    waves = stimulus.phases(0, [0.0, math.radians(120)])[:, :, 0].T  # (time, ear)
    p = stimulus.firing_probability(waves).repeat_interleave(100, dim=1)
    spikes = torch.rand(1, *p.shape, generator=seeded(9), dtype=torch.float64) < p
    for rule in ("mean", "median"):
        mean, median = slow_posterior(spikes[0], stimulus)
        expected = mean if rule == "mean" else median
        assert float(posterior(spikes, stimulus, rule)) == pytest.approx(
            expected, abs=math.pi / 360
        )
        assert 1.5 < expected < math.pi / 2


@pytest.mark.parametrize(
    "fibres, degrees, likeliest", [(1, 9.76, 10.11), (2, 7.01, 7.18), (10, 3.24, 3.27)]
)
def test_no_observer_is_better_than_the_posterior(fibres, degrees, likeliest):
    stimulus = Stimulus(fibres_per_ear=fibres, duration_ms=100)
    ipd, spikes = sample(6000, stimulus, seeded(10))
    error = {rule: posterior(spikes, stimulus, rule) - ipd for rule in ("mean", "median")}
    error["likeliest"] = maximum_likelihood(spikes, stimulus) - ipd
    error = {name: torch.rad2deg(e).double() for name, e in error.items()}

    def clearly(values):  # further from 0 than luck brings it, once in fifteen thousand times
        return float(values.mean() / values.std()) * math.sqrt(len(values)) > 4

    for best, loss in (("mean", torch.square), ("median", torch.abs)):
        for name, other in error.items():
            assert not clearly(loss(error[best]) - loss(other)), (best, name)
        assert fibres > 2 or clearly(loss(error["likeliest"]) - loss(error[best]))
    for name, expected in (("mean", degrees), ("median", degrees), ("likeliest", likeliest)):
        found = error[name].abs()
        assert abs(found.mean() - expected) < 4 * found.std() / math.sqrt(len(found)), name


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="rule must be one of 'median', 'mean', not 'mode'"):
        posterior(torch.zeros(1, 150, 200), Stimulus(), "mode")


@pytest.mark.parametrize(
    "spikes, error, says",
    [
        (torch.zeros(1, 150, 199), ValueError, "spikes must have 200 channels, not 199"),
        (torch.zeros(150, 200), ValueError, r"spikes must have 3 .*\(150, 200\)"),
        (torch.zeros(1, 151, 200), ValueError, "spikes must have 1 to 150 time steps, not 151"),
        (torch.zeros(1, 0, 200), ValueError, "spikes must have 1 to 150 time steps, not 0"),
        (torch.full((1, 150, 200), 0.5), ValueError, "spikes must be boolean: every value 0 or 1"),
        (torch.full((1, 150, 200), -1.0), ValueError, "spikes must be boolean: every value 0 or 1"),
        (torch.full((1, 150, 200), math.nan), ValueError, "spikes must be finite"),
        (torch.zeros(1, 150, 200).int(), TypeError, "spikes must be boolean .*int32"),
    ],
)
@pytest.mark.parametrize("observer", [maximum_likelihood, posterior])
def test_bad_spikes(spikes, error, says, observer):
    with pytest.raises(error, match=says):
        observer(spikes, Stimulus())


def test_the_edges_of_a_burst_tell_more_than_its_peak():
    """Lesson 1: where in the wave the information lies."""
    stimulus = Stimulus()
    from_peak = torch.arange(-179.75, 180, 0.5, dtype=torch.float64)
    wave = torch.deg2rad(from_peak + 90)
    fires, tells = stimulus.firing_probability(wave), phase_information(stimulus, wave)

    def share(values, part):
        return float(values[part].sum() / values.sum())

    near, silent = from_peak.abs() < 20, from_peak.abs() > 90
    assert share(fires, near) > 0.25 and share(tells, near) < 0.02
    assert share(fires, silent) < 0.1 and share(tells, silent) > 0.4
    assert abs(float(from_peak[tells.argmax()].abs()) - 77) < 0.5


def test_one_fibre_gets_below_the_bound_by_a_bias_at_the_ends():
    """Lesson 1: the median leans inwards there; in the middle the bound is a fair limit."""
    one = Stimulus(fibres_per_ear=1)
    ipd, spikes = sample(8000, one, seeded(11))
    error = torch.rad2deg(posterior(spikes, one) - ipd).double()
    truth, bound = torch.rad2deg(ipd).abs(), cramer_rao(one)
    outwards = error * ipd.sign()
    middle, ends = truth < 60, truth > 80
    assert error.abs().mean() < 0.97 * bound and error[ends].abs().mean() < 0.9 * bound
    assert outwards[ends].mean() < -4
    for values, expected in ((error[middle].abs(), bound), (outwards[middle], 0)):
        assert abs(values.mean() - expected) < 4 * values.std() / math.sqrt(len(values))


def test_the_bound_follows_the_root_of_the_time_down_to_half_a_cycle():
    """Lesson 2: nothing breaks where a recording lasts less than three times `max_delay`."""
    for times, price in ((3, 1.22), (2, 1.41), (1.5, 1.73)):
        sound = Stimulus(duration_ms=50 * times)
        ratio = cramer_rao(sound, sound.duration_ms - 50) / cramer_rao(sound)
        assert ratio == pytest.approx(price, abs=0.02)
        assert ratio == pytest.approx(math.sqrt(times / (times - 1)), rel=0.01)
    short = Stimulus(duration_ms=60)
    assert cramer_rao(short, 10) / cramer_rao(short) > 1.1 * math.sqrt(6)


@pytest.mark.parametrize("n", [1, 2, 7, 12])
def test_chance_is_what_guessing_earns(n):
    classes, levels = Classes(n), chance(Classes(n))
    rng = np.random.default_rng(n)
    truth = rng.uniform(-90, 90, 400_000)
    middles = (np.arange(n) + 0.5) * 180 / n - 90
    guess = rng.integers(0, n, truth.size)
    right = np.digitize(truth, np.linspace(-90, 90, n + 1)[1:-1])

    def close(found, errors):
        assert found == pytest.approx(errors.mean(), abs=5 * errors.std() / math.sqrt(errors.size))

    close(levels.random_class_deg, np.abs(middles[guess] - truth))
    close(levels.straight_ahead_deg, np.abs(truth))
    close(levels.class_floor_deg, np.abs(middles[right] - truth))
    close(levels.accuracy, (guess == right).astype(float))
    assert levels.loss == pytest.approx(-math.log(levels.accuracy))
    assert classes.n == n


def test_chance_of_the_course():
    levels = chance(Classes())
    assert (levels.class_floor_deg, levels.straight_ahead_deg) == (3.75, 45)
    assert levels.loss == pytest.approx(2.4849, abs=1e-4)
