"""Sounds around the head, the spikes they cause, and what cross-correlation makes of them."""

import math

import pytest
import torch

from course_utils.head import binaural, cochlea, heads, listening, sounds
from course_utils.head.listening import Listener
from course_utils.network import Localiser
from course_utils.stimuli import Classes
from course_utils.training import evaluate, fit

HEAD, NERVE = heads.load(), cochlea.Nerve()


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("kind", sounds.KINDS)
def test_every_kind_is_new_each_time_faded_and_equally_strong(kind):
    drawn = sounds.KINDS[kind](6, 30, 44100, seeded())
    assert drawn.shape == (6, 1323) and drawn.dtype == torch.float32
    assert drawn.square().mean(1).tolist() == pytest.approx([1] * 6, rel=1e-4)
    assert drawn[:, [0, -1]].abs().max() < 0.01
    assert len({tuple(row[:200].tolist()) for row in drawn}) == 6
    assert torch.equal(drawn, sounds.KINDS[kind](6, 30, 44100, seeded()))


@pytest.mark.parametrize("kind", ["noise", "tones"])
def test_noise_and_tones_keep_to_their_band(kind):
    drawn = sounds.KINDS[kind](8, 100, 44100, seeded())
    power = torch.fft.rfft(drawn).abs().square().sum(0)
    frequency = torch.fft.rfftfreq(4410, 1 / 44100)
    inside = (frequency > sounds.LOW_HZ - 30) & (frequency < sounds.HIGH_HZ + 30)
    assert power[inside].sum() > 0.99 * power.sum()


