"""From two eardrums to two nerves: a gammatone filterbank, hair cells, and phase-locked spikes.

Gammatone filters split the sound into bands (Patterson et al. 1987); `scipy.signal.gammatone`
makes them. A hair cell lets half of the wave through, compresses it, and is too slow to follow it
far above 1 kHz. Then fibres fire at random, as the rate tells them.
"""

import functools
import math
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy.signal import gammatone, lfilter

from .. import arguments as valid

COMPRESSION = 0.5
"""Exponent of a hair cell."""
HALF_LEVEL = 0.1
"""The level of a band's wave that drives half of the largest rate; sounds have an RMS near 1."""
MEMBRANE_HZ = 1000
"""Corner frequency of a hair cell."""

_RINGING_MS = 30  # the slowest filter is silent again after this time
_FINE_HZ = 20_000  # the hair cells are computed at this rate or a little above
_BLOCK_MS = 10  # Fourier transforms are a whole number of these long, in samples and in steps


def erb_spaced(low_hz: float, high_hz: float, n: int) -> tuple[float, ...]:
    """`n` frequencies in Hz, equally far apart along the cochlea.

    On the scale of equivalent rectangular bandwidths, 21.4 log10(1 + 0.00437 f) (Glasberg and
    Moore 1990). Raises ValueError or TypeError unless `0 < low_hz <= high_hz` and `n >= 1`.
    """
    n = valid.whole_number("n", n)
    low_hz = valid.finite_number("low_hz", low_hz, 0, math.inf, exclusive=True)
    high_hz = valid.finite_number("high_hz", high_hz, low_hz)
    low, high = (21.4 * math.log10(1 + 0.00437 * f) for f in (low_hz, high_hz))
    place = np.linspace(low, high, n)
    return tuple(float(f) for f in (10 ** (place / 21.4) - 1) / 0.00437)


@dataclass(frozen=True)
class Nerve:
    """The nerve fibres of both ears, in bundles.

    The fibres of a bundle share a frequency, a delay and a weight, so all that counts is how many
    of them fire in a step. Channels: left ear first, then by frequency, then by bundle.

    Parameters
    ----------
    centres_hz : tuple of float
        Frequency of each band, in Hz.
    duration_ms, dt_ms : float
        How long the nerve listens from the onset of the sound, and one time step, in ms. The
        duration and 10 ms are whole numbers of steps.
    bundles : int
        Bundles of each band and ear.
    fibres : int
        Fibres of a bundle.
    rate_max_hz : float
        Firing rate that a fibre approaches at very loud moments, in spikes per second.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range or the steps do not fit.
    """

    centres_hz: tuple = field(default_factory=functools.partial(erb_spaced, 300, 1500, 5))
    duration_ms: float = 30
    dt_ms: float = 0.1
    bundles: int = 1
    fibres: int = 100
    rate_max_hz: float = 600

    def __post_init__(self) -> None:
        object.__setattr__(self, "centres_hz", tuple(self.centres_hz))
        if not self.centres_hz:
            raise ValueError("centres_hz must hold at least one frequency, not ()")
        for frequency in self.centres_hz:
            valid.finite_number("centres_hz", frequency, 50, 10_000)
        for name in ("duration_ms", "dt_ms", "rate_max_hz"):
            valid.finite_number(name, getattr(self, name), 0, math.inf, exclusive=True)
        valid.whole_number("bundles", self.bundles)
        valid.whole_number("fibres", self.fibres)
        for name, longer in (("duration_ms", self.duration_ms), ("dt_ms", _BLOCK_MS)):
            steps = longer / self.dt_ms
            if round(steps) < 1 or abs(steps - round(steps)) > 1e-6:
                raise ValueError(
                    f"{name} must fit: {longer} ms is no whole number of steps of {self.dt_ms} ms"
                )

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return round(self.duration_ms / self.dt_ms)

    @property
    def channels(self) -> int:
        """Number of bundles of both ears: the first half is the left ear's."""
        return 2 * len(self.centres_hz) * self.bundles

    @property
    def band(self) -> torch.Tensor:
        """Number of the band of each channel, `(channels,)`."""
        return torch.arange(len(self.centres_hz)).repeat_interleave(self.bundles).repeat(2)


