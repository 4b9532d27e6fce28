"""What an engineer does with two ears: cross-correlation, and how well a delay can be known."""

import math

import torch

from .. import arguments as valid
from . import cochlea, heads

_CHUNK = 128  # sounds correlated at once: at 16 times the rate they are long


def delay_bound_us(ears: torch.Tensor, rate_hz: int, nerve: cochlea.Nerve) -> torch.Tensor:
    """Smallest standard deviation of an unbiased estimate of the time difference, microseconds.

    For someone who knows the sound at each ear except for when it comes. With m_t spikes expected
    in a step, a nerve tells sum_t (dm_t / d time)^2 / m_t about its time (Poisson spikes), and the
    variances of the two ears add up (Cramér 1946, Rao 1945).

    Parameters
    ----------
    ears : tensor `(n, ear, time)`
    rate_hz : int
    nerve : Nerve

    Returns
    -------
    tensor `(n,)`
    """
    shift = 1  # sample, about 23 microseconds: far below a cycle of any band
    early, late = ears[..., shift:], ears[..., :-shift]
    rates = [cochlea.firing_rates(wave, rate_hz, nerve) for wave in (early, late)]
    scale = nerve.fibres * nerve.bundles * nerve.dt_ms / 1000
    slope = scale * (rates[0] - rates[1]) * (rate_hz / shift)
    expected = scale * (rates[0] + rates[1]) / 2
    information = (slope.square() / expected.clamp(min=1e-9)).sum((2, 3))
    return 1e6 * (1 / information).sum(1).sqrt()


