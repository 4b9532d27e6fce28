"""Run the prototype's recipe as it was printed, and test it properly.

Every step is written anew from its description, its errors included: delays that advance, a
gradient multiplied by five times the delay, the spike read from the old potential and a reset one
step late, an initial bound from the wrong fan, one random phase for a whole data set. Controls
change one thing at a time. Rows are appended to `prototype_recipe.csv`; what is there already is
not run again.

    python -m figures.prototype_recipe [seed ...]
"""

import math
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from course_utils import tables
from course_utils.delays import shift_then_clip
from course_utils.neurons import leaky_readout, spike
from course_utils.stimuli import Classes, Stimulus, sample

TABLE = Path(__file__).with_name("prototype_recipe.csv")
STIMULUS, CLASSES = Stimulus(), Classes(12)
MAX_DELAY, TAU_MS, HIDDEN, BATCH, SAMPLES, EPOCHS = 50, 5, 30, 64, 4096, 25

# setting: (delays, phase of the training data, phase of the test data, ears)
SETTINGS = {
    "as printed": ("learned", "one", "each", "both"),
    "as printed, delays frozen": ("frozen", "one", "each", "both"),
    "a phase each": ("learned", "each", "each", "both"),
    "a phase each, delays frozen": ("frozen", "each", "each", "both"),
    "a phase each, frozen at the ends": ("at the ends", "each", "each", "both"),
    "a phase each, no delays": ("zero", "each", "each", "both"),
    "one ear, one phase": ("frozen", "one", "the same one", "right"),
    "one ear, a phase each": ("frozen", "each", "each", "right"),
}

# Of the 200 learned delays that it printed, so many lay at either end.
AT_ZERO, AT_LONGEST = 22, 132


class RoundAndScale(torch.autograd.Function):
    """Clip to whole delays forward; backward, five times the delay times the gradient."""

    @staticmethod
    def forward(ctx, delays):
        ctx.save_for_backward(delays)
        return delays.clamp(0, MAX_DELAY - 1).round()

    @staticmethod
    def backward(ctx, grad):
        return 5 * grad * ctx.saved_tensors[0]


def advance(spikes, delays):
    """The prototype's delay layer: padded in front, sampled at +d, clipped."""
    images = F.pad(spikes, (0, 0, MAX_DELAY, 0)).permute(2, 0, 1)[:, None]  # time runs along x
    affine = torch.zeros(len(delays), 2, 3)
    affine[:, 0, 0] = affine[:, 1, 1] = 1
    affine[:, 0, 2] = 2 / images.shape[3] * RoundAndScale.apply(delays)
    grid = F.affine_grid(affine, images.shape, align_corners=False)
    moved = F.grid_sample(images, grid, align_corners=False)
    return moved[:, 0, :, MAX_DELAY : STIMULUS.steps].permute(1, 2, 0)


def late_reset_neurons(current):
    """The prototype's hidden layer: it compares the potential of the step before."""
    decay = math.exp(-STIMULUS.dt_ms / TAU_MS)
    v = s = torch.zeros_like(current[:, 0])
    out = [s]
    for t in range(current.shape[1] - 1):
        new_v = (decay * v + current[:, t]) * (1 - s)
        s = spike(v - 1, "sigmoid", 5)
        v = new_v
        out.append(s)
    return torch.stack(out, dim=1)


def readout(hidden, weight):
    """Its leaky outputs also start one step late; the time-mean is a fixed weighting."""
    late = leaky_readout(hidden[:, :-1], weight, TAU_MS)
    return late * (hidden.shape[1] - 1) / hidden.shape[1]


def data(phase, ears, generator):
    """`SAMPLES` sounds; `phase` None draws one for each."""
    ipd, spikes = sample(SAMPLES, STIMULUS, generator, phase=phase)
    if ears == "right":
        spikes[:, :, : STIMULUS.fibres_per_ear] = False
    return ipd, spikes


def at_the_ends(delays, seed):
    """Put as many of the `delays` to either end as the prototype printed there, by chance."""
    order = torch.randperm(len(delays), generator=torch.Generator().manual_seed(3000 + seed))
    low, high = order[:AT_ZERO], order[AT_ZERO : AT_ZERO + AT_LONGEST]
    return delays.index_fill(0, low, 0).index_fill(0, high, MAX_DELAY - 1)


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    delays_are, train_phase, test_phase, ears = setting
    begin = time.perf_counter()
    generator = torch.Generator().manual_seed(seed)
    one = float(torch.rand(1, generator=generator)) * 2 * math.pi
    ipd, spikes = data(one if train_phase == "one" else None, ears, generator)
    test_ipd, test_spikes = data(one if test_phase == "the same one" else None, ears, generator)
    learned = delays_are == "learned"
    delays = torch.randint(1, MAX_DELAY, (STIMULUS.channels,), generator=generator).float()
    if delays_are == "at the ends":
        delays = at_the_ends(delays, seed)
    delays = (delays * (delays_are != "zero")).requires_grad_(learned)
    if not learned:  # shifted once: nothing will change
        spikes = shift_then_clip(spikes, delays, MAX_DELAY).bool()
        test_spikes = shift_then_clip(test_spikes, delays, MAX_DELAY).bool()
    shape = (STIMULUS.channels, HIDDEN), (HIDDEN, CLASSES.n)
    weights = [
        ((2 * torch.rand(s, generator=generator) - 1) / s[1] ** 0.5).requires_grad_() for s in shape
    ]

    def forward(batch):
        batch = advance(batch.float(), delays) if learned else batch.float()
        return readout(late_reset_neurons(batch @ weights[0]), weights[1])

    optimisers = [torch.optim.Adam(weights, lr=0.01)]
    if learned:
        optimisers.append(torch.optim.Adam([delays], lr=1.0))  # 1e-3 s is one step
    label = CLASSES.index(ipd)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(SAMPLES, generator=generator).split(BATCH):
            loss = F.cross_entropy(forward(spikes[chosen]), label[chosen])
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
    with torch.no_grad():
        winner = torch.cat([forward(part).argmax(1) for part in test_spikes.split(512)])
    accuracy = float((winner == CLASSES.index(test_ipd)).double().mean())
    error = float(torch.rad2deg((CLASSES.midpoint(winner) - test_ipd).abs()).mean())
    applied = delays.detach().clamp(0, MAX_DELAY - 1)
    at_bound = float(((applied == 0) | (applied == MAX_DELAY - 1)).double().mean())
    return {
        "accuracy": f"{accuracy:.4f}",
        "error_deg": f"{error:.3f}",
        "at_bound": f"{at_bound:.3f}",
        "last_loss": f"{float(loss.detach()):.3f}",
        "seconds": f"{time.perf_counter() - begin:.0f}",
    }


if __name__ == "__main__":
    tables.fill(TABLE, SETTINGS, [int(seed) for seed in sys.argv[1:]] or range(5), run)
