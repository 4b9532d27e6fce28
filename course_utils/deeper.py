"""Two layers of delays, and recurrence in their place: the networks of lesson 8."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from . import arguments as valid
from .delays import DelayLayer, Rule, valid_steps
from .network import DirectionNetwork, uniform_weight
from .neurons import chosen_surrogate, leaky_readout, lif, recurrent_lif
from .stimuli import Classes, Task


class DeepLocaliser(DirectionNetwork):
    """Delays, neurons, delays again, neurons again, and the readout.

    Parameters
    ----------
    task : Task
    classes : Classes
    hidden : pair of int
        Neurons of the two layers.
    max_delays : pair of int
        Longest delay in front of each, in steps; 0 for no delays there.
    padding : "clip" or "causal"
        "clip" is Method B in each layer, so that each takes its longest delay from the window.
        "causal" keeps the input's clock, starts in silence, and reads out every step.
    tau_ms, estimator, learn_delays, generator
        As in `network.Localiser`.

    Attributes
    ----------
    window : slice
        Steps of the input's clock that every channel of the last layer fills.

    Raises
    ------
    ValueError, TypeError
        If nothing is left of the stimulus, or a number is out of range.
    """

    def __init__(
        self,
        task: Task,
        classes: Classes,
        hidden: tuple[int, int] = (30, 30),
        max_delays: tuple[int, int] = (25, 25),
        *,
        padding: str = "clip",
        tau_ms: float = 5,
        estimator: str | Rule = "linear",
        learn_delays: bool = True,
        generator: torch.Generator,
    ) -> None:
        super().__init__(task, classes)
        valid.random_generator(generator)
        valid.one_of("padding", padding, ("clip", "causal"))
        hidden, max_delays = valid.pair("hidden", hidden), valid.pair("max_delays", max_delays)
        self.tau_ms, _ = valid.time_constant(tau_ms, task.dt_ms)
        self.padding, self.window = padding, valid_steps(task.steps, *max_delays)
        widths = [task.channels, *(valid.whole_number("hidden", h) for h in hidden)]
        self.delays, self.weights = nn.ModuleList(), nn.ParameterList()
        for inputs, outputs, longest in zip(widths[:-1], widths[1:], max_delays, strict=True):
            rule = copy.deepcopy(estimator)  # each layer narrows by itself
            layer = DelayLayer(
                inputs, longest, rule, generator=generator, padding=padding
            ).requires_grad_(learn_delays and longest > 0)
            self.delays.append(layer)
            self.weights.append(uniform_weight(inputs, outputs, generator))
        self.w_out = uniform_weight(widths[-1], classes.n, generator)

    def hidden_spikes(self, spikes: Tensor) -> list[Tensor]:
        """Spikes of both layers, each `(n, time, neuron)`."""
        found = [spikes]
        for delay, weight in zip(self.delay_layers(), self.weights, strict=True):
            current = delay.then_linear(found[-1], weight)
            found.append(lif(current, self.tau_ms, dt_ms=self.task.dt_ms))
        return found[1:]

    def forward(self, spikes: Tensor) -> Tensor:
        """Time-mean potential of every direction's readout, `(n, classes)`."""
        last = self.hidden_spikes(spikes)[-1]
        return leaky_readout(last, self.w_out, self.tau_ms, dt_ms=self.task.dt_ms)


class RecurrentLocaliser(DirectionNetwork):
    """LIF neurons that hear the ears and each other; no delay but the one step between them.

    Parameters
    ----------
    task : Task
    classes : Classes
    hidden : int
    skip_ms : float
        How much of the beginning the readout leaves out, in ms; whole steps.
    tau_ms, surrogate, slope, generator
        As in `network.Localiser`. The default is a steep SuperSpike: around the loop of
        connections a wide surrogate multiplies in every step, and the gradient explodes.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.
    """

    def __init__(
        self,
        task: Task,
        classes: Classes,
        hidden: int = 30,
        *,
        skip_ms: float = 0,
        tau_ms: float = 5,
        surrogate: str = "superspike",
        slope: float = 25,
        generator: torch.Generator,
    ) -> None:
        super().__init__(task, classes)
        valid.random_generator(generator)
        self.tau_ms, _ = valid.time_constant(tau_ms, task.dt_ms)
        surrogate, slope = chosen_surrogate(surrogate, slope)
        self.neuron: dict[str, Any] = dict(surrogate=surrogate, slope=slope)
        self.skip = round(valid.finite_number("skip_ms", skip_ms, 0) / task.dt_ms)
        if self.skip >= task.steps:
            there = task.steps * task.dt_ms
            raise ValueError(f"skip_ms must be less than the {there:g} ms there are, not {skip_ms}")
        valid.whole_number("hidden", hidden)
        self.w_hidden = uniform_weight(task.channels, hidden, generator)
        self.w_recurrent = uniform_weight(hidden, hidden, generator)
        self.w_out = uniform_weight(hidden, classes.n, generator)

    def hidden_spikes(self, spikes: Tensor) -> Tensor:
        """Spikes of the hidden neurons, `(n, time, neuron)`."""
        valid.spike_tensor("spikes", spikes, self.task.channels)
        current = spikes.to(self.w_hidden.dtype) @ self.w_hidden
        how = dict(dt_ms=self.task.dt_ms, **self.neuron)
        return recurrent_lif(current, self.w_recurrent, self.tau_ms, **how)

    def forward(self, spikes: Tensor) -> Tensor:
        """Time-mean potential of every direction's readout, `(n, classes)`."""
        hidden = self.hidden_spikes(spikes)[:, self.skip :]
        return leaky_readout(hidden, self.w_out, self.tau_ms, dt_ms=self.task.dt_ms)
