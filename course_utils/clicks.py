"""Two clicks and the gap between them: a task whose answer lies in two far moments."""

from dataclasses import dataclass

import torch
from torch import Tensor

from . import arguments as valid
from .stimuli import IPD_LIMIT


@dataclass(frozen=True)
class ClickPair:
    """Two clicks in silence, and the question how long the gap was.

    Each click makes each fibre fire once with probability `answer_share`, late or early by a
    Gaussian `jitter_ms`; between clicks fibres fire by themselves at `background_hz`. The middle
    of the pair lies anywhere within ±10 ms of the middle of the first 100 ms: a longer gap begins
    earlier, so only an observer without a clock has to compare the two clicks. The last 40 ms are
    room for delays.

    Parameters
    ----------
    channels : int
        Fibres; all hear both clicks.
    shortest_ms, longest_ms : float
        Range of the gap, uniform; at most 70 ms.
    dt_ms : float
        Time step.
    answer_share, jitter_ms, background_hz : float

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.
    """

    channels: int = 20
    shortest_ms: float = 5
    longest_ms: float = 65
    dt_ms: float = 1
    answer_share: float = 0.8
    jitter_ms: float = 1
    background_hz: float = 2

    def __post_init__(self) -> None:
        valid.whole_number("channels", self.channels)
        valid.finite_number("shortest_ms", self.shortest_ms, 0)
        valid.finite_number("longest_ms", self.longest_ms, self.shortest_ms, 70)
        if self.longest_ms == self.shortest_ms:
            raise ValueError(f"longest_ms must be above shortest_ms, not {self.longest_ms}")
        valid.finite_number("dt_ms", self.dt_ms, 0, 10, exclusive=True)
        valid.finite_number("answer_share", self.answer_share, 0, 1)
        valid.finite_number("jitter_ms", self.jitter_ms, 0, 5)
        valid.finite_number("background_hz", self.background_hz, 0, 1000 / self.dt_ms)

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return round(140 / self.dt_ms)

    def gap_ms(self, angle: float | Tensor) -> Tensor:
        """The gap in ms that an angle in ±π/2 radians stands for, of any shape.

        Networks of directions answer in angles.
        """
        share = torch.as_tensor(angle) / (2 * IPD_LIMIT) + 0.5
        return self.shortest_ms + share * (self.longest_ms - self.shortest_ms)

    def sample(
        self, n: int, generator: torch.Generator, gap_ms: float | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Draw `n` pairs of clicks.

        Parameters
        ----------
        n : int
        generator : torch.Generator
        gap_ms : float or tensor `(n,)`, in ms, optional
            By default uniform over the range.

        Returns
        -------
        angle : tensor `(n,)`, radians in ±π/2, see `gap_ms`
        spikes : tensor `(n, time, channels)`, bool

        Raises
        ------
        ValueError, TypeError
            For a gap outside the range, or a missing generator.
        """
        n = valid.whole_number("n", n, low=0)
        valid.random_generator(generator)
        width = self.longest_ms - self.shortest_ms
        if gap_ms is None:
            gap_ms = self.shortest_ms + width * torch.rand(n, generator=generator)
        if not isinstance(gap_ms, (int, float, Tensor)):
            raise TypeError(f"gap_ms must be a number or a tensor, not {gap_ms!r}")
        gap_ms = torch.as_tensor(gap_ms, dtype=torch.float32).cpu()
        if gap_ms.ndim and gap_ms.shape != (n,):
            shape = tuple(gap_ms.shape)
            raise ValueError(f"gap_ms must be a single number or {n} numbers, not shape {shape}")
        gap_ms = gap_ms.expand(n)
        if not torch.isfinite(gap_ms).all():
            raise ValueError("gap_ms must be finite, but some of it is NaN or infinite")
        if n and not (self.shortest_ms <= gap_ms.min() and gap_ms.max() <= self.longest_ms):
            wrong = gap_ms[(gap_ms < self.shortest_ms) | (gap_ms > self.longest_ms)][0]
            raise ValueError(
                f"gap_ms must lie between {self.shortest_ms} and {self.longest_ms} ms, "
                f"not {float(wrong):g}"
            )
        chance = self.background_hz * self.dt_ms / 1000
        spikes = torch.rand(n, self.steps, self.channels, generator=generator) < chance
        middle = 50 + 20 * (torch.rand(n, generator=generator) - 0.5)
        sound, fibre = torch.arange(n)[:, None], torch.arange(self.channels)
        for half in (-0.5, 0.5):
            late = self.jitter_ms * torch.randn(n, self.channels, generator=generator)
            time = ((middle + half * gap_ms)[:, None] + late) / self.dt_ms
            heard = torch.rand(n, self.channels, generator=generator) < self.answer_share
            time = time.round().long().clamp(0, self.steps - 1)
            spikes[sound, time, fibre] |= heard
        angle = ((gap_ms - self.shortest_ms) / width - 0.5) * 2 * IPD_LIMIT
        return angle.clamp(-IPD_LIMIT, IPD_LIMIT), spikes
