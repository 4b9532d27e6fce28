"""Spoken digits: what the splits hold, what is drawn from them, and what is refused."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from course_utils.words import spoken
from course_utils.words.spoken import Spoken

SETS = {split: spoken.load(split) for split in spoken.SPLITS}
SPOKEN = ("training", "validation", "test")  # by espeak-ng
TEST = SETS["test"]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def small(**other):
    chance = torch.zeros(2, 6, 3)
    chance[0, 1:4] = torch.tensor([[0.1, 0, 0.4], [0, 0, 0], [0.9, 1, 0]])
    chance[1, 0, 0] = 0.5
    held = {
        "chance": chance,
        "word": torch.tensor([1, 0]),
        "voice": torch.tensor([0, 0]),
        "names": ("yes", "no"),
        "voices": ("me",),
    }
    return Spoken(**(held | other))


@pytest.mark.parametrize("split", SPOKEN)
def test_every_voice_says_every_word_once(split):
    words = SETS[split]
    pairs = set(zip(words.voice.tolist(), words.word.tolist(), strict=True))
    assert len(pairs) == len(words) == 20 * len(words.voices)
    assert words.names == spoken.WORDS and len(set(spoken.WORDS)) == 20


def test_the_other_synthesizer_says_the_english_words():
    words = SETS["other synthesizer"]
    assert sorted(words.word.tolist()) == sorted(list(range(10)) * len(words.voices))
    assert words.names == spoken.WORDS


def test_no_voice_and_no_word_as_it_was_said_is_in_two_splits():
    voices = [voice for words in SETS.values() for voice in words.voices]
    assert len(set(voices)) == len(voices) == 97
    said = [row.numpy().tobytes() for words in SETS.values() for row in words.chance]
    assert len(set(said)) == len(said) == 1820


def test_there_are_voices_enough_to_learn_from_and_to_test_with():
    assert [len(SETS[split].voices) for split in SPOKEN] == [60, 10, 15]


@pytest.mark.parametrize("split", spoken.SPLITS)
def test_words_are_as_long_and_as_busy_as_was_said(split):
    words = SETS[split]
    assert (words.steps, words.channels, words.dt_ms) == (80, 40, 10)
    assert words.chance.dtype == torch.float32 and words.word.dtype == torch.long
    assert 300 < float(words.chance.sum((1, 2)).mean()) < 800
    loud = (words.chance > 0).any(2)
    assert loud[:, 0].all()  # it begins at once
    assert not loud[:, -1].any()  # and none is cut
    assert float(words.chance.max()) < 1


def test_levels_are_few():
    levels = 15 * TEST.chance.sqrt()
    assert float((levels - levels.round()).abs().max()) < 1e-5


def test_spikes_come_as_often_as_they_should():
    few = TEST.chosen(torch.tensor([7, 0]))
    drawn = torch.stack([few.draw(seeded(seed)) for seed in range(400)]).float().mean(0)
    error = (few.chance * (1 - few.chance) / 400).sqrt()
    assert ((drawn - few.chance).abs() <= 6 * error + 1e-7).all()
    z = ((drawn - few.chance) / error.clamp(min=1e-3))[few.chance > 0]
    assert abs(float(z.mean())) < 0.1 and 0.9 < float(z.std()) < 1.1


def test_a_draw_is_new_and_repeats_with_its_seed():
    first, second = TEST.draw(seeded(), torch.arange(5)), TEST.draw(seeded(), torch.arange(5))
    assert first.dtype == torch.bool and first.shape == (5, 80, 40)
    assert torch.equal(first, second)
    assert not torch.equal(first, TEST.draw(seeded(1), torch.arange(5)))
    assert TEST.draw(seeded()).shape == (len(TEST), 80, 40)
    assert TEST.draw(seeded(), torch.arange(0)).shape == (0, 80, 40)


def test_what_is_drawn_is_what_was_chosen():
    chosen = torch.tensor([4, 4, 250], dtype=torch.int16)
    drawn = TEST.draw(seeded(), chosen)
    assert not drawn[TEST.chance[chosen.long()] == 0].any()
    few = TEST.chosen(chosen)
    assert torch.equal(few.draw(seeded()), drawn)
    assert torch.equal(few.word, TEST.word[chosen.long()])
    assert torch.equal(few.voice, TEST.voice[chosen.long()])


def test_a_recording_comes_back_as_it_is():
    spikes = torch.rand(2, 6, 3, generator=seeded()) < 0.5
    recorded = small(chance=spikes)
    assert torch.equal(recorded.draw(seeded(), torch.tensor([1])), spikes[1:])
    before = spikes.clone()
    recorded.draw(seeded())[:] = False  # it is a copy
    assert torch.equal(spikes, before)
    assert torch.equal(recorded.draw(seeded()), spikes)
    turned = recorded.forwards_and_backwards()
    assert turned.chance.dtype == torch.bool and len(turned) == 4


def test_some_of_the_words_are_numbered_anew():
    two = TEST.of(("drei", "three"))
    assert two.names == ("drei", "three") and len(two) == 30
    for row in (0, 1, 29):
        (same,) = torch.nonzero((TEST.chance == two.chance[row]).all(2).all(1))[:, 0]
        assert TEST.names[TEST.word[same]] == two.names[two.word[row]]
        assert TEST.voice[same] == two.voice[row]
    assert torch.equal(TEST.of(TEST.names).word, TEST.word)


def test_a_reversed_word_has_the_same_counts_and_the_same_extent():
    both = TEST.forwards_and_backwards()
    n = len(TEST)
    assert len(both) == 2 * n and torch.equal(both.chance[:n], TEST.chance)
    torch.testing.assert_close(both.chance[n:].sum(1), TEST.chance.sum(1))
    loud = (both.chance > 0).any(2)
    assert torch.equal(loud[n:].sum(1), loud[:n].sum(1)) and loud[n:, 0].all()
    assert torch.equal(both.word[n:], TEST.word + 20) and torch.equal(both.voice[n:], TEST.voice)
    assert both.names[3] == "three" and both.names[23] == "three, reversed"
    assert len(set(both.names)) == 40
    back = both.chosen(torch.arange(n, 2 * n)).forwards_and_backwards()
    assert torch.equal(back.chance[n:], TEST.chance)


def test_a_word_is_reversed_where_it_stands():
    both = small().forwards_and_backwards()
    expected = torch.zeros(6, 3)
    expected[1:4] = torch.tensor([[0.9, 1, 0], [0, 0, 0], [0.1, 0, 0.4]])
    assert torch.equal(both.chance[2], expected)
    assert torch.equal(both.chance[3], small().chance[1])  # one bin
    silent = small(chance=torch.zeros(2, 6, 3)).forwards_and_backwards()
    assert not silent.chance.any()


def test_bands_are_those_of_an_ear():
    centres = spoken.centres_hz()
    assert len(centres) == 40 and centres == tuple(sorted(centres))
    assert math.isclose(centres[0], 80) and math.isclose(centres[-1], 7000)


def test_low_sounds_and_high_sounds_are_where_they_should_be():
    """The vowel of "two" is low; the hiss that "six" begins with is high."""
    words = SETS["training"].of(("two", "six"))
    hiss = words.chosen(torch.nonzero(words.word == 1)[:, 0]).chance[:, :8].mean((0, 1))
    assert hiss[30:].mean() > 3 * hiss[:20].mean()
    vowel = words.chosen(torch.nonzero(words.word == 0)[:, 0]).chance[:, 15:30].mean((0, 1))
    assert vowel[:20].mean() > 3 * vowel[30:].mean()


def test_there_are_sounds_of_the_test_to_listen_to():
    assert 6 <= len(spoken.examples()) <= 8
    for name in spoken.examples():
        wave, rate_hz = spoken.audio(name)
        assert rate_hz == 8000 and wave.dtype == np.float32 and 1600 < len(wave) < 6400
        assert 0.5 < np.abs(wave).max() <= 1 and abs(wave.mean()) < 0.05
        word, voice = name.split("-")
        there = SETS["other synthesizer" if voice == "slt" else "test"]
        assert word in spoken.WORDS and voice in there.voices


@pytest.mark.parametrize(
    "how, error, said",
    [
        (lambda: spoken.load("testing"), ValueError, "split must be one of .*'testing'"),
        (lambda: spoken.audio("four"), ValueError, "name must be one of 'drei-f3', .*not 'four'"),
        (lambda: TEST.draw(0), TypeError, "generator must be a torch.Generator"),
        (
            lambda: TEST.draw(seeded(), torch.tensor([0, 300])),
            ValueError,
            "chosen must lie between 0 and 299, not 300",
        ),
        (
            lambda: TEST.chosen(torch.tensor([-1])),
            ValueError,
            "numbers must lie between 0 and 299, not -1",
        ),
        (
            lambda: TEST.draw(seeded(), [1]),
            TypeError,
            r"chosen must be a tensor of whole numbers, not \[1\]",
        ),
        (
            lambda: TEST.draw(seeded(), torch.ones(300, dtype=torch.bool)),
            TypeError,
            "chosen must be a tensor of whole numbers, not of torch.bool",
        ),
        (
            lambda: TEST.draw(seeded(), torch.ones(2)),
            TypeError,
            "chosen must be .* not of torch.float32",
        ),
        (
            lambda: TEST.draw(seeded(), torch.tensor(3)),
            ValueError,
            r"chosen must have shape \(n,\), not \(\)",
        ),
        (lambda: TEST.of("three"), ValueError, "words must be a tuple .*, not 'three'"),
        (lambda: TEST.of(()), ValueError, r"words must be a tuple .*, not \(\)"),
        (lambda: TEST.of(("one", "one")), ValueError, "words must be a tuple of different names"),
        (lambda: TEST.of(("one", "ten")), ValueError, "words must be one of 'zero', .*not 'ten'"),
        (
            lambda: small(chance=torch.full((2, 6, 3), 1.5)),
            ValueError,
            "chance must lie between 0 and 1, not 1.5",
        ),
        (lambda: small(chance=-torch.ones(2, 6, 3)), ValueError, "chance must lie .*, not -1"),
        (lambda: small(chance=torch.ones(2, 6)), ValueError, "chance must have 3 dimensions"),
        (
            lambda: small(chance=torch.full((2, 6, 3), math.nan)),
            ValueError,
            "chance must be finite",
        ),
        (
            lambda: small(word=torch.tensor([0])),
            ValueError,
            "word must hold one number for each of 2 words, not 1",
        ),
        (
            lambda: small(word=torch.tensor([0, 2])),
            ValueError,
            "word must lie between 0 and 1, not 2",
        ),
        (
            lambda: small(voice=torch.tensor([0, 1])),
            ValueError,
            "voice must lie between 0 and 0, not 1",
        ),
        (lambda: small(dt_ms=0), ValueError, "dt_ms must be a finite number"),
    ],
)  # fmt: skip
def test_a_bad_argument_gets_one_sentence(how, error, said):
    with pytest.raises(error, match=f"^{said}") as told:
        how()
    assert "\n" not in str(told.value)


def test_nothing_of_it_can_be_exchanged_by_mistake():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TEST.word = torch.zeros(300)
