"""Checks of lesson 8: how far delays reach, what they cost, one step of recurrence."""

import torch

from ..neurons import leak
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
    not_yet,
    right,
)


@check
def exercise_8_1(reach: Function) -> Answer:
    """How many steps apart two events may lie, for layers of `max_delays` and a `memory` each."""
    cases = [([15, 15], 5), ([30, 0], 5), ([30], 5), ([25, 10, 40], 4)]
    answers = [
        ask_number(reach, *case, given="`max_delays` is a list, one number for each layer.")
        for case in cases
    ]
    truth = [sum(longest) + memory * len(longest) for longest, memory in cases]
    if close(answers, truth):
        return right(
            f"with 15 steps in front of each of two layers it is {answers[0]:g}, with 30 in front "
            f"of the first alone {answers[1]:g}, and one layer with 30 reaches {answers[2]:g}. "
            "Delays in a row add up, and so do the memories behind them."
        )
    mistakes = [
        ([sum(x) for x, _ in cases],
         "the membranes remember, too: each layer bridges `memory` steps beyond its delays."),
        ([sum(x) + m for x, m in cases],
         "right for one layer. Every layer has membranes, and each of them remembers."),
        ([sum(x) + 2 * m for x, m in cases],
         "right for two layers. Each brings its memory, however many there are."),
        ([sum(x) + m * sum(map(bool, x)) for x, m in cases],
         "a layer without delays still has membranes, and they remember."),
        ([max(x) + m for x, m in cases],
         "that is the reach of the longest layer alone: a second one starts where the first ends."),
        ([max(x) + m * len(x) for x, m in cases],
         "the memories add up, but you take only the longest delay: delays in a row add up, too."),
        ([m * len(x) for x, m in cases],
         "that is a network without delays: only its membranes bridge the gap."),
        ([max(x) * len(x) + m * len(x) for x, m in cases],
         "layers may differ: each brings its own longest delay, not the longest of all."),
        ([sum(x) - m * len(x) for x, m in cases],
         "a memory helps: it brings together what the delays alone leave a little apart. Add it."),
        ([sum(x) * m for x, m in cases],
         "a memory is no factor: after the longest delay it lasts some steps more."),
    ]  # fmt: skip
    wrong = first_wrong(answers, truth)
    (longest, memory), (true, said) = cases[wrong], apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"delays of up to {longest} and a memory of {memory} steps in each layer reach {true}; you "
        f"say {said}.",
    )  # fmt: skip


@check
def exercise_8_2(parameters: Function) -> Answer:
    """What can learn between `inputs` and `hidden` neurons, for delays of a kind or recurrence."""
    kinds, sizes = ("axonal", "dendritic", "synaptic", "recurrent"), ((20, 30), (4, 3))
    extra = {
        "axonal": lambda n, h: n,
        "dendritic": lambda n, h: h,
        "synaptic": lambda n, h: n * h,
        "recurrent": lambda n, h: h * h,
    }

    def made(weights=lambda n, h: n * h, **other):
        costs = extra | other
        return [weights(n, h) + costs[kind](n, h) for n, h in sizes for kind in kinds]

    answers = [ask_number(parameters, n, h, kind) for n, h in sizes for kind in kinds]
    truth = made()
    if close(answers, truth):
        axonal, _, synaptic, recurrent = (answer - 600 for answer in answers[:4])
        return right(
            f"on top of 600 weights from 20 inputs to 30 neurons, axonal delays cost {axonal:g}, "
            f"synaptic {synaptic:g}, recurrence {recurrent:g}. Compare networks at one price."
        )
    mistakes = [
        (made(lambda n, h: 0), "those are the delays; the weights in front learn, too."),
        (made(axonal=extra["dendritic"], dendritic=extra["axonal"]),
         "axonal and dendritic are exchanged: an *axon* is the fibre that comes in, a dendrite "
         "belongs to the neuron that hears."),
        (made(recurrent=lambda n, h: h),
         "recurrent: each neuron hears *all* hidden neurons, so there are hidden × hidden weights, "
         "not one for each neuron."),
        (made(recurrent=lambda n, h: h * (h - 1)),
         "recurrent: a neuron may hear itself, too, so the weights fill the whole square."),
        (made(recurrent=lambda n, h: h * h - n * h),
         "recurrent: the weights from the inputs are still there, beside those among the neurons."),
        (made(synaptic=lambda n, h: n + h),
         "synaptic: a delay for each *connection*, and there are inputs × hidden of them."),
        (made(synaptic=lambda n, h: 0),
         "synaptic: every connection has a weight *and* a delay."),
        (made(axonal=lambda n, h: 1, dendritic=lambda n, h: 1),
         "axonal: not one delay for all, but one for each fibre that comes in; and dendritic, one "
         "for each hidden neuron."),
        (made(axonal=extra["synaptic"], dendritic=extra["synaptic"], recurrent=extra["synaptic"]),
         "a delay for each connection is right for \"synaptic\" only."),
    ]  # fmt: skip
    cases = [(n, h, kind) for n, h in sizes for kind in kinds]
    wrong = first_wrong(answers, truth)
    (n, h, kind), (true, said) = cases[wrong], apart(truth[wrong], answers[wrong])
    return first_hint(
        answers, mistakes,
        f"{kind}: from {n} inputs to {h} neurons there are {n * h} weights, and "
        f"{truth[wrong] - n * h} more that learn, {true} in all; you say {said}.",
    )  # fmt: skip


