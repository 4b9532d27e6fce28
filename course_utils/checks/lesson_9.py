"""Checks of lesson 9: how long a nerve must wait, and where time tells least."""

import math

from ._answers import Answer, ask, ask_number, check, close, first_hint, not_yet, right


@check
def exercise_9_1(wait_in_steps) -> Answer:
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
    return first_hint(
        answers, mistakes,
        f"for 545 µs and steps of 0.1 ms it should be {truth[0]:.2f}, and yours is "
        f"{answers[0]:.2f}.",
    )  # fmt: skip


@check
def exercise_9_2(front_and_side, azimuth_deg, error_deg) -> Answer:
    """Mean absolute errors of the sources within 30° of the front, and of those beyond 60°."""
    where, off = azimuth_deg.abs(), error_deg.abs()

    def both(front, side, values=off):
        return [float(values[front].mean()), float(values[side].mean())]

    truth = both(where <= 30.5, where >= 59.5)
    answer = ask(front_and_side, azimuth_deg.clone(), error_deg.clone())
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        kind = type(answer).__name__
        return not_yet(f"two numbers are wanted, front and side, and yours is a {kind}.")
    try:
        answer = [float(a) for a in answer]
    except (TypeError, ValueError):
        return not_yet("each of the two should be one number, a mean in degrees.")
    if close(answer, truth, 1e-4):
        if truth[1] > truth[0]:
            words = "the same error in microseconds is more degrees at the side."
        else:
            words = "in this run the side is no worse: here level differences help."
        return right(f"{truth[0]:.1f}° in front, {truth[1]:.1f}° at the side: {words}")
    right_side = azimuth_deg >= 59.5
    mistakes = [
        (truth[::-1], "the front first, then the side."),
        (both(where <= 30.5, right_side),
         "only the right side: sources at -60° to -90° are at the side, too."),
        (both(azimuth_deg <= 30.5, where >= 59.5),
         "the front is within 30° to *either* side: take the absolute azimuth."),
        (both(azimuth_deg <= 30.5, right_side),
         "the azimuth has a sign: take its absolute value, for the front and for the side."),
        (both(where <= 30.5, where >= 59.5, error_deg),
         "errors to the left and to the right cancel in this mean: take absolute values."),
        (both(where <= 30.5, where > 30.5),
         "the side begins at 60°; what lies between belongs to neither."),
    ]  # fmt: skip
    return first_hint(
        answer, mistakes,
        "take the mean of the absolute error over |azimuth| <= 30, then over |azimuth| >= 60.",
    )  # fmt: skip
