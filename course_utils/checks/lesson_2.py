"""Checks of lesson 2: a delay that never wraps, the length budget, the longest wait."""

import functools
import math

import torch

from .. import observer
from ..stimuli import Stimulus
from ._answers import (
    Answer,
    Function,
    NoAnswerError,
    apart,
    ask_number,
    ask_tensor,
    check,
    close,
    first_hint,
    first_wrong,
    not_yet,
    right,
    shape_of,
)

_AT_ZERO = "With d = 0, a slice such as `train[:-d]` is `train[:-0]`, and that is empty."


@check
def exercise_2_1(delay_train: Function) -> Answer:
    """Delay one train `(time,)` by `d` whole steps, and keep its length."""
    steps, sent = 20, 8
    for d in (3, 0, 15):
        train = torch.zeros(steps)
        train[sent] = 1
        try:
            try_it = ask_tensor(
                delay_train, train, d,
                untouched="your function changed the train it was given: write into a new one.",
            )  # fmt: skip
        except NoAnswerError as stopped:
            if d:
                raise
            return not_yet(f"{stopped.args[0].words} {_AT_ZERO}")
        if try_it.shape == (steps + d,) and d:
            return not_yet(
                f"the train grew from {steps} to {steps + d} steps. That is padding, Method A; "
                "here what leaves at the end is gone."
            )
        if try_it.shape != train.shape:
            why = "What enters at the start is silence, and it takes steps too." if d else _AT_ZERO
            return not_yet(
                f"with d = {d} the train has shape {shape_of(try_it)}, not ({steps},). {why}"
            )
        found = try_it.nonzero().flatten().tolist()
        wanted = [sent + d] if sent + d < steps else []
        if found != wanted:
            return not_yet(_misplaced(found, wanted, sent, d, steps))
    double = ask_tensor(delay_train, torch.tensor([1.0, 1, 0, 0]), 1)
    if not close(double, [0, 1, 1, 0]):
        return not_yet(f"[1, 1, 0, 0] one step late is [0, 1, 1, 0], not {double.tolist()}.")
    return right("an impulse arrives d steps late, for d = 0 too, and what leaves never returns.")


def _misplaced(found, wanted, sent, d, steps):
    """What it means that an impulse, sent at `sent`, is found elsewhere."""
    if not wanted and found == [(sent + d) % steps]:
        return (
            f"sent at {sent}, an impulse that waits {d} steps came round to {found[0]}: "
            "it is heard before it was sent."
        )
    if len(found) != 1 or not wanted:
        return f"one impulse, sent at {sent}, with d = {d}, is found at {found or 'no step'}."
    late = found[0] - sent
    if late == -d:
        return f"your delay has the wrong sign: the impulse came {d} steps early."
    if late == 0:
        return f"the impulse did not move: with d = {d} it should come {d} steps late."
    return f"the impulse came {late} steps late, with d = {d}: {late - d:+d} too many."


@check
def exercise_2_2(longest_delay: Function) -> Answer:
    """The largest `max_delay` that leaves the last of several layers `effective` steps."""
    cases = [(250, 100, 3), (155, 60, 4), (130, 60, 2)]
    truth = [(s - e) // n for s, e, n in cases]
    answers = [ask_number(longest_delay, *case) for case in cases]
    if close(answers, truth):
        return right("three layers share what 250 steps have beyond 100: up to 50 for each.")
    mistakes = [
        ([s - e for s, e, n in cases],
         "enough for one layer. All `n_layers` clip, and share what may be lost."),
        ([(s - e) / n for s, e, n in cases],
         "nearly: `max_delay` is in whole steps here, and half a step too many is too many."),
        ([(e - s) // n for s, e, n in cases],
         "negative: what may be lost is what the stimulus has beyond `effective`, not the other "
         "way round."),
        ([math.ceil((s - e) / n) for s, e, n in cases],
         "rounded up, the last layer sees a little less than `effective` steps."),
        ([s // n for s, e, n in cases],
         "all of it is clipped away: the last layer sees none of its `effective` steps."),
        ([s // n - e for s, e, n in cases],
         "the last layer wants to see `effective` steps once, not once for each layer."),
        ([(s + e) // n for s, e, n in cases],
         "more is clipped than was sent: what must be left is not there to be lost."),
        ([(s - e) // (n - 1) for s, e, n in cases],
         "one layer short: the first layer delays, and clips, as well."),
        ([(s - e) // (n + 1) for s, e, n in cases],
         "one share too many: only layers with delays clip, and there are `n_layers` of them."),
        ([e + n * s for s, e, n in cases],
         "that is the length of a stimulus, with its own length in place of `max_delay`. Here the "
         "length is given: turn the rule round."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    (steps, effective, layers), longest = cases[wrong], answers[wrong]
    left, said = steps - layers * longest, apart(truth[wrong], longest)[1]
    if longest < 0 or longest != int(longest):
        seen = f"to wait {said} steps is impossible: a delay is whole, and not below 0"
    elif left > 0:
        seen = f"{layers} layers of up to {said} steps leave the last one {left:g} of {steps}"
    else:
        seen = f"{layers} layers of up to {said} steps use up all {steps}"
    return first_hint(
        answers, mistakes,
        f"{seen}; the last layer should see {effective}, or as little more as can be.",
    )  # fmt: skip


@check
def exercise_2_3(longest_wait: Function) -> Answer:
    """The longest `max_delay`, a multiple of 10 ms, whose bound stays below a limit in degrees."""
    waits, limits = list(range(0, 141, 10)), (1.2, 2.0, 1.3)
    bounds = [_bound(150 - wait) for wait in waits]
    allowed = [[m for m, bound in zip(waits, bounds, strict=True) if bound < x] for x in limits]
    truth = [max(waits) for waits in allowed]
    answers = [ask_number(longest_wait, limit) for limit in limits]
    if close(answers, truth):
        bound = bounds[waits.index(truth[0])]
        return right(
            f"{truth[0]} ms keep the bound at {bound:.2f}°, below {limits[0]}°; "
            "10 ms more do not. What waits longer is heard for less time."
        )
    mistakes = [
        ([min(waits) for waits in allowed],
         "that is the shortest wait: no delay at all meets every limit."),
        ([t + 10 for t in truth],
         "that is the first one that breaks the limit; the one before it still keeps it."),
        ([150 - t for t in truth],
         "that is the window which is left. The wait is the rest of the 150 ms."),
        ([max(b for b in bounds if b < x) for x in limits],
         "that is the bound in degrees; the question is at which `max_delay`, in ms, it occurs."),
        ([waits.index(t) for t in truth],
         "that is a place in the list. Which wait, in ms, stands there? `longest[place]`."),
        ([len(allowed_waits) for allowed_waits in allowed],
         "that is how many waits keep the limit. The longest of them, in ms, is wanted."),
        ([truth[0]] * 3,
         "right for a limit of 1.2° only: another limit allows another wait."),
        ([waits[-1]] * 3,
         "that is the longest wait of the list, whatever the limit says."),
        ([min(waits, key=lambda m: abs(bounds[waits.index(m)] - x)) for x in limits],
         "that is the wait whose bound is nearest to the limit, and it may lie above it."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    limit, (_, said) = limits[wrong], apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"for {limit}° you say {said} ms. Compare each entry of `bounds` with the limit, and keep "
        "the longest wait that stays below.",
    )  # fmt: skip


@functools.cache
def _bound(window_ms):
    return observer.cramer_rao(Stimulus(), window_ms=window_ms)