def filterbank(ears: torch.Tensor, rate_hz: int, nerve: Nerve) -> torch.Tensor:
    """Split what the ears hear into bands.

    Parameters
    ----------
    ears : tensor `(n, ear, time)`, floating
        Sounds at the two ears, as from `heads.place`; what comes after `duration_ms` is ignored.
    rate_hz : int
        Samples per second of `ears`.

    Returns
    -------
    tensor `(n, ear, band, fine time)`, a few samples in each step of the nerve

    Raises
    ------
    ValueError, TypeError
        For ears of a wrong shape, or a rate that has no whole number of samples in 10 ms.
    """
    if not isinstance(ears, torch.Tensor) or ears.ndim != 3 or ears.shape[1] != 2:
        shape = tuple(getattr(ears, "shape", ())) or type(ears).__name__
        raise ValueError(f"ears must be a tensor (n, 2, time), not {shape}")
    filters, samples, fine = _filters(nerve, rate_hz)
    heard = ears[..., : round(nerve.duration_ms / 1000 * rate_hz)]
    filters = filters.to(ears.device, torch.promote_types(ears.dtype, torch.complex64))
    spectrum = torch.fft.rfft(heard, n=samples)[:, :, None] * filters
    waves = torch.fft.irfft(spectrum[..., : fine // 2 + 1], n=fine)
    return waves[..., : nerve.steps * _within(nerve)] * (fine / samples)


def _within(nerve: Nerve) -> int:
    """Fine samples in one step of the nerve."""
    return math.ceil(nerve.dt_ms * _FINE_HZ / 1000 - 1e-9)


@functools.lru_cache(maxsize=8)
def _filters(nerve: Nerve, rate_hz: int) -> tuple[torch.Tensor, int, int]:
    """Frequency response of each band, and the length of a transform in samples and fine steps."""
    samples_per_block = rate_hz * _BLOCK_MS / 1000
    if samples_per_block != round(samples_per_block):
        raise ValueError(f"rate_hz must be a whole number of samples in 10 ms, not {rate_hz}")
    blocks = math.ceil((nerve.duration_ms + _RINGING_MS) / _BLOCK_MS - 1e-9)
    samples = blocks * round(samples_per_block)
    fine = blocks * round(_BLOCK_MS / nerve.dt_ms) * _within(nerve)
    taps = round(_RINGING_MS / 1000 * rate_hz)
    impulse = [gammatone(f, "fir", numtaps=taps, fs=rate_hz)[0] for f in nerve.centres_hz]
    return torch.fft.rfft(torch.from_numpy(np.array(impulse)), n=samples), samples, fine


def firing_rates(ears: torch.Tensor, rate_hz: int, nerve: Nerve) -> torch.Tensor:
    """Rate of a fibre of each band in spikes per second, `(n, ear, band, time)`.

    With w the wave of a band where it is positive, else 0: u = (w / HALF_LEVEL) ** COMPRESSION
    drives the share u / (1 + u) of `rate_max_hz`, and a first-order low-pass at MEMBRANE_HZ
    smooths it. Parameters and errors as in `filterbank`.
    """
    within = _within(nerve)
    drive = (filterbank(ears, rate_hz, nerve).clamp_(min=0) / HALF_LEVEL) ** COMPRESSION
    share = (drive / (1 + drive)).cpu().numpy()
    leak = math.exp(-2 * math.pi * MEMBRANE_HZ * nerve.dt_ms / 1000 / within)
    b, a = np.array([[1 - leak, 0], [1, -leak]], dtype=share.dtype)  # keeps single precision
    share = lfilter(b, a, share, axis=-1)
    rates = torch.from_numpy(share).unflatten(-1, (nerve.steps, within)).mean(-1)
    return nerve.rate_max_hz * rates.to(ears.device)


def spikes(rates: torch.Tensor, nerve: Nerve, generator: torch.Generator) -> torch.Tensor:
    """Draw how many fibres of each bundle fire in each step.

    A Poisson number: many fibres, each of which fires rarely (in steps of 0.1 ms with a
    probability below 0.06).

    Parameters
    ----------
    rates : tensor `(n, ear, band, time)`, spikes per second, as from `firing_rates`
    generator : torch.Generator

    Returns
    -------
    tensor `(n, time, channels)`, float32 whole numbers, on the CPU; in memory the batch runs
    fastest

    Raises
    ------
    ValueError, TypeError
        For rates of a wrong shape or a missing generator.
    """
    valid.random_generator(generator)
    wanted = (2, len(nerve.centres_hz), nerve.steps)
    if not isinstance(rates, torch.Tensor) or rates.shape[1:] != wanted:
        shape = tuple(getattr(rates, "shape", ())) or type(rates).__name__
        raise ValueError(f"rates must be a tensor (n, {wanted}), not {shape}")
    expected = (rates.cpu() * (nerve.fibres * nerve.dt_ms / 1000)).float().permute(1, 2, 3, 0)
    expected = expected[:, :, None].expand(-1, -1, nerve.bundles, -1, -1)
    return torch.poisson(expected, generator=generator).flatten(0, 2).permute(2, 1, 0)
