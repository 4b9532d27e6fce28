"""The fast core of the delays: gather rows, contract them, and the two exact backward passes.

Everything inside runs on `(channel, time, batch)`: there a delay is an offset into a block of
memory, and a shifted train is a view, never a copy. `delays` holds what a reader calls.
"""

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

Grads = tuple[Tensor | None, ...]
"""Gradients of what a forward pass was given, in its order; None for what needs none."""
Result = TypeVar("Result")

_SNAP = 1e-6  # a millionth of a step from a whole delay is rounding noise


def exact(run: Callable[..., Result]) -> Callable[..., Result]:
    """Let the forward or backward pass `run` keep its precision, whatever autocast would choose.

    Matrix products of half precision beside sums of full precision would not fit together.
    """

    @functools.wraps(run)
    def in_full(ctx: Any, first: Tensor, *others: Any) -> Result:
        kind = first.device.type
        if not torch.is_autocast_enabled(kind):
            return run(ctx, first, *others)
        with torch.autocast(kind, enabled=False):
            return run(ctx, first, *others)

    return in_full


def new_result(
    like: Tensor, shape: Sequence[int], order: Sequence[int], dtype: torch.dtype | None = None
) -> tuple[Tensor, Tensor]:
    """An empty result of `shape`, and the contiguous view of it with its axes in `order`.

    What a pass returns has to be a tensor of its own: a view that was made inside an autograd
    function may not be edited by the reader.
    """
    stride, strides = 1, [0] * len(shape)
    for axis in reversed(order):
        strides[axis] = stride
        stride *= shape[axis]
    result = like.new_empty_strided(shape, strides, dtype=dtype)
    return result, result.permute(*order)


def split(delays: Tensor) -> tuple[Tensor, Tensor]:
    """Whole part (int64) and fractional part of `delays` in steps."""
    whole = (delays + _SNAP).floor()
    part = delays - whole
    return whole.long(), part.masked_fill_(part < _SNAP, 0)


def gather(spikes: Tensor, whole: Tensor, max_delay: int) -> Tensor:
    """Row `j` of channel `c` is time `j - 1 + max_delay - whole[..., c]` of the input.

    Parameters
    ----------
    spikes : tensor `(n, time, channel)`
    whole : int64 tensor `(..., channel)`, in steps, in [0, max_delay]
    max_delay : int, in steps

    Returns
    -------
    tensor `(..., channel, time - max_delay + 2, n)` of the dtype of `spikes`: the window and one
    row on either side of it, silent where the recording has not begun or has ended.
    """
    n, steps, channels = spikes.shape
    length = steps - max_delay + 2
    flat = spikes.permute(2, 1, 0).reshape(channels * steps, n)
    first = max_delay - 1 - whole
    time = (first[..., None] + torch.arange(length, device=flat.device)).clamp_(0, steps - 1)
    index = time + steps * torch.arange(channels, device=flat.device)[:, None]
    rows = flat.index_select(0, index.flatten()).view(*whole.shape, length, n)
    rows[..., 0, :].masked_fill_((whole == max_delay)[..., None], 0)
    rows[..., -1, :].masked_fill_((whole == 0)[..., None], 0)
    return rows


def scatter(grad_rows: Tensor, whole: Tensor, steps: int) -> Tensor:
    """The adjoint of `gather`: `(..., channel, rows, n)` back to `(n, steps, channel)`."""
    *_, channels, length, n = grad_rows.shape
    max_delay = steps + 2 - length
    grad = grad_rows.new_zeros(channels, steps + 2, n)  # one silent row at each end
    time = (max_delay - whole)[..., None] + torch.arange(length, device=grad.device)
    index = time + (steps + 2) * torch.arange(channels, device=grad.device)[:, None]
    grad.flatten(0, 1).index_add_(0, index.flatten(), grad_rows.flatten(0, -2))
    return grad[:, 1:-1].permute(2, 1, 0)


