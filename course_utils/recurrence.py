"""LIF neurons that also hear each other, one step late."""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from . import _arguments as check
from ._rows import exact, new_result
from .neurons import chosen_surrogate, leak, surrogate_slope


def recurrent_lif(
    current: Tensor,
    recurrent: Tensor,
    tau_ms: float,
    *,
    dt_ms: float = 1,
    surrogate: str = "sigmoid",
    slope: float | None = None,
) -> Tensor:
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
    current = check.current("current", current)
    check.weight_matrix("recurrent", recurrent, current.shape[2], current.shape[2])
    how = leak(tau_ms, dt_ms), *chosen_surrogate(surrogate, slope)
    return _RecurrentLif.apply(current, recurrent, *how)


class _RecurrentLif(torch.autograd.Function):
    """Backpropagation through time by hand (Neftci, Mostafa & Zenke 2019).

    With e_t = dL/dv_t and q_t the surrogate slope, a spike acts on the loss directly (g_t) and
    through the next step of every neuron (U e_{t+1}):

        e_t = q_t (g_t + U e_{t+1}) + a (1 - s_t) e_{t+1},

    dL/dcurrent_t = e_t, and dL/dU = sum_t s_t e_{t+1}.
    """

    @staticmethod
    @exact
    def forward(ctx, current, recurrent, decay, surrogate, slope):
        drive = current.detach().permute(1, 2, 0).contiguous()  # (time, neuron, n)
        potential = torch.empty_like(drive)
        spikes, by_time = new_result(drive, current.shape, (1, 2, 0))
        inward = recurrent.detach().to(drive.dtype).t().contiguous()
        v = s = torch.zeros_like(drive[0])
        for t in range(len(drive)):
            v = torch.addmm(drive[t], inward, s).addcmul_(v, 1 - s, value=decay)
            s = (v >= 1).to(v.dtype)
            potential[t], by_time[t] = v, s
        ctx.save_for_backward(potential, recurrent)  # not the spikes, which the reader may edit
        ctx.settings = decay, surrogate, slope
        return spikes

    @staticmethod
    @once_differentiable
    @exact
    def backward(ctx, grad):
        potential, recurrent = ctx.saved_tensors
        decay, surrogate, slope = ctx.settings
        q = surrogate_slope(potential - 1, surrogate, slope)
        spikes, outward = (potential >= 1).to(q.dtype), recurrent.to(q.dtype)
        grad = grad.permute(1, 2, 0)
        carry = decay * (1 - spikes)
        error = torch.empty_like(potential)
        later = torch.zeros_like(potential[0])
        for t in range(len(error) - 1, -1, -1):
            later = torch.addmm(grad[t], outward, later).mul_(q[t]).addcmul_(carry[t], later)
            error[t] = later
        grad_recurrent = torch.einsum("tin,tjn->ij", spikes[:-1], error[1:])
        return error.permute(2, 0, 1), grad_recurrent.to(recurrent.dtype), None, None, None
