"""What any observer of the spikes could reach: bounds, chance, and maximum likelihood."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from . import arguments as valid
from .stimuli import IPD_LIMIT, Classes, Stimulus, valid_classes

_PHASES = 720  # phases of the coarse search of `maximum_likelihood`, half a degree apart


def phase_information(stimulus: Stimulus, phases: Tensor) -> Tensor:
    """Fisher information that one fibre carries about its phase, in one step.

    For a Bernoulli spike with probability p(phase) it is p'^2 / (p (1 - p)). With
    p = a g^m and g = (1 + sin) / 2 this is a m^2 g^(m - 1) (1 - g) / (1 - p), which stays finite
    where p vanishes.

    Parameters
    ----------
    phases : tensor of radians, any shape

    Returns
    -------
    tensor of the same shape, in 1 / radian^2
    """
    a = stimulus.rate_max_hz * stimulus.dt_ms / 1000
    m = stimulus.envelope_power
    g = (1 + torch.sin(phases)) / 2
    # With a = 1 the ratio (1 - g) / (1 - p) tends to 1 / m at the peak of the wave.
    rest = 1 - a * g**m
    ratio = torch.where(rest > 1e-12, (1 - g) / rest.clamp(min=1e-12), torch.full_like(g, 1 / m))
    return a * m**2 * g ** (m - 1) * ratio


def cramer_rao(stimulus: Stimulus, window_ms: float | None = None) -> float:
    """Smallest mean absolute error of an unbiased IPD estimate, in degrees.

    The common phase is unknown, so the two ears' phases are estimated apart and the variance of
    their difference is 1 / J_left + 1 / J_right (Cramér 1946, Rao 1945), with J summed over
    fibres and steps. Averaged over IPD and phase; sqrt(2 / pi) turns the standard deviation of a
    Gaussian into its mean absolute error. A window must be within the stimulus.

    Parameters
    ----------
    stimulus : Stimulus
    window_ms : float, optional
        Length of what is listened to, in ms, a whole number of steps; by default everything.

    Raises
    ------
    ValueError, TypeError
        For a window that is not a whole number of steps between 1 step and the whole stimulus.
    """
    steps = _window_steps(stimulus, window_ms)
    grid = torch.arange(64, dtype=torch.float64) / 64
    phase = 2 * math.pi * grid
    ipd = (grid - grid.mean()) * 2 * IPD_LIMIT
    waves = stimulus.phases(ipd.repeat_interleave(64), phase.repeat(64))[:, :steps]
    information = stimulus.fibres_per_ear * phase_information(stimulus, waves).sum(1)
    left, right = information.unbind(1)
    deviation = (1 / left + 1 / right).sqrt()
    return math.degrees(math.sqrt(2 / math.pi) * float(deviation.mean()))


def _window_steps(stimulus: Stimulus, window_ms: float | None) -> int:
    if window_ms is None:
        return stimulus.steps
    window_ms = valid.finite_number("window_ms", window_ms, stimulus.dt_ms, stimulus.duration_ms)
    steps = round(window_ms / stimulus.dt_ms)
    if abs(steps * stimulus.dt_ms - window_ms) > 1e-6:
        raise ValueError(
            f"window_ms must be a whole number of steps of {stimulus.dt_ms} ms, not {window_ms}"
        )
    return steps


def maximum_likelihood(spikes: Tensor, stimulus: Stimulus) -> Tensor:
    """The IPD that makes the spikes most probable, phase unknown, in radians.

    Given its phase, an ear's spike counts c_t are binomial, so its log likelihood is
    sum_t c_t log p_t + (F - c_t) log(1 - p_t). Both ears' phases are searched on a grid, their
    difference kept within ±π/2, and each is refined by a parabola.

    Parameters
    ----------
    spikes : tensor `(n, time, 2 * fibres_per_ear)` of 0 and 1
        The first steps of the stimulus; fewer than all of them are allowed.

    Returns
    -------
    tensor `(n,)`, float32, radians, on the device of `spikes` (one with double precision)

    Raises
    ------
    ValueError, TypeError
        For a wrong shape, values other than 0 and 1, or more steps than the stimulus has.
    """
    score = _log_likelihood(spikes, stimulus)
    return torch.cat([_best_difference(part) for part in score.split(256)]).float()


def _log_likelihood(spikes: Tensor, stimulus: Stimulus) -> Tensor:
    """Log likelihood of each phase at each ear, `(n, ear, phase)`; see `maximum_likelihood`."""
    spikes = valid.binary_spikes("spikes", spikes, stimulus.channels)
    n, steps, _ = spikes.shape
    if not 1 <= steps <= stimulus.steps:
        raise ValueError(f"spikes must have 1 to {stimulus.steps} time steps, not {steps}")
    by_ear = spikes.permute(2, 1, 0).unflatten(0, (2, stimulus.fibres_per_ear))
    counts = by_ear.sum(1, dtype=torch.int32).permute(2, 1, 0).double()
    phases = torch.arange(_PHASES, dtype=torch.float64, device=spikes.device)
    waves = stimulus.phases(0.0, phases * (2 * math.pi / _PHASES))[:, :steps, 0]
    # A probability of exactly 0 or 1 would give 0 * log 0 where no count contradicts it.
    p = stimulus.firing_probability(waves).clamp(1e-12, 1 - 1e-12)
    score = counts.transpose(1, 2) @ (torch.logit(p)).T
    score += stimulus.fibres_per_ear * torch.log1p(-p).sum(1)
    return score


def _best_difference(score: Tensor) -> Tensor:
    """IPD in radians from `(n, ear, phase)` log likelihoods; see `maximum_likelihood`."""
    left, right = score.unbind(1)
    quarter = _PHASES // 4
    best = score.new_full((len(score),), -math.inf)
    at = torch.zeros_like(best, dtype=torch.long)
    for shift in range(-quarter, quarter + 1):
        total = (left + right.roll(-shift, 1)).amax(1)
        at = torch.where(total > best, shift, at)
        best = torch.maximum(total, best)
    phases = torch.arange(_PHASES, device=score.device)
    joint = left + right.gather(1, (phases + at[:, None]) % _PHASES)
    phase_left = joint.argmax(1)
    step = at + _vertex(right, (phase_left + at) % _PHASES) - _vertex(left, phase_left)
    return (step * (2 * math.pi / _PHASES)).clamp(-IPD_LIMIT, IPD_LIMIT)


def _vertex(score: Tensor, peak: Tensor) -> Tensor:
    """Offset of a parabola's top from `peak`, within half a grid step."""
    below, top, above = (
        score.gather(1, ((peak + offset) % _PHASES)[:, None])[:, 0] for offset in (-1, 0, 1)
    )
    bend = below - 2 * top + above
    offset = (below - above) / (2 * bend)
    return torch.where(bend < 0, offset, torch.zeros_like(offset)).clamp(-0.5, 0.5)


