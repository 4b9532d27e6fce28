"""Draw `overview.png`, the whole course: spikes, delays, neurons, a pointer, and all its rooms.

python -m figures.overview
"""

import math
import textwrap
from pathlib import Path

import torch

from course_utils import plots
from course_utils.drawings import course_map
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

IPD_DEG = 40


def main():
    """Train a small network and draw one sound on its way through it."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    stimulus = Stimulus(fibres_per_ear=40)
    network = Localiser(stimulus, Classes(12), generator=generator)
    fit(network, generator, epochs=15, soft_labels=0.5)
    ipd, spikes = sample(1, stimulus, generator, ipd=math.radians(IPD_DEG), phase=0.0)
    with torch.no_grad():
        waiting, hidden = network.delay(spikes)[0] > 0.5, network.hidden_spikes(spikes)[0]
    estimate = math.degrees(float(evaluate(network, ipd, spikes).softmax_mean))

    figure, axes = plots.canvas(
        f"A sound {IPD_DEG} degrees to the right: spikes of both ears, the same spikes after each "
        f"fibre has waited, the spikes of thirty neurons, and a pointer at {estimate:.0f} degrees. "
        f"{plots.lead(spikes[0], 1000 / stimulus.frequency_hz).capitalize()}. Below, a room for "
        f"each lesson: {', '.join(name.rstrip('?') for name, _ in course_map.ROOMS)}.",
        2, 4, width=11, height=5, width_ratios=[1.5, 1, 1, 1.3], height_ratios=[1.45, 1],
    )  # fmt: skip
    axes, below = axes
    for panel in below:
        panel.remove()
    rooms = figure.add_subplot(below[0].get_gridspec()[1, :])
    course_map.draw(rooms)
    for n, (name, _) in enumerate(course_map.ROOMS):
        words = "\n".join(textwrap.wrap(f"{n} {name}", 12))
        rooms.text(n + 0.45, -0.08, words, ha="center", va="top", fontsize=10)
    rooms.set_ylim(-0.7, 0.94)
    start = network.delay.max_delay * stimulus.dt_ms
    plots.draw_raster(axes[0], spikes[0])
    plots.draw_raster(axes[1], waiting, start_ms=start)
    plots.draw_raster(axes[2], hidden, start_ms=start, two_ears=False)
    plots.draw_pointer(axes[3], IPD_DEG, estimate)
    titles = ("two ears hear", "each fibre waits", "neurons fire", "a readout points")
    for panel, title in zip(axes, titles, strict=True):
        panel.set_title(title)
    for panel in axes[:3]:
        panel.set_xlabel("time (ms)")
    axes[0].set_ylabel("fibre")
    axes[2].set_ylabel("neuron")
    Path(__file__).with_suffix(".png").write_bytes(plots.png(figure))
    print(plots.alt_text(figure))


if __name__ == "__main__":
    main()
