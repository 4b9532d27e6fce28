"""Spoken digits as an ear with 40 bands hears them: zero to nine, in English and in German.

Two speech synthesizers said them: espeak-ng in many voices, which are split into training,
validation and test, and flite in a few, for a last and harder test. What is stored is the chance
of a spike in each bin of 10 ms; the spikes are drawn anew every time. See data/NOTICE.md.
"""

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Protocol

import numpy as np
import torch

from .. import arguments as valid
from ..head.cochlea import erb_spaced

WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun",
)  # fmt: skip
"""What is said: ten digits in English, then in German."""
SPLITS = ("training", "validation", "test", "other synthesizer")
"""Names for `load`. No voice stands in two of them; flite, the last, speaks English only."""
DT_MS, STEPS = 10, 80
"""One bin, in ms, and the bins of a word: it begins in the first, and silence follows."""
LOW_HZ, HIGH_HZ, BANDS = 80, 7000, 40
LEVELS = 15
"""A stored level k stands for the chance (k / LEVELS) ** 2: fine steps where spikes are rare."""


def centres_hz() -> tuple[float, ...]:
    """Frequency of each band in Hz, from low to high, equally far apart along the cochlea."""
    return erb_spaced(LOW_HZ, HIGH_HZ, BANDS)


class Words(Protocol):
    """What a lesson asks of a set of spoken words: `Spoken` has it, and `shd.Recorded`."""

    @property
    def word(self) -> torch.Tensor:
        """Number of what is said, `(n,)`, long: an index into `names`."""

    @property
    def voice(self) -> torch.Tensor:
        """Number of who says it, `(n,)`, long."""

    @property
    def names(self) -> tuple[str, ...]:
        """What can be said."""

    @property
    def dt_ms(self) -> float:
        """One time step, in ms."""

    @property
    def steps(self) -> int:
        """Number of time steps."""

    @property
    def channels(self) -> int:
        """Number of channels."""

    def __len__(self) -> int:
        """Number of words."""

    def draw(self, generator: torch.Generator, chosen: torch.Tensor | None = None) -> torch.Tensor:
        """Spikes of the chosen words (all of them without `chosen`), `(n, time, channel)`, bool."""