@check
def exercise_8_3(next_potential: Function) -> Answer:
    """One step of leaky neurons `(n, neuron)` that hear each other's last spikes."""
    generator = torch.Generator().manual_seed(0)
    v, current, weight = (torch.randn(4, 4, generator=generator) for _ in range(3))
    s = (torch.rand(4, 4, generator=generator) < 0.5).float()
    decay = leak(5)
    answer = ask_tensor(next_potential, v, s, current, weight, decay, shape=v.shape)
    left = decay * v * (1 - s)
    if close(answer, left + current + s @ weight, 1e-5):
        return _around_a_ring(next_potential, decay)
    mistakes = [
        (left + current, "nobody hears anybody: the last spikes must pass `weight`."),
        (left + s @ weight, "the `current` from outside is missing."),
        (decay * v + current + s @ weight,
         "the reset is missing: a neuron that has just fired starts from 0."),
        (v * (1 - s) + current + s @ weight,
         "nothing leaks: `decay` is the share of the potential that a step leaves."),
        (left + current + s @ weight.T,
         "the wrong way round: `weight` leads from its row to its column, so s @ weight. Here "
         "everybody hears those that should hear them."),
        (left + current + weight @ s,
         "weight @ s adds up over sounds. Neurons are the last axis of `s`, so s @ weight."),
        (left + current + v @ weight,
         "neurons hear each other's *spikes*; a potential stays inside."),
        (left + current + s * weight,
         "s * weight multiplies place by place; a neuron *adds up* what all send: s @ weight."),
        (decay * v * s + current + s @ weight,
         "who fired keeps its potential here, and who was silent is reset: take 1 - s."),
        (decay * (v + current + s @ weight) * (1 - s),
         "what arrives now is reset and leaks, too. Only the old potential does."),
        ((decay * v + current + s @ weight) * (1 - s),
         "a neuron that has just fired hears nothing here. Reset only its old potential."),
        (decay * (v - s) + current + s @ weight,
         "the reset takes the threshold away; the course's neurons start from 0 after a spike."),
        (decay * v - s + current + s @ weight,
         "the reset takes the threshold away; the course's neurons start from 0 after a spike."),
    ]  # fmt: skip
    hint = first_hint(answer, mistakes, "")
    if hint.words:
        return hint
    if close(ask_tensor(next_potential, v, 0 * s, 0 * current, weight, decay), decay * v, 1e-5):
        return not_yet(
            "without spikes and current it is right. Then what arrives: `current`, and row i of "
            "`weight` for every neuron i that has fired."
        )
    return not_yet("without spikes and current all that is left is `decay` of the old potential.")


def _around_a_ring(next_potential, decay, neurons=8):
    """Push one neuron of a ring, step by step with the reader's function, until it fires again."""
    weight = 1.2 * torch.eye(neurons).roll(1, 1)
    v, s = torch.zeros(2, 1, neurons)
    current = torch.zeros(neurons + 1, 1, neurons)
    current[0, 0, 0] = 1.5
    for step, now in enumerate(current):
        wanted = decay * v * (1 - s) + now + s @ weight
        v = ask_tensor(next_potential, v, s, now, weight, decay, shape=v.shape).float()
        if not close(v, wanted, 1e-5):
            return not_yet(
                f"right for 4 sounds and 4 neurons. With one sound and a ring of {neurons} "
                f"neurons it goes wrong at step {step}: use nothing but what the function is given."
            )
        s = (v >= 1).float()
    return right(
        f"round a ring of {neurons} neurons a spike comes back after {step} steps: "
        "a delay made of neurons."
    )
