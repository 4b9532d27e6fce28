"""The most natural mistakes with networks and training get a sentence, not torch's words."""

import math

import pytest
import torch

from course_utils import observer, tables
from course_utils.clicks import ClickPair
from course_utils.coincidence import CoincidenceNetwork
from course_utils.deeper import DeepLocaliser
from course_utils.delay_optimizer import Anneal, DelayOptimizer, SigmaSchedule
from course_utils.network import Localiser
from course_utils.neurons import recurrent_lif
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

STIMULUS, CLASSES = Stimulus(fibres_per_ear=2, duration_ms=80), Classes(4)
ANGLE, SPIKES = sample(16, STIMULUS, torch.Generator().manual_seed(0))


def seeded():
    return torch.Generator().manual_seed(0)


def network():
    return Localiser(STIMULUS, CLASSES, 3, 10, generator=seeded())


def deep(**change):
    return DeepLocaliser(
        STIMULUS, CLASSES, **(dict(max_delays=(5, 5)) | change), generator=seeded()
    )


def train(**change):
    quick = dict(steps_per_epoch=1, batch_size=4, validation_samples=8, progress=False)
    return fit(network(), seeded(), 1, **quick | change)


DELAYS = torch.zeros(3, requires_grad=True)
ROWS = [dict(setting="a", seed=float(k), error=float(k)) for k in range(3)]
MISTAKES = {
    "classes is a number": (
        lambda: Localiser(STIMULUS, 12, generator=seeded()),
        TypeError, "classes must be a stimuli.Classes, such as Classes.12., not 12",
    ),
    "task is a class": (
        lambda: Localiser(Stimulus, CLASSES, generator=seeded()),
        TypeError, "task must be a stimuli.Task, such as a Stimulus, not .*Stimulus",
    ),
    "task of clicks": (
        lambda: CoincidenceNetwork(ClickPair(), CLASSES, generator=seeded()),
        TypeError, "stimulus must be a stimuli.Stimulus, not ClickPair",
    ),
    "chance of a number": (
        lambda: observer.chance(12), TypeError, "classes must be a stimuli.Classes.* not 12"
    ),
    "one hidden layer": (lambda: deep(hidden=5), TypeError, "hidden must be a pair .*, not 5"),
    "one longest delay": (lambda: deep(max_delays=5), TypeError, "max_delays must be a pair .* 5"),
    "three delays": (lambda: deep(max_delays=(5, 5, 5)), TypeError, "max_delays must be a pair"),
    "angles in a column": (
        lambda: evaluate(network(), ANGLE[:, None], SPIKES),
        ValueError, r"angle must have shape \(n,\), not \(16, 1\)",
    ),
    "data in a column": (
        lambda: train(data=(ANGLE[:, None], SPIKES)),
        ValueError, r"data must have angles of shape \(n,\), not \(16, 1\)",
    ),
    "whole delays": (lambda: train(whole_delays="up"), ValueError, "whole_delays must be one of"),
    "one schedule": (
        lambda: train(schedules=Anneal(network(), "tau_ms", 9, 5, 10)),
        TypeError, "schedules must be a sequence, not Anneal",
    ),
    "one beta": (
        lambda: DelayOptimizer([DELAYS], 10, betas=0.9),
        TypeError, "betas must be a pair of numbers, not 0.9",
    ),
    "a single beta": (
        lambda: DelayOptimizer([DELAYS], 10, betas=(0.9,)), TypeError, "betas must be a pair"
    ),
    "schedule of a network": (
        lambda: SigmaSchedule(network(), 10), TypeError, "layer must be a DelayLayer, not Localiser"
    ),
    "a gap that is none": (
        lambda: ClickPair().sample(2, seeded(), gap_ms=math.nan),
        ValueError, "gap_ms must be finite",
    ),
    "gaps too few": (
        lambda: ClickPair().sample(3, seeded(), gap_ms=torch.tensor([20.0, 30.0])),
        ValueError, r"gap_ms must be a single number or 3 numbers, not shape \(2,\)",
    ),
    "a gap in words": (
        lambda: ClickPair().sample(2, seeded(), gap_ms="20"),
        TypeError, "gap_ms must be a number or a tensor, not '20'",
    ),
    "a loop of NaN": (
        lambda: recurrent_lif(torch.zeros(1, 4, 2), torch.full((2, 2), math.nan), 5),
        ValueError, "recurrent must be finite",
    ),
    "a column that is none": (
        lambda: tables.paired_interval(ROWS, "b", dict(setting="a"), dict(setting="a")),
        ValueError, "column must be one of setting, seed, error, not 'b'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_natural_mistake_gets_a_sentence(name):
    act, error, says = MISTAKES[name]
    with pytest.raises(error, match=says):
        act()


def test_a_loop_over_no_time_is_silent():
    assert recurrent_lif(torch.zeros(2, 0, 3), torch.zeros(3, 3), 5).shape == (2, 0, 3)
