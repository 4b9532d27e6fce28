"""Sounds at their limits: few of each kind, short recordings, low sampling rates."""

import pytest
import torch

from course_utils.head import sounds


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_a_kind_that_gets_none_of_the_sounds_is_left_out(n):
    drawn = sounds.draw(("noise", "tones", "word"), n, 30, 44100, seeded())
    assert drawn.shape == (n, 1323) and torch.isfinite(drawn).all()


@pytest.mark.parametrize("kind", sounds.KINDS)
def test_no_sounds_of_a_kind_are_none(kind):
    assert sounds.KINDS[kind](0, 30, 44100, seeded()).shape == (0, 1323)


@pytest.mark.parametrize("kinds", [(), "noise", ["noise", 3]])
def test_kinds_are_names(kinds):
    with pytest.raises(ValueError, match="^kinds must be (one of 'noise'|a tuple of names)"):
        sounds.draw(kinds, 3, 30, 44100, seeded())


def test_a_piece_longer_than_the_recording_is_refused():
    with pytest.raises(ValueError, match="duration_ms must be at most .* ms, the length of the re"):
        sounds.word(1, 60_000, 44100, seeded())


@pytest.mark.parametrize("rate_hz", [2000, 4000, 8000])
def test_no_harmonic_folds_back_from_above_half_the_sampling_rate(rate_hz):
    """At an exact number of cycles each partial fills one bin; a folded one lies off the grid."""
    (wave,) = sounds.tones(1, 1000, rate_hz, seeded(3))
    power = torch.fft.rfft(wave.double() * torch.hann_window(len(wave))).abs() ** 2
    fundamental = sounds.LOW_HZ * 4 ** torch.rand(1, 1, generator=seeded(3)).item()
    harmonics = torch.arange(1, int(rate_hz / 2 / fundamental) + 1) * fundamental
    bins = torch.arange(len(power))[:, None]
    near = ((bins - harmonics).abs() < 6).any(1)  # bins are 1 Hz wide; fades widen a line
    assert power[~near].sum() < 1e-3 * power.sum()


@pytest.mark.parametrize("kind", sounds.KINDS)
def test_a_rate_too_low_for_any_tone_is_refused(kind):
    with pytest.raises(ValueError, match="rate_hz must be at least 1000, not 999"):
        sounds.KINDS[kind](1, 30, 999, seeded())
