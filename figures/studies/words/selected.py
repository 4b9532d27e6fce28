"""Delays by selection: synapses that carry little are given up, and grow anew with other delays.

As in DEEP R (Bellec et al. 2018) and RigL (Evci et al. 2020), with nothing but chance in what
grows: no delay has a gradient.
"""

import torch

SHARE = 0.1  # of each neuron's synapses, each time


class Selection:
    """What is called again and again while a network learns.

    Parameters
    ----------
    network : Listener
        With synaptic delays in its first layer; these and the channels that a neuron hears change.
    generator : torch.Generator
        Draws new delays, and new channels where a neuron hears a few only.
    """

    def __init__(self, network, generator: torch.Generator):
        self.network, self.generator = network, generator

    @torch.no_grad()
    def __call__(self, weights: torch.optim.Optimizer) -> None:
        """Let the smallest weights go; what grows begins at 0, forgotten by the optimiser."""
        weight, delays = self.network.weights[0], self.network.delays[0].delays
        heard = self.network.heard.bool()
        fan_in = int(heard[:, 0].sum())
        count = max(1, round(SHARE * fan_in))
        size = weight.abs().masked_fill(~heard, float("inf"))
        gone = size.argsort(0)[:count]  # (count, neurons)
        free = heard.scatter(0, gone, False)
        chance = torch.rand(weight.shape, generator=self.generator).masked_fill(free, -1.0)
        grown = chance.argsort(0, descending=True)[:count]
        self.network.heard.copy_(free.scatter(0, grown, True))
        drawn = torch.randint(
            self.network.delays[0].max_delay + 1, grown.shape, generator=self.generator
        )
        delays.scatter_(0, grown, drawn.to(delays.dtype))
        weight.scatter_(0, gone, 0.0)
        weight.scatter_(0, grown, 0.0)
        for memory in weights.state[weight].values():
            if memory.shape == weight.shape:
                memory.scatter_(0, grown, 0.0)
