"""Checks of lesson 7: a whole step, a held common mode, the gradient of a spike time."""

import torch

from ._answers import (
    Answer,
    Function,
    apart,
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
def exercise_7_1(whole_step: Function) -> Answer:
    """One update of a delay: whole, within 0 and `max_delay`, and the rest is carried over."""

    def step(delay, carry, move):
        return ask_pair(whole_step, delay, carry, move, 50)

    inside = [(25.0, 0.0, 0.375), (25.0, 0.25, 0.375), (25.0, -0.375, 2.25), (25.0, 0.25, -1.0)]
    edges = [(2.0, -0.25, -4.0), (47.0, 0.25, 6.0)]
    wanted = [sum(case) for case in inside]
    found = [step(*case) for case in inside]
    if not close(found, [(round(w), w - round(w)) for w in wanted]):
        return _inside_hint(found, inside, wanted)
    found = [step(*case) for case in edges]
    if close(found, [(0, 0), (50, 0)]):
        for case, edge in (((0.0, 0.0, -0.25), 0), ((50.0, 0.0, 0.25), 50)):
            place, rest = step(*case)
            if not close([place], [edge]):
                return not_yet(
                    f"from {edge} a move of {case[2]:g} leads to {apart(edge, place)[1]}: stay "
                    "there."
                )
            if not close([rest], [0]):
                return not_yet(
                    f"from {edge} a move of {case[2]:g} is a wish outside of the range, though it "
                    f"rounds to {edge}; your carry is {apart(0, rest)[1]}, past the edge. Clamp "
                    "the wish first, then round it."
                )
        delay = carry = 0.0
        for _ in range(40):
            delay, carry = step(delay, carry, 0.05)
        if not close([delay, carry], [2, 0]):
            return not_yet(
                "each step is right by itself, but forty wishes of 0.05 steps move a delay by "
                f"{apart(2, delay)[1]}, with {carry:g} left to carry. They should move it by 2, "
                "with nothing left: the answer may depend on nothing but its inputs."
            )
        return right(
            "forty wishes of 0.05 steps move a delay by 2, and none is lost. At an edge "
            "nothing is saved up, so the way back is free."
        )
    places = [delay for delay, _ in found]
    if close(places, [0, 50]):
        return not_yet(
            f"both edges hold, but {found[0][1]:g} and {found[1][1]:g} steps are carried over "
            "there, and would have to be walked back. Clamp the wish first, then round it."
        )
    return first_hint(
        places,
        [
            ([-2, 53],
             "inside it is right; the steps lead to -2 and 53, outside of 0 to 50."),
            ([0, 53], "the lower edge holds; the upper one, `max_delay`, does not."),
            ([-2, 50], "the upper edge holds; below 0 a spike would be heard before it is sent."),
            ([2, 47], "a step that would leave the range is not taken at all: go to the edge."),
        ],
        f"at the edges 0 and 50 it leads to {apart(0, places[0])[1]} and "
        f"{apart(50, places[1])[1]}.",
    )  # fmt: skip


def _inside_hint(found, cases, wanted):
    """What it means that steps far from the edges, from `cases` to `wanted`, went elsewhere."""
    whole = [round(w) for w in wanted]

    def made(delay, carry):
        return [(delay(*case), carry(*case)) for case in cases]

    if close(found, [(w - n, n) for w, n in zip(wanted, whole, strict=True)]):
        return not_yet("the new delay comes first, and what is carried over second.")
    delays, carries = zip(*found, strict=True)
    if close(delays, whole):
        mistakes = [
            ([(n, n - w) for w, n in zip(wanted, whole, strict=True)],
             "the delay is right, and its carry has the wrong sign: it would take away twice what "
             "rounding took. Wanted minus whole."),
            ([(n, 0) for n in whole],
             "the delay is right, but nothing is carried over: small wishes are forgotten."),
            ([(n, w) for w, n in zip(wanted, whole, strict=True)],
             "the delay is right. Carry only what it did not get, wanted minus whole."),
            ([(n, c + w - n) for (_, c, _), w, n in zip(cases, wanted, whole, strict=True)],
             "the delay is right, but the old carry is in `wanted` already: you save it twice."),
        ]  # fmt: skip
        rests = [w - n for w, n in zip(wanted, whole, strict=True)]
        wrong = first_wrong(carries, rests)
        rest, said = apart(rests[wrong], carries[wrong])
        return first_hint(
            found, mistakes,
            f"the delay is right; a wish of {wanted[wrong]:g} that became {whole[wrong]} leaves "
            f"{rest} to carry, not {said}.",
        )  # fmt: skip
    mistakes = [
        (made(lambda d, c, m: round(d + m), lambda d, c, m: d + m - round(d + m)),
         "the old carry is not used, so what earlier updates saved is lost."),
        (made(lambda d, c, m: d + c + m, lambda d, c, m: 0),
         "the delay is not whole: round it, and carry the rest."),
        (made(lambda d, c, m: (d + c + m) // 1, lambda d, c, m: (d + c + m) % 1),
         "rounded down. Nothing is lost, but the delay lags by half a step on average: take the "
         "nearest whole one."),
        (made(lambda d, c, m: round(d + c - m), lambda d, c, m: d + c - m - round(d + c - m)),
         "it moves the other way: `move` is the wish itself, no gradient any more."),
    ]  # fmt: skip
    wrong = first_wrong(delays, whole)
    (start, carry, move), (delay, said) = cases[wrong], apart(whole[wrong], delays[wrong])
    return first_hint(
        found, mistakes,
        f"from {start:g}, with a carry of {carry:g} and a move of {move:g}, the wish is "
        f"{wanted[wrong]:g}, so the delay is {delay}; yours is {said}.",
    )  # fmt: skip


@check
def exercise_7_2(without_common_mode: Function) -> Answer:
    """The delays after an update, without their mean movement."""
    before = torch.tensor([10.0, 20.0, 33.0, 41.0])
    moved = torch.tensor([5.0, 1.0, -3.0, 7.0])  # mean 2.5: no median, nor the middle of its range
    after = before + moved
    answer = ask_tensor(without_common_mode, before, after, shape=before.shape)
    if close(answer, after - moved.mean()):
        own = " ".join(f"{m:+g}" for m in (answer - before).tolist())
        return right(
            f"together they moved by {float(moved.mean()):+g} steps, which nobody hears. What is "
            f"left is heard, {own}, and the mean delay stays at {float(answer.mean()):g}."
        )
    mistakes = [
        (after, "nothing is taken out: these are the delays as the update left them."),
        (before, "that takes back the whole update: only its mean should go."),
        (moved - moved.mean(), "that is the corrected *movement*; return the delays it leads to."),
        (after - after.mean(),
         "that takes out the mean delay, not the mean movement: now half of them are negative."),
        (after - before.mean(),
         "that takes out the mean delay of before; take out how far the mean has *moved*."),
        (after + moved.mean(), "wrong sign: the common mode is now twice as large."),
        (after - moved.abs().mean(),
         "without their signs the movements don't cancel: a common mode is a plain mean."),
        (after - moved.sum(),
         "the sum of the movements, four times too much: the common mode is their mean."),
        *(
            (after - moved.quantile(0.5, interpolation=between),
             "that is the median movement; the mean of the delays still drifts.")
            for between in ("lower", "midpoint", "higher")
        ),
    ]  # fmt: skip
    drift, shifts = float((answer - before).mean()), answer - after
    if close(drift, 0):
        seen = "yours keeps the mean, but shifts each by another amount"
    else:
        seen = f"yours drifts by {apart(0, drift)[1]} steps"
    return first_hint(
        answer, mistakes,
        f"the mean delay should stay where it was, and all delays shift alike; {seen}: after the "
        f"update, your correction moves them by {', '.join(f'{x:+g}' for x in shifts.tolist())}.",
    )  # fmt: skip


@check
def exercise_7_3(weight_gradient: Function) -> Answer:
    """The slope of a spike time with respect to each weight, in ms per unit of weight."""
    tau, ages = 5.0, torch.tensor([4.0, 2.5, 1.0], dtype=torch.float64)  # ms since each arrival
    weights = torch.tensor([0.5, 0.25, 0.125], dtype=torch.float64)
    pulses = ages / tau * torch.exp(1 - ages / tau)
    slopes = (1 - ages / tau) / tau * torch.exp(1 - ages / tau)
    rise = (weights * slopes).sum()
    answer = ask_tensor(weight_gradient, weights, pulses, slopes)
    if answer.numel() == 1:
        return not_yet("three inputs want three gradients: sum below the fraction, not above.")
    if answer.shape != weights.shape:
        return not_yet(f"three inputs want three gradients, not a shape of {shape_of(answer)}.")
    if close(answer, -pulses / rise):
        return right(
            f"here 0.01 more weight brings the spike {-0.01 * float(answer[0]):.2f} ms forward at "
            f"the first input, and {-0.01 * float(answer[2]):.2f} ms at the last, whose pulse has "
            "only begun. All are negative: who pushes harder is answered earlier."
        )
    mistakes = [
        (pulses / rise,
         "wrong sign: more weight lifts the potential, so the threshold is met *earlier*."),
        (weights * slopes / rise,
         "that is the gradient of the *delays*. V depends on a weight through its pulse: "
         "dV/dw is the pulse itself."),
        (-weights * pulses / rise,
         "V is weight times pulse, so its derivative by the weight is the pulse, without weight."),
        (-pulses / slopes.sum(),
         "below the fraction stands dV/dt, and V is a *weighted* sum: weigh the slopes, too."),
        (-pulses / (weights * slopes),
         "below, the potential rises by all inputs together: sum weights * slopes."),
        (-pulses / (weights * pulses).sum(),
         "below stands the threshold itself, the sum of weighted pulses; dV/dt takes the slopes."),
        (-slopes / rise,
         "above the fraction stands dV/dw, which is the pulse at the spike, not its slope."),
        (-pulses, "dV/dt is missing: the steeper the potential, the less the spike moves."),
        (-pulses * rise,
         "multiplied: the steeper the potential rises, the *less* the spike moves. Divide."),
    ]  # fmt: skip
    wrong = first_wrong(answer, -pulses / rise)
    true, said = apart(float(-pulses[wrong] / rise), float(answer[wrong]))
    return first_hint(
        answer, mistakes,
        f"dV/dw over dV/dt with a minus: at input {wrong}, counted from 0, "
        f"-{float(pulses[wrong]):.4g} over {float(rise):.4g}, that is {true}; yours is {said}.",
    )  # fmt: skip
