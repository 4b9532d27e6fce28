"""First delays whose lags cover a cycle evenly over the seeds, and the network of a condition."""

import torch
from torch.nn.utils import parametrize

from course_utils.clicks import ClickPair
from course_utils.deeper import DeepLocaliser
from course_utils.network import DirectionNetwork, Localiser
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
    shape = (place.fibres,) if place.kind == "axonal" else (place.fibres, hidden)
    if first == "zero":
        return torch.zeros(2 * shape[0], *shape[1:])
    if first == "bank":
        return study.bank(place.fibres)
    generator = torch.Generator().manual_seed(30_000 + seed)
    which = seeds.index(seed)
    if first == "random":
        left = torch.rand(shape, generator=generator, dtype=torch.float64)
        lag = lags(which, len(seeds), shape, generator)
    else:  # even
        left = torch.arange(place.fibres, dtype=torch.float64) * study.GOLDEN
        left = left + torch.rand((), generator=generator, dtype=torch.float64)
        lag = lags(which, len(seeds), (), generator)
    return plan.MAX_DELAY * torch.cat([left % 1, (left + lag) % 1]).float()


def network_of(place, condition, seeds, seed: int) -> DirectionNetwork:
    """The network of a condition, before it has learned anything."""
    if place.layers is not None:
        return two_layers(place, condition, seed)
    hidden = place.hidden_of(condition)
    network = Localiser(
        stimulus_of(place),
        Classes(plan.CLASSES),
        hidden,
        plan.MAX_DELAY,
        tau_ms=plan.TAU_MS,
        estimator=condition.estimator,
        init=first_delays(place, condition.first, seeds, seed, hidden),
        kind=place.kind,
        learn_delays=condition.delays,
        generator=torch.Generator().manual_seed(seed),
    )
    network.w_hidden.requires_grad_(condition.weights)
    if condition.constraint is not None:
        own = torch.Generator().manual_seed(40_000 + seed)
        constraint = CONSTRAINTS[condition.constraint](network.w_hidden, own)
        parametrize.register_parametrization(network, "w_hidden", constraint)
    return network


def stimulus_of(place) -> Stimulus:
    """A tone, so long that the network hears `WINDOW_MS` of it whatever waits."""
    return Stimulus(duration_ms=plan.WINDOW_MS + plan.MAX_DELAY, fibres_per_ear=place.fibres)


def two_layers(place, condition, seed: int) -> DeepLocaliser:
    """Delays in front of each layer that has a range; all drawn evenly, from the seed alone."""
    task, classes, padding = stimulus_of(place), Classes(plan.CLASSES), "clip"
    if place.clicks:
        task, classes, padding = ClickPair(place.fibres), Classes(plan.CLICK_CLASSES), "causal"
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
