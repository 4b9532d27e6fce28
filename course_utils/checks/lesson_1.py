"""Checks of lesson 1: a lead in milliseconds, a phase for each sound, enough classes."""

import math

import torch

from .. import observer
from ..stimuli import Classes, Stimulus, sample
from ._answers import (
    Answer,
    Function,
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
    shape_of,
)


@check
def exercise_1_1(lead_ms: Function) -> Answer:
    """The lead of the right ear in ms, from an IPD in degrees and a frequency in Hz."""
    cases = [(40, 20), (-40, 20), (90, 20), (90, 500)]
    truth = [ipd / 360 * 1000 / hz for ipd, hz in cases]
    answers = [ask_number(lead_ms, *case) for case in cases]
    if close(answers, truth):
        return right(f"at 500 Hz, 90° is {answers[3]:.2f} ms, a time that a real head can make.")
    mistakes = [
        ([abs(t) for t in truth],
         "the sign is lost. At -40° the left ear leads, so the right ear's lead is negative."),
        ([-t for t in truth],
         "your lead has the wrong sign: at +40° the right ear comes first, so it is positive."),
        ([t / 1000 for t in truth],
         "that is the lead in seconds. A cycle lasts 1 / frequency seconds, or 1000 / frequency "
         "ms."),
        ([t * 2 for t in truth],
         "twice too long: a full cycle has 360°, not 180°."),
        ([t * 360 / (2 * math.pi) for t in truth],
         "degrees divided by 2π: a cycle has 2π radians, but 360 degrees."),
        ([t * hz / 20 for t, (_, hz) in zip(truth, cases, strict=True)],
         "right at 20 Hz only. At 500 Hz a cycle lasts 2 ms, so 90° can't be 12.5 ms."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    ipd, hz = cases[wrong]
    true, said = apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"at {hz} Hz a cycle lasts {1000 / hz:g} ms, so {ipd}° are {true} ms; yours are {said} ms.",
    )  # fmt: skip


@check
def exercise_1_2(draw_phases: Function) -> Answer:
    """A phase for each sound; a listener with one ear must not be able to name the direction."""
    n = 1000

    def drawn(seed):
        return ask_tensor(draw_phases, n, torch.Generator().manual_seed(seed))

    phases = drawn(seed=0)
    if phases.shape != (n,):
        return not_yet(
            f"each of the {n} sounds needs one phase, shape ({n},); yours is {shape_of(phases)}."
        )
    turn = torch.polar(torch.ones_like(phases), phases)
    if len(phases.unique()) == 1:
        same = f"all sounds have the same phase. {_one_ear_names(turn.angle())[1]}."
        given = ask(draw_phases, n, torch.Generator())
        if isinstance(given, torch.Tensor) and given.stride() == (0,):  # expanded, as on the page
            return Answer("not tried", f"not tried yet: {same}")
        return not_yet(f"one number is copied {n} times: {same}")
    again, other = drawn(seed=0), drawn(seed=1)
    if torch.equal(phases, other):
        return not_yet("another generator gives the same phases: nothing is left to chance here.")
    if not torch.equal(phases, again):
        return not_yet("these phases don't come from `generator`: no run could be repeated.")
    alike = float((turn[1:] * turn[:-1].conj()).mean().abs())  # 1 if every step is the same
    if alike > 0.999:
        return not_yet(
            "one number is drawn, and the other phases follow from it: from one sound to the next "
            "the phase moves on by the same step. Draw a number for each sound."
        )
    if alike > 0.1 > turn.mean().abs():
        return not_yet(
            "each phase depends on the one before: who has heard a sound knows something about the "
            "next. Draw a number for each sound by itself."
        )
    largest = float(phases.abs().max())
    if largest > 100:
        unit = "these look like degrees" if largest <= 360 else f"a phase of {largest:.4g}"
        return not_yet(f"{unit}; a phase is in radians, from 0 to 2π.")
    score, heard = _one_ear_names(turn.angle())
    if turn.mean().abs() > 0.1:
        covered = 100 * len(torch.histc(phases % (2 * math.pi), 36, 0, 2 * math.pi).nonzero()) / 36
        return not_yet(
            f"the phases differ, but they crowd on one side of the circle and reach {covered:.0f} "
            f"% of it. {heard}: it still reads the clock."
        )
    if score > 11:
        return not_yet(f"{heard}: it still reads the clock. Are all phases equally likely?")
    return right(f"{heard}. One ear knows nothing any more: direction lies between the ears.")


def _one_ear_names(phases):
    """Percent of directions, and in words, that someone with one ear names.

    The listener believes that all waves begin alike. The trick: the other ear is replaced by the
    memory of a wave that began as the first one did.
    """
    stimulus, classes = Stimulus(), Classes(12)
    generator = torch.Generator().manual_seed(2)
    n = len(phases)
    ipd, spikes = sample(n, stimulus, generator, phase=phases)
    _, memory = sample(n, stimulus, generator, ipd=0.0, phase=phases[:1].expand(n))
    ears = stimulus.fibres_per_ear
    believed = torch.cat([memory[..., :ears], spikes[..., ears:]], dim=2)
    guess = observer.maximum_likelihood(believed, stimulus)
    score = 100 * float((classes.index(guess) == classes.index(ipd)).double().mean())
    return score, f"One ear alone names {score:.0f} % of the directions, chance is {100 / 12:.0f} %"


@check
def exercise_1_3(classes_needed: Function) -> Answer:
    """The smallest number of classes whose floor is no higher than a bound in degrees."""
    cases = [0.85, 3.75, 2.0]
    truth = [math.ceil(45 / bound) for bound in cases]
    answers = [ask_number(classes_needed, bound) for bound in cases]
    if close(answers, truth):
        return right(
            f"{truth[0]} classes for a bound of {cases[0]}°. There is another way out: keep few "
            "classes, and answer with a *mean* of their midpoints. Lesson 5 takes it."
        )
    mistakes = [
        ([45 / bound for bound in cases], "a number of classes is whole: round up, not to pieces."),
        ([math.floor(45 / b) for b in cases],
         "rounded down, the floor stays a little above the bound. One class more."),
        ([math.floor(45 / b) + 1 for b in cases],
         "one too many when it fits exactly: 12 classes have a floor of just 3.75°."),
        ([math.ceil(90 / b) for b in cases],
         "twice as many as needed. The mean error is a quarter of a class; half a class is the "
         "largest one. And the range is 180° wide, not 360°."),
        ([math.ceil(180 / b) for b in cases],
         "that makes a class as wide as the bound. The floor is only a quarter of the width."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    bound, n = cases[wrong], answers[wrong]
    enough, said = apart(truth[wrong], n)
    if n != int(n):
        seen = "and a number of classes is whole"
    elif n > truth[wrong]:
        seen = f"but {enough} classes keep it already"
    elif n >= 1:
        seen = f"and that many have a floor of {apart(bound, 45 / n)[1]}°, above it"
    else:
        seen = "and there has to be at least one class"
    return first_hint(answers, mistakes, f"for a bound of {bound}° you say {said}, {seen}.")
