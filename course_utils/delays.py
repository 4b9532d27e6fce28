"""Making spikes wait: Methods A and B, and delays that a network can learn.

Everywhere `out[t] = in[t - d]` with a delay `d >= 0` in time steps. A fractional delay
`d = k + f` mixes two neighbours, `(1 - f) * in[t - k] + f * in[t - k - 1]`. Its slope is their
difference; at a whole delay, where left and right slope differ, the *central* difference
`(in[t - k - 1] - in[t - k + 1]) / 2` is the gradient of the whole course. Outside the recording
there are no spikes.
"""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd.function import once_differentiable

from . import _arguments as check

ESTIMATORS = ("linear", "straight_through", "gaussian", "prototype")


def pad_then_shift(spikes, delays, max_delay: int) -> torch.Tensor:
    """Method A: pad with silence, shift, and keep everything.

    Parameters
    ----------
    spikes : tensor `(n, time, channel)`, bool or floating
    delays : tensor `(channel,)`, in steps, each in [0, max_delay]
    max_delay : int, in steps, below the length of `spikes`

    Returns
    -------
    tensor `(n, time + max_delay, channel)`, floating

    Raises
    ------
    ValueError, TypeError
        For a wrong shape or dtype, or delays that are negative, NaN, infinite or too long.
    """
    spikes, delays, max_delay = _checked(spikes, delays, max_delay)
    return _Shift.apply(F.pad(spikes, (0, 0, max_delay, max_delay)), delays, max_delay)


def shift_then_clip(spikes, delays, max_delay: int) -> torch.Tensor:
    """Method B: shift, and keep only the steps that every channel can fill.

    Row `t` of the result is time `t + max_delay` of the input's clock. Parameters and errors as
    in `pad_then_shift`.

    Returns
    -------
    tensor `(n, time - max_delay, channel)`, floating
    """
    spikes, delays, max_delay = _checked(spikes, delays, max_delay)
    return _Shift.apply(spikes, delays, max_delay)


def shift_by_grid_sample(spikes, delays, max_delay: int) -> torch.Tensor:
    """Method B through `affine_grid` and `grid_sample`: the slow way, kept as a reference.

    Each channel is an image one pixel wide and `time` pixels high; a translation of `-2 d / time`
    in normalised coordinates moves the sampling points `d` rows *back*, which delays. (Spatial
    transformers, Jaderberg et al. 2015.) Parameters, errors and result as in `shift_then_clip`,
    up to rounding.
    """
    spikes, delays, max_delay = _checked(spikes, delays, max_delay)
    return _grid_sample_shift(spikes, delays, max_delay)


def delayed_linear(spikes, delays, weight, max_delay: int) -> torch.Tensor:
    """`shift_then_clip(spikes, delays, max_delay) @ weight`, without building the shifted tensor.

    Parameters
    ----------
    spikes, delays, max_delay
        As in `shift_then_clip`.
    weight : tensor `(channel, out)`

    Returns
    -------
    tensor `(n, time - max_delay, out)`
    """
    spikes, delays, max_delay = _checked(spikes, delays, max_delay)
    check.weight_matrix(weight, spikes.shape[2])
    return _DelayedLinear.apply(spikes, delays, weight, max_delay)


