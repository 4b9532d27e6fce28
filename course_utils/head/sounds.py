"""Sounds to place around a head: noise, tone complexes, and pieces of a spoken word.

Every sound is `(n, time)`, float32, with an RMS of 1, faded in and out over 2 ms. Each noise and
each complex has a colour of its own: it falls by 0 to 12 dB in an octave.
"""

import math
from collections.abc import Sequence

import torch

from .. import arguments as valid
from . import heads

LOW_HZ, HIGH_HZ = 100, 5000
"""Noise and tone complexes lie between these frequencies."""

_FADE_MS = 2


def noise(n: int, duration_ms: float, rate_hz: int, generator: torch.Generator) -> torch.Tensor:
    """`n` bursts of noise, each one new, `(n, time)`.

    Raises ValueError or TypeError for a duration below 4 ms, a rate below 1000, or no generator;
    so do the other sounds.
    """
    samples = _samples(n, duration_ms, rate_hz, generator)
    if not n:  # some Fourier transforms take no empty batch
        return torch.zeros(0, samples)
    spectrum = torch.fft.rfft(torch.randn(n, samples, generator=generator))
    frequency = torch.fft.rfftfreq(samples, 1 / rate_hz)
    inside = (frequency >= LOW_HZ) & (frequency <= HIGH_HZ)
    spectrum *= torch.where(inside, frequency.clamp(min=LOW_HZ) ** -_colours(n, generator), 0)
    return _finished(torch.fft.irfft(spectrum, n=samples), rate_hz)


def tones(n: int, duration_ms: float, rate_hz: int, generator: torch.Generator) -> torch.Tensor:
    """`n` tone complexes, `(n, time)`: all harmonics of a random fundamental from 100 to 400 Hz.

    Errors as in `noise`.
    """
    samples = _samples(n, duration_ms, rate_hz, generator)
    fundamental = LOW_HZ * 4 ** torch.rand(n, 1, generator=generator)
    colour = _colours(n, generator)
    time = 2 * math.pi / rate_hz * torch.arange(samples)
    total = torch.zeros(n, samples)
    for harmonic in range(1, HIGH_HZ // LOW_HZ + 1):
        phase = 2 * math.pi * torch.rand(n, 1, generator=generator)
        inside = (harmonic * fundamental <= HIGH_HZ) & (harmonic * fundamental < rate_hz / 2)
        gain = inside * harmonic**-colour
        total += gain * torch.sin(harmonic * fundamental * time + phase)
    return _finished(total, rate_hz)


def word(n: int, duration_ms: float, rate_hz: int, generator: torch.Generator) -> torch.Tensor:
    """`n` pieces of a spoken word, `(n, time)`, from random places; never a faint one.

    Raises ValueError for a duration above that of the recording, and as `noise` does.
    """
    samples = _samples(n, duration_ms, rate_hz, generator)
    recording = heads.load_word(rate_hz).float()
    if samples > len(recording):
        raise ValueError(
            f"duration_ms must be at most {1000 * len(recording) / rate_hz:.0f} ms, the length of "
            f"the recording, not {duration_ms}"
        )
    if not n:
        return torch.zeros(0, samples)
    pieces = recording.unfold(0, samples, 1)
    power = pieces.square().mean(1)
    audible = (power > 0.1 * power.max()).float()  # within 10 dB of the loudest piece
    return _finished(pieces[audible.multinomial(n, True, generator=generator)], rate_hz)


KINDS = {"noise": noise, "tones": tones, "word": word}
"""All kinds of sound, by name."""


def draw(
    kinds: Sequence[str], n: int, duration_ms: float, rate_hz: int, generator: torch.Generator
) -> torch.Tensor:
    """`n` sounds, `(n, time)`, each of one of `kinds` (names in `KINDS`), as evenly as can be.

    Raises ValueError for an unknown kind or none, and as `noise` does.
    """
    if isinstance(kinds, str) or not len(kinds):
        raise ValueError(f"kinds must be a tuple of names, such as ('noise',), not {kinds!r}")
    for kind in kinds:
        valid.one_of("kinds", kind, KINDS)
    shares = torch.arange(n).tensor_split(len(kinds))
    drawn = [
        KINDS[kind](len(share), duration_ms, rate_hz, generator)
        for kind, share in zip(kinds, shares, strict=True)
    ]
    return torch.cat(drawn)


def _colours(n: int, generator: torch.Generator) -> torch.Tensor:
    """Exponents `(n, 1)` by which the amplitude falls with frequency."""
    return 2 * torch.rand(n, 1, generator=generator)


def _samples(n: int, duration_ms: float, rate_hz: int, generator: torch.Generator) -> int:
    valid.whole_number("n", n, low=0)
    valid.random_generator(generator)
    valid.whole_number("rate_hz", rate_hz, low=1000)
    shortest = 2 * _FADE_MS
    return round(valid.finite_number("duration_ms", duration_ms, shortest) / 1000 * rate_hz)


def _finished(waves: torch.Tensor, rate_hz: int) -> torch.Tensor:
    """Fade in and out, then set the RMS to 1."""
    fade = round(_FADE_MS / 1000 * rate_hz)
    ramp = torch.sin(math.pi / 2 * (torch.arange(fade) + 0.5) / fade) ** 2
    waves = waves.clone()
    waves[:, :fade] *= ramp
    waves[:, -fade:] *= ramp.flip(0)
    return waves / waves.square().mean(1, keepdim=True).sqrt()
