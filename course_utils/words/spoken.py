"""Spoken digits as an ear with 40 bands hears them: zero to nine, in English and in German.

Two speech synthesizers said them: espeak-ng in many voices, which are split into training,
validation and test, and flite in a few, for a last and harder test. What is stored is the chance
of a spike in each bin of 10 ms; the spikes are drawn anew every time. See data/NOTICE.md.
"""

import io
import math
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources

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
"""Frequency of the lowest and of the highest band, and how many bands there are."""
LEVELS = 15
"""A stored level k stands for the chance (k / LEVELS) ** 2: fine steps where spikes are rare."""


def centres_hz() -> tuple[float, ...]:
    """Frequency of each band in Hz, from low to high, equally far apart along the cochlea."""
    return erb_spaced(LOW_HZ, HIGH_HZ, BANDS)


@dataclass(frozen=True, eq=False)
class Spoken:
    """Spoken words, as chances of spikes.

    Parameters
    ----------
    chance : tensor `(n, time, band)`, floating or bool
        Probability of a spike in each bin, from 0 to 1; a recording is certain, hence bool.
    word, voice : tensor `(n,)`, long
        What is said, an index into `names`, and who says it, an index into `voices`.
    names, voices : tuple of str
    dt_ms : float
        Length of a bin in ms.

    Raises
    ------
    TypeError, ValueError
        If a tensor has a wrong shape or type, or a value out of range.
    """

    chance: torch.Tensor
    word: torch.Tensor
    voice: torch.Tensor
    names: tuple[str, ...]
    voices: tuple[str, ...]
    dt_ms: float = DT_MS

    def __post_init__(self) -> None:
        chance = valid.spike_tensor("chance", self.chance)
        if chance.numel():
            low, high = (float(edge) for edge in chance.aminmax())
            if low < 0 or high > 1:
                wrong = low if low < 0 else high
                raise ValueError(f"chance must lie between 0 and 1, not {wrong:g}")
        for name, named in (("word", self.names), ("voice", self.voices)):
            numbers = _numbers(name, getattr(self, name), len(named))
            if len(numbers) != len(chance):
                raise ValueError(
                    f"{name} must hold one number for each of {len(chance)} words, "
                    f"not {len(numbers)}"
                )
        valid.finite_number("dt_ms", self.dt_ms, 0, math.inf, exclusive=True)

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

        A recording has nothing to draw: its own spikes come back.

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
        chance = self.chance
        if chosen is not None:
            chance = chance[_numbers("chosen", chosen, len(self)).to(chance.device)]
        if chance.dtype == torch.bool:
            return chance.clone()
        return torch.rand(chance.shape, generator=generator).to(chance.device) < chance

    def sample(self, n: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """`n` of the words, chosen by chance: numbers `(n,)`, and spikes as from `draw`."""
        numbers = torch.randint(len(self), (n,), generator=generator)
        return self.word[numbers.to(self.word.device)], self.draw(generator, numbers)

    def chosen(self, numbers: torch.Tensor) -> "Spoken":
        """The words with these numbers, `(k,)`, in this order; errors as in `draw`."""
        numbers = _numbers("numbers", numbers, len(self)).to(self.chance.device)
        word, voice = self.word.to(numbers.device)[numbers], self.voice.to(numbers.device)[numbers]
        return replace(self, chance=self.chance[numbers], word=word, voice=voice)

    def of(self, words: Sequence[str]) -> "Spoken":
        """Only these words, some of `names`, which are numbered anew: 0, 1, ... as given.

        Raises ValueError for a word that is not there or stands twice, and for none.
        """
        if isinstance(words, str) or not len(words) or len(set(words)) < len(words):
            example = "a tuple of different names, such as ('three', 'drei')"
            raise ValueError(f"words must be {example}, not {words!r}")
        kept = [self.names.index(valid.one_of("words", name, self.names)) for name in words]
        new = torch.tensor(kept).to(self.word.device)
        which, number = (self.word[:, None] == new).nonzero().unbind(1)
        return replace(self.chosen(which), word=number, names=tuple(words))

    def forwards_and_backwards(self) -> "Spoken":
        """All words, then all again with time reversed: twice the words, and twice the names.

        A word is reversed between its first and its last bin that is not silent, so every band
        fires as often, on average, as it does forwards. "three" becomes "three, reversed".
        """
        time = torch.arange(self.steps, device=self.chance.device)
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


def _numbers(name: str, numbers: object, n: int) -> torch.Tensor:
    """Return `numbers`, long, if each of them is one of 0 ... n - 1."""
    if not isinstance(numbers, torch.Tensor):
        raise TypeError(f"{name} must be a tensor of whole numbers, not {numbers!r}")
    if numbers.is_floating_point() or numbers.dtype == torch.bool:
        raise TypeError(f"{name} must be a tensor of whole numbers, not of {numbers.dtype}")
    if numbers.ndim != 1:
        raise ValueError(f"{name} must have shape (n,), not {tuple(numbers.shape)}")
    if numbers.numel():
        low, high = (int(edge) for edge in numbers.aminmax())
        if low < 0 or high >= n:
            raise ValueError(
                f"{name} must lie between 0 and {n - 1}, not {low if low < 0 else high}"
            )
    return numbers.long()