def correlogram(spikes: torch.Tensor, nerve: cochlea.Nerve, max_lag: int) -> torch.Tensor:
    """Cross-correlation of the two nerves in each band.

    Value `max_lag + k` says how well the left nerve agrees with the right nerve `k` steps earlier:
    the right ear leads by `k`. Divided by the standard deviations, as a correlation coefficient.

    Parameters
    ----------
    spikes : tensor `(n, time, channels)`
    nerve : Nerve
    max_lag : int, in steps

    Returns
    -------
    tensor `(n, band, 2 max_lag + 1)`

    Raises
    ------
    ValueError, TypeError
        For spikes of another shape, or a lag that is no whole number.
    """
    valid.spike_tensor("spikes", spikes, nerve.channels)
    max_lag = valid.delay_range(max_lag, spikes.shape[1] // 2)
    counts = spikes.float().unflatten(2, (2, -1, nerve.bundles)).sum(-1)
    counts = counts - counts.mean(1, keepdim=True)
    left, right = counts.unbind(2)
    steps = left.shape[1]
    middle = left[:, max_lag : steps - max_lag]
    lags = range(-max_lag, max_lag + 1)
    sums = [(middle * right[:, max_lag - k : steps - max_lag - k]).mean(1) for k in lags]
    spread = (left.square().mean(1) * right.square().mean(1)).sqrt()
    return torch.stack(sums, dim=-1) / spread.clamp(min=1e-9)[..., None]


class SpikeCorrelator:
    """Points by cross-correlation of the same spikes that a network hears, knowing the head.

    For each direction it reads every band's correlogram at the time difference which this head
    gives this band, and adds up; its answer is the mean direction under a softmax of the sums.

    Parameters
    ----------
    head : heads.Head
    nerve : cochlea.Nerve
    max_delay_ms : float
        Lags beyond this one are not looked at.
    sharpness : float
        Factor before the softmax. 10 has the smallest error on noise and tones, of 5, 10, ..., 160.
    """

    def __init__(
        self,
        head: heads.Head,
        nerve: cochlea.Nerve,
        max_delay_ms: float = 1,
        sharpness: float = 10.0,
    ) -> None:
        self.head, self.nerve, self.sharpness = head, nerve, sharpness
        self.max_lag = round(max_delay_ms / nerve.dt_ms)
        lag = band_differences(head, nerve) / 1000 / nerve.dt_ms + self.max_lag
        lag = lag.clamp(0, 2 * self.max_lag - 1e-6)
        self.lower, self.part = lag.floor().long().T, (lag % 1).T.float()

    def scores(self, spikes: torch.Tensor) -> torch.Tensor:
        """Agreement of the ears for each direction of the head, `(n, azimuth)`."""
        table = correlogram(spikes, self.nerve, self.max_lag)
        lower = self.lower.to(table.device).expand(len(table), -1, -1)
        part = self.part.to(table.device)
        read = table.gather(2, lower).lerp(table.gather(2, lower + 1), part)
        return read.sum(1)

    def estimate(self, spikes: torch.Tensor) -> torch.Tensor:
        """Azimuth in radians, `(n,)`."""
        belief = torch.softmax(self.sharpness * self.scores(spikes), dim=1)
        return belief @ torch.deg2rad(self.head.azimuth_deg).to(belief)


def band_differences(head: heads.Head, nerve: cochlea.Nerve) -> torch.Tensor:
    """The head's time difference in each band of the nerve, `(azimuth, band)`, microseconds.

    In a narrow band the peaks of the correlation lie a cycle apart and are nearly equal, and the
    highest may be the wrong one. So it is the highest within half a cycle of the time difference
    that all bands have together.
    """
    waves = cochlea.filterbank(head.responses, head.rate_hz, nerve).transpose(1, 2)
    fine_hz = round(waves.shape[-1] / nerve.duration_ms * 1000)
    broad_us = heads.time_difference(head.responses, head.rate_hz, max(nerve.centres_hz))
    half_cycle_us = 5e5 / waves.new_tensor(nerve.centres_hz, dtype=torch.float64)
    cross = heads.cross_spectrum(waves)
    finer = 16  # lags of a few microseconds
    correlation = torch.fft.irfft(cross, n=2 * finer * (cross.shape[-1] - 1))
    step_us = 1e6 / (finer * fine_hz)
    lags = math.ceil(heads.TIME_LIMIT_US / step_us)
    around = torch.cat([correlation[..., -lags:], correlation[..., : lags + 1]], dim=-1)
    lag_us = step_us * torch.arange(-lags, lags + 1, device=waves.device)
    near = (lag_us - broad_us[:, None, None]).abs() < half_cycle_us[:, None]
    return (heads.vertex(around * near) - lags) * step_us


class WaveCorrelator:
    """Points by the cross-correlation of the two waves themselves, which no nerve can see.

    Every frequency has the same weight, whatever its power (Knapp and Carter 1976, "PHAT"); the
    answer is the direction of the head whose time difference is nearest.

    Parameters
    ----------
    head : heads.Head
    low_hz, high_hz : float
        Frequencies that are used, in Hz.

    Raises
    ------
    ValueError, TypeError
        For frequencies that do not rise, or lie above half the head's rate.
    """

    def __init__(self, head: heads.Head, low_hz: float = 150, high_hz: float = 5000) -> None:
        self.head = head
        self.low_hz = valid.finite_number("low_hz", low_hz, 0)
        self.high_hz = valid.finite_number("high_hz", high_hz, low_hz, head.rate_hz / 2)
        self.table_us = self._difference(head.responses)

    def _difference(self, ears: torch.Tensor) -> torch.Tensor:
        cross = heads.cross_spectrum(ears)
        frequency = torch.linspace(0, self.head.rate_hz / 2, cross.shape[-1]).to(cross.device)
        used = (frequency >= self.low_hz) & (frequency <= self.high_hz)
        return heads.correlation_peak(
            used * cross / cross.abs().clamp(min=1e-12), self.head.rate_hz
        )

    def estimate(self, ears: torch.Tensor) -> torch.Tensor:
        """Azimuth in radians of each of `(n, ear, time)`, `(n,)`."""
        found = torch.cat([self._difference(part) for part in ears.split(_CHUNK)])
        nearest = (found[:, None] - self.table_us.to(found.device)).abs().argmin(1)
        return torch.deg2rad(self.head.azimuth_deg.to(found.device)[nearest]).float()