class DelayLayer(nn.Module):
    """One learnable axonal delay for each channel, applied by Method B.

    Parameters
    ----------
    channels : int
        Number of channels (nerve fibres).
    max_delay : int
        Longest delay, in steps.
    estimator : str
        How the delay gets its gradient. "linear" interpolates between whole steps (gradient: see
        the module's docstring). "straight_through" rounds forward and uses the central
        difference at the rounded delay. "gaussian" spreads every delay over a normalised bell of
        width `sigma` steps (Hammouamri et al. 2023); set `sigma` as training goes on.
        "prototype" is the rule that this course set out from, kept to be studied:
        rounded, and its gradient multiplied by five times the delay.
    init : "uniform", a number of steps, or a tensor `(channel,)`
        First delays; a tensor is copied.
    generator : torch.Generator
        Needed for `init="uniform"`.

    Attributes
    ----------
    delays : Parameter `(channel,)`, in steps. After an optimiser step call `project_`.
    sigma : float, in steps; used by "gaussian" only.

    Raises
    ------
    ValueError, TypeError
        For an unknown estimator or init, delays outside [0, max_delay], or a missing generator.
    """

    def __init__(self, channels, max_delay, estimator="linear", init="uniform", generator=None):
        super().__init__()
        self.channels = check.whole_number("channels", channels)
        self.max_delay = check.whole_number("max_delay", max_delay, low=0)
        self.estimator = check.one_of("estimator", estimator, ESTIMATORS)
        self.sigma = max_delay / 4 or 1.0
        self.delays = nn.Parameter(self._first_delays(init, generator))

    def _first_delays(self, init, generator) -> torch.Tensor:
        if isinstance(init, str):
            check.one_of("init", init, ("uniform",))
            check.random_generator(generator)
            return torch.rand(self.channels, generator=generator) * self.max_delay
        if isinstance(init, torch.Tensor):
            return check.delay_vector(init, self.channels, self.max_delay).detach().clone()
        delay = check.finite_number("init", init, 0, self.max_delay)
        return torch.full((self.channels,), delay)

    def forward(self, spikes) -> torch.Tensor:
        """Delay `(n, time, channel)` spikes; returns `(n, time - max_delay, channel)`."""
        if self.estimator == "gaussian":
            spikes, delays, max_delay = _checked(spikes, self.delays, self.max_delay)
            sigma = check.finite_number("sigma", self.sigma, 0, math.inf, exclusive=True)
            return _gaussian_shift(spikes, delays, max_delay, sigma)
        if self.estimator == "prototype":
            spikes, delays, max_delay = _checked(spikes, self.delays, self.max_delay)
            return _grid_sample_shift(spikes, _PrototypeRound.apply(delays), max_delay)
        return shift_then_clip(spikes, self._applied(), self.max_delay)

    def then_linear(self, spikes, weight) -> torch.Tensor:
        """`self(spikes) @ weight` for a weight `(channel, out)`, by the fastest way there is."""
        if self.estimator in ("gaussian", "prototype"):
            return self(spikes) @ weight
        return delayed_linear(spikes, self._applied(), weight, self.max_delay)

    def _applied(self) -> torch.Tensor:
        """The delays that act: rounded forward, identity backward, for "straight_through"."""
        if self.estimator == "linear":
            return self.delays
        return self.delays + (self.delays.round() - self.delays).detach()

    @torch.no_grad()
    def project_(self) -> "DelayLayer":
        """Move every delay to the nearest point of [0, max_delay], in place."""
        self.delays.clamp_(0, self.max_delay)
        return self

    def rounded(self) -> "DelayLayer":
        """A copy whose delays are whole numbers of steps, applied as they are."""
        twin = copy.deepcopy(self)
        twin.estimator = "linear"
        with torch.no_grad():
            twin.delays.round_()
        return twin

    def extra_repr(self):
        return f"{self.channels}, max_delay={self.max_delay}, estimator={self.estimator!r}"


def _checked(spikes, delays, max_delay):
    spikes = check.spike_tensor("spikes", spikes)
    max_delay = check.delay_range(max_delay, spikes.shape[1])
    delays = check.delay_vector(delays, spikes.shape[2], max_delay)
    return spikes, delays, max_delay


def _gather_rows(spikes, whole, max_delay, dtype) -> torch.Tensor:
    """Row `j` of channel `c` is time `j - 1 + max_delay - whole[c]` of the input.

    Returns `(channel, time - max_delay + 2, n)`: the window itself and one row on either side,
    silent where the recording has ended or not begun.
    """
    n, steps, channels = spikes.shape
    length = steps - max_delay + 2
    flat = spikes.permute(2, 1, 0).reshape(channels * steps, n)
    first = max_delay - 1 - whole
    time = (first[:, None] + torch.arange(length, device=flat.device)).clamp_(0, steps - 1)
    index = time + steps * torch.arange(channels, device=flat.device)[:, None]
    rows = flat.index_select(0, index.flatten()).to(dtype).view(channels, length, n)
    rows[whole == max_delay, 0] = 0
    rows[whole == 0, -1] = 0
    return rows