def posterior(spikes: Tensor, stimulus: Stimulus, rule: str = "median") -> Tensor:
    """The best answer of an observer who knows where sounds can come from, in radians.

    Bayes's rule, with every IPD within ±π/2 and every phase at the left ear equally probable before
    the first spike: the probability of an IPD is the sum, over all left phases, of the likelihoods
    of both ears. On the grid of `maximum_likelihood`, between whose points it is taken as straight.
    No rule has a smaller mean squared error than the mean, and none a smaller mean absolute error
    than the median of these probabilities (Lehmann and Casella 1998, *Theory of Point Estimation*,
    chapter 4). Both are biased towards 0, so the Cramér–Rao bound is none for them.

    Parameters
    ----------
    spikes : tensor `(n, time, 2 * fibres_per_ear)` of 0 and 1
        The first steps of the stimulus; fewer than all of them are allowed.
    stimulus : Stimulus
    rule : "median" or "mean"

    Returns
    -------
    tensor `(n,)`, float32, radians, on the device of `spikes` (one with double precision)

    Raises
    ------
    ValueError, TypeError
        For another rule, a wrong shape, values other than 0 and 1, or more steps than the stimulus
        has.
    """
    answer = {"median": _median, "mean": _mean}[valid.one_of("rule", rule, ("median", "mean"))]
    score = _log_likelihood(spikes, stimulus)
    if not len(score):
        return score.new_empty(0).float()
    return torch.cat([answer(_ipd_density(part)) for part in score.split(256)]).float()


def _ipd_density(score: Tensor) -> Tensor:
    """Density over the grid of IPDs, `(n, ipd)`, from `(n, ear, phase)` log likelihoods."""
    quarter = _PHASES // 4
    # A sum over all phases, for each shift: a correlation round the circle, by Fourier transforms.
    left, right = torch.fft.rfft((score - score.amax(2, keepdim=True)).exp()).unbind(1)
    circle = torch.fft.irfft(left.conj() * right, n=_PHASES).roll(quarter, 1)
    density = circle[:, : 2 * quarter + 1].clamp(min=0)
    # What the transforms round away counts only where no IPD within the range fits at all.
    lost = density.sum(1) < 1e-9 * circle.sum(1)
    left, right = score[lost].unbind(1)
    shifts = range(-quarter, quarter + 1)
    exact = torch.stack([(left + right.roll(-s, 1)).logsumexp(1) for s in shifts], 1)
    density[lost] = exact.softmax(1)
    return density


def _mean(density: Tensor) -> Tensor:
    grid: dict[str, Any] = dict(dtype=density.dtype, device=density.device)
    ipd = torch.linspace(-IPD_LIMIT, IPD_LIMIT, density.shape[1], **grid)
    return torch.trapezoid(density * ipd, dim=1) / torch.trapezoid(density, dim=1)


def _median(density: Tensor) -> Tensor:
    below = torch.cumulative_trapezoid(density, dim=1)  # from the first point to each later one
    half = below[:, -1:] / 2
    above = (below < half).sum(1, keepdim=True)  # the first interval whose end is past half
    start = torch.where(above > 0, below.gather(1, (above - 1).clamp(min=0)), 0)
    share = (half - start) / (below.gather(1, above) - start)
    return (above + share)[:, 0] * (2 * math.pi / _PHASES) - IPD_LIMIT


@dataclass(frozen=True)
class Chance:
    """What an observer without ears reaches; errors are mean absolute errors in degrees."""

    accuracy: float
    loss: float
    random_class_deg: float
    straight_ahead_deg: float
    class_floor_deg: float


def chance(classes: Classes) -> Chance:
    """Levels to compare with: guessing, always answering 0, and knowing only the true class.

    For IPDs uniform over ±π/2. `random_class_deg` guesses a midpoint at random,
    `straight_ahead_deg` always says 0, `class_floor_deg` always names the right class and answers
    with its midpoint, a quarter of the class width on average. `loss` is ln(n).
    """
    valid_classes(classes)
    span = math.degrees(2 * IPD_LIMIT)
    middle = torch.rad2deg(classes.midpoints.double()) + span / 2
    random_class = ((middle**2 + (span - middle) ** 2) / (2 * span)).mean()
    return Chance(
        accuracy=1 / classes.n,
        loss=math.log(classes.n),
        random_class_deg=float(random_class),
        straight_ahead_deg=span / 4,
        class_floor_deg=span / classes.n / 4,
    )
