"""Checks of lesson 2: a delay that never wraps, the length budget, the longest wait."""

import torch

from .. import observer
from ..stimuli import Stimulus
from ._answers import Answer, ask_number, ask_tensor, check, close, first_hint, not_yet, right


@check
def exercise_2_1(delay_train) -> Answer:
    """Delay one train `(time,)` by `d` whole steps, and keep its length."""
    steps, sent = 20, 8
    for d in (3, 0, 15):
        train = torch.zeros(steps)
        train[sent] = 1
        given = train.clone()
        try_it = ask_tensor(delay_train, given, d)
        if not torch.equal(given, train):
            return not_yet("your function changed the train it was given: write into a new one.")
        if len(try_it) == steps + d and d:
            return not_yet(
                f"the train grew from {steps} to {len(try_it)} steps. That is padding, Method A; "
                "here what leaves at the end is gone."
            )
        if try_it.shape != train.shape:
            return not_yet(
                f"with d = {d} the train has shape {tuple(try_it.shape)}, not ({steps},). "
                "(Slicing with `[:-0]` leaves nothing at all.)"
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
def exercise_2_2(stimulus_steps) -> Answer:
    """The steps a stimulus needs for the last of several layers to see `effective` of them."""
    cases = [(100, 50, 3), (60, 20, 4), (80, 10, 1)]
    truth = [e + n * m for e, m, n in cases]
    answers = [ask_number(stimulus_steps, *case) for case in cases]
    if close(answers, truth):
        return right("three layers of up to 50 steps need 250 to see 100: each takes its share.")
    mistakes = [
        ([e + m for e, m, n in cases],
         "enough for one layer. Each further layer clips another `max_delay` steps."),
        ([e - n * m for e, m, n in cases],
         "that is what would be left of `effective` steps, not what must be sent."),
        ([n * (e + m) for e, m, n in cases],
         "the last layer wants to see `effective` steps once, not once for each layer."),
        ([n * e + m for e, m, n in cases],
         "exchanged: each *layer* costs one `max_delay`, and `effective` is needed once."),
        ([n * m for e, m, n in cases],
         "all of it is clipped away: the last layer sees none of its `effective` steps."),
        ([e + (n - 1) * m for e, m, n in cases],
         "one layer short: the first layer delays, and clips, as well."),
        ([e + (n + 1) * m for e, m, n in cases],
         "one share too many: only layers with delays clip, and there are `n_layers` of them."),
    ]  # fmt: skip
    return first_hint(
        answers, mistakes,
        f"{answers[0]:g} steps leave the last of three layers {answers[0] - 150:g} of its 100.",
    )  # fmt: skip


@check
def exercise_2_3(longest_wait) -> Answer:
    """The longest `max_delay`, a multiple of 10 ms, whose bound stays below a limit in degrees."""
    waits, limits = list(range(0, 141, 10)), (1.2, 2.0)
    bounds = [observer.cramer_rao(Stimulus(), window_ms=150 - m) for m in waits]
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
        ([truth[0]] * 2,
         "right for a limit of 1.2° only: another limit allows another wait."),
        ([waits[-1]] * 2,
         "that is the longest wait of the list, whatever the limit says."),
    ]  # fmt: skip
    return first_hint(
        answers, mistakes,
        f"for {limits[0]}° you say {answers[0]:g} ms. Compare each entry of `bounds` with the "
        "limit, and keep the longest wait that stays below.",
    )  # fmt: skip