def _scatter_rows(grad_rows, whole, steps) -> torch.Tensor:
    """The adjoint of `_gather_rows`: `(channel, rows, n)` back to `(n, steps, channel)`."""
    channels, length, n = grad_rows.shape
    max_delay = steps + 2 - length
    grad = grad_rows.new_zeros(channels, steps + 2, n)  # one silent row at each end
    time = (max_delay - whole)[:, None] + torch.arange(length, device=grad.device)
    index = time + (steps + 2) * torch.arange(channels, device=grad.device)[:, None]
    grad.flatten(0, 1).index_add_(0, index.flatten(), grad_rows.flatten(0, 1))
    return grad[:, 1:-1].permute(2, 1, 0)


def _split(delays):
    """Whole and fractional part; a millionth of a step from a whole delay is rounding noise."""
    whole = (delays + 1e-6).floor()
    part = delays - whole
    return whole.long(), part.masked_fill_(part < 1e-6, 0)


class _Shift(torch.autograd.Function):
    """Method B with the gradients of the module's docstring."""

    @staticmethod
    def forward(ctx, spikes, delays, max_delay):
        whole, part = _split(delays)
        dtype = torch.promote_types(delays.dtype, spikes.dtype)
        rows = _gather_rows(spikes, whole, max_delay, dtype)
        ctx.save_for_backward(rows, whole, part)
        ctx.steps = spikes.shape[1]
        out = rows[:, 1:-1]
        if part.any():
            out = torch.lerp(out, rows[:, :-2], part.to(dtype)[:, None, None])
        return out.permute(2, 1, 0)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out):
        rows, whole, part = ctx.saved_tensors
        grad = grad_out.permute(2, 1, 0)
        grad_spikes = grad_delays = None
        if ctx.needs_input_grad[0]:
            grad_rows = torch.zeros_like(rows)
            f = part.to(rows.dtype)[:, None, None]
            grad_rows[:, 1:-1] = (1 - f) * grad
            grad_rows[:, :-2] += f * grad
            grad_spikes = _scatter_rows(grad_rows, whole, ctx.steps)
        if ctx.needs_input_grad[1]:
            right = rows[:, :-2] - rows[:, 1:-1]
            central = (rows[:, :-2] - rows[:, 2:]) / 2
            slope = torch.where(part[:, None, None] == 0, central, right)
            grad_delays = (grad * slope).sum((1, 2)).to(part.dtype)
        return grad_spikes, grad_delays, None


