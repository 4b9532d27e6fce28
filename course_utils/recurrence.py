"""LIF neurons that also hear each other, one step late."""

import torch
from torch.autograd.function import once_differentiable

from . import _arguments as check
from .neurons import leak, surrogate_slope


def recurrent_lif(
    current, recurrent, tau_ms, *, dt_ms=1, surrogate="sigmoid", slope=None
) -> torch.Tensor:
    """Leaky integrate-and-fire neurons with connections among them, over a whole sequence.

    As `neurons.lif` with threshold 1 and a detached reset; every spike also adds its row of
    `recurrent` to all neurons in the *next* step:
    `v[t] = exp(-dt / tau) v[t-1] (1 - s[t-1]) + current[t] + s[t-1] @ recurrent`.

    Parameters
    ----------
    current : tensor `(n, time, neuron)`, floating
    recurrent : tensor `(neuron, neuron)`
        From each neuron (row) to each neuron (column).
    tau_ms, dt_ms : float, in ms
    surrogate, slope
        See `neurons.surrogate_slope`.

    Returns
    -------
    tensor `(n, time, neuron)` of 0 and 1

    Raises
    ------
    ValueError, TypeError
        For wrong shapes, a current that is not finite, a bad time constant or surrogate.
    """
    check.spike_tensor("current", current)
    if not current.is_floating_point():
        raise TypeError(f"current must be a floating-point torch.Tensor, not {current.dtype}")
    check.weight_matrix(recurrent, current.shape[2], current.shape[2])
    surrogate_slope(current.new_zeros(()), surrogate, slope)  # says now what is wrong
    return _RecurrentLif.apply(current, recurrent, leak(tau_ms, dt_ms), surrogate, slope)


class _RecurrentLif(torch.autograd.Function):
    """Backpropagation through time by hand (Neftci, Mostafa & Zenke 2019).

    With e_t = dL/dv_t and q_t the surrogate slope, a spike acts on the loss directly (g_t) and
    through the next step of every neuron (U e_{t+1}):

        e_t = q_t (g_t + U e_{t+1}) + a (1 - s_t) e_{t+1},

    dL/dcurrent_t = e_t, and dL/dU = sum_t s_t e_{t+1}.
    """

    @staticmethod
    def forward(ctx, current, recurrent, decay, surrogate, slope):
        drive = current.detach().permute(1, 2, 0).contiguous()  # (time, neuron, n)
        potential, spikes = torch.empty_like(drive), torch.empty_like(drive)
        inward = recurrent.detach().t().contiguous()
        v = s = torch.zeros_like(drive[0])
        for t in range(len(drive)):
            v = torch.addmm(drive[t], inward, s).addcmul_(v, 1 - s, value=decay)
            s = (v >= 1).to(v.dtype)
            potential[t], spikes[t] = v, s
        ctx.save_for_backward(potential, spikes, recurrent)
        ctx.settings = decay, surrogate, slope
        return spikes.permute(2, 0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        potential, spikes, recurrent = ctx.saved_tensors
        decay, surrogate, slope = ctx.settings
        q = surrogate_slope(potential - 1, surrogate, slope)
        grad = grad.permute(1, 2, 0)
        carry = decay * (1 - spikes)
        error = torch.empty_like(potential)
        later = torch.zeros_like(potential[0])
        for t in range(len(error) - 1, -1, -1):
            later = torch.addmm(grad[t], recurrent, later).mul_(q[t]).addcmul_(carry[t], later)
            error[t] = later
        before, after = spikes[:-1], error[1:]
        grad_recurrent = torch.einsum("tin,tjn->ij", before, after)
        return error.permute(2, 0, 1), grad_recurrent, None, None, None
