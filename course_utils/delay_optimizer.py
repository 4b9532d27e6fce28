"""An optimiser made for delays: bounded, in units of the time step, whole if asked for."""

import math

import torch

from . import _arguments as check
from .delays import SPREADING

WHOLE = (None, "nearest", "stochastic")


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
    remove_common_mode : bool
        If True, an update moves no mean: a common shift of all delays changes nothing that the
        network hears (a gauge freedom). A projection at a bound may still move it.
    generator : torch.Generator
        Needed for "stochastic".

    Raises
    ------
    ValueError, TypeError
        For numbers out of range, an unknown `whole`, or a missing generator.
    """

    def __init__(
        self,
        delays,
        max_delay: int,
        lr: float = 0.5,
        *,
        betas=(0.9, 0.999),
        eps: float = 1e-8,
        whole: str | None = None,
        remove_common_mode: bool = False,
        generator: torch.Generator | None = None,
    ):
        self.max_delay = check.whole_number("max_delay", max_delay, low=0)
        check.finite_number("lr", lr, 0, math.inf, exclusive=True)
        for beta in betas:
            check.finite_number("betas", beta, 0, 1)
        check.finite_number("eps", eps, 0, math.inf, exclusive=True)
        self.whole = check.one_of("whole", whole, WHOLE)
        self.generator = generator
        if whole == "stochastic":
            check.random_generator(generator)
        self.remove_common_mode = remove_common_mode
        super().__init__(delays, dict(lr=lr, betas=betas, eps=eps))
        if whole is not None:
            for delay in (p for group in self.param_groups for p in group["params"]):
                delay.data.round_()

    @torch.no_grad()
    def step(self, closure=None):
        """One update of every delay that has a gradient; returns the closure's loss, if any."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for delays in group["params"]:
                if delays.grad is not None:
                    self._update(delays, group)
        return loss

    def _update(self, delays, group):
        state = self.state[delays]
        if not state:
            state["step"] = 0
            state["mean"] = torch.zeros_like(delays)
            state["square"] = torch.zeros_like(delays)
            state["carry"] = torch.zeros_like(delays)
        wanted = delays + state["carry"] - group["lr"] * self._direction(delays.grad, state, group)
        if self.remove_common_mode:
            wanted += (delays + state["carry"]).mean() - wanted.mean()
        wanted.clamp_(0, self.max_delay)
        delays.copy_(self._rounded(wanted))
        state["carry"] = wanted - delays

    @staticmethod
    def _direction(grad, state, group):
        first, second = group["betas"]
        state["step"] += 1
        state["mean"].lerp_(grad, 1 - first)
        state["square"].mul_(second).addcmul_(grad, grad, value=1 - second)
        mean = state["mean"] / (1 - first ** state["step"])
        square = state["square"] / (1 - second ** state["step"])
        return mean / (square.sqrt() + group["eps"])

    def _rounded(self, wanted):
        if self.whole is None:
            return wanted
        if self.whole == "nearest":
            return wanted.round()
        chance = torch.rand(wanted.shape, generator=self.generator, dtype=wanted.dtype)
        return (wanted + chance).floor().clamp_(max=self.max_delay)


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

    def __init__(self, owner, name: str, start: float, end: float, updates: int):
        if not hasattr(owner, name):
            raise ValueError(f"name must be an attribute of {type(owner).__name__}, not {name!r}")
        self.owner, self.name = owner, name
        self.start = check.finite_number("start", start, 0, math.inf, exclusive=True)
        self.end = check.finite_number("end", end, 0, math.inf, exclusive=True)
        self.updates = check.whole_number("updates", updates)
        self.done = 0
        setattr(owner, name, self.start)

    def step(self) -> None:
        """Move on by one update."""
        self.done = min(self.done + 1, self.updates)
        value = self.start * (self.end / self.start) ** (self.done / self.updates)
        setattr(self.owner, self.name, value)


class SigmaSchedule(Anneal):
    """Shrink a layer's `sigma` over the first updates, then hold it.

    Parameters
    ----------
    layer : DelayLayer with the estimator "gaussian" or "triangle"
    updates : int
        Updates over which to shrink.
    start, end : float, in steps
        By default from half the longest delay to 0.23 (Hammouamri et al. 2023) for a Gaussian,
        to 1 (linear interpolation) for a triangle.
    """

    def __init__(self, layer, updates: int, start: float | None = None, end: float | None = None):
        check.one_of("layer.estimator", layer.estimator, SPREADING)
        start = max(layer.max_delay / 2, 1.0) if start is None else start
        end = {"gaussian": 0.23, "triangle": 1.0}[layer.estimator] if end is None else end
        super().__init__(layer, "sigma", start, end, updates)
