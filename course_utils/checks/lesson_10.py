"""Checks of lesson 10: voices apart, a fair number of neurons, and delays that change places."""

import numpy as np
import torch

from ._answers import (
    Answer,
    Function,
    NoAnswerError,
    _kind,
    apart,
    ask,
    ask_number,
    ask_tensor,
    check,
    close,
    first_hint,
    first_wrong,
    not_yet,
    right,
)


def _masks(function: Function, voice: torch.Tensor, kept: list[int]) -> list[torch.Tensor]:
    """The two masks that a reader's function returns, as truth values `(n,)`."""
    wanted = "two masks are wanted, `learn` and `test`"
    result = ask(function, voice, kept)
    rows = isinstance(result, (torch.Tensor, np.ndarray)) and result.ndim == 2
    both = result if rows or isinstance(result, (tuple, list)) else ()
    if len(both) != 2:
        raise NoAnswerError(
            not_yet(
                f"{wanted}, and your function returns {_kind(result)}: put a comma between the two."
            )
        )
    found = []
    for part in both:
        mask = ask_tensor(lambda *_, part=part: part, voice, wanted=wanted)
        if mask.shape != voice.shape:
            raise NoAnswerError(
                not_yet(
                    f"each mask has a truth value for each of the {len(voice)} words, and yours "
                    f"has the shape {tuple(mask.shape)}: no numbers of words or of voices."
                )
            )
        if not ((mask == 0) | (mask == 1)).all():
            raise NoAnswerError(
                not_yet("a mask says True or False for each word, and yours holds other numbers.")
            )
        found.append(mask.bool())
    return found


@check
def exercise_10_1(keep_apart: Function) -> Answer:
    """Masks of the words to learn from and to test on, by the voices that are kept."""
    voice = torch.tensor([3, 0, 1, 0, 2, 3, 1, 2, 0, 4])
    kept = [2, 0]
    mine = torch.isin(voice, torch.tensor(kept))
    learn, test = _masks(keep_apart, voice, kept)
    one_learn, one_test = _masks(keep_apart, voice, [4])
    if torch.equal(test, mine) and torch.equal(learn, ~mine):
        if torch.equal(one_test, voice == 4) and torch.equal(one_learn, voice != 4):
            return right(
                f"{int(learn.sum())} words to learn from, {int(test.sum())} to test on, and no "
                f"voice on both sides: who knows a voice gains nothing by it."
            )
        return not_yet("right for two kept voices, and not for one: `kept` may be of any length.")
    both = learn & test
    if torch.equal(learn, mine) and torch.equal(test, ~mine):
        return not_yet("the other way round: the kept voices are those to *test* on.")
    if both.any() and torch.equal(test, mine):
        heard = ", ".join(str(int(v)) for v in voice[both].unique())
        return not_yet(
            f"the words of voice {heard} are on both sides: a network could know the voice."
        )
    if torch.equal(test, torch.arange(len(voice)) < int(mine.sum())) or torch.equal(
        test, torch.arange(len(voice)) >= len(voice) - int(mine.sum())
    ):
        return not_yet(
            "that keeps so many *words* from one end: their voices are learned from as well. Ask "
            "of each word who said it."
        )
    places = torch.zeros_like(mine)
    places[kept] = True
    if torch.equal(test, places):
        return not_yet("`kept` are numbers of voices, and you took them for numbers of words.")
    if torch.equal(test, voice == kept[0]) or torch.equal(test, voice == kept[1]):
        return not_yet("that keeps one of the voices only: `kept` is a list, take all of it.")
    if torch.equal(test, (voice >= min(kept)) & (voice <= max(kept))):
        return not_yet("that keeps all voices *between* those named: only they are kept.")
    shared = sorted({int(v) for v in voice[learn]} & {int(v) for v in voice[test]})
    if shared:
        return not_yet(f"voice {shared[0]} is on both sides: a network could know the voice.")
    return not_yet(
        f"for the kept voices {kept} the words {_numbers(mine)} are to test on, and yours are "
        f"{_numbers(test) or 'none'}."
    )


def _numbers(mask: torch.Tensor) -> str:
    return ", ".join(str(int(n)) for n in mask.nonzero())


