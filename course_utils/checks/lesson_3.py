"""Checks of lesson 3: a translation, a slope with one rule, a step that cannot die."""

import torch

from ._answers import (
    Answer,
    Function,
    apart,
    ask_number,
    check,
    close,
    first_hint,
    first_wrong,
    not_yet,
    right,
)


@check
def exercise_3_1(translation: Function) -> Answer:
    """The number in the affine matrix that delays by `d` steps of `steps` rows."""
    cases = [(3, 20), (5, 200)]
    truth = [-2 * d / steps for d, steps in cases]
    answers = [ask_number(translation, *case) for case in cases]
    if close(answers, truth):
        return right("reading 3 rows *earlier* puts every spike 3 steps *later*: a delay.")
    if close(answers, [-t for t in truth]):
        return not_yet(
            "your delay has the wrong sign: it reads later rows, so an impulse comes 3 steps early."
        )
    mistakes = [
        ([-2 * d / (steps - 1) for d, steps in cases],
         "that is a step of align_corners=True. Here rows are pixels, and one is 2 / steps wide: "
         "a spike would be torn in two."),
        ([-d / steps for d, steps in cases],
         "half a delay: coordinates run from -1 to 1, so the whole train is 2 long, not 1."),
        ([-d for d, _ in cases],
         "that is in rows. In coordinates from -1 to 1 it would read far outside of the train."),
        ([-2 * d * steps for d, steps in cases],
         "the more rows, the *narrower* is each of them: divide by `steps`."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    d, steps = cases[wrong]
    wanted, moved = apart(d, -answers[wrong] * steps / 2)
    return first_hint(
        answers, mistakes,
        f"with d = {d} in {steps} rows a spike would move by {moved} steps, not by {wanted}.",
    )  # fmt: skip


@check
def exercise_3_2(slope_of: Function) -> Answer:
    """The slope by the course's rule from rows t-k+1, t-k, t-k-1 and the fraction f."""
    newer, row, older = 2.0, 3.0, 7.0
    between = [ask_number(slope_of, newer, row, older, f) for f in (0.5, 0.1)]
    kink = ask_number(slope_of, newer, row, older, 0.0)
    if not close(between, [older - row] * 2):
        wrong = next(slope for slope in between if not close(slope, older - row))
        return first_hint(
            between,
            [
                ([row - older] * 2,
                 "between rows the sign is wrong: waiting longer brings more of the *older* row."),
                ([(older - newer) / 2] * 2,
                 "between rows there is one slope, older - row. The mean is for the kink."),
                ([row - newer] * 2,
                 "between rows: at d = k + f you read rows t-k and t-k-1; the newer one is not "
                 "in play."),
                ([(older - row) * f for f in (0.5, 0.1)],
                 "between rows the output grows *linearly* with f, so f itself drops out of the "
                 "slope."),
            ],
            f"between rows you say {apart(older - row, wrong)[1]}, but one step longer changes "
            f"the output from {row:g} to {older:g}.",
        )  # fmt: skip
    if close(kink, (older - newer) / 2):
        return right("one slope between rows, and at a kink the mean of both sides.")
    return first_hint(
        [kink],
        [
            ([older - row], "at a kink that is the right-hand slope only."),
            ([row - newer], "at a kink that is the left-hand slope only."),
            ([older - newer], "at a kink that is twice the mean: two steps lie between them."),
            ([(older + newer) / 2], "at a kink take the mean of the *slopes*, not of the rows."),
            ([0.0], "at a kink there is a slope: the course takes the mean of left and right."),
        ],
        f"between rows it is right; at a kink the slopes are {row - newer:g} on the left and "
        f"{older - row:g} on the right, and yours is {apart((older - newer) / 2, kink)[1]}.",
    )


@check
def exercise_3_3(careful_step: Function) -> Answer:
    """One step of gradient descent on a delay that stays within 0 and `max_delay`."""

    def step(delay, gradient, rate):  # tensors, as the delays of the lesson are
        return ask_number(
            careful_step, torch.tensor(delay), torch.tensor(gradient), rate, max_delay
        )

    max_delay = 50
    inside, small = step(20.0, 4.0, 0.5), step(10.0, 1.0, 0.1)
    down, up = step(2.5, 9.0, 1.0), step(47.5, -9.0, 1.0)
    if not close(inside, 18.0):
        return first_hint(
            [inside],
            [
                ([22.0], "that climbs: a positive gradient says that waiting longer is worse."),
                ([16.0], "the rate is not used: half a rate takes half a step."),
                ([20.0], "the delay did not move: from 20, against a gradient of 4 at rate 0.5."),
            ],
            "from 20, a gradient of 4 and a rate of 0.5 lead to 18, not to "
            f"{apart(18, inside)[1]}.",
        )
    if not close(small, 9.9):
        return first_hint(
            [small],
            [
                ([10.0], "rounded, a step from 10 to 9.9 leads back to 10: with small steps such a "
                         "delay never moves. A raw delay need not be whole."),
                ([9.0], "rounded down, a step from 10 to 9.9 leads to 9, ten times too far. A raw "
                        "delay need not be whole."),
            ],
            "from 10, a gradient of 1 and a rate of 0.1 lead to 9.9, not to "
            f"{apart(9.9, small)[1]}.",
        )  # fmt: skip
    if close([down, up], [0, 50]):
        for edge, gradient in ((0.0, -2.0), (50.0, 2.0)):
            wanted, back = edge - gradient, step(edge, gradient, 1.0)
            if not close(back, wanted):
                return not_yet(
                    f"from the edge at {edge:g}, a gradient of {gradient:g} should lead back to "
                    f"{wanted:g}, and yours leads to {apart(wanted, back)[1]}."
                )
        return right("over each edge and back: this delay stays alive.")
    if close([down, up], [2.5, 47.5]):
        return not_yet("a step that would leave the range is not taken at all: go to the edge.")
    if close([down, up], [1, 49]):
        return not_yet(
            "it stops at 1 and at 49, and the edges themselves are allowed: 0 and `max_delay`."
        )
    low, high = apart(0, down)[1], apart(50, up)[1]
    if down < 0 and up > 50:
        return not_yet(
            f"the steps lead to {low} and {high}, outside of 0 to 50, where a clamp in the "
            "forward pass has no slope: a dead delay."
        )
    if down < 0:
        return not_yet(f"the upper edge holds; below, it leads to {low}, and spikes come early.")
    if up > 50:
        return not_yet(f"the lower edge holds; above, it leads to {high}, beyond `max_delay`.")
    return not_yet(
        f"the nearest allowed value to -6.5 is 0, and to 56.5 it is 50; yours are {low} and {high}."
    )
