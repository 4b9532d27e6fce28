"""The measured head: what the file holds, and delays and levels against independent ways."""

import math

import numpy as np
import pytest
import torch
from scipy.signal import firwin, resample_poly

from course_utils.head import heads

HEAD = heads.load()
EVERY_10 = list(range(-90, 91, 10))


def upsampled_lag_us(ears, below_hz):
    """16-fold upsampling and a plain correlation, with other tools than `heads` uses."""
    left, right = ears.numpy()
    if below_hz is not None:
        low_pass = firwin(2001, below_hz, fs=HEAD.rate_hz)
        left, right = np.convolve(left, low_pass), np.convolve(right, low_pass)
    left, right = resample_poly(left, 16, 1), resample_poly(right, 16, 1)
    best = np.correlate(left, right, "full").argmax() - (len(right) - 1)
    return 1e6 * best / (16 * HEAD.rate_hz)


@pytest.mark.parametrize("below_hz", [None, 1500])
@pytest.mark.parametrize("azimuth", EVERY_10)
def test_time_difference_agrees_with_an_upsampled_correlation(azimuth, below_hz):
    ours = float(heads.time_difference(HEAD.towards(azimuth), HEAD.rate_hz, below_hz))
    independent = upsampled_lag_us(HEAD.towards(azimuth), below_hz)
    assert abs(ours - independent) <= max(5, abs(independent) / 50)
    assert np.sign(round(ours)) == np.sign(azimuth)  # the right ear leads on the right


def test_the_head_is_complete_and_one_ear_mirrored():
    azimuth, responses, rate = HEAD
    assert azimuth.tolist() == list(range(-90, 91, 5)) and rate == 44100
    assert responses.shape == (37, 2, 512) and responses.dtype == torch.float64
    assert torch.equal(responses[:, 0], responses[:, 1].flip(0))
    assert torch.equal(responses * 2**15, (responses * 2**15).round())


def test_time_difference_grows_with_azimuth_and_level_peaks_before_the_side():
    time = heads.time_difference(HEAD.responses, HEAD.rate_hz)
    assert (time.diff() > 0).all() and 700 < time[-1] < 750
    level = heads.level_difference(HEAD.responses)
    assert (HEAD.azimuth_deg * level >= 0).all()
    assert level.max() > level[-1] + 3  # waves around the head meet at the far ear: a bright spot


def test_time_difference_of_a_known_delay():
    """A delay in between two samples, made by turning phases."""
    wave = torch.randn(2048, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    wave[:200] = wave[-200:] = 0
    spectrum = torch.fft.rfft(wave)
    frequency = torch.fft.rfftfreq(2048, 1 / 44100, dtype=torch.float64)
    for delay_us in (-655.3, -10.0, 0.0, 101.7):
        turn = torch.exp(-2j * math.pi * frequency * delay_us * 1e-6)
        ears = torch.stack([torch.fft.irfft(spectrum * turn, n=2048), wave])
        for below_hz in (None, 3000):
            found = float(heads.time_difference(ears, 44100, below_hz))
            assert found == pytest.approx(delay_us, abs=0.2)


def test_level_difference_of_a_known_gain():
    wave = torch.randn(3, 1, 500, generator=torch.Generator().manual_seed(1))
    ears = torch.cat([wave, 2 * wave], dim=1)
    assert heads.level_difference(ears).tolist() == pytest.approx([20 * math.log10(2)] * 3)


def test_place_is_a_convolution():
    sounds = torch.randn(3, 300, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    responses = HEAD.towards(torch.tensor([-40.0, 0.0, 90.0]))
    placed = heads.place(sounds, responses)
    for sound, response, ears in zip(sounds, responses, placed, strict=True):
        for taps, ear in zip(response, ears, strict=True):
            assert np.allclose(np.convolve(sound, taps), ear, atol=1e-9)


def test_woodworth_of_a_round_head():
    assert heads.woodworth(0.0) == 0
    assert heads.woodworth(90.0) == pytest.approx(1e6 * 0.0875 / 343 * (math.pi / 2 + 1))
    assert float(heads.woodworth(-30.0)) == -float(heads.woodworth(30.0))


def test_without_level_difference_only_time_is_left():
    head = heads.without_level_difference(HEAD)
    assert heads.level_difference(head.responses).abs().max() < 0.01
    before, after = (heads.time_difference(h.responses, h.rate_hz, 1500) for h in (HEAD, head))
    assert (before - after).abs().max() < 5


def test_without_time_difference_only_level_is_left():
    head = heads.without_time_difference(HEAD)
    assert heads.time_difference(head.responses, head.rate_hz).abs().max() < 0.1
    assert heads.time_difference(head.responses, head.rate_hz, 1500).abs().max() < 5
    before, after = (heads.level_difference(h.responses) for h in (HEAD, head))
    assert torch.allclose(before, after)


def test_the_word_is_there_and_keeps_its_samples():
    slow, fast = heads.load_word(22050), heads.load_word()
    assert len(fast) == 2 * len(slow) and 0.3 < len(slow) / 22050 < 0.6
    assert torch.allclose(fast[::2], slow, atol=1e-9)
    assert 0.1 < slow.abs().max() <= 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: HEAD.towards(12.0), "azimuth_deg must be measured ones.*not 12"),
        (lambda: HEAD.towards(torch.tensor([0.0, 95.0])), "not 95"),
        (lambda: heads.load_word(30000), "rate_hz must be a whole multiple of 22050, not 30000"),
        (lambda: heads.load_word(0), "not 0"),
        (lambda: heads.place(torch.zeros(0), HEAD.towards(0)), r"sounds must have shape"),
        (lambda: heads.place(torch.zeros(5), torch.zeros(3, 5)), r"responses must have shape"),
        (lambda: heads.time_difference(torch.zeros(5), 44100), r"ears must have shape"),
        (lambda: heads.time_difference(torch.ones(2, 50), 44100, 0), "below_hz must be"),
        (lambda: heads.time_difference(torch.ones(2, 50), 44100, 3e4), "below_hz must be"),
        (lambda: heads.level_difference(torch.zeros(2, 5)), "both hear something"),
        (lambda: heads.woodworth(91.0), "azimuth_deg must lie within ±90 degrees, not 91"),
        (lambda: heads.woodworth(0.0, radius_m=0.0), "radius_m must be"),
        (lambda: heads.woodworth(0.0, speed_m_s=-1.0), "speed_m_s must be"),
    ],
)
def test_bad_values_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("bad", [[1.0, 2.0], torch.zeros(5, dtype=torch.int64)])
def test_sounds_must_be_floating_tensors(bad):
    with pytest.raises(TypeError, match="sounds must be a floating-point torch.Tensor"):
        heads.place(bad, HEAD.towards(0))
