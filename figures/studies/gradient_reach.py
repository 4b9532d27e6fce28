"""Study 2b: from how far away does a gradient point home? Estimator × distance to the target.

A fibre with five spikes shall match itself, 30 steps late (lesson 3); the loss is the part that is
missed. `home_NN` is the share of 64 random fibres whose gradient, NN steps too early or too late,
points to the target; no gradient counts as wrong. `size_NN` is the mean size of the gradient.

    python -m figures.studies.gradient_reach [seed ...]
"""

from pathlib import Path

import torch

from course_utils.delays import (
    Bell,
    DelayLayer,
    Interpolate,
    Prototype,
    Round,
    Tent,
    shift_then_clip,
)
from figures.studies import study

FIBRES, SPIKES, GOAL, MAX_DELAY = 64, 5, 30, 50
DISTANCES = (1, 2, 3, 5, 8, 12, 16, 20)

RULES = {
    "linear": Interpolate(),
    "straight_through": Round(),
    "prototype": Prototype(),
    "gaussian, sigma 2": Bell(2.0),
    "gaussian, sigma 8": Bell(8.0),
    "triangle, half-width 8": Tent(8.0),
}


def run(seed, rule):
    """Gradients at every distance; returns the columns of a row."""
    generator = torch.Generator().manual_seed(seed)
    moments = 50 + torch.rand(FIBRES, 100, generator=generator).argsort(1)[:, :SPIKES]
    trains = torch.zeros(1, 200, FIBRES)
    trains[0, moments.T, torch.arange(FIBRES)] = 1
    wanted = shift_then_clip(trains, torch.full((FIBRES,), float(GOAL)), MAX_DELAY)
    row = {}
    for away in DISTANCES:
        home, size = [], []
        for side in (-1, 1):
            layer = DelayLayer(FIBRES, MAX_DELAY, rule, float(GOAL + side * away))
            (1 - (layer(trains) * wanted).sum((0, 1)) / SPIKES).sum().backward()
            home.append((layer.delays.grad * side > 1e-6).float())
            size.append(layer.delays.grad.abs())
        row[f"home_{away:02d}"] = f"{float(torch.cat(home).mean()):.4f}"
        row[f"size_{away:02d}"] = f"{float(torch.cat(size).mean()):.5f}"
    return row


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), RULES, run)
