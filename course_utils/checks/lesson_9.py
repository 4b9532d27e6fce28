"""Checks of lesson 9: how long a nerve must wait, and where time tells least."""

import math

import torch

from ._answers import (
    Answer,
    Function,
    apart,
    ask_number,
    ask_pair,
    check,
    close,
    first_hint,
    first_wrong,
    right,
)


@check
def exercise_9_1(wait_in_steps: Function) -> Answer:
    """Steps that the right nerve waits for an ITD in microseconds and a step in milliseconds."""
    cases = [(545.0, 0.1), (-240.0, 0.1), (93.0, 0.05)]
    answers = [ask_number(wait_in_steps, *case) for case in cases]
    truth = [itd_us / 1000 / dt_ms for itd_us, dt_ms in cases]
    if close(answers, truth):
        return right(
            f"{answers[0]:.2f} steps for 545 µs; the nearest whole number would be off by "
            f"{abs(answers[0] - round(answers[0])) * 100:.0f} µs, and 10 µs are about a degree."
        )
    mistakes = [
        *(
            ([float(whole(t)) for t in truth],
             "whole steps of 100 µs are ten degrees each: keep the fraction.")
            for whole in (round, int, math.floor, math.ceil)
        ),
        ([-t for t in truth],
         "the right ear leads, so the *right* nerve has to wait: the sign is the other one."),
        ([abs(t) for t in truth],
         "a negative ITD is a source on the left, where the left nerve waits: keep the sign."),
        ([max(t, 0) for t in truth],
         "a source on the left gets no delay at all here: let a negative ITD be a negative delay."),
        ([1000 * t for t in truth],
         "a thousand times too long: the ITD is in microseconds, the step in milliseconds."),
        ([itd_us / dt_ms / 1e6 for itd_us, dt_ms in cases],
         "a thousand times too short: a millisecond has a thousand microseconds."),
        ([itd_us / 1000 for itd_us, _ in cases],
         "that is the delay in milliseconds: how many steps is it?"),
        ([itd_us / 1000 * dt_ms for itd_us, dt_ms in cases],
         "half as long a step means twice as many steps: divide by the step."),
        ([itd_us / 100 for itd_us, _ in cases],
         "right for steps of 0.1 ms only: use `dt_ms`."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    (itd_us, dt_ms), (true, said) = cases[wrong], apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"for {itd_us:g} µs and steps of {dt_ms} ms it should be {true}, and yours is {said}.",
    )  # fmt: skip


@check
def exercise_9_2(
    front_and_side: Function, azimuth_deg: torch.Tensor, error_deg: torch.Tensor
) -> Answer:
    """Mean absolute errors of the sources within 30° of the front, and of those beyond 60°.

    `azimuth_deg` and `error_deg` are `(sound,)`.
    """
    azimuth_deg = azimuth_deg.round()  # through radians, 30 comes back as a little more
    where, off = azimuth_deg.abs(), error_deg.abs()
    front, side, right_side = where <= 30, where >= 60, azimuth_deg >= 60

    def both(front, side, values=off, of=torch.mean):
        return [float(of(values[front])), float(of(values[side]))]

    truth = both(front, side)
    answer = ask_pair(front_and_side, azimuth_deg, error_deg)
    if close(answer, truth, 1e-4):
        if truth[1] > truth[0]:
            words = "the same error in microseconds is more degrees at the side."
        else:
            words = "in this run the side is no worse than the front."
        return right(f"{truth[0]:.1f}° in front, {truth[1]:.1f}° at the side: {words}")
    signed = both(front, side, error_deg)
    mistakes = [
        (truth[::-1], "the front first, then the side."),
        (both(front, right_side),
         "only the right side: sources at -60° to -90° are at the side, too."),
        (both(azimuth_deg <= 30, side),
         "the front is within 30° to *either* side: take the absolute azimuth."),
        (both(azimuth_deg <= 30, right_side),
         "the azimuth has a sign: take its absolute value, for the front and for the side."),
        (signed, "errors to the left and to the right cancel in this mean: take absolute values."),
        ([abs(mean) for mean in signed],
         "the absolute value comes too late, when left and right have cancelled in the mean: take "
         "it of each error first."),
        (both(front, where > 30), "the side begins at 60°; what lies between belongs to neither."),
        (both(where < 30, where > 60),
         "both edges belong to it: 30° to the front, 60° to the side."),
        (both(front, side, of=lambda errors: errors.square().mean().sqrt()),
         "that is the root of the mean square, where large errors count more: take the mean of the "
         "absolute errors."),
        (both(front, side, of=torch.median),
         "those are medians: half of the errors are larger. The mean is wanted."),
        (both(front, side, of=torch.sum),
         "those are sums, and grow with the number of sounds: divide by it."),
        (both(front, side, off / len(off), of=torch.sum),
         "divide by the number of sounds in front, and at the side; not by that of all sounds."),
    ]  # fmt: skip
    wrong = first_wrong(answer, truth, 1e-4)
    return first_hint(
        answer, mistakes,
        "take the mean of the absolute error over |azimuth| <= 30, then over |azimuth| >= 60: "
        f"{('in front', 'at the side')[wrong]} you say {apart(truth[wrong], answer[wrong])[1]}°.",
    )  # fmt: skip
