"""A network that hears words: delays, LIF neurons, a leaky readout for each word."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from .. import arguments as valid
from ..delays import DelayLayer, Rule
from ..network import DelayNetwork, uniform_weight
from ..neurons import chosen_surrogate, leaky_readout, lif, recurrent_lif

GAIN = 3.0
"""First weights into the neurons are so many times 1/sqrt(fan-in): a word is rarely loud."""
LOUDNESS = 10.0
"""Readouts are so many times their time-mean potential: the softmax would hardly see it else."""


class Listener(DelayNetwork):
    """Delays and LIF neurons, once or several times, and one leaky readout for each class.

    Every layer keeps the input's clock and starts in silence. Neurons of the first layer may hear
    a few channels only.

    Parameters
    ----------
    channels : int
        Bands of the cochlea.
    classes : int
        Words to tell apart.
    hidden : int or sequence of int
        LIF neurons of each layer.
    max_delay : int
        Longest delay in front of each layer, in steps; 0 for none.
    dt_ms, tau_ms : float
        One step, and the time constant of neurons and readout, in ms.
    kind, estimator, init
        See `delays.DelayLayer`; the last one is for the first layer, and the others draw theirs.
    fan_in : int
        Channels that each neuron of the first layer hears, drawn once; all of them if None.
    recurrent : bool
        Whether the neurons of the last layer hear each other one step later.
    learn_delays : bool
        If False the delays stay as they were drawn.
    generator : torch.Generator
        Source of the first weights and delays, and of who hears whom.

    Attributes
    ----------
    delays : list of DelayLayer
    weights : list of Parameter `(inputs, neurons)`
    heard : tensor `(channels, neurons)` of 0 and 1
    w_out : Parameter `(neurons, classes)`

    Raises
    ------
    ValueError, TypeError
        If a number is out of range, or a name unknown.
    """

    heard: Tensor

    def __init__(
        self,
        channels: int,
        classes: int,
        hidden: int | Sequence[int] = 32,
        max_delay: int = 25,
        *,
        dt_ms: float = 10,
        tau_ms: float = 20,
        kind: str = "synaptic",
        estimator: str | Rule = "linear",
        init: str | float | Tensor = "uniform",
        fan_in: int | None = None,
        recurrent: bool = False,
        learn_delays: bool = True,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        valid.random_generator(generator)
        valid.whole_number("channels", channels)
        valid.whole_number("classes", classes, low=2)
        self.tau_ms, self.dt_ms = valid.time_constant(tau_ms, dt_ms)
        fan_in = channels if fan_in is None else valid.whole_number("fan_in", fan_in)
        if fan_in > channels:
            raise ValueError(f"fan_in must be at most the {channels} channels, not {fan_in}")
        sizes = [hidden] if isinstance(hidden, int) else list(hidden)
        widths = [channels, *(valid.whole_number("hidden", size) for size in sizes)]
        if len(widths) == 1:
            raise ValueError("hidden must name at least one layer, not ()")
        self.delays, self.weights = nn.ModuleList(), nn.ParameterList()
        for inputs, neurons in zip(widths[:-1], widths[1:], strict=True):
            layer = DelayLayer(
                inputs, max_delay, estimator, init if not self.delays else "uniform", generator,
                kind=kind, outputs=None if kind == "axonal" else neurons, padding="causal",
            )  # fmt: skip
            self.delays.append(layer.requires_grad_(learn_delays and max_delay > 0))
            self.weights.append(uniform_weight(inputs, neurons, generator))
        drawn = torch.rand(channels, widths[1], generator=generator).argsort(0)
        self.register_buffer("heard", (drawn < fan_in).float())
        with torch.no_grad():
            for weight in self.weights:
                weight.mul_(GAIN)
            self.weights[0].mul_((channels / fan_in) ** 0.5)
        self.w_recurrent = uniform_weight(widths[-1], widths[-1], generator) if recurrent else None
        self.w_out = uniform_weight(widths[-1], classes, generator)
        surrogate, slope = chosen_surrogate(
            *(("superspike", 25) if recurrent else ("sigmoid", None))
        )
        self.neuron: dict[str, Any] = dict(surrogate=surrogate, slope=slope)

    def hidden_spikes(self, spikes: Tensor) -> list[Tensor]:
        """Spikes of each layer, each `(n, time, neurons)`, for `(n, time, channels)` of a nerve."""
        found, how = [spikes], dict(dt_ms=self.dt_ms, **self.neuron)
        last = len(self.weights) - 1
        for number, (delay, weight) in enumerate(
            zip(self.delay_layers(), self.weights, strict=True)
        ):
            current = delay.then_linear(found[-1], weight if number else weight * self.heard)
            if number == last and self.w_recurrent is not None:
                found.append(recurrent_lif(current, self.w_recurrent, self.tau_ms, **how))
            else:
                found.append(lif(current, self.tau_ms, **how))
        return found[1:]

    def forward(self, spikes: Tensor) -> Tensor:
        """`LOUDNESS` times the time-mean potential of each word's readout, `(n, classes)`.

        Raises
        ------
        ValueError, TypeError
            If `spikes` is not a finite `(n, time, channels)` tensor, bool or floating.
        """
        last = self.hidden_spikes(spikes)[-1]
        return LOUDNESS * leaky_readout(last, self.w_out, self.tau_ms, dt_ms=self.dt_ms)
