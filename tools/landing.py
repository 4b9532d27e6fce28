"""The slider of the landing page: lesson 0's network, and the sound that a visitor moves."""

from __future__ import annotations

import copy
import functools
import math

import torch

from course_utils.drawings import lesson_0 as drawings
from course_utils.explore import choice, slider
from course_utils.explore.pages import page
from course_utils.explore.panel import frame
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

CONTROLS = {
    "ipd_deg": slider("where the sound is (IPD, degrees)", -90, 90, 10, 40),
    "network_is": choice("network", ["trained", "untrained"]),
}


def html() -> str:
    """Train as in lesson 0 (some seconds), and draw every position."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    network = Localiser(Stimulus(), Classes(12), hidden=30, generator=generator)
    networks = {"untrained": copy.deepcopy(network), "trained": network}
    fit(network, generator, epochs=8, soft_labels=0.5, progress=False)

    def point(ipd_deg, network_is):
        lottery = torch.Generator().manual_seed(1)
        sound = sample(1, Stimulus(), lottery, ipd=math.radians(ipd_deg))
        estimate = math.degrees(evaluate(networks[network_is], *sound).softmax_mean)
        return drawings.scene(sound[1][0], ipd_deg, estimate)

    return page(functools.partial(frame, point), CONTROLS, budget=38)