def test_tones_have_the_harmonics_of_one_fundamental():
    """A whole number of its cycles later, a tone complex is itself again."""
    drawn = sounds.tones(5, 100, 44100, seeded(3))[:, 200:-200]
    for wave in drawn:
        power = torch.fft.rfft(wave, n=2 * len(wave)).abs().square()
        correlation = torch.fft.irfft(power)[: len(wave) // 2]
        scaled = correlation / (len(wave) - torch.arange(len(wave) // 2)) * len(wave)
        assert scaled[44100 // 500 :].max() > 0.9 * scaled[0]


def test_draw_shares_the_sounds_among_the_kinds():
    both = sounds.draw(("noise", "tones"), 5, 30, 44100, seeded())
    assert torch.equal(both[:3], sounds.noise(3, 30, 44100, seeded()))
    with pytest.raises(ValueError, match="kinds must be one of 'noise', 'tones', 'word'"):
        sounds.draw(("music",), 5, 30, 44100, seeded())


def test_the_listener_draws_directions_evenly_within_the_classes():
    azimuth, spikes = Listener(HEAD, NERVE).sample(74, seeded())
    assert spikes.shape == (74, NERVE.steps, NERVE.channels)
    assert set(torch.rad2deg(azimuth).round().int().tolist()) <= set(range(-90, 91, 5))
    assert Classes(18).index(azimuth).unique().numel() > 12
    many, _ = Listener(HEAD, NERVE).ears(2000, seeded())
    assert abs(float(many.mean())) < 4 and abs(float(many.abs().mean()) - 46.2) < 3


def test_a_listener_is_a_task():
    listener = Listener(HEAD, NERVE)
    network = Localiser(listener, Classes(18), 8, 10, tau_ms=0.3, generator=seeded())
    fit(network, seeded(), 1, steps_per_epoch=2, batch_size=4, validation_samples=8, progress=False)
    angle, spikes = listener.sample(3, seeded())
    assert spikes.shape == (3, listener.steps, listener.channels)
    assert evaluate(network, angle, spikes).softmax_mean.shape == (3,)


def test_the_near_ear_hears_more():
    _, right = Listener(HEAD, NERVE).sample(64, seeded(), azimuth_deg=90)
    left_ear, right_ear = right.mean((0, 1)).split(NERVE.channels // 2)
    assert (right_ear > left_ear).all()


def test_one_ear_can_be_silenced_and_nothing_else_changes():
    _, both = Listener(HEAD, NERVE).sample(8, seeded())
    _, one = Listener(HEAD, NERVE, left_ear=False).sample(8, seeded())
    half = NERVE.channels // 2
    assert not one[:, :, :half].any() and torch.equal(one[:, :, half:], both[:, :, half:])


def test_noise_has_the_level_that_was_asked_for():
    clean = Listener(HEAD, NERVE).ears(50, seeded(), azimuth_deg=30)[1]
    for snr_db in (10.0, -5.0):
        noisy = Listener(HEAD, NERVE, snr_db=snr_db).ears(50, seeded(), azimuth_deg=30)[1]
        scale = clean.square().sum() / (noisy * clean).sum()  # the levels were drawn elsewhere
        assert noisy.square().mean() / clean.square().mean() > 1
        noise = noisy * scale - clean
        ratio = 10 * math.log10(float(clean.square().mean() / noise.square().mean()))
        assert ratio == pytest.approx(snr_db, abs=3)


def test_levels_rove(monkeypatch):
    """Against the same sounds at one level: they differ in colour, and a head filters colours."""
    roving = Listener(HEAD, NERVE).ears(200, seeded(), azimuth_deg=0)[1]
    monkeypatch.setattr(listening, "LEVEL_RANGE_DB", 0)
    steady = Listener(HEAD, NERVE).ears(200, seeded(), azimuth_deg=0)[1]
    level_db = 10 * torch.log10(roving.square().mean((1, 2)) / steady.square().mean((1, 2)))
    assert level_db.abs().max() <= 10 + 1e-4
    assert level_db.max() - level_db.min() > 18


def test_the_wave_correlator_finds_noise_from_everywhere():
    azimuth, ears = Listener(HEAD, NERVE).ears(100, seeded(1))
    found = torch.rad2deg(binaural.WaveCorrelator(HEAD).estimate(ears))
    assert (found - azimuth).abs().mean() < 1.5


def test_the_spike_correlator_beats_chance_by_far_and_knows_nothing_without_time():
    azimuth, spikes = Listener(HEAD, NERVE).sample(200, seeded(2))
    correlator = binaural.SpikeCorrelator(HEAD, NERVE)
    assert torch.rad2deg((correlator.estimate(spikes) - azimuth).abs()).mean() < 9
    timeless = heads.without_time_difference(HEAD)
    azimuth, spikes = Listener(timeless, NERVE).sample(200, seeded(2))
    assert torch.rad2deg((correlator.estimate(spikes) - azimuth).abs()).mean() > 40


def test_the_correlogram_peaks_where_the_right_ear_leads():
    nerve = cochlea.Nerve(centres_hz=(500,), bundles=1)
    spikes = torch.poisson(torch.full((1, 300, 2), 0.5), generator=seeded())
    spikes[:, 4:, 0] = spikes[:, :-4, 1]  # the left nerve, four steps later
    table = binaural.correlogram(spikes, nerve, 10)
    assert table.shape == (1, 1, 21) and table.argmax() == 10 + 4
    assert table.max() == pytest.approx(1, abs=0.1)


def test_band_differences_follow_the_head():
    by_band = binaural.band_differences(HEAD, NERVE)
    assert by_band.shape == (37, 5)
    broad = heads.time_difference(HEAD.responses, HEAD.rate_hz, 1500)
    assert by_band[18].abs().max() < 1e-6
    near = HEAD.azimuth_deg.abs() <= 20
    assert (by_band[near] - broad[near, None]).abs().max() < 100
    aside = near & (HEAD.azimuth_deg.abs() >= 10)
    ratio = by_band[aside] / broad[aside, None]
    assert 0.8 < ratio.min() and ratio.max() < 1.6
    assert ratio[:, 0].min() > 1.3  # a head delays low frequencies by up to half as much again


def test_no_band_slips_a_cycle():
    by_band = binaural.band_differences(HEAD, NERVE)
    steps = by_band.diff(dim=0)
    assert steps.min() > 0 and steps.max() < 100  # it grows to the right, and never jumps
    assert torch.allclose(by_band, -by_band.flip(0), atol=1)  # one ear, mirrored


def test_the_bound_falls_with_fibres_and_rises_with_the_step():
    ears = Listener(HEAD, NERVE).ears(40, seeded(4))[1]

    def bound_us(**settings):
        nerve = cochlea.Nerve(**settings)
        return float(binaural.delay_bound_us(ears, HEAD.rate_hz, nerve).mean())

    plain = bound_us()
    assert bound_us(fibres=400) == pytest.approx(plain / 2, rel=1e-3)
    assert bound_us(dt_ms=0.05) < plain < bound_us(dt_ms=0.5)


def test_no_unbiased_estimate_of_a_shift_beats_the_bound():
    """The best linear estimate of a small shift of both ears' spikes, sound known."""
    nerve = cochlea.Nerve(centres_hz=(500,), bundles=1, fibres=200)
    wave = sounds.noise(1, 31, 44100, seeded(5))
    ears = torch.stack([wave, wave], dim=1)
    rates = [cochlea.firing_rates(e, 44100, nerve) for e in (ears[..., 1:], ears[..., :-1])]
    scale = nerve.fibres * nerve.dt_ms / 1000
    expected, slope = scale * (rates[0] + rates[1]) / 2, scale * (rates[0] - rates[1]) * 44100
    counts = torch.poisson(expected.expand(4000, -1, -1, -1), generator=seeded(6))
    pull = (slope / expected * (counts - expected)).sum((2, 3)) / (slope**2 / expected).sum((2, 3))
    spread_us = 1e6 * float((pull[:, 0] - pull[:, 1]).std())
    assert spread_us == pytest.approx(float(binaural.delay_bound_us(ears, 44100, nerve)), rel=0.05)


def test_bad_calls_are_named():
    listener = Listener(HEAD, NERVE)
    with pytest.raises(TypeError, match="generator must be a torch.Generator"):
        listener.sample(4, None)
    with pytest.raises(ValueError, match="n must be at least 1, not 0"):
        listener.sample(0, seeded())
    with pytest.raises(ValueError, match="azimuth_deg must be measured ones"):
        listener.sample(4, seeded(), azimuth_deg=3)
    with pytest.raises(ValueError, match="duration_ms must be"):
        sounds.noise(1, 1, 44100, seeded())
    with pytest.raises(ValueError, match="max_delay must be below"):
        binaural.correlogram(torch.zeros(1, 300, 10), NERVE, 150)
    with pytest.raises(ValueError, match="spikes must have 10 channels, not 4"):
        binaural.correlogram(torch.zeros(1, 300, 4), NERVE, 10)
