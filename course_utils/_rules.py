"""What a delay does on the way forward, and how it gets its gradient: one small class each.

A rule of your own is a subclass of `Rule` with one method, `shift`; the slope of what it returns
with respect to `delays` is the gradient that the delays learn from. What arrives is validated:
delays are finite, within [0, max_delay] steps, and the spikes long enough.
"""

from collections.abc import Callable
from numbers import Real
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from . import _rows
from . import arguments as valid


class Rule:
    """One way for a delay to act and to learn; see `DelayLayer`."""

    def shift(self, spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
        """Delay `(n, time, channel)` spikes by `(channel,)` steps, by Method B.

        Returns
        -------
        tensor `(n, time - max_delay, channel)`, floating
        """
        raise NotImplementedError(f"{type(self).__name__} must say how it shifts spikes")

    def weighted(self, spikes: Tensor, delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
        """Delays, then weights `(channel, out)`; delays `(channel,)` or `(channel, out)` steps.

        Returns
        -------
        tensor `(n, time - max_delay, out)`
        """
        if delays.ndim == 1:
            return self.shift(spikes, delays, max_delay) @ weight
        columns = zip(delays.unbind(1), weight.split(1, dim=1), strict=True)
        return torch.cat([self.shift(spikes, d, max_delay) @ w for d, w in columns], dim=2)

    def acting(self, delays: Tensor) -> Tensor | None:
        """The delays that act, for one step at a time; None if a rule cannot be streamed."""
        return None

    def numbers(self) -> dict[str, float]:
        """What a saved layer remembers of its rule: attributes that are numbers, by name."""
        own = vars(self).items()
        return {name: float(value) for name, value in own if isinstance(value, Real)}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({settings})"


class Interpolate(Rule):
    """A fractional delay mixes its two neighbours; at a whole one, the central difference."""

    def acting(self, delays: Tensor) -> Tensor:
        """As they are, in steps; of the shape of `delays`, `(channel,)` or `(channel, out)`."""
        return delays

    def shift(self, spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
        """See `Rule.shift`."""
        return _rows.Shift.apply(spikes, self.acting(delays), max_delay)

    def weighted(self, spikes: Tensor, delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
        """See `Rule.weighted`; one gather of rows serves delays, weights and both gradients."""
        fused = _rows.DelayedLinear if delays.ndim == 1 else _rows.DelayedSynapses
        return fused.apply(spikes, self.acting(delays), weight, max_delay)


class Round(Interpolate):
    """Rounded forward; backward, the central difference at the rounded delay, straight through."""

    def acting(self, delays: Tensor) -> Tensor:
        """Rounded to whole steps, with a gradient that passes as if they were not.

        Of the shape of `delays`, `(channel,)` or `(channel, out)`.
        """
        return delays + (delays.round() - delays).detach()


class Spread(Rule):
    """Every delay spread over the whole steps around it, over `sigma` steps.

    Shrink `sigma` as training goes on (`delay_optimizer.SigmaSchedule`), and measure the rounded
    layer.
    """

    narrowest = 0.01
    """The smallest `sigma`, in steps."""
    end = 1.0
    """Width at which annealing ends unless told otherwise, in steps."""

    def __init__(self, sigma: float) -> None:
        self.sigma = sigma
        self._width()

    def _width(self) -> float:
        return valid.finite_number("sigma", self.sigma, self.narrowest)

    def kernel(self, delays: Tensor, max_delay: int) -> Tensor:
        """Weight of every whole delay 0 ... max_delay, `delays.shape + (max_delay + 1,)`."""
        raise NotImplementedError(f"{type(self).__name__} must say how it spreads a delay")

    def shift(self, spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
        """See `Rule.shift`: a convolution with the kernel of each channel."""
        kernel = self.kernel(delays, max_delay)
        return _convolve(spikes, kernel.flip(-1)[:, None])

    def weighted(self, spikes: Tensor, delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
        """See `Rule.weighted`."""
        if delays.ndim == 1:
            return super().weighted(spikes, delays, weight, max_delay)
        filters = self.kernel(delays, max_delay) * weight[..., None]
        return _rows.Filtered.apply(spikes, filters.transpose(0, 1))


class Bell(Spread):
    """Spread over a Gaussian of width `sigma` steps (Hammouamri et al. 2023).

    Normalised over the whole delays that there are, so at the bounds nothing gets lost.
    """

    end = 0.23  # as the paper's parameter, to which its kernel adds 0.27

    def kernel(self, delays: Tensor, max_delay: int) -> Tensor:
        """See `Spread.kernel`."""
        away = (_taps(delays, max_delay) - delays[..., None]) / self._width()
        return torch.softmax(-(away**2) / 2, -1)


class Tent(Spread):
    """Spread over a triangle that ends `sigma` steps away; 1 step is linear interpolation.

    A narrower tent would stand between two steps and reach neither. At its corners the slope is
    the mean of the two sides, as everywhere in the course.
    """

    narrowest = 1.0

    def kernel(self, delays: Tensor, max_delay: int) -> Tensor:
        """See `Spread.kernel`."""
        away = (_taps(delays, max_delay) - delays[..., None]).abs() / self._width()
        height = _Ramp.apply(1 - away)
        return height / height.sum(-1, keepdim=True)


class _Ramp(torch.autograd.Function):
    """max(x, 0) with slope one half at 0."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return grad * torch.heaviside(x, x.new_tensor(0.5))


class Prototype(Rule):
    """The rule that this course set out from, kept to be studied.

    Rounded, through `grid_sample`, and the gradient times five times the delay.
    """

    def shift(self, spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
        """See `Rule.shift`."""
        return grid_sample_shift(spikes, _PrototypeRound.apply(delays), max_delay)


class _PrototypeRound(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, delays: Tensor) -> Tensor:
        ctx.save_for_backward(delays)
        return delays.round()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (delays,) = ctx.saved_tensors
        return 5 * delays * grad


def grid_sample_shift(spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
    """Method B through `affine_grid` and `grid_sample`; see `delays.shift_by_grid_sample`."""
    n, steps, channels = spikes.shape
    dtype = torch.promote_types(delays.dtype, spikes.dtype)
    # There is no affine_grid in half precision; a row's place needs more than its eight bits.
    wide = dtype if dtype in (torch.float32, torch.float64) else torch.float32
    images = spikes.to(wide).permute(2, 0, 1)
    affine = delays.new_zeros(channels, 2, 3, dtype=wide)
    affine[:, 0, 0] = affine[:, 1, 1] = 1
    affine[:, 1, 2] = -2 * delays / steps
    with torch.autocast(spikes.device.type, enabled=False):
        grid = F.affine_grid(affine, [channels, max(n, 1), steps, 1], align_corners=False)
    shifted = F.grid_sample(images[..., None], grid, align_corners=False)
    return shifted[:, :, max_delay:, 0].permute(1, 2, 0).to(dtype)


def _taps(delays: Tensor, max_delay: int) -> Tensor:
    return torch.arange(max_delay + 1, dtype=delays.dtype, device=delays.device)


def _convolve(spikes: Tensor, filters: Tensor) -> Tensor:
    trains = spikes.to(torch.promote_types(filters.dtype, spikes.dtype)).transpose(1, 2)
    return F.conv1d(trains, filters.to(trains.dtype), groups=len(filters)).transpose(1, 2)


RULES: dict[str, Callable[[int], Rule]] = {
    "linear": lambda max_delay: Interpolate(),
    "straight_through": lambda max_delay: Round(),
    "gaussian": lambda max_delay: Bell(max(max_delay / 2, 1.0)),
    "triangle": lambda max_delay: Tent(max(max_delay / 2, 1.0)),
    "prototype": lambda max_delay: Prototype(),
}
"""The short names, and what each stands for in a layer with a given longest delay."""


def chosen(estimator: str | Rule, max_delay: int) -> Rule:
    """The rule that `estimator` is, or is short for."""
    if isinstance(estimator, Rule):
        return estimator
    if not isinstance(estimator, str):
        raise TypeError(f"estimator must be a Rule or the short name of one, not {estimator!r}")
    return RULES[valid.one_of("estimator", estimator, RULES)](max_delay)
