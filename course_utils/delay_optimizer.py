"""An optimiser made for delays: bounded, in units of the time step, whole if asked for."""

import math
from collections.abc import Callable, Iterable
from typing import Any, overload

import torch
from torch import Tensor, nn

from . import arguments as valid
from .delays import DelayLayer, Spread

WHOLE = (None, "nearest", "stochastic")
"""How `DelayOptimizer` may keep delays whole."""
COMMON_MODE = (False, True, "each output")
"""What it may take out of an update: nothing, the mean of all delays, or that of each output's."""


class DelayOptimizer(torch.optim.Optimizer):
    """Adam's direction, in steps of time, that never leaves [0, max_delay].

    After each update the common mode is removed (if asked for), the delays are projected into
    their range, and (if asked for) rounded to whole steps; what rounding takes away is carried
    over to the next update, so that small gradients add up instead of being lost.

    Parameters
    ----------
    delays : iterable of Parameter, in steps
    max_delay : int, in steps
    lr : float
        About how far a delay moves in one update, in steps.
    betas, eps
        As in Adam (Kingma & Ba 2015).
    whole : None, "nearest" or "stochastic"
        Keep the delays whole numbers, from the first moment on: round the carried sum to the
        nearest whole step, or up with a probability equal to its fractional part.
    remove_common_mode : bool or "each output"
        If True, an update moves no mean: a common shift of all delays changes nothing that the
        network hears (a gauge freedom). With synaptic delays each output has a freedom of its own,
        as long as nothing compares the moments of outputs; "each output" moves the mean of none. A
        projection at a bound may still move it.
    generator : torch.Generator
        Needed for "stochastic".

    Raises
    ------
    ValueError, TypeError
        For numbers out of range, an unknown `whole`, or a missing generator.

    Every setting but the generator may differ between groups of delays, as in any optimiser of
    PyTorch.
    """

    def __init__(
        self,
        delays: Iterable[nn.Parameter],
        max_delay: int,
        lr: float = 0.5,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        whole: str | None = None,
        remove_common_mode: bool | str = False,
        generator: torch.Generator | None = None,
    ) -> None:
        self.generator = generator
        super().__init__(
            delays,
            dict(
                max_delay=max_delay, lr=lr, betas=betas, eps=eps, whole=whole,
                remove_common_mode=remove_common_mode,
            ),
        )  # fmt: skip

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take more delays, with settings of their own if they are given."""
        how = self.defaults | param_group
        valid.whole_number("max_delay", how["max_delay"], low=0)
        valid.finite_number("lr", how["lr"], 0, math.inf, exclusive=True)
        for beta in valid.pair("betas", how["betas"], "numbers"):
            if valid.finite_number("betas", beta, 0, 1) == 1:
                raise ValueError("betas must be below 1, which would forget nothing, not 1")
        valid.finite_number("eps", how["eps"], 0, math.inf, exclusive=True)
        valid.one_of("remove_common_mode", how["remove_common_mode"], COMMON_MODE)
        if valid.one_of("whole", how["whole"], WHOLE) == "stochastic":
            valid.random_generator(self.generator)
        super().add_param_group(param_group)
        for delays in self.param_groups[-1]["params"]:
            if how["remove_common_mode"] == "each output" and delays.ndim != 2:
                shape = tuple(delays.shape)
                del self.param_groups[-1]
                raise ValueError(
                    f"remove_common_mode must be True or False for delays of shape {shape}: only "
                    f"synaptic ones, (channels, outputs), have a common mode of each output"
                )
        if how["whole"] is not None:
            for delays in self.param_groups[-1]["params"]:
                delays.data.round_()

    def __getstate__(self) -> dict[str, Any]:
        own = None if self.generator is None else self.generator.get_state()
        return super().__getstate__() | {"generator": own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        if "generator" in state:  # not in what load_state_dict hands over: it keeps its own
            own = state.pop("generator")
            self.generator = None if own is None else torch.Generator().set_state(own)
        super().__setstate__(state)

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One update of every delay that has a gradient; returns the closure's loss, if any."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for delays in group["params"]:
                if delays.grad is not None:
                    self._update(delays, delays.grad, group)
        return loss

    def _update(self, delays: Tensor, grad: Tensor, group: dict[str, Any]) -> None:
        state = self.state[delays]
        if not state:
            state["step"] = 0
            state["mean"] = torch.zeros_like(delays)
            state["square"] = torch.zeros_like(delays)
            state["carry"] = torch.zeros_like(delays)
        wanted = delays + state["carry"] - group["lr"] * self._direction(grad, state, group)
        if group["remove_common_mode"] == "each output":
            wanted += (delays + state["carry"]).mean(0) - wanted.mean(0)
        elif group["remove_common_mode"]:
            wanted += (delays + state["carry"]).mean() - wanted.mean()
        wanted.clamp_(0, group["max_delay"])
        delays.copy_(self._rounded(wanted, group))
        state["carry"] = wanted - delays

    @staticmethod
    def _direction(grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> Tensor:
        first, second = group["betas"]
        state["step"] += 1
        state["mean"].lerp_(grad, 1 - first)
        state["square"].mul_(second).addcmul_(grad, grad, value=1 - second)
        mean = state["mean"] / (1 - first ** state["step"])
        square = state["square"] / (1 - second ** state["step"])
        return mean / (square.sqrt() + group["eps"])

    def _rounded(self, wanted: Tensor, group: dict[str, Any]) -> Tensor:
        if group["whole"] is None:
            return wanted
        if group["whole"] == "nearest":
            return wanted.round()
        chance = torch.rand(wanted.shape, generator=self.generator, dtype=wanted.dtype)
        return (wanted + chance.to(wanted.device)).floor().clamp_(max=group["max_delay"])


class Anneal:
    """Move one attribute geometrically from `start` to `end` over some updates, then hold it.

    Parameters
    ----------
    owner : object
        Whatever has the attribute, such as a layer or a network.
    name : str
        The attribute, such as "sigma" or "tau_ms".
    start, end : float
        Above 0, in the attribute's unit.
    updates : int

    Raises
    ------
    ValueError, TypeError
        If `owner` has no such attribute, or a number is out of range.
    """

    def __init__(self, owner: object, name: str, start: float, end: float, updates: int) -> None:
        if not hasattr(owner, name):
            raise ValueError(f"name must be an attribute of {type(owner).__name__}, not {name!r}")
        self.owner, self.name = owner, name
        self.start = valid.finite_number("start", start, 0, math.inf, exclusive=True)
        self.end = valid.finite_number("end", end, 0, math.inf, exclusive=True)
        self.updates = valid.whole_number("updates", updates)
        self.done = 0
        setattr(owner, name, self.start)

    def step(self) -> None:
        """Move on by one update."""
        self.done = min(self.done + 1, self.updates)
        value = self.start * (self.end / self.start) ** (self.done / self.updates)
        setattr(self.owner, self.name, value)


class SigmaSchedule(Anneal):
    """Shrink the width over which a layer spreads its delays, then hold it.

    Parameters
    ----------
    layer : DelayLayer whose rule is a `delays.Bell`, a `delays.Tent` or another `delays.Spread`
    updates : int
        Updates over which to shrink.
    start, end : float, in steps
        By default from half the longest delay to the `end` of the rule: 0.23 (Hammouamri et al.
        2023) for a bell, 1 (linear interpolation) for a tent.

    Raises
    ------
    ValueError, TypeError
        If the layer has no width, or a number is out of range or narrower than the rule can be.
    """

    def __init__(
        self,
        layer: DelayLayer,
        updates: int,
        start: float | None = None,
        end: float | None = None,
    ) -> None:
        if not isinstance(layer, DelayLayer):
            raise TypeError(f"layer must be a DelayLayer, not {type(layer).__name__}")
        rule = layer.rule
        if not isinstance(rule, Spread):
            raise ValueError(f"layer must spread its delays, by a Bell or a Tent, not by {rule!r}")
        start = max(layer.max_delay / 2, 1.0) if start is None else start
        end = rule.end if end is None else end
        for name, sigma in (("start", start), ("end", end)):
            valid.finite_number(name, sigma, rule.narrowest)
        super().__init__(rule, "sigma", start, end, updates)
