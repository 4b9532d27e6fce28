"""Draw `overview.png`, the picture of the whole course: spikes, delays, neurons, a pointer.

python -m figures.overview
"""

import math
from pathlib import Path

import torch

from course_utils import plots
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
        f"fibre has waited, the spikes of thirty neurons, and a pointer at {estimate:.0f} degrees.",
        1, 4, width=11, height=2.7, width_ratios=[1.5, 1, 1, 1.3],
    )  # fmt: skip
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