@dataclass(frozen=True, eq=False)
class Spoken:
    """Spoken words, as chances of spikes.

    Parameters
    ----------
    chance : tensor `(n, time, band)`, float32
        Probability of a spike in each bin.
    word, voice : tensor `(n,)`, long
        What is said, an index into `names`, and who says it, an index into `voices`.
    names, voices : tuple of str
    dt_ms : float
        Length of a bin in ms.
    """

    chance: torch.Tensor
    word: torch.Tensor
    voice: torch.Tensor
    names: tuple[str, ...]
    voices: tuple[str, ...]
    dt_ms: float = DT_MS

    @property
    def steps(self) -> int:
        """Number of bins of a word."""
        return self.chance.shape[1]

    @property
    def channels(self) -> int:
        """Number of bands."""
        return self.chance.shape[2]

    def __len__(self) -> int:
        return len(self.chance)

    def draw(self, generator: torch.Generator, chosen: torch.Tensor | None = None) -> torch.Tensor:
        """Spikes of the words numbered `chosen`, or of all: each bin fires by chance, by itself.

        Parameters
        ----------
        generator : torch.Generator
        chosen : tensor `(k,)` of whole numbers, optional

        Returns
        -------
        tensor `(k, time, band)`, bool

        Raises
        ------
        TypeError, ValueError
            For a missing generator, or numbers of words that are not there.
        """
        valid.random_generator(generator)
        chance = self.chance if chosen is None else self.chance[_numbers(chosen, len(self))]
        return torch.rand(chance.shape, generator=generator) < chance

    def sample(self, n: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """`n` of the words, chosen by chance: numbers `(n,)`, and spikes as from `draw`."""
        numbers = torch.randint(len(self), (n,), generator=generator)
        return self.word[numbers], self.draw(generator, numbers)

    def chosen(self, numbers: torch.Tensor) -> "Spoken":
        """The words with these numbers, `(k,)`, in this order; errors as in `draw`."""
        numbers = _numbers(numbers, len(self))
        return replace(
            self,
            chance=self.chance[numbers],
            word=self.word[numbers],
            voice=self.voice[numbers],
        )

    def of(self, words: Sequence[str]) -> "Spoken":
        """Only these words, some of `names`, which are numbered anew: 0, 1, ... as given.

        Raises ValueError for a word that is not there, and for none.
        """
        if isinstance(words, str) or not len(words):
            raise ValueError(f"words must be a tuple of names, such as ('three',), not {words!r}")
        place = torch.full((len(self.names),), -1)
        for number, name in enumerate(words):
            place[self.names.index(valid.one_of("words", name, self.names))] = number
        word = place[self.word]
        kept = self.chosen(torch.nonzero(word >= 0)[:, 0])
        return replace(kept, word=word[word >= 0], names=tuple(words))

    def forwards_and_backwards(self) -> "Spoken":
        """All words, then all again with time reversed: twice the words, and twice the names.

        A word is reversed between its first and its last bin that is not silent, so every band
        fires as often, on average, as it does forwards. "three" becomes "three, reversed".
        """
        time = torch.arange(self.steps)
        loud = (self.chance > 0).any(2)
        first = loud.int().argmax(1, keepdim=True)
        last = self.steps - 1 - loud.flip(1).int().argmax(1, keepdim=True)
        source = torch.where((time >= first) & (time <= last), first + last - time, time)
        backwards = self.chance.gather(1, source[:, :, None].expand_as(self.chance))
        return replace(
            self,
            chance=torch.cat([self.chance, backwards]),
            word=torch.cat([self.word, self.word + len(self.names)]),
            voice=self.voice.repeat(2),
            names=self.names + tuple(f"{name}, reversed" for name in self.names),
        )


def load(split: str) -> Spoken:
    """The words of one split, one of `SPLITS`; `word` counts along `WORDS` in all of them.

    Raises ValueError for another name.
    """
    number = SPLITS.index(valid.one_of("split", split, SPLITS))
    with np.load(io.BytesIO(_data("words.npz"))) as file:
        voices, inside = file["voices"], file["split"] == number
        word, voice, bins = (file[name].astype(np.int64) for name in ("word", "voice", "bins"))
        packed = file["levels"]
    mine = np.flatnonzero(inside[voice])
    ends = np.cumsum(bins)
    chance = np.zeros((len(mine), STEPS, BANDS), dtype=np.float32)
    table = ((np.arange(LEVELS + 1) / LEVELS) ** 2).astype(np.float32)
    for row, which in enumerate(mine):
        found = packed[ends[which] - bins[which] : ends[which]]
        chance[row, : len(found), ::2] = table[found >> 4]
        chance[row, : len(found), 1::2] = table[found & 15]
    return Spoken(
        chance=torch.from_numpy(chance),
        word=torch.from_numpy(word[mine]),
        voice=torch.from_numpy((np.cumsum(inside) - 1)[voice[mine]]),
        names=WORDS,
        voices=tuple(map(str, voices[inside])),
    )


def examples() -> tuple[str, ...]:
    """Names of the sounds that come with the course, such as "three-f3": a word and its voice."""
    folder = resources.files(__package__) / "data"
    return tuple(sorted(p.name[:-4] for p in folder.iterdir() if p.name.endswith(".wav")))


def audio(name: str) -> tuple[np.ndarray, int]:
    """A word to listen to, one of `examples()`: samples `(time,)`, float32 within ±1, and Hz.

    Raises ValueError for another name.
    """
    with wave.open(io.BytesIO(_data(f"{valid.one_of('name', name, examples())}.wav"))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.uint8)
        return (samples.astype(np.float32) - 128) / 128, file.getframerate()


def _data(name: str) -> bytes:
    return (resources.files(__package__) / "data" / name).read_bytes()


def _numbers(chosen: object, n: int) -> torch.Tensor:
    """Return `chosen` if they number some of `n` words."""
    whole = isinstance(chosen, torch.Tensor) and not chosen.is_floating_point()
    if not whole or chosen.ndim != 1 or chosen.dtype == torch.bool:
        raise TypeError(f"chosen must be a tensor (k,) of whole numbers, not {chosen!r}")
    if chosen.numel() and not (0 <= int(chosen.min()) and int(chosen.max()) < n):
        wrong = int(chosen.min()) if chosen.min() < 0 else int(chosen.max())
        raise ValueError(f"chosen must lie between 0 and {n - 1}, not {wrong}")
    return chosen.long()