@check
def exercise_10_2(as_many: Function) -> Answer:
    """Neurons with frozen delays for no more numbers than with learned synaptic ones."""
    cases = [(40, 20, 32), (140, 20, 64), (10, 40, 30)]
    answers = [ask_number(as_many, *case) for case in cases]
    exact = [neurons * (2 * bands + words) / (bands + words) for bands, words, neurons in cases]
    truth = [float(int(value)) for value in exact]
    if close(answers, truth):
        return right(
            f"{truth[0]:.0f} neurons for our 32: that is the frozen twin that learned delays have "
            f"to beat, if their price counts."
        )
    mistakes = [
        (exact, "there is no part of a neuron: go down to a whole number."),
        ([value + 1 for value in truth], "one too many: its numbers are more, not as many."),
        ([float(2 * n) for *_, n in cases],
         "twice as many would be right if neurons had no readout: each of them also has a weight "
         "for each word, and a further neuron brings those along."),
        ([float(n) for *_, n in cases],
         "with as many neurons it has fewer numbers that learn: its delays don't."),
        ([float(int(n * (b + w) / (2 * b + w))) for b, w, n in cases],
         "the other way round: the frozen network has fewer numbers for each neuron, so it may "
         "have *more* neurons."),
        ([float(n * (2 * b + w)) for b, w, n in cases],
         "that is how many numbers learn: how many neurons can a network with frozen delays have "
         "for them?"),
        ([float(int(n * (2 * b + w) / b)) for b, w, n in cases],
         "the neurons of the frozen network have a readout, too: a weight for each word."),
        ([float(int(n * 2 * b / (b + w))) for b, w, n in cases],
         "the neurons with learned delays have a readout, too: a weight for each word."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    (bands, words, neurons), (true, said) = cases[wrong], apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"{neurons} neurons, {bands} bands and {words} words make "
        f"{neurons * (2 * bands + words)} numbers with learned delays; with frozen ones each "
        f"neuron has {bands + words}, so {true} of them are as many; you say {said}.",
    )  # fmt: skip


@check
def exercise_10_3(change_places: Function) -> Answer:
    """Delays `(band, neuron)` whose places are mixed within each neuron."""
    bands, neurons = 12, 5
    delays = torch.arange(bands * neurons, dtype=torch.float64).view(bands, neurons) / 4 + 0.1
    mixed, again = (
        ask_tensor(
            change_places, delays, torch.Generator().manual_seed(seed), shape=(bands, neurons),
            wanted="a tensor (band, neuron) is wanted",
            untouched="the delays that you were given have changed: the network would have lost "
            "its own. Return a new tensor.",
        )
        for seed in (0, 1)
    )  # fmt: skip
    if torch.equal(mixed, delays):
        return not_yet("no delay has changed its place.")
    if torch.equal(mixed.sort(0).values, delays.sort(0).values):
        place = (mixed[:, None] == delays[None]).double().argmax(1)
        if (place == place[:, :1]).all():
            return not_yet(
                "all neurons have changed places in the same way: those that shared a moment still "
                "share it. Each neuron wants an order of its own."
            )
        if torch.equal(mixed, delays.flip(0)) or torch.equal(mixed, again):
            return not_yet("nothing is left to chance here: let `generator` draw the orders.")
        return right(
            "each neuron keeps its forty delays, and each band waits as long as another one did. "
            "Weights that had learned to use the old places find others."
        )
    if torch.equal(mixed.sort(1).values, delays.sort(1).values):
        return not_yet(
            "the delays went from neuron to neuron within a band; they should change places among "
            "the bands of each neuron: along dim 0."
        )
    if torch.equal(mixed.flatten().sort().values, delays.flatten().sort().values):
        return not_yet(
            "neurons have got delays of other neurons: mix each column by itself (gather along "
            "dim 0)."
        )
    if set(mixed.flatten().tolist()) <= set(delays.flatten().tolist()):
        return not_yet(
            "some delays are there twice and others are gone: an order holds each place once, so "
            "don't draw places by themselves."
        )
    if torch.equal(mixed, mixed.round()) and mixed.max() < bands:
        return not_yet("those are the *places* after mixing; the delays themselves are wanted.")
    return not_yet(
        "these are not the delays that you were given: a shuffle draws no new ones, it moves those "
        "that are there."
    )
