"""The living view of the landing page: lesson 0's network, and the sound that a visitor moves."""

from __future__ import annotations

import copy
import math

import torch

from course_utils.drawings import lesson_0 as drawings
from course_utils.explore.living import view
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

IPD_DEG = 40


def html() -> str:
    """Train as in lesson 0 (some seconds), and let the network live."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    network = Localiser(Stimulus(), Classes(12), hidden=30, generator=generator)
    untrained = copy.deepcopy(network)
    fit(network, generator, epochs=8, soft_labels=0.5, progress=False)
    sound = sample(1, Stimulus(), generator, ipd=math.radians(IPD_DEG))
    answer = math.degrees(evaluate(network, *sound).softmax_mean)
    picture = drawings.scene(sound[1][0], IPD_DEG, answer)
    return view("network", picture, trained=network, untrained=untrained, ipd_deg=IPD_DEG)
