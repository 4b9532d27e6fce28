"""From a kind of sound and a direction to the spikes of both nerves, for training and for tests."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .. import arguments as valid
from . import cochlea, heads, sounds

LEVEL_RANGE_DB = 20
"""From the faintest sound to the loudest."""

_CHUNK = 256  # sounds filtered at once, so that the bands of all sounds never lie in memory


@dataclass(frozen=True)
class Listener:
    """A head, its nerves and the sounds around it: a `stimuli.Task`.

    Sounds come from random directions, at random levels. Angles are azimuths, positive to the
    right.

    Parameters
    ----------
    head : heads.Head
    nerve : cochlea.Nerve
    kinds : tuple of str
        Names in `sounds.KINDS`; each sound is of one of them.
    snr_db : float
        How much louder the sound is than a noise, in dB of the mean power at both ears; by default
        there is no noise. Each ear hears one of its own, as loud and coloured as from ahead.
    left_ear : bool
        If False the left nerve is silent.
    """

    head: heads.Head
    nerve: cochlea.Nerve
    kinds: tuple = ("noise",)
    snr_db: float = math.inf
    left_ear: bool = True

    @property
    def channels(self) -> int:
        """Bundles of both nerves: the first half is the left ear's."""
        return self.nerve.channels

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return self.nerve.steps

    @property
    def dt_ms(self) -> float:
        """One time step, in ms."""
        return self.nerve.dt_ms

    def sample(
        self, n: int, generator: torch.Generator, azimuth_deg: float | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Draw `n` sounds; returns azimuths `(n,)` in radians and spikes `(n, time, channels)`.

        With `azimuth_deg`, a number or `(n,)` of measured directions, they come from there.
        """
        azimuth_deg, ears = self.ears(n, generator, azimuth_deg)
        parts = ears.split(_CHUNK)
        rates = torch.cat([cochlea.firing_rates(e, self.head.rate_hz, self.nerve) for e in parts])
        spikes = cochlea.spikes(rates, self.nerve, generator)
        if not self.left_ear:
            spikes[:, :, : self.nerve.channels // 2] = 0
        return torch.deg2rad(azimuth_deg).float(), spikes

    def ears(
        self, n: int, generator: torch.Generator, azimuth_deg: float | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The same sounds before the cochlea: azimuths in degrees `(n,)`, ears `(n, ear, time)`.

        Arguments and errors as in `sample`.
        """
        n = valid.whole_number("n", n)
        valid.random_generator(generator)
        if azimuth_deg is None:
            chosen = torch.randint(len(self.head.azimuth_deg), (n,), generator=generator)
            azimuth_deg = self.head.azimuth_deg[chosen]
        azimuth_deg = torch.as_tensor(azimuth_deg, dtype=torch.float64).cpu().expand(n)
        duration, rate = self.nerve.duration_ms, self.head.rate_hz
        drawn = sounds.draw(self.kinds, n, duration, rate, generator)
        level_db = LEVEL_RANGE_DB * (torch.rand(n, 1, 1, generator=generator) - 0.5)
        ears = heads.place(drawn, self.head.towards(azimuth_deg).float())
        ears = ears[..., : drawn.shape[1]]  # what rings on is not listened to
        if self.snr_db < math.inf:
            power = ears.square().mean((1, 2), keepdim=True)
            noise = sounds.noise(2 * n, duration, rate, generator).view(n, 2, -1)
            noise = _through_each_ear(noise, self.head)
            share = power / noise.square().mean((1, 2), keepdim=True) * 10 ** (-self.snr_db / 10)
            ears = ears + noise * share.sqrt()
        return azimuth_deg, ears * 10 ** (level_db / 20)


def _through_each_ear(noise: Tensor, head: heads.Head) -> Tensor:
    """Noise `(n, ear, time)` as each ear would hear it from straight ahead, of equal length."""
    ahead = head.towards(0.0).float()
    heard = [heads.place(noise[:, ear], ahead)[:, ear] for ear in (0, 1)]
    return torch.stack(heard, dim=1)[..., : noise.shape[-1]]
