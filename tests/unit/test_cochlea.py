"""The nerve behind a gammatone filterbank: tuning, phase locking, counts."""

import math

import numpy as np
import pytest
import torch
from scipy.signal import freqz, gammatone

from course_utils.head import cochlea
from course_utils.head.cochlea import Nerve

RATE = 44100


def pure_tones(frequencies_hz, duration_ms=60, amplitude=1.0):
    """Tones `(n, ear, time)`, the same at both ears."""
    time = torch.arange(round(duration_ms / 1000 * RATE), dtype=torch.float64) / RATE
    waves = amplitude * torch.sin(2 * math.pi * torch.tensor(frequencies_hz)[:, None] * time)
    return waves[:, None].expand(-1, 2, -1)


def test_erb_spacing():
    assert cochlea.erb_spaced(300, 1500, 5) == pytest.approx(
        (300, 482.26, 727.34, 1056.88, 1500), abs=0.01
    )
    assert cochlea.erb_spaced(500, 500, 1) == pytest.approx((500,))


def test_a_tone_drives_its_own_band_most():
    nerve = Nerve(duration_ms=60)
    bands = cochlea.filterbank(pure_tones(nerve.centres_hz), RATE, nerve)
    rms = bands[..., bands.shape[-1] // 2 :].square().mean(-1).sqrt()[:, 0]  # (tone, band)
    assert rms.argmax(1).tolist() == list(range(5))
    assert rms.diagonal().tolist() == pytest.approx([math.sqrt(0.5)] * 5, rel=0.02)


def test_the_filters_are_gammatones():
    """Away from the centre the gain is that of scipy's filter of a different kind."""
    nerve = Nerve(centres_hz=(1000,), duration_ms=60)
    heard = (700.0, 900.0, 1000.0, 1150.0)
    bands = cochlea.filterbank(pure_tones(heard), RATE, nerve)[:, 0, 0]
    gain = bands[:, bands.shape[1] // 2 :].square().mean(1).sqrt() * math.sqrt(2)
    _, expected = freqz(*gammatone(1000, "iir", fs=RATE), worN=heard, fs=RATE)
    assert gain.tolist() == pytest.approx(np.abs(expected).tolist(), rel=0.05, abs=0.005)


def test_rates_lock_to_the_phase_at_low_frequencies_and_less_at_high_ones():
    nerve = Nerve(centres_hz=(500, 4000), duration_ms=60, dt_ms=0.05)
    rates = cochlea.firing_rates(pure_tones((500.0, 4000.0), amplitude=0.3), RATE, nerve)
    time = torch.arange(nerve.steps) * nerve.dt_ms / 1000
    strength = []
    for band, frequency in enumerate(nerve.centres_hz):
        rate = rates[band, 0, band, nerve.steps // 2 :]
        turn = torch.exp(-2j * math.pi * frequency * time[nerve.steps // 2 :])
        strength.append(float((rate * turn).sum().abs() / rate.sum()))
    assert strength[0] > 0.5 and strength[1] < 0.25


def test_rates_are_compressed_and_stay_below_the_largest():
    nerve = Nerve(centres_hz=(500,))
    faint, loud = (
        cochlea.firing_rates(pure_tones((500.0,), 30, amplitude), RATE, nerve)
        for amplitude in (0.01, 1.0)
    )
    assert 0 <= faint.min() and loud.max() < nerve.rate_max_hz
    assert 1.5 < loud.mean() / faint.mean() < 20  # the sound itself is 100 times larger


def test_a_later_sound_gives_later_rates():
    nerve = Nerve(duration_ms=40)
    sound = torch.randn(1, 1, 1764, generator=torch.Generator().manual_seed(0)).expand(-1, 2, -1)
    late = torch.nn.functional.pad(sound, (441, 0))  # 10 ms
    first, second = (cochlea.firing_rates(ears, RATE, nerve) for ears in (sound, late))
    assert torch.allclose(second[..., 100:], first[..., :300], atol=2.0)
    assert second[..., :100].max() < 5  # rounding noise, compressed


def test_spikes_have_the_rate_and_the_order_that_is_promised():
    nerve = Nerve(centres_hz=(300, 900), bundles=3)
    rates = torch.zeros(500, 2, 2, nerve.steps)
    rates[:, 0, 1], rates[:, 1, 0] = 100.0, 300.0
    drawn = cochlea.spikes(rates, nerve, torch.Generator().manual_seed(0))
    assert drawn.shape == (500, nerve.steps, nerve.channels) == (500, 300, 12)
    mean = drawn.mean((0, 1)) / (nerve.fibres * nerve.dt_ms / 1000)
    expected = [0] * 3 + [100] * 3 + [300] * 3 + [0] * 3  # left: 300, 900 Hz; right: 300, 900 Hz
    assert mean.tolist() == pytest.approx(expected, rel=0.02, abs=1e-9)
    assert nerve.band.tolist() == [0, 0, 0, 1, 1, 1] * 2
    variance = drawn[:, :, 3].var()
    assert variance == pytest.approx(float(drawn[:, :, 3].mean()), rel=0.02)  # Poisson
    apart = torch.corrcoef(drawn[:, :, 3:5].reshape(-1, 2).T)[0, 1]
    assert abs(apart) < 0.02  # bundles fire by themselves
    again = cochlea.spikes(rates, nerve, torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (dict(centres_hz=()), "centres_hz must hold at least one"),
        (dict(centres_hz=(20,)), "centres_hz must be"),
        (dict(dt_ms=0.3, duration_ms=30), "10 ms is no whole number of steps of 0.3 ms"),
        (dict(duration_ms=30.05), "30.05 ms is no whole number of steps"),
        (dict(duration_ms=0), "duration_ms must be"),
        (dict(bundles=0), "bundles must be at least 1"),
        (dict(fibres=0), "fibres must be at least 1"),
        (dict(rate_max_hz=-1), "rate_max_hz must be"),
    ],
)
def test_a_bad_nerve_is_named(settings, words):
    with pytest.raises(ValueError, match=words):
        Nerve(**settings)


def test_bad_calls_are_named():
    nerve = Nerve()
    with pytest.raises(ValueError, match=r"ears must be a tensor \(n, 2, time\)"):
        cochlea.filterbank(torch.zeros(2, 100), RATE, nerve)
    with pytest.raises(ValueError, match="rate_hz must be a whole number of samples in 10 ms"):
        cochlea.filterbank(torch.zeros(1, 2, 100), 22050 + 1, nerve)
    with pytest.raises(ValueError, match="rates must be a tensor"):
        cochlea.spikes(torch.zeros(1, 2, 5, 299), nerve, torch.Generator())
    with pytest.raises(TypeError, match="generator must be a torch.Generator"):
        cochlea.spikes(torch.zeros(1, 2, 5, 300), nerve, None)
    with pytest.raises(ValueError, match="high_hz must be"):
        cochlea.erb_spaced(500, 400, 3)