def tap(rows: Tensor, extra: int) -> Tensor:
    """The window `extra` steps more delayed, as a `(channel, time * n)` view of `rows`."""
    n, length = rows.shape[2], rows.shape[1] - 2
    start = (1 - extra) * n
    return rows.flatten(1)[:, start : start + length * n]


class _Scratch(threading.local):
    """One buffer for each thread, kept: fresh megabytes cost more in page faults than in work.

    It holds as many numbers as the largest input had that this thread ever delayed (channels x
    steps x batch, 8 MB for lesson 5's batches in single precision), until `release`.
    """

    def __init__(self) -> None:
        self.release()

    def release(self) -> None:
        """Let this thread's memory go; the next pass takes what it needs."""
        self.buffer = self.held = torch.empty(0)

    def floats(self, rows: Tensor, dtype: torch.dtype) -> Tensor:
        """`rows` in `dtype`, to be read before the next call; no copy where none is needed.

        The backward pass mostly asks for the rows that the forward pass left here. Holding on to
        them keeps their address from being given to others.
        """
        if rows.dtype == dtype:
            return rows
        count, buffer = rows.numel(), self.buffer
        if buffer.numel() < count or (buffer.dtype, buffer.device) != (dtype, rows.device):
            with torch.inference_mode(False):  # else no later pass could write into it
                self.buffer = torch.empty(count, dtype=dtype, device=rows.device)
            self.held = rows[:0]
        out = self.buffer[:count].view(rows.shape)
        if (self.held.data_ptr(), self.held.shape) != (rows.data_ptr(), rows.shape):
            self.held = rows
            out.copy_(rows)
        return out


_scratch = _Scratch()


def _spread(back: Tensor, f: Tensor) -> Tensor:
    """Gradient of the rows from the gradient `back` of the window, `(channel, time, n)`."""
    *channels, length, n = back.shape
    grad_rows = back.new_zeros(*channels, length + 2, n)
    grad_rows[..., 1:-1, :] = (1 - f) * back
    grad_rows[..., :-2, :] += f * back
    return grad_rows


