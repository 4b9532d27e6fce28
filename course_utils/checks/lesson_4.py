"""Checks of lesson 4: a surrogate, the smallest current, a spike that is half heard."""

import math

import torch

from .. import neurons
from ._answers import (
    Answer,
    Function,
    apart,
    ask_number,
    ask_tensor,
    check,
    close,
    first_hint,
    first_wrong,
    right,
)


@check
def exercise_4_1(superspike: Function) -> Answer:
    """Zenke and Ganguli's surrogate of a tensor `u` with steepness `b`."""
    u = torch.tensor([-1.0, -0.5, 0.0, 0.5, 1.0])
    steepness = (10, 4)
    values = [ask_tensor(superspike, u, b, shape=u.shape) for b in steepness]
    answers = torch.cat(values)

    def made(formula):
        return torch.cat([formula(b) for b in steepness])

    truth = made(lambda b: neurons.surrogate_slope(u, "superspike", b))
    if close(answers, truth):
        return right("largest at threshold, and never quite zero: distant neurons still learn.")
    fast = "that is the fast sigmoid itself, a step made soft. SuperSpike lends its *slope*."
    mistakes = [
        (made(lambda b: u / (1 + b * u.abs())), fast),
        (made(lambda b: b * u / (1 + b * u.abs())), fast),
        (made(lambda b: 1 / (1 + b * u.abs())),
         "the square is missing: half a unit away it lends more than it should."),
        (made(lambda b: b / (1 + b * u.abs()) ** 2),
         "times b: at threshold SuperSpike lends 1, however steep it is."),
        (made(lambda b: 1 / (1 + u.abs()) ** 2),
         "b is not used, so all are equally steep."),
        (made(lambda b: 1 / (b + u.abs()) ** 2),
         "at threshold it should be 1: b multiplies the distance, it is not added to it."),
        (made(lambda b: neurons.surrogate_slope(u, "sigmoid", b)),
         "that is the sigmoid's slope; it forgets distant neurons, and SuperSpike does not."),
    ]  # fmt: skip
    if not all(close(lent, lent.flip(0)) for lent in values):
        return first_hint(
            answers, mistakes,
            "above and below threshold it should be the same: a neuron is as far away, whichever "
            "side it is on. Take |u|.",
        )  # fmt: skip
    cases = [(b, away) for b in steepness for away in u[2:].tolist()]
    given, wanted = (x.view(2, -1)[:, 2:].flatten().tolist() for x in (answers, truth))
    wrong = first_wrong(given, wanted)
    b, away = cases[wrong]
    lends, yours = apart(wanted[wrong], given[wrong])
    return first_hint(
        answers, mistakes,
        f"with b = {b}, {away:g} away from threshold, it should be 1/{(1 + b * away) ** 2:g}, "
        f"which is {lends}; yours is {yours}.",
    )  # fmt: skip


@check
def exercise_4_2(smallest_current: Function) -> Answer:
    """The constant current per step of 1 ms above which a neuron fires."""
    cases = [(2, 1), (5, 1), (20, 2)]  # tau in ms, threshold
    keeps = [math.exp(-1 / tau) for tau, _ in cases]
    truth = [threshold * (1 - a) for a, (_, threshold) in zip(keeps, cases, strict=True)]
    answers = [ask_number(smallest_current, *case) for case in cases]
    if close(answers, truth):
        return right("a slow neuron forgets less, so a weaker current is enough for it.")
    mistakes = [
        ([1 - a for a in keeps],
         "the threshold is not used: twice as high, it takes twice the current."),
        ([h / (1 - a) for a, (_, h) in zip(keeps, cases, strict=True)],
         "divided: that is where a current of `threshold` would settle. Solve v = i / (1 - a) "
         "for i."),
        ([h * a for a, (_, h) in zip(keeps, cases, strict=True)],
         "that is what is *left* of the threshold after one step; the current must make up for "
         "what is lost, 1 - a."),
        ([h * (1 - 1 / a) for a, (_, h) in zip(keeps, cases, strict=True)],
         "negative: the sign in the exponent is lost. A neuron keeps exp(-1 / tau), below 1."),
        ([h / tau for tau, h in cases],
         "close: it would be so for steps that are infinitely short. In a step of 1 ms the "
         "neuron loses 1 - exp(-1 / tau)."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    said, true, (tau, h) = answers[wrong], truth[wrong], cases[wrong]
    halfway = min(1e6, max(-1e6, (said + true) / 2))
    between = torch.full((1, 1000, 1), halfway, dtype=torch.float64)
    fires = bool(neurons.lif(between, tau, threshold=h).any())
    _, said_words, halfway_words = apart(true, said, halfway)
    seen = "fires already, and that is less" if fires else "leaves it silent, and that is more"
    return first_hint(
        answers, mistakes,
        f"at {tau} ms and threshold {h} you say {said_words}. A current of {halfway_words} "
        f"{seen}. Solve v = a v + i at the threshold.",
    )  # fmt: skip


@check
def exercise_4_3(steps_to_half: Function) -> Answer:
    """How many steps from the end a spike has half of a full share."""
    cases = [5, 20]
    truth = [tau * math.log(2) for tau in cases]
    answers = [ask_number(steps_to_half, tau) for tau in cases]
    if close(answers, truth, tolerance=1e-3):
        return right("a half-life. At 5 ms the last 3 to 4 ms of the window speak softly.")
    mistakes = [
        ([-tau * math.log(2) for tau in cases],
         "negative steps: log(1/2) is below 0, and so is the exponent -k / tau. They cancel."),
        ([math.log(2) / tau for tau in cases],
         "divided: a slower neuron takes *longer* to be heard, so k grows with tau."),
        (cases, "after tau steps a share of 1 - 1/e is heard, 63 %: that is more than half."),
        ([tau / 2 for tau in cases],
         "half of tau is not half of the share: the share grows as 1 - exp(-k / tau)."),
        ([tau * math.log10(2) for tau in cases],
         "that is the logarithm to base 10; exp is undone by the natural one, math.log."),
        ([tau * math.log(2) * math.log2(math.e) for tau in cases],
         "that is the logarithm to base 2; exp is undone by the natural one, math.log."),
        ([round(tau * math.log(2)) for tau in cases],
         "nearly: don't round. k says where on the curve the half lies, between two steps."),
        ([math.ceil(tau * math.log(2)) for tau in cases],
         "nearly: that is the first whole step at which more than half is heard; k need not be "
         "whole."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth, tolerance=1e-3)
    tau, k = cases[wrong], answers[wrong]
    if k < 0:
        seen = "lies behind the end, and is not heard at all"
    else:
        seen = f"has {apart(50, 100 - 100 * math.exp(-k / tau))[1]} % of a full share"
    return first_hint(
        answers, mistakes,
        f"at {tau} ms, a spike {apart(truth[wrong], k)[1]} steps from the end {seen}.",
    )  # fmt: skip
