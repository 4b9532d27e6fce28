"""Plasticity selects delays: what can neurons point at that nobody teaches?

Thirty neurons hear a hundred fibres per ear through frozen random delays, as in lesson 6. Spike
timing alone moves their weights (Gerstner, Kempter, van Hemmen and Wagner 1996), while they hear
sounds from everywhere and hold each other back. Then they rest, and one readout is fitted to their
spikes, in the same way for all settings. `strength` is the vector strength of the weights over
their delays' phases, `side_deg` how far from straight ahead the lags of the neurons lie on average.
The window and the inhibition were chosen on seed 100, which is not in the table.

    python -m figures.studies.stdp [seed ...] [--jobs N]
"""

import functools
import math
import time
from pathlib import Path

import torch

from course_utils import observer
from course_utils.delays import delayed_linear, shift_then_clip
from course_utils.neurons import readout_weighting, recurrent_lif
from course_utils.stimuli import Classes, Stimulus, sample
from figures.studies import study

STIMULUS, CLASSES, NEURONS, MAX_DELAY, TAU_MS = Stimulus(), Classes(36), 30, 50, 5.0
FIRST, LIMIT, RATE, INHIBITION = 0.006, 0.02, 6e-5, 0.2
UPDATES, SOUNDS, READ = 200, 32, 2048
UP_MS, DOWN_MS, BALANCE = 5.0, 10.0, 1.4
ONE_LAG = 12.0  # steps: the best of `one_number.csv`

WAYS = (
    "random weights",
    "selected",
    "selected, then shuffled",
    "selected, no inhibition",
    "selected, one lag",
)


def settings():
    """Every way once."""
    return {way: dict(way=way) for way in WAYS}


def learning_window(steps, up_ms=UP_MS, down_ms=DOWN_MS, balance=BALANCE):
    """Change for a spike in each step (row) and an arrival in each step (column).

    An arrival before the spike, or with it, adds `exp(-lead / up_ms)`; one after it takes away, and
    all it may take is `balance` times all that may be added. Steps are of 1 ms.
    """
    lead = torch.arange(steps)[:, None] - torch.arange(steps).float()
    before, after = torch.exp(-lead / up_ms) * (lead >= 0), torch.exp(lead / down_ms) * (lead < 0)
    up = 1 / (1 - math.exp(-1 / up_ms))
    down = 1 / (math.exp(1 / down_ms) - 1)
    return before - balance * up / down * after


def change(arriving, fired, window):
    """Mean over sounds of the window, summed over all pairs of arrival and spike.

    From `(n, time, fibre)` and `(n, time, neuron)` to `(fibre, neuron)`.
    """
    wanted = torch.einsum("ts,ntk->nsk", window, fired)
    return arriving.flatten(0, 1).T @ wanted.flatten(0, 1) / len(arriving)


def inhibition(strength):
    """Each spike takes `strength` from all other neurons, a step later."""
    return -strength * (1 - torch.eye(NEURONS))


def selected(weights, delays, generator, strength=INHIBITION):
    """Weights after the rule has had sounds from everywhere."""
    window = learning_window(STIMULUS.steps - MAX_DELAY)
    for _ in range(UPDATES):
        _, spikes = sample(SOUNDS, STIMULUS, generator)
        arriving = shift_then_clip(spikes.float(), delays, MAX_DELAY)
        fired = recurrent_lif(arriving @ weights, inhibition(strength), TAU_MS)
        weights = (weights + RATE * change(arriving, fired, window)).clamp(0, LIMIT)
    return weights


def hidden_spikes(weights, delays, spikes):
    """Spikes of the neurons that hold each other back, `(n, time, neuron)`."""
    current = delayed_linear(spikes, delays, weights, MAX_DELAY)
    return recurrent_lif(current, inhibition(INHIBITION), TAU_MS)


def pointing_error(heard, seed):
    """Mean error in degrees of a readout that is fitted to what `heard(spikes)` fires.

    Softmax regression on the time-means of leaky readouts, with soft labels, as the course trains
    its readouts; but here to its minimum, by L-BFGS, on the same sounds for all.
    """

    def listen(n, seed):
        ipd, spikes = sample(n, STIMULUS, torch.Generator().manual_seed(seed))
        parts = [heard(part).transpose(1, 2) for part in spikes.split(512)]
        return ipd, torch.cat([p @ readout_weighting(p.shape[2], TAU_MS) for p in parts])

    ipd, first = listen(READ, 3000 + seed)
    mean, spread = first.mean(0), first.std(0).clamp(min=1e-6)
    middles = CLASSES.midpoints.float()
    labels = torch.softmax(-(((ipd[:, None] - middles) / CLASSES.width) ** 2) / 2, dim=1)
    readout = torch.zeros(NEURONS + 1, CLASSES.n, requires_grad=True)
    optimiser = torch.optim.LBFGS([readout], max_iter=80, line_search_fn="strong_wolfe")

    def logits(values):
        values = (values - mean) / spread
        return torch.cat([values, torch.ones(len(values), 1)], 1) @ readout

    def loss():
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(logits(first), labels)
        value = value + 1e-4 * readout.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    ipd, fresh = listen(READ, 1000 + seed)
    with torch.no_grad():
        answer = torch.softmax(logits(fresh), dim=1) @ middles
    return math.degrees((answer - ipd).abs().mean())


def resultants(weights, delays):
    """Mean of the delays' phases, weighted, as complex numbers `(ear, neuron)`."""
    phases = 2 * math.pi * delays / STIMULUS.steps_per_cycle
    ears = (weights * torch.exp(1j * phases)[:, None]).unflatten(0, (2, -1)).sum(1)
    return ears / weights.unflatten(0, (2, -1)).sum(1).clamp(min=1e-12)


def run(seed, setting):
    """Let one population mature and measure it; returns the columns of a row."""
    torch.set_num_threads(1)
    way = setting["way"]
    generator = torch.Generator().manual_seed(seed)
    network = study.network_of(study.DEFAULTS | dict(delays="frozen random"), generator)
    delays = network.delay.delays.detach().round()
    if way == "selected, one lag":
        ears = torch.tensor([-ONE_LAG / 2, ONE_LAG / 2]).repeat_interleave(len(delays) // 2)
        delays = MAX_DELAY / 2 + ears
    weights = FIRST * (0.5 + torch.rand(2 * STIMULUS.fibres_per_ear, NEURONS, generator=generator))
    begin = time.process_time()
    if way.startswith("selected"):
        strength = 0 if way == "selected, no inhibition" else INHIBITION
        weights = selected(weights, delays, generator, strength)
    seconds = time.process_time() - begin
    if way == "selected, then shuffled":
        mix = [torch.randperm(STIMULUS.fibres_per_ear, generator=generator) for _ in range(2)]
        weights = torch.cat([half[m] for half, m in zip(weights.chunk(2), mix, strict=True)])
    heard = functools.partial(hidden_spikes, weights, delays)
    left, right = resultants(weights, delays)
    lag_deg = torch.rad2deg(torch.angle(right * left.conj()))
    return setting | {
        "error_deg": f"{pointing_error(heard, seed):.3f}",
        "strength": f"{torch.stack([left, right]).abs().mean():.4f}",
        "side_deg": f"{lag_deg.abs().mean():.2f}",
        "bound_deg": f"{observer.cramer_rao(STIMULUS, study.WINDOW_MS):.3f}",
        "seconds": f"{seconds:.1f}",
    }


if __name__ == "__main__":
    study.main(Path(__file__).with_suffix(".csv"), settings(), run)
