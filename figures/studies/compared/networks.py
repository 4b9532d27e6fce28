"""First delays whose lags cover a cycle evenly over the seeds, and the network of a condition."""

import math
from dataclasses import dataclass

import torch
from torch.nn.utils import parametrize

from course_utils.clicks import ClickPair
from course_utils.deeper import DeepLocaliser, RecurrentLocaliser
from course_utils.delays import DelayLayer
from course_utils.network import DirectionNetwork, Localiser
from course_utils.neurons import recurrent_lif
from course_utils.stimuli import Classes, Stimulus
from figures.studies import study
from figures.studies.compared import plan
from figures.studies.compared.constraints import CONSTRAINTS


def lags(index: int, seeds: int, shape: tuple, generator: torch.Generator) -> torch.Tensor:
    """Lags as a share of a cycle, stratified: each of `seeds` seeds has a part of its own.

    Parameters
    ----------
    index : int
        Which of the seeds it is, from 0.
    seeds : int
    shape : tuple
        A lag for each element; which seed gets which part is shuffled for each.
    generator : torch.Generator
        Draws the place within the part.
    """
    shuffle = torch.Generator().manual_seed(seeds)  # the same for all seeds: they share the parts
    part = torch.rand(seeds, *shape, generator=shuffle, dtype=torch.float64).argsort(0)[index]
    return (part + torch.rand(shape, generator=generator, dtype=torch.float64)) / seeds


def first_delays(place, first: str, seeds, seed: int, hidden: int) -> torch.Tensor:
    """First delays in steps, left ear first; `seeds` are all those among which lags are spread.

    The lag of a right fibre (behind its partner on the left) counts modulo the range of delays,
    which is one cycle of the tone.
    """
    shape = (place.fibres, hidden) if place.synaptic else (place.fibres,)
    whole = (hidden,) if place.dendritic else (2 * shape[0], *shape[1:])
    if first == "zero":
        return torch.zeros(whole)
    if first == "bank":
        return study.bank(place.fibres)
    generator = torch.Generator().manual_seed(30_000 + seed)
    if place.dendritic:  # there is no lag between the ears to spread
        return plan.MAX_DELAY * torch.rand(whole, generator=generator)
    which = seeds.index(seed)
    if first in ("random", "whole"):
        left = torch.rand(shape, generator=generator, dtype=torch.float64)
        lag = lags(which, len(seeds), shape, generator)
    else:  # even
        left = torch.arange(place.fibres, dtype=torch.float64) * study.GOLDEN
        left = left + torch.rand((), generator=generator, dtype=torch.float64)
        lag = lags(which, len(seeds), (), generator)
    delays = plan.MAX_DELAY * torch.cat([left % 1, (left + lag) % 1]).float()
    return delays.round() if first == "whole" else delays


def network_of(place, condition, seeds, seed: int) -> DirectionNetwork:
    """The network of a condition, before it has learned anything."""
    if place.layers is not None:
        return two_layers(place, condition, seed)
    hidden = place.hidden_of(condition)
    init = first_delays(place, condition.first, seeds, seed, hidden)
    task, classes = stimulus_of(place, seed), Classes(place.classes)
    how = dict(tau_ms=plan.TAU_MS, generator=torch.Generator().manual_seed(seed))
    if condition.recurrent:
        layer = DelayLayer(task.channels, plan.MAX_DELAY, init=init, generator=how["generator"])
        return DelaysAndRecurrence(
            layer.requires_grad_(condition.delays), task, classes, hidden, **how
        )
    network = Localiser(
        task,
        classes,
        hidden,
        plan.MAX_DELAY,
        estimator=condition.estimator,
        init=init,
        kind=place.kind if place.synaptic or place.dendritic else "axonal",
        learn_delays=condition.delays,
        **how,
    )
    network.w_hidden.requires_grad_(condition.weights)
    if condition.constraint is not None:
        own = torch.Generator().manual_seed(40_000 + seed)
        constraint = CONSTRAINTS[condition.constraint](network.w_hidden, own)
        parametrize.register_parametrization(network, "w_hidden", constraint)
    return network


class DelaysAndRecurrence(RecurrentLocaliser):
    """Delays in front of neurons that hear each other; `delay` is a layer of axonal delays."""

    def __init__(self, delay, *task_classes_hidden, **how):
        super().__init__(*task_classes_hidden, **how)
        self.delay = delay

    def hidden_spikes(self, spikes):
        """Spikes of the hidden neurons, `(n, time - max_delay, hidden)`."""
        current = self.delay.then_linear(spikes, self.w_hidden)
        return recurrent_lif(current, self.w_recurrent, self.tau_ms, **self.neuron)


@dataclass(frozen=True)
class OnePhase(Stimulus):
    """A tone that always begins at the same phase, in radians."""

    phase: float = 0

    def sample(self, n, generator, ipd=None, phase=None):
        """As `Stimulus.sample`, with a phase of its own where none is given."""
        return super().sample(n, generator, ipd, self.phase if phase is None else phase)


def stimulus_of(place, seed: int = 0) -> Stimulus:
    """A tone, so long that the network hears `WINDOW_MS` of it whatever waits."""
    sound = dict(duration_ms=plan.WINDOW_MS + plan.MAX_DELAY, fibres_per_ear=place.fibres)
    if not place.one_phase:
        return Stimulus(**sound)
    drawn = torch.rand((), generator=torch.Generator().manual_seed(60_000 + seed))
    return OnePhase(**sound, phase=2 * math.pi * float(drawn))


def two_layers(place, condition, seed: int) -> DeepLocaliser:
    """Delays in front of each layer that has a range; all drawn evenly, from the seed alone."""
    task, classes, padding = stimulus_of(place), Classes(place.classes), "clip"
    if place.clicks:
        task, padding = ClickPair(place.fibres), "causal"
    return DeepLocaliser(
        task,
        classes,
        (place.hidden, place.hidden),
        place.layers,
        padding=padding,
        tau_ms=plan.TAU_MS,
        learn_delays=condition.delays,
        generator=torch.Generator().manual_seed(seed),
    )
