"""What reaches the two auditory nerves: phases, firing probabilities and Poisson spikes."""

import math
from dataclasses import dataclass
from typing import Protocol, cast

import torch
from torch import Tensor

from . import arguments as valid

IPD_LIMIT = math.pi / 2
"""The largest interaural phase difference of the course, in radians."""

_CHUNK = 256  # samples drawn at once, so that the random numbers never outgrow the spikes
_LEVELS = 65536  # firing probabilities are resolved to 1/65536 (16 random bits a draw)


class Task(Protocol):
    """What a network can be made for and trained on: sounds in, one angle out.

    A `Stimulus` is one, and so are a `clicks.ClickPair` and a `head.listening.Listener`.
    """

    @property
    def channels(self) -> int:
        """Spike trains of each sound."""
        ...

    @property
    def steps(self) -> int:
        """Time steps of each."""
        ...

    @property
    def dt_ms(self) -> float:
        """One time step, in ms."""
        ...

    def sample(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draw `n` sounds: angles `(n,)` in radians, and spikes `(n, time, channels)`."""
        ...


@dataclass(frozen=True)
class Stimulus:
    """A pure tone at two ears, and the nerve fibres that hear it.

    A fibre fires in a step of `dt_ms` with probability
    `rate_max * dt * ((1 + sin(phase)) / 2) ** envelope_power`, each fibre and step by itself.

    Parameters
    ----------
    frequency_hz : float
        Frequency of the tone, in Hz.
    duration_ms, dt_ms : float
        Length of the stimulus and of one time step, in ms; a whole number of steps.
    fibres_per_ear : int
        Auditory nerve fibres of each ear.
    rate_max_hz : float
        Firing rate at the peak of the wave, in spikes per second.
    envelope_power : float
        At least 1; larger values give sharper bursts.

    Raises
    ------
    ValueError, TypeError
        If a value is out of range, or the firing probability of a step would pass 1.
    """

    frequency_hz: float = 20
    duration_ms: float = 150
    dt_ms: float = 1
    fibres_per_ear: int = 100
    rate_max_hz: float = 600
    envelope_power: float = 2

    def __post_init__(self) -> None:
        for name in ("frequency_hz", "duration_ms", "dt_ms", "rate_max_hz"):
            valid.finite_number(name, getattr(self, name), 0, math.inf, exclusive=True)
        valid.finite_number("envelope_power", self.envelope_power, 1)
        valid.whole_number("fibres_per_ear", self.fibres_per_ear)
        steps = self.duration_ms / self.dt_ms
        if round(steps) < 1 or abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"duration_ms must be a whole number of steps of {self.dt_ms} ms, "
                f"not {self.duration_ms}"
            )
        peak = self.rate_max_hz * self.dt_ms / 1000
        if peak > 1:
            raise ValueError(
                f"rate_max_hz must keep the firing probability of a step at or below 1, "
                f"but {self.rate_max_hz} Hz in steps of {self.dt_ms} ms gives {peak:g}"
            )

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return round(self.duration_ms / self.dt_ms)

    @property
    def channels(self) -> int:
        """Number of fibres of both ears: `[0, F)` left, `[F, 2F)` right."""
        return 2 * self.fibres_per_ear

    @property
    def time_ms(self) -> Tensor:
        """Start of every step in ms, shape `(time,)`."""
        return torch.arange(self.steps, dtype=torch.float64) * self.dt_ms

    @property
    def steps_per_cycle(self) -> float:
        """Steps in one cycle of the tone."""
        return 1000 / (self.frequency_hz * self.dt_ms)

    def sample(
        self,
        n: int,
        generator: torch.Generator,
        ipd: float | Tensor | None = None,
        phase: float | Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Draw `n` sounds and the spikes they cause: see `sample` below, which is the same."""
        return sample(n, self, generator, ipd, phase)

    def phases(self, ipd: float | Tensor, phase: float | Tensor) -> Tensor:
        """Phase of the wave at the left and the right ear, in radians.

        A positive IPD is added at the *right* ear: there every peak comes earlier, so the
        source is on the right.

        Parameters
        ----------
        ipd, phase : tensor `(n,)`
            Interaural phase difference and phase at the left ear at time 0, in radians.

        Returns
        -------
        tensor `(n, time, 2)`, float64; ear 0 is the left one.
        """
        lead, start = _vector("ipd", ipd), _vector("phase", phase)
        if len(lead) != len(start) and 1 not in (len(lead), len(start)):
            raise ValueError(f"phase must hold {len(lead)} numbers like ipd, not {len(start)}")
        device = start.device if lead.device.type == "cpu" else lead.device  # one may be a number
        lead, start = torch.broadcast_tensors(lead.to(device), start.to(device))
        wave = 2 * math.pi * self.frequency_hz / 1000 * self.time_ms.to(device)
        left = wave + start[:, None]
        return torch.stack([left, left + lead[:, None]], dim=-1)

    def firing_probability(self, phases: Tensor) -> Tensor:
        """Probability of a spike in one step at the given phases (radians), any shape."""
        loudness = (1 + torch.sin(phases)) / 2
        return self.rate_max_hz * self.dt_ms / 1000 * loudness**self.envelope_power


def sample(
    n: int,
    stimulus: Stimulus,
    generator: torch.Generator,
    ipd: float | Tensor | None = None,
    phase: float | Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Draw `n` sounds and the spikes they cause.

    Parameters
    ----------
    n : int
        Number of sounds.
    stimulus : Stimulus
        The tone and the fibres.
    generator : torch.Generator
        Source of all randomness.
    ipd : float or tensor `(n,)`, optional
        Interaural phase difference in radians; by default uniform over ±π/2.
    phase : float or tensor `(n,)`, optional
        Phase at the left ear at time 0 in radians; by default random, anew for each sound.

    Returns
    -------
    ipd : tensor `(n,)`, float32, radians
    spikes : tensor `(n, time, 2 * fibres_per_ear)`, bool
        Left ear first. In memory the batch runs fastest, which is how the network reads it.
        Both are on the CPU, where they are drawn, so that all devices hear the same.

    Raises
    ------
    ValueError, TypeError
        For an IPD outside ±π/2, a phase that is not finite, a wrong shape, or a missing generator.
    """
    n = valid.whole_number("n", n, low=0)
    valid.random_generator(generator)
    if ipd is None:
        ipd = (torch.rand(n, generator=generator, dtype=torch.float64) - 0.5) * math.pi
    if phase is None:
        phase = torch.rand(n, generator=generator, dtype=torch.float64) * 2 * math.pi
    ipd, phase = _vector("ipd", ipd, n).cpu(), _vector("phase", phase, n).cpu()
    valid_angle("ipd", ipd)
    if not torch.isfinite(phase).all():
        raise ValueError("phase must be finite, but some of it is NaN or infinite")
    spikes = torch.empty(stimulus.channels, stimulus.steps, n, dtype=torch.bool)
    for start in range(0, n, _CHUNK):
        chunk = slice(start, start + _CHUNK)
        probability = stimulus.firing_probability(stimulus.phases(ipd[chunk], phase[chunk]))
        _fill_with_spikes(spikes[:, :, chunk], probability, generator)
    return ipd.float(), spikes.permute(2, 1, 0)


def valid_task(task: object) -> "Task":
    """Return `task` if it has what a `Task` has; else raise TypeError."""
    parts = ("channels", "steps", "dt_ms", "sample")
    if isinstance(task, type) or not all(hasattr(task, part) for part in parts):
        raise TypeError(f"task must be a stimuli.Task, such as a Stimulus, not {task!r}")
    return cast(Task, task)


def valid_classes(classes: object) -> "Classes":
    """Return `classes` if that is what they are; else raise TypeError."""
    if not isinstance(classes, Classes):
        raise TypeError(f"classes must be a stimuli.Classes, such as Classes(12), not {classes!r}")
    return classes


def valid_angle(name: str, angle: Tensor) -> Tensor:
    """Return `angle` (radians, any shape) if finite and within ±π/2; else raise ValueError."""
    if not torch.isfinite(angle).all():
        raise ValueError(f"{name} must be finite, but some of it is NaN or infinite")
    if angle.numel() and angle.abs().max() > IPD_LIMIT + 1e-6:
        worst = float(angle.flatten()[angle.abs().argmax()])
        raise ValueError(f"{name} must lie within ±π/2 = ±{IPD_LIMIT:.4f} radians, not {worst:.4f}")
    return angle


def _fill_with_spikes(out: Tensor, probability: Tensor, generator: torch.Generator) -> None:
    """Write Bernoulli draws into `out` (channel, time, n) from `probability` (n, time, ear).

    Four 16-bit integers are cut from every 64-bit random word: a quarter of the draws, and no
    floating-point temporaries.
    """
    threshold = (probability * _LEVELS).round_().sub_(_LEVELS // 2).clamp_(max=_LEVELS // 2 - 1)
    threshold = threshold.to(torch.int16).permute(2, 1, 0).contiguous()
    words = torch.empty((out.numel() + 3) // 4, dtype=torch.int64)
    words.random_(-(2**63), None, generator=generator)
    draws = words.view(torch.int16)[: out.numel()].view(2, -1, *out.shape[1:])
    torch.lt(draws, threshold[:, None], out=out.unflatten(0, (2, -1)))


def _vector(name: str, value: float | Tensor, n: int | None = None) -> Tensor:
    """Return `value` as a float64 vector; a single number is repeated `n` times."""
    value = torch.as_tensor(value, dtype=torch.float64)
    if value.ndim == 0:
        value = value.expand(1 if n is None else n)
    if value.ndim != 1 or (n is not None and len(value) != n):
        wanted = "a single number or a vector" if n is None else f"a single number or {n} numbers"
        raise ValueError(f"{name} must be {wanted}, not shape {tuple(value.shape)}")
    return value


@dataclass(frozen=True)
class Classes:
    """What a task asks for, as `n` equal classes of its angle over ±π/2: an IPD, an azimuth, a gap.

    Parameters
    ----------
    n : int
        Number of classes.
    """

    n: int = 12

    def __post_init__(self) -> None:
        valid.whole_number("n", self.n)

    @property
    def width(self) -> float:
        """Width of a class, in radians."""
        return 2 * IPD_LIMIT / self.n

    def index(self, angle: float | Tensor) -> Tensor:
        """Class of each angle (radians), as int64; raises ValueError outside ±π/2."""
        angle = valid_angle("angle", torch.as_tensor(angle, dtype=torch.float64))
        return ((angle + IPD_LIMIT) / self.width).floor().long().clamp(0, self.n - 1)

    def midpoint(self, k: int | Tensor) -> Tensor:
        """Middle of class `k`, in radians; raises ValueError for a class that does not exist."""
        k = torch.as_tensor(k)
        if k.is_floating_point() or k.dtype == torch.bool:
            raise TypeError(f"k must be whole class numbers, not {k.dtype}")
        if k.numel() and not (0 <= k.min() and k.max() < self.n):
            raise ValueError(f"k must lie between 0 and {self.n - 1}, not {k.tolist()}")
        return (k + 0.5) * self.width - IPD_LIMIT

    @property
    def midpoints(self) -> Tensor:
        """Middles of all classes, in radians, shape `(n,)`."""
        return self.midpoint(torch.arange(self.n))
