"""Checks of lesson 6: lags on a shelf, a gain from pairs, delays that align a pattern."""

import math
from statistics import mean, stdev

import torch

from ..neurons import lif
from ._answers import (
    Answer,
    Function,
    apart,
    ask_number,
    ask_pair,
    ask_tensor,
    check,
    close,
    first_hint,
    first_wrong,
    not_yet,
    right,
    shape_of,
)


@check
def exercise_6_1(count_lags: Function) -> Answer:
    """The lags on offer with `fibres_per_ear`, `hidden` neurons and delays of a `kind`."""
    cases = [(2, 3, "axonal"), (2, 3, "synaptic"), (5, 7, "axonal"), (1, 30, "synaptic")]

    def made(axonal, synaptic):
        formula = {"axonal": axonal, "synaptic": synaptic}
        return [formula[kind](fibres, hidden) for fibres, hidden, kind in cases]

    answers = [ask_number(count_lags, *case) for case in cases]
    truth = made(lambda f, h: f * f, lambda f, h: h * f * f)
    if close(answers, truth):
        alone = answers[3]
        return right(
            f"with one fibre per ear, synaptic delays put {alone:g} lags on the shelf of 30 "
            f"neurons. Axonal delays need {math.ceil(math.sqrt(alone))} fibres for as many."
        )
    mistakes = [
        (made(lambda f, h: f * f, lambda f, h: f * f),
         "that is right for axonal delays. With synaptic ones every hidden neuron has lags of its "
         "own."),
        (made(lambda f, h: h * f * f, lambda f, h: h * f * f),
         "an axonal delay belongs to the fibre: all hidden neurons hear the same lags, so they "
         "count once."),
        (made(lambda f, h: h * f * f, lambda f, h: f * f),
         "exchanged: the *synaptic* delays differ from neuron to neuron."),
        (made(lambda f, h: f, lambda f, h: h * f),
         "a lag is a pair, and any left fibre may be paired with any right one, not only the "
         "first with the first."),
        (made(lambda f, h: f * f, lambda f, h: h * f),
         "right for axonal delays. With synaptic ones you count one pair for each fibre of a "
         "neuron; any left fibre may meet any right one, so each neuron has f × f."),
        (made(lambda f, h: h * f, lambda f, h: h * f),
         "fibres times neurons are the synapses of one ear. A lag is a pair of a left and a right "
         "fibre, f × f of them, and with synaptic delays each neuron has its own."),
        (made(lambda f, h: 2 * f, lambda f, h: h * 2 * f),
         "those are the *delays*. A lag is a difference, one for each pair of a left and a right "
         "fibre."),
        (made(lambda f, h: 4 * f * f, lambda f, h: h * 4 * f * f),
         "that pairs fibres with those of their own ear, too: a lag is between the ears."),
        (made(lambda f, h: f * f, lambda f, h: h * h * f * f),
         "a neuron hears its own synapses only: its left delays meet its own right ones, not "
         "those of other neurons."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    (fibres, hidden, kind), (_, said) = cases[wrong], apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"with {fibres} fibres per ear, {hidden} hidden neurons and {kind} delays you say {said}: "
        "count the pairs of one left and one right fibre, and ask whether each neuron has its own.",
    )  # fmt: skip


@check
def exercise_6_2(paired_gain: Function) -> Answer:
    """Mean and standard error of frozen minus learned, one pair for each seed."""
    studies = [  # errors in degrees: luck differs by much, and learning gains a little each time
        ([19.5, 12.0, 24.5, 8.5, 16.0], [17.0, 10.5, 21.0, 9.0, 14.0]),
        ([6.0, 9.5, 4.5], [6.5, 8.0, 4.0]),
    ]
    lists = (
        "`frozen` and `learned` are lists, and lists don't know such arithmetic. Subtract seed by "
        "seed, [f - x for f, x in zip(frozen, learned)], or make tensors of them first."
    )
    answers = [ask_pair(paired_gain, f, x, given=lists) for f, x in studies]
    pairs = [[a - b for a, b in zip(f, x, strict=True)] for f, x in studies]
    counts = [len(gains) for gains in pairs]
    means, errors = zip(*answers, strict=True)
    truth = [mean(gains) for gains in pairs]
    spread = [stdev(gains) for gains in pairs]
    unpaired = [
        math.sqrt((stdev(f) ** 2 + stdev(x) ** 2) / n)
        for (f, x), n in zip(studies, counts, strict=True)
    ]
    wanted = [s / math.sqrt(n) for s, n in zip(spread, counts, strict=True)]

    def pairs_in(study):
        first = pairs[study][0]
        return f"{counts[study]} pairs (the first gains {first:g}°)"

    if close(errors, truth) and not close(means, truth):
        return not_yet("the mean comes first, and its standard error second.")
    if not close(means, truth):
        mistakes = [
            ([-t for t in truth],
             "wrong sign: a gain is what the error *loses* by learning, frozen minus learned."),
            ([mean(map(abs, gains)) for gains in pairs],
             "the signs are lost: a seed that learning made worse counts against the gain."),
            ([sum(gains) for gains in pairs],
             "that is the sum of the gains: more seeds would make it larger."),
            ([mean(f) for f, _ in studies],
             "that is the mean error of the frozen ones; compare it with the learned ones."),
        ]  # fmt: skip
        wrong = first_wrong(means, truth)
        true, said = apart(truth[wrong], means[wrong])
        return first_hint(
            means, mistakes,
            f"{pairs_in(wrong)} gain {true}° on average, and your mean says {said}°.",
        )  # fmt: skip
    if close(errors, wanted):
        return right(
            f"in five made-up pairs a gain of {means[0]:.1f} ± {errors[0]:.1f}°. Unpaired it would "
            f"be ± {unpaired[0]:.1f}°, and drown in the luck that both networks of a seed share."
        )
    mistakes = [
        (spread,
         "the mean is right. That is how far *one* pair lies from it; the mean of n pairs is "
         "surer, by √n."),
        ([s / n for s, n in zip(spread, counts, strict=True)],
         "the mean is right. Four times the seeds halve its error: divide by √n, not by n."),
        ([s * s / n for s, n in zip(spread, counts, strict=True)],
         "the mean is right. That is its variance, in square degrees: take the root."),
        ([s * math.sqrt(n - 1) / n for s, n in zip(spread, counts, strict=True)],
         "the mean is right. But it was fitted to the same n gains, so the squares are divided "
         "by n - 1."),
        (unpaired,
         "the mean is right. The error forgets the pairs: both networks of a seed share their "
         "luck, and it cancels in the difference."),
        ([1.96 * w for w in wanted],
         "the mean is right. 1.96 standard errors are half of a 95 % interval; here we want one."),
        ([s / math.sqrt(n - 1) for s, n in zip(spread, counts, strict=True)],
         "the mean is right. Its n - 1 is counted twice: it belongs below the squares, and √n "
         "below the deviation."),
    ]  # fmt: skip
    wrong = first_wrong(errors, wanted)
    true, said = apart(wanted[wrong], errors[wrong])
    return first_hint(
        errors, mistakes,
        f"the mean is right. Its error for {pairs_in(wrong)} should be {true}°, the deviation of "
        f"the differences over √{counts[wrong]}; yours is {said}°.",
    )  # fmt: skip


@check
def exercise_6_3(aligning_delays: Function) -> Answer:
    """The shortest delays, in ms, with which spikes sent at `times` arrive together."""
    times = torch.tensor([4.0, 11.0, 1.0, 7.0])
    answer = ask_tensor(aligning_delays, times)
    if answer.numel() == 1:
        return not_yet("one delay for all: they move together, and stay as far apart as before.")
    if answer.shape != times.shape:
        return not_yet(f"four fibres want four delays, shape (4,), not {shape_of(answer)}.")
    arrival = times + answer
    if close(answer, times.max() - times):
        return right(_one_order(times, answer))
    if close(answer, times - times.min()):
        return not_yet("the latest spike waits longest: who is early must wait, not who is late.")
    if close(answer, torch.zeros(4)):
        return not_yet("nobody waits, so the spikes arrive as they were sent, one by one.")
    if (answer < 0).any():
        return not_yet(
            f"a delay of {float(answer.min()):g} ms: that spike would be heard before it is sent. "
            "Even the last one can only wait 0 ms."
        )
    if close(arrival, arrival[:1].expand(4)):
        last, late = apart(float(times.max()), float(arrival.max()))
        return not_yet(
            f"together, but at {late} ms. All could be there when the last one is sent, at {last} "
            "ms."
        )
    sent, seen = (", ".join(f"{t:.8g}" for t in moments.tolist()) for moments in (times, arrival))
    return not_yet(f"sent at {sent} ms, the spikes arrive at {seen} ms, not together.")


def _one_order(times, delays):
    """What a neuron with these delays does with the pattern, and with the pattern backwards."""
    said = []
    for pattern in (times, times.max() + times.min() - times):
        arrival = (pattern + delays).round().long()
        current = torch.zeros(1, 40, 1)
        current[0].index_add_(0, arrival, torch.full((len(times), 1), 0.3))
        fires = "fires" if lif(current, 5).any() else "stays silent"
        said.append((int(arrival.max() - arrival.min()), fires))
    (_, there), (spread, back) = said
    return (
        f"all arrive at {float(times.max()):g} ms, and a neuron that needs all four {there}. "
        f"Backwards, the same pattern arrives over {spread} ms, and it {back}: "
        "delays listen for one order."
    )