class _DelayedLinear(torch.autograd.Function):
    """Delay, then weights, as matrix products of shifted views of one gathered tensor.

    Write `x_j` for the rows gathered one step earlier or later (`j = +1` waits one step more),
    `<g, x>` for the product summed over batch and time, and `h = sum_c w_c ((1-f_c) x_0 + f_c x_1)`:

        dL/dw_c = (1 - f_c) <g, x_0> + f_c <g, x_1>
        dL/dd_c = w_c . (<g, x_1> - <g, x_0>)          where d_c is fractional
        dL/dd_c = w_c . (<g, x_1> - <g, x_-1>) / 2     where d_c is whole

    so both gradients need the same two (or three) products, and no interpolated spikes.
    """

    @staticmethod
    def forward(ctx, spikes, delays, weight, max_delay):
        whole, part = _split(delays)
        dtype = torch.promote_types(weight.dtype, spikes.dtype)
        rows = _gather_rows(spikes, whole, max_delay, dtype)
        ctx.save_for_backward(rows, whole, part, weight)
        ctx.steps = spikes.shape[1]
        weight, part = weight.t().to(dtype), part.to(dtype)
        length, n = rows.shape[1] - 2, rows.shape[2]
        if not part.any():
            out = (weight @ _tap(rows, 0)).view(len(weight), length, n)
            return out.permute(2, 1, 0)
        both = torch.cat([weight * part, weight * (1 - part)])
        taps = both @ rows.flatten(1)[:, : (length + 1) * n]
        early, now = taps.view(2, len(weight), length + 1, n)
        return torch.add(
            early[:, :-1].transpose(0, 1), now[:, 1:].transpose(0, 1), out=_time_first(now)
        ).permute(2, 0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_out):
        rows, whole, part, weight = ctx.saved_tensors
        f = part.to(rows.dtype)[:, None]
        grad = grad_out.permute(2, 1, 0).flatten(1).to(rows.dtype)
        grad_spikes = grad_delays = grad_weight = None
        if ctx.needs_input_grad[1] or ctx.needs_input_grad[2]:
            now = _tap(rows, 0) @ grad.t()
            later = _tap(rows, 1) @ grad.t()
            grad_weight = torch.lerp(now, later, f).to(weight.dtype)
        if ctx.needs_input_grad[1]:
            at_whole = (part == 0).nonzero().flatten()
            slope = later - now
            if len(at_whole):
                sooner = _tap(rows[at_whole], -1) @ grad.t()
                slope[at_whole] = (later[at_whole] - sooner) / 2
            grad_delays = (weight * slope).sum(1).to(part.dtype)
        if ctx.needs_input_grad[0]:
            back = (weight.to(rows.dtype) @ grad).view_as(rows[:, 1:-1])
            grad_rows = torch.zeros_like(rows)
            grad_rows[:, 1:-1] = (1 - f[:, :, None]) * back
            grad_rows[:, :-2] += f[:, :, None] * back
            grad_spikes = _scatter_rows(grad_rows, whole, ctx.steps)
        return grad_spikes, grad_delays, grad_weight, None


def _tap(rows, extra: int) -> torch.Tensor:
    """The window `extra` steps more delayed, as a `(channel, time * n)` view of `rows`."""
    n, length = rows.shape[2], rows.shape[1] - 2
    start = (1 - extra) * n
    return rows.flatten(1)[:, start : start + length * n]


def _time_first(now):
    """An empty `(time, out, n)` tensor: the order in which the neurons will read."""
    out, length, n = now.shape
    return now.new_empty(length - 1, out, n)


def _grid_sample_shift(spikes, delays, max_delay):
    n, steps, channels = spikes.shape
    images = spikes.to(torch.promote_types(delays.dtype, spikes.dtype)).permute(2, 0, 1)
    affine = torch.zeros(channels, 2, 3, dtype=delays.dtype)
    affine[:, 0, 0] = affine[:, 1, 1] = 1
    affine[:, 1, 2] = -2 * delays / steps
    grid = F.affine_grid(affine, (channels, max(n, 1), steps, 1), align_corners=False)
    shifted = F.grid_sample(images[..., None], grid.to(images.dtype), align_corners=False)
    return shifted[:, :, max_delay:, 0].permute(1, 2, 0)


class _PrototypeRound(torch.autograd.Function):
    """The prototype's surrogate: round forward; backward, the gradient times 5 d."""

    @staticmethod
    def forward(ctx, delays):
        ctx.save_for_backward(delays)
        return delays.round()

    @staticmethod
    def backward(ctx, grad):
        (delays,) = ctx.saved_tensors
        return 5 * delays * grad


def _gaussian_shift(spikes, delays, max_delay, sigma):
    """Every whole delay at once, weighted by a bell around the learned one."""
    taps = torch.arange(max_delay + 1, dtype=delays.dtype, device=delays.device)
    distance = (taps - delays[:, None]) / sigma
    bell = torch.softmax(-(distance**2) / 2, dim=1)
    trains = spikes.to(torch.promote_types(delays.dtype, spikes.dtype)).transpose(1, 2)
    shifted = F.conv1d(trains, bell.flip(1)[:, None], groups=len(delays))
    return shifted.transpose(1, 2)


def length_budget(effective_steps: int, max_delay: int, layers: int) -> int:
    """Steps a stimulus needs so that Method B leaves `effective_steps` after `layers` layers."""
    effective_steps = check.whole_number("effective_steps", effective_steps)
    max_delay = check.whole_number("max_delay", max_delay, low=0)
    return effective_steps + check.whole_number("layers", layers, low=0) * max_delay