class Shift(torch.autograd.Function):
    """Method B, with the central difference as the slope at whole delays."""

    @staticmethod
    @exact
    def forward(ctx: Any, spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
        whole, part = split(delays)
        dtype = torch.promote_types(delays.dtype, spikes.dtype)
        rows = gather(spikes, whole, max_delay)
        ctx.save_for_backward(rows, whole, part)
        ctx.steps, ctx.dtype = spikes.shape[1], dtype
        channels, length, n = rows.shape
        out, block = new_result(rows, (n, length - 2, channels), (2, 1, 0), dtype)
        if part.any():
            rows = rows.to(dtype)
            torch.lerp(rows[:, 1:-1], rows[:, :-2], part.to(dtype)[:, None, None], out=block)
        else:
            block.copy_(rows[:, 1:-1])
        return out

    @staticmethod
    @once_differentiable
    @exact
    def backward(ctx: Any, grad_out: Tensor) -> Grads:
        rows, whole, part = ctx.saved_tensors
        rows, grad = rows.to(ctx.dtype), grad_out.permute(2, 1, 0)
        grad_spikes = grad_delays = None
        if ctx.needs_input_grad[0]:
            f = part.to(rows.dtype)[:, None, None]
            grad_spikes = scatter(_spread(grad, f), whole, ctx.steps)
        if ctx.needs_input_grad[1]:
            right = rows[:, :-2] - rows[:, 1:-1]
            central = (rows[:, :-2] - rows[:, 2:]) / 2
            slope = torch.where(part[:, None, None] == 0, central, right)
            grad_delays = (grad * slope).sum((1, 2)).to(part.dtype)
        return grad_spikes, grad_delays, None


def _slope(rows: Tensor, grad: Tensor, now: Tensor, at_whole: Tensor) -> Tensor:
    """What `<g, x_0>` changes by in one more step of delay, `(out, channel)`; see below."""
    slope = torch.empty_like(now)
    if not at_whole.all():
        slope = grad @ tap(rows, 1).t() - now
    if at_whole.any():  # <g, x_1> - <g, x_-1> as one product, with the difference taken in g
        chosen = rows if at_whole.all() else rows[at_whole]
        n, width = rows.shape[2], grad.shape[1]
        change = F.pad(grad / 2, (0, 2 * n))
        change[:, -width:] -= grad / 2
        slope[:, at_whole] = change @ chosen.flatten(1).t()
    return slope


class DelayedLinear(torch.autograd.Function):
    """Delay, then weights, as matrix products of shifted views of one gathered tensor.

    Write x_0 for the rows of the whole delay and x_1 (x_-1) for one step more (less), and <g, x>
    for a product summed over batch and time. Then h = sum_c w_c ((1 - f_c) x_0 + f_c x_1) and

        slope_c = <g, x_1> - <g, x_0>             where d_c is fractional
        slope_c = (<g, x_1> - <g, x_-1>) / 2      where d_c is whole
        dL/dd_c = w_c . slope_c
        dL/dw_c = <g, x_0> + f_c slope_c

    so one gather of rows serves both passes, and no interpolated spikes are made.
    """

    @staticmethod
    @exact
    def forward(ctx: Any, spikes: Tensor, delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
        whole, part = split(delays)
        dtype = torch.promote_types(weight.dtype, spikes.dtype)
        rows = gather(spikes, whole, max_delay)
        ctx.save_for_backward(rows, whole, part, weight)
        ctx.steps, ctx.dtype = spikes.shape[1], dtype
        rows, weight, part = _scratch.floats(rows, dtype), weight.t().to(dtype), part.to(dtype)
        length, n = rows.shape[1] - 2, rows.shape[2]
        if not part.any():
            out, block = new_result(rows, (n, length, len(weight)), (2, 1, 0))
            torch.mm(weight, tap(rows, 0), out=block.view(len(weight), length * n))
            return out
        both = torch.cat([weight * part, weight * (1 - part)])
        taps = both @ rows.flatten(1)[:, : (length + 1) * n]
        late, now = taps.view(2, len(weight), length + 1, n)
        # in the order in which the neurons will read it
        out, block = new_result(now, (n, length, len(weight)), (1, 2, 0))
        torch.add(late[:, :-1].transpose(0, 1), now[:, 1:].transpose(0, 1), out=block)
        return out

    @staticmethod
    @once_differentiable
    @exact
    def backward(ctx: Any, grad_out: Tensor) -> Grads:
        rows, whole, part, weight = ctx.saved_tensors
        rows = _scratch.floats(rows, ctx.dtype)
        f = part.to(rows.dtype)[:, None]
        grad = grad_out.permute(2, 1, 0).flatten(1).to(rows.dtype)
        grad_spikes = grad_delays = grad_weight = None
        if ctx.needs_input_grad[1] or ctx.needs_input_grad[2]:
            now = grad @ tap(rows, 0).t()  # (out, channel)
            slope = _slope(rows, grad, now, part == 0)
            grad_weight = torch.addcmul(now, slope, f.t()).t().to(weight.dtype)
            grad_delays = (weight * slope.t()).sum(1).to(part.dtype)
        if ctx.needs_input_grad[0]:
            back = (weight.to(rows.dtype) @ grad).view_as(rows[:, 1:-1])
            grad_spikes = scatter(_spread(back, f[:, :, None]), whole, ctx.steps)
        return grad_spikes, grad_delays, grad_weight, None


_CHUNK = 2**20  # numbers gathered at once for synaptic delays: more would leave the cache


_DENSE = 40  # up to this longest delay, products with whole filters beat gathering rows


class DelayedSynapses(torch.autograd.Function):
    """One delay and one weight for each connection `(channel, out)`.

    As `DelayedLinear`: products of each output's rows with three shifted copies of its gradient
    give <g, x_0>, <g, x_1> and <g, x_-1>; its formulas turn them into both gradients. Short delays
    lie in filters over all whole delays, and long ones gather rows, a few outputs at a time.
    """

    @staticmethod
    @exact
    def forward(ctx: Any, spikes: Tensor, delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
        dtype = torch.promote_types(weight.dtype, spikes.dtype)
        spikes = spikes.to(dtype)
        ctx.save_for_backward(spikes, delays, weight)
        ctx.max_delay = max_delay
        if max_delay <= _DENSE:
            return _filtered(spikes, _two_taps(delays, weight.to(dtype), max_delay))
        n, steps, _ = spikes.shape
        length = steps - max_delay
        out, block = new_result(spikes, (n, length, weight.shape[1]), (1, 2, 0))
        for some, rows, _, part in _by_output(spikes, delays, max_delay):
            w = weight.t()[some].to(dtype)
            both = torch.stack([w * part, w * (1 - part)], dim=1)
            late, now = (both @ rows).unflatten(-1, (length + 2, n)).unbind(1)
            block[:, some] = (late[:, :-2] + now[:, 1:-1]).transpose(0, 1)
        return out

    @staticmethod
    @once_differentiable
    @exact
    def backward(ctx: Any, grad_out: Tensor) -> Grads:
        spikes, delays, weight = ctx.saved_tensors
        if ctx.max_delay <= _DENSE:
            return DelayedSynapses._by_filters(ctx, grad_out.to(spikes.dtype))
        steps = spikes.shape[1]
        grad = F.pad(grad_out.permute(1, 2, 0).to(spikes.dtype), (0, 0, 0, 0, 2, 2))
        grad = grad.transpose(0, 1)  # (out, window + 4, n)
        grad_spikes = torch.zeros_like(spikes) if ctx.needs_input_grad[0] else None
        grad_delays, grad_weight = (spikes.new_empty(weight.shape) for _ in range(2))
        for some, rows, whole, part in _by_output(spikes, delays, ctx.max_delay):
            w, g = weight.t()[some].to(spikes.dtype), grad[some]
            shifted = [g[:, 1:-1], g[:, 2:], g[:, :-2]]  # against x_0, x_1 and x_-1
            now, late, early = (rows @ torch.stack(shifted, -1).flatten(1, 2)).unbind(-1)
            slope = torch.where(part == 0, (late - early) / 2, late - now)
            grad_weight[:, some] = torch.addcmul(now, part, slope).t()
            grad_delays[:, some] = (w * slope).t()
            if grad_spikes is not None:
                back = w[..., None, None] * g[:, None, 2:-2]
                grad_spikes += scatter(_spread(back, part[..., None, None]), whole, steps)
        return grad_spikes, grad_delays.to(delays.dtype), grad_weight.to(weight.dtype), None

    @staticmethod
    def _by_filters(ctx: Any, grad: Tensor) -> Grads:
        spikes, delays, weight = ctx.saved_tensors
        whole, part = split(delays)
        w, part = weight.to(grad.dtype), part.to(grad.dtype)
        grad_spikes = grad_delays = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_spikes = _unfiltered(grad, _two_taps(delays, w, ctx.max_delay))
        if ctx.needs_input_grad[1] or ctx.needs_input_grad[2]:
            at = whole.t()[..., None] + torch.arange(3, device=whole.device)
            products = _products(spikes, grad, ctx.max_delay).gather(-1, at).transpose(0, 1)
            early, now, late = products.unbind(-1)  # <g, x_-1>, <g, x_0> and <g, x_1>
            slope = torch.where(part == 0, (late - early) / 2, late - now)
            grad_weight = torch.addcmul(now, part, slope).to(weight.dtype)
            grad_delays = (w * slope).to(delays.dtype)
        return grad_spikes, grad_delays, grad_weight, None


class Filtered(torch.autograd.Function):
    """A filter over all whole delays 0 ... D for each connection, `(out, channel, D + 1)`."""

    @staticmethod
    @exact
    def forward(ctx: Any, spikes: Tensor, filters: Tensor) -> Tensor:
        dtype = torch.promote_types(filters.dtype, spikes.dtype)
        spikes = spikes.to(dtype)
        ctx.save_for_backward(spikes, filters)
        return _filtered(spikes, filters.to(dtype))

    @staticmethod
    @once_differentiable
    @exact
    def backward(ctx: Any, grad_out: Tensor) -> Grads:
        spikes, filters = ctx.saved_tensors
        grad, grad_spikes, grad_filters = grad_out.to(spikes.dtype), None, None
        if ctx.needs_input_grad[0]:
            grad_spikes = _unfiltered(grad, filters.to(grad.dtype))
        if ctx.needs_input_grad[1]:
            products = _products(spikes, grad, filters.shape[-1] - 1)
            grad_filters = products[..., 1:-1].to(filters.dtype)
        return grad_spikes, grad_filters


def _two_taps(delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
    """Filters `(out, channel, max_delay + 1)` of one fractional delay for each connection."""
    whole, part = (each.t()[..., None] for each in split(delays))
    w, part = weight.t()[..., None], part.to(weight.dtype)
    taps = weight.new_zeros(*w.shape[:2], max_delay + 2)  # a delay at its end has no next tap
    return taps.scatter_(-1, whole, w * (1 - part)).scatter_(-1, whole + 1, w * part)[..., :-1]


def _filtered(spikes: Tensor, filters: Tensor) -> Tensor:
    """Spikes `(n, time, channel)` through filters `(out, channel, D + 1)`: `(n, time - D, out)`.

    On `(time, channel, batch)` all that one step hears is one block of memory, so that each step is
    one matrix product with a view.
    """
    n, steps, channels = spikes.shape
    outputs, _, taps = filters.shape
    by_time = spikes.permute(1, 2, 0).contiguous()
    heard = by_time.as_strided(
        (steps - taps + 1, taps * channels, n), (channels * n, n, 1), by_time.storage_offset()
    )
    out, block = new_result(by_time, (n, steps - taps + 1, outputs), (1, 2, 0))
    flat = filters.flip(-1).transpose(1, 2).reshape(outputs, taps * channels)
    torch.matmul(flat, heard, out=block)
    return out


def _unfiltered(grad: Tensor, filters: Tensor) -> Tensor:
    """The adjoint of `_filtered`: `(n, time - D, out)` back to `(n, time, channel)`."""
    ends = filters.shape[-1] - 1
    return _filtered(F.pad(grad, (0, 0, ends, ends)), filters.transpose(0, 1).flip(-1))


def _products(spikes: Tensor, grad: Tensor, max_delay: int) -> Tensor:
    """<g, x_k> for k from -1 to D + 1, `(out, channel, D + 3)`; silent where nothing was heard."""
    n, length, outputs = grad.shape
    rows = F.pad(spikes.permute(2, 1, 0), (0, 0, 1, 1)).flatten(1)
    grad = grad.permute(2, 1, 0).reshape(outputs, length * n)
    found = spikes.new_empty(max_delay + 3, outputs, spikes.shape[2])
    for k, product in enumerate(found):
        start = (max_delay + 2 - k) * n
        torch.mm(grad, rows[:, start : start + length * n].t(), out=product)
    return found.permute(1, 2, 0)


def _by_output(
    spikes: Tensor, delays: Tensor, max_delay: int
) -> Iterator[tuple[slice, Tensor, Tensor, Tensor]]:
    """A few outputs at a time: which, their rows `(out, channel, rows * n)`, and the delays."""
    n, steps, channels = spikes.shape
    size = max(1, _CHUNK // max(1, channels * (steps - max_delay + 2) * n))
    for start in range(0, delays.shape[1], size):
        some = slice(start, start + size)
        whole, part = split(delays.t()[some])
        yield some, gather(spikes, whole, max_delay).flatten(-2), whole, part.to(spikes.dtype)
