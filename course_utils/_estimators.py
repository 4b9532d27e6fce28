"""Ways for a delay to act and to get its gradient, other than plain interpolation."""

import torch
import torch.nn.functional as F


def grid_sample_shift(spikes, delays, max_delay):
    """Method B through `affine_grid` and `grid_sample`; see `delays.shift_by_grid_sample`."""
    n, steps, channels = spikes.shape
    images = spikes.to(torch.promote_types(delays.dtype, spikes.dtype)).permute(2, 0, 1)
    affine = torch.zeros(channels, 2, 3, dtype=delays.dtype)
    affine[:, 0, 0] = affine[:, 1, 1] = 1
    affine[:, 1, 2] = -2 * delays / steps
    grid = F.affine_grid(affine, (channels, max(n, 1), steps, 1), align_corners=False)
    shifted = F.grid_sample(images[..., None], grid.to(images.dtype), align_corners=False)
    return shifted[:, :, max_delay:, 0].permute(1, 2, 0)


class PrototypeRound(torch.autograd.Function):
    """The prototype's surrogate: round forward; backward, the gradient times 5 d."""

    @staticmethod
    def forward(ctx, delays):
        ctx.save_for_backward(delays)
        return delays.round()

    @staticmethod
    def backward(ctx, grad):
        (delays,) = ctx.saved_tensors
        return 5 * delays * grad


def bell(delays, max_delay, sigma):
    """Weight of every whole delay 0 … max_delay: a Gaussian around the learned one.

    Normalised over the whole delays (Hammouamri et al. 2023). Shape `delays.shape + (taps,)`.
    """
    return torch.softmax(-(((_taps(delays, max_delay) - delays[..., None]) / sigma) ** 2) / 2, -1)


def tent(delays, max_delay, sigma):
    """As `bell`, but a triangle that ends `sigma` steps away; 1 step is linear interpolation.

    At its corners the slope is the mean of the two sides, as everywhere in the course.
    """
    height = _Ramp.apply(1 - (_taps(delays, max_delay) - delays[..., None]).abs() / sigma)
    return height / height.sum(-1, keepdim=True)


class _Ramp(torch.autograd.Function):
    """max(x, 0) with slope one half at 0."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * torch.heaviside(x, x.new_tensor(0.5))


def _taps(delays, max_delay):
    return torch.arange(max_delay + 1, dtype=delays.dtype, device=delays.device)


def kernel_shift(spikes, kernel):
    """Convolve `(n, time, channel)` spikes with a kernel `(channel, taps)`, by Method B."""
    return _convolve(spikes, kernel.flip(-1)[:, None], groups=len(kernel))


def kernel_linear(spikes, kernel, weight):
    """The same with a kernel `(channel, out, taps)` and a weight `(channel, out)`."""
    filters = (kernel * weight[..., None]).flip(-1).transpose(0, 1)
    return _convolve(spikes, filters, groups=1)


def _convolve(spikes, filters, groups):
    trains = spikes.to(torch.promote_types(filters.dtype, spikes.dtype)).transpose(1, 2)
    return F.conv1d(trains, filters.to(trains.dtype), groups=groups).transpose(1, 2)
