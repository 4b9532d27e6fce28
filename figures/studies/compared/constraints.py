"""What makes life hard for the weights into the hidden neurons: parametrisations of `w_hidden`."""

import torch
from torch import nn

WEIGHT_NOISE, THRESHOLD_NOISE = 0.3, 0.1


class Ternary(nn.Module):
    """-s, 0 or +s forward, with one s for all; backward as if they were not (Li & Liu 2016)."""

    def __init__(self, weight, generator):
        super().__init__()

    def forward(self, weight):
        """`(channels, hidden)` in, the same shape out."""
        size = weight.detach().abs()
        kept = size > 0.7 * size.mean()
        coarse = weight.detach().sign() * kept * size[kept].mean()
        return weight + (coarse - weight).detach()


class FixedSign(nn.Module):
    """Every weight keeps the sign that it was drawn with; its size learns."""

    def __init__(self, weight, generator):
        super().__init__()
        self.register_buffer("sign", weight.detach().sign())

    def forward(self, weight):
        """`(channels, hidden)` in, the same shape out."""
        return self.sign * weight.abs()


class Sparse(nn.Module):
    """Every hidden neuron hears so many fibres of each ear, drawn once; larger weights make up."""

    def __init__(self, weight, generator, per_ear):
        super().__init__()
        channels, hidden = weight.shape
        drawn = torch.rand(2, channels // 2, hidden, generator=generator).argsort(1) < per_ear
        self.register_buffer("kept", drawn.view(channels, hidden) * (channels / 2 / per_ear) ** 0.5)

    def forward(self, weight):
        """`(channels, hidden)` in, the same shape out."""
        return self.kept * weight


class Noisy(nn.Module):
    """In every pass all weights are a little off, and so are all thresholds.

    A neuron with a threshold of 1 + e is one whose weights are divided by it.
    """

    def __init__(self, weight, generator):
        super().__init__()
        self.passes = int(torch.randint(2**40, (), generator=generator))

    def forward(self, weight):
        """`(channels, hidden)` in, the same shape out."""
        generator, self.passes = torch.Generator().manual_seed(self.passes), self.passes + 1
        off = 1 + WEIGHT_NOISE * torch.randn(weight.shape, generator=generator)
        threshold = 1 + THRESHOLD_NOISE * torch.randn(weight.shape[1], generator=generator)
        return weight * off / threshold.clamp(min=0.5)


CONSTRAINTS = {
    "ternary weights": Ternary,
    "fixed signs": FixedSign,
    "1 synapse per ear": lambda *drawn: Sparse(*drawn, per_ear=1),
    "2 synapses per ear": lambda *drawn: Sparse(*drawn, per_ear=2),
    "noise": Noisy,
}
