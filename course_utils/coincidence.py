"""The delays-only network: every output waits for both ears and asks how well they agree."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from . import arguments as valid
from .delays import DelayLayer, Rule
from .network import DirectionNetwork
from .neurons import leak
from .stimuli import Classes, Stimulus

SYNAPSES = ("multiplicative", "subtractive")
"""How a coincidence network may combine its ears, see `CoincidenceNetwork`."""


class CoincidenceNetwork(DirectionNetwork):
    """One delay for each fibre and direction, one gain for all, and no weights.

    Every spike leaves a trace that decays with `tau_ms`. An output averages the traces of its
    delayed left fibres and of its delayed right fibres, l(t) and r(t), and its score is the mean
    over time of `l r` (multiplicative) or of `-|l - r|` (subtractive). After Jeffress (1948).

    The left ear waits half the longest delay and does not learn: a common shift of both ears
    changes nothing, so one of them can be the clock.

    Parameters
    ----------
    stimulus : Stimulus
    classes : Classes
    max_delay : int
        Longest delay, in steps; even, so that its half is whole.
    tau_ms : float
        Time constant of the traces, in ms; an attribute that may be annealed.
    synapse : "multiplicative" or "subtractive"
    estimator, init
        Of the right ear's delays, see `delays.DelayLayer`.
    learn_delays : bool
        If False only the gain learns.
    generator : torch.Generator
        Source of the first delays.

    Attributes
    ----------
    left, right : DelayLayer, synaptic, delays `(fibres_per_ear, classes)` in steps
    log_gain : Parameter, a number
        Logarithm of the factor from scores to logits.

    Raises
    ------
    ValueError, TypeError
        For an odd or too long `max_delay`, an unknown synapse, or a bad time constant.
    """

    def __init__(
        self,
        stimulus: Stimulus,
        classes: Classes,
        max_delay: int = 30,
        *,
        tau_ms: float = 5,
        synapse: str = "multiplicative",
        estimator: str | Rule = "linear",
        init: str | float | Tensor = "uniform",
        learn_delays: bool = True,
        generator: torch.Generator,
    ) -> None:
        if not isinstance(stimulus, Stimulus):
            kind = type(stimulus).__name__
            raise TypeError(f"stimulus must be a stimuli.Stimulus, not {kind}")
        super().__init__(stimulus, classes)
        self.stimulus = stimulus
        valid.delay_range(max_delay, stimulus.steps)
        if max_delay % 2:
            raise ValueError(f"max_delay must be an even number of steps, not {max_delay}")
        self.tau_ms, _ = valid.time_constant(tau_ms, stimulus.dt_ms)
        self.synapse = valid.one_of("synapse", synapse, SYNAPSES)
        shape: dict[str, Any] = dict(kind="synaptic", outputs=classes.n, generator=generator)
        fibres = stimulus.fibres_per_ear
        self.right = DelayLayer(fibres, max_delay, estimator, init, **shape)
        self.left = DelayLayer(fibres, max_delay, init=max_delay / 2, **shape)
        self.right.requires_grad_(learn_delays)
        self.left.requires_grad_(False)
        self.log_gain = nn.Parameter(torch.tensor(math.log(10.0)))

    def internal_delay_ms(self) -> Tensor:
        """How much longer the right ear waits than the left, `(fibres_per_ear, classes)` in ms."""
        return (self.right.delays - self.left.delays).detach() * self.stimulus.dt_ms

    def scores(self, spikes: Tensor) -> Tensor:
        """How well the ears agree, `(n, classes)`; spikes are `(n, time, channels)`."""
        spikes = valid.spike_tensor("spikes", spikes, self.stimulus.channels)
        ears = spikes.split(self.stimulus.fibres_per_ear, dim=2)
        left, right = (
            self._trace(layer.then_linear(ear, torch.full_like(layer.delays, 1 / layer.channels)))
            for layer, ear in zip((self.left, self.right), ears, strict=True)
        )
        agreement = left * right if self.synapse == "multiplicative" else -(left - right).abs()
        return agreement.mean(1)

    def forward(self, spikes: Tensor) -> Tensor:
        """Scores times the gain, `(n, classes)`."""
        return self.log_gain.exp() * self.scores(spikes)

    def _trace(self, current: Tensor) -> Tensor:
        """Leaky sum of `(n, time, class)`, scaled to the mean of its input."""
        decay = leak(self.tau_ms, self.stimulus.dt_ms)
        ago = torch.arange(current.shape[1], device=current.device)
        ago = ago[:, None] - ago
        response = torch.where(ago >= 0, (1 - decay) * decay ** ago.clamp(min=0), 0.0)
        return torch.einsum("ts,nsk->ntk", response.to(current.dtype), current)


def jeffress_delays(stimulus: Stimulus, classes: Classes, max_delay: int) -> Tensor:
    """Right ear's delays that make up for the IPD in the middle of each class.

    A sound at IPD p reaches the right ear p / (2 pi f) early, so there it has to wait as much
    longer than the left ear, which waits `max_delay / 2`. (Jeffress 1948.)

    Returns
    -------
    tensor `(fibres_per_ear, classes)`, in steps, for `CoincidenceNetwork(init=...)`
    """
    lead = classes.midpoints / (2 * math.pi) * stimulus.steps_per_cycle
    return (max_delay / 2 + lead).float().expand(stimulus.fibres_per_ear, -1).clone()
