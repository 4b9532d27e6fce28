"""The localisation network: spikes wait, neurons fire, a readout points."""

import copy
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from . import arguments as valid
from .delays import DelayLayer, Rule
from .neurons import chosen_surrogate, leaky_readout, lif
from .stimuli import Classes, Task, valid_classes, valid_task

Net = TypeVar("Net", bound="DelayNetwork")


class DelayNetwork(nn.Module):
    """Any network with layers of delays."""

    @property
    def device(self) -> torch.device:
        """Where the parameters are; spikes have to be there too."""
        return next(self.parameters()).device

    def delay_layers(self) -> list[DelayLayer]:
        """All layers of delays, from the input on."""
        return [module for module in self.modules() if isinstance(module, DelayLayer)]

    def rounded(self: Net) -> Net:
        """A copy whose delays are whole numbers of steps."""
        twin = copy.deepcopy(self)
        for parent in twin.modules():
            for name, child in parent.named_children():
                if isinstance(child, DelayLayer):
                    setattr(parent, name, child.rounded())
        return twin


class DirectionNetwork(DelayNetwork):
    """Any network with one output for each direction: what `training` can fit and evaluate.

    Parameters
    ----------
    task : Task
    classes : Classes
    """

    def __init__(self, task: Task, classes: Classes) -> None:
        super().__init__()
        self.task, self.classes = valid_task(task), valid_classes(classes)

    def decode(self, logits: Tensor, rule: str = "mean") -> Tensor:
        """Turn `(n, classes)` logits into an IPD in radians, `(n,)`.

        Parameters
        ----------
        rule : "mean" or "argmax"
            The mean of the class midpoints under the softmax, or the midpoint of the winner.

        Raises
        ------
        ValueError
            For logits of another shape, or an unknown rule.
        """
        valid.one_of("rule", rule, ("mean", "argmax"))
        if logits.ndim != 2 or logits.shape[1] != self.classes.n:
            raise ValueError(
                f"logits must have shape (n, {self.classes.n}), not {tuple(logits.shape)}"
            )
        midpoints = self.classes.midpoints.to(logits.device)
        if rule == "argmax":
            return midpoints[logits.argmax(1)]
        # Half precision would answer in steps of a degree.
        logits = logits.to(torch.promote_types(logits.dtype, midpoints.dtype))
        return torch.softmax(logits, dim=1) @ midpoints.to(logits.dtype)


class Localiser(DirectionNetwork):
    """Delays, a layer of LIF neurons, and one leaky readout for each direction.

    Parameters
    ----------
    task : Task
        What the network will hear, such as a `stimuli.Stimulus`.
    classes : Classes
        The directions to tell apart.
    hidden : int
        Number of LIF neurons.
    max_delay : int
        Longest delay, in steps, below `task.steps`.
    tau_ms : float
        Time constant of neurons and readout, in ms.
    estimator, init, kind
        See `delays.DelayLayer`; with "dendritic" and "synaptic" delays, the hidden neurons are
        the outputs.
    surrogate, slope, detach_reset
        See `neurons.lif`.
    learn_delays : bool
        If False the delays stay as they were drawn.
    generator : torch.Generator
        Source of the first weights and delays.

    Attributes
    ----------
    delay : DelayLayer
    w_hidden : Parameter `(channels, hidden)`
    w_out : Parameter `(hidden, classes)`
    """

    def __init__(
        self,
        task: Task,
        classes: Classes,
        hidden: int = 30,
        max_delay: int = 50,
        *,
        tau_ms: float = 5,
        estimator: str | Rule = "linear",
        init: str | float | Tensor = "uniform",
        kind: str = "axonal",
        surrogate: str = "sigmoid",
        slope: float | None = None,
        detach_reset: bool = True,
        learn_delays: bool = True,
        generator: torch.Generator,
    ) -> None:
        super().__init__(task, classes)
        valid.whole_number("hidden", hidden)
        valid.delay_range(max_delay, task.steps)
        valid.random_generator(generator)
        self.tau_ms, _ = valid.time_constant(tau_ms, task.dt_ms)
        surrogate, slope = chosen_surrogate(surrogate, slope)
        self.neuron: dict[str, Any] = dict(
            surrogate=surrogate, slope=slope, detach_reset=detach_reset
        )
        outputs = None if kind == "axonal" else hidden
        self.delay = DelayLayer(
            task.channels, max_delay, estimator, init, generator, kind=kind, outputs=outputs
        )
        self.delay.requires_grad_(learn_delays)
        self.w_hidden = uniform_weight(task.channels, hidden, generator)
        self.w_out = uniform_weight(hidden, classes.n, generator)

    def hidden_spikes(self, spikes: Tensor) -> Tensor:
        """Spikes of the hidden neurons, `(n, time - max_delay, hidden)`."""
        current = self.delay.then_linear(spikes, self.w_hidden)
        return lif(current, self.tau_ms, dt_ms=self.task.dt_ms, **self.neuron)

    def forward(self, spikes: Tensor) -> Tensor:
        """Time-mean potential of every direction's readout, `(n, classes)`.

        Raises
        ------
        ValueError, TypeError
            If `spikes` is not a finite `(n, time, channels)` tensor, bool or floating.
        """
        hidden = self.hidden_spikes(spikes)
        return leaky_readout(hidden, self.w_out, self.tau_ms, dt_ms=self.task.dt_ms)


def uniform_weight(inputs: int, outputs: int, generator: torch.Generator) -> nn.Parameter:
    """First weights `(inputs, outputs)`, uniform in ±1/sqrt(fan-in); the fan-in is `inputs`."""
    share = 2 * torch.rand(inputs, outputs, generator=generator) - 1
    return nn.Parameter(share / inputs**0.5)
