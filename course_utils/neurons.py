"""Leaky integrate-and-fire neurons, surrogate gradients and a leaky readout."""

import math

import torch
from torch.autograd.function import once_differentiable

from . import _arguments as check

SURROGATES = ("sigmoid", "superspike", "atan")
DEFAULT_SLOPE = {"sigmoid": 5.0, "superspike": 10.0, "atan": 2.0}
"""Slope of each surrogate if none is given (per unit of potential above threshold)."""


def surrogate_slope(potential, surrogate="sigmoid", slope=None) -> torch.Tensor:
    """Stand-in for the derivative of a spike with respect to the potential.

    Parameters
    ----------
    potential : tensor, any shape
        Potential above threshold (threshold at 0).
    surrogate : "sigmoid", "superspike" or "atan"
        With slope b and potential u: b s(bu) (1 - s(bu)) with s the logistic function;
        1 / (1 + b |u|)^2 (Zenke & Ganguli 2018); (b / 2) / (1 + (pi b u / 2)^2).
    slope : float, optional
        b; the default depends on the surrogate, see `DEFAULT_SLOPE`.

    Raises
    ------
    ValueError
        For an unknown surrogate or a slope that is not above zero.
    """
    surrogate, slope = _chosen(surrogate, slope)
    if surrogate == "sigmoid":
        open_share = torch.sigmoid(slope * potential)
        return slope * open_share * (1 - open_share)
    if surrogate == "superspike":
        return 1 / (1 + slope * potential.abs()) ** 2
    return (slope / 2) / (1 + (math.pi / 2 * slope * potential) ** 2)


def spike(potential, surrogate="sigmoid", slope=None) -> torch.Tensor:
    """1 where the potential is at or above 0, else 0; its gradient is `surrogate_slope`.

    Parameters, shapes and errors as in `surrogate_slope`. (Neftci, Mostafa & Zenke 2019.)
    """
    return _Spike.apply(potential, *_chosen(surrogate, slope))


class _Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, potential, surrogate, slope):
        ctx.save_for_backward(potential)
        ctx.shape_of_slope = surrogate, slope
        return (potential >= 0).to(potential.dtype)

    @staticmethod
    def backward(ctx, grad):
        (potential,) = ctx.saved_tensors
        return grad * surrogate_slope(potential, *ctx.shape_of_slope), None, None


def lif(
    current,
    tau_ms,
    *,
    dt_ms=1,
    threshold=1,
    surrogate="sigmoid",
    slope=None,
    detach_reset=True,
    return_potential=False,
):
    """Leaky integrate-and-fire neurons over a whole sequence.

    In every step: update, `v = exp(-dt / tau) v + current`; compare, `spike = v >= threshold`;
    reset, `v = 0` where there was a spike.

    Parameters
    ----------
    current : tensor `(n, time, neuron)`, floating
        What arrives in each step, in units of the potential.
    tau_ms, dt_ms : float
        Membrane time constant and time step, in ms.
    threshold : float
        Potential at which a neuron fires.
    surrogate, slope
        See `surrogate_slope`.
    detach_reset : bool
        If True no gradient flows through the decision to reset.
    return_potential : bool
        If True also return the potential before the reset (no gradient).

    Returns
    -------
    spikes : tensor `(n, time, neuron)` of 0 and 1
    potential : tensor `(n, time, neuron)`, only if asked for

    Raises
    ------
    ValueError, TypeError
        For a current that is not a finite 3-dimensional floating tensor, a time constant or
        step not above zero, or an unknown surrogate.
    """
    if not isinstance(current, torch.Tensor) or not current.is_floating_point():
        found = getattr(current, "dtype", type(current).__name__)
        raise TypeError(f"current must be a floating-point torch.Tensor, not {found}")
    check.spike_tensor("current", current)
    decay = leak(tau_ms, dt_ms)
    threshold = check.finite_number("threshold", threshold, 0, math.inf, exclusive=True)
    spikes, potential = _Lif.apply(
        current, decay, threshold, *_chosen(surrogate, slope), detach_reset
    )
    return (spikes, potential) if return_potential else spikes


def leak(tau_ms, dt_ms=1) -> float:
    """Share of the potential that is left after one step, exp(-dt / tau)."""
    tau_ms = check.finite_number("tau_ms", tau_ms, 0, math.inf, exclusive=True)
    dt_ms = check.finite_number("dt_ms", dt_ms, 0, math.inf, exclusive=True)
    return math.exp(-dt_ms / tau_ms)


class _Lif(torch.autograd.Function):
    """The sequence forward, and backpropagation through time as one linear recurrence.

    With potential v before reset, spike s, leak a, surrogate slope q and incoming gradient g:
    v_t = a v_{t-1} (1 - s_{t-1}) + i_t, hence e_t = dL/dv_t obeys

        e_t = q_t g_t + a e_{t+1} (1 - s_t - q_t v_t),

    and dL/di_t = e_t. A detached reset drops the last term, q_t v_t.
    """

    @staticmethod
    def forward(ctx, current, decay, threshold, surrogate, slope, detach_reset):
        potential = _run_forward(_time_major(current.detach()), decay, threshold)
        spikes = (potential >= threshold).to(current.dtype)
        ctx.save_for_backward(potential, spikes)
        ctx.settings = decay, threshold, surrogate, slope, detach_reset
        ctx.set_materialize_grads(False)
        spikes, potential = spikes.permute(2, 0, 1), potential.permute(2, 0, 1)
        ctx.mark_non_differentiable(potential)
        return spikes, potential

    @staticmethod
    @once_differentiable
    def backward(ctx, grad, _):
        potential, spikes = ctx.saved_tensors
        decay, threshold, surrogate, slope, detach_reset = ctx.settings
        q = surrogate_slope(potential - threshold, surrogate, slope)
        carry = 1 - spikes if detach_reset else 1 - spikes - q * potential
        error = _run_backward(q.mul_(_time_major(grad)), carry.mul_(decay))
        return error.permute(2, 0, 1), None, None, None, None, None


def _time_major(tensor):
    """`(n, time, neuron)` as a contiguous `(time, neuron, n)`; no copy if it already is one."""
    return tensor.permute(1, 2, 0).contiguous()


def _run_forward(current, decay, threshold):
    """Potentials before reset, `(time, neuron, n)`."""
    potential = current.clone()
    (v,) = _arrays(potential)
    for t in range(1, len(v)):
        before = v[t - 1]
        v[t] += decay * before * (before < threshold)
    return potential


def _run_backward(local, carry):
    """Solve `e_t = local_t + carry_t e_{t+1}` from the last step to the first, in place."""
    e_all, factor = _arrays(local, carry)
    for t in range(len(e_all) - 2, -1, -1):
        e_all[t] += factor[t] * e_all[t + 1]
    return local


def _arrays(*tensors):
    """On a CPU the same memory as numpy arrays: the same operators, a third of the overhead."""
    if all(tensor.device.type == "cpu" for tensor in tensors):
        return [tensor.numpy() for tensor in tensors]
    return tensors


def readout_weighting(steps: int, tau_ms, dt_ms=1, dtype=torch.float32) -> torch.Tensor:
    """What a spike in each step adds to the time-mean of a leaky integrator.

    A unit input with k steps to go (its own included) adds 1 + a + ... + a^(k-1) to the summed
    potential: (1 - a^k) / ((1 - a) T).

    Returns
    -------
    tensor `(steps,)`
    """
    steps = check.whole_number("steps", steps)
    to_go = torch.arange(steps, 0, -1, dtype=torch.float64)
    leak(tau_ms, dt_ms)  # says what is wrong with either
    share = torch.expm1(-to_go * dt_ms / tau_ms) / math.expm1(-dt_ms / tau_ms)
    return (share / steps).to(dtype)


def leaky_readout(spikes, weight, tau_ms, *, dt_ms=1) -> torch.Tensor:
    """Time-mean potential of leaky integrators that never fire, without a loop.

    Parameters
    ----------
    spikes : tensor `(n, time, neuron)`
    weight : tensor `(neuron, out)`
    tau_ms, dt_ms : float, in ms

    Returns
    -------
    tensor `(n, out)`

    Raises
    ------
    ValueError, TypeError
        For wrong shapes, non-finite spikes, or a time constant not above zero.
    """
    check.spike_tensor("spikes", spikes)
    check.weight_matrix(weight, spikes.shape[2])
    weighting = readout_weighting(spikes.shape[1], tau_ms, dt_ms, weight.dtype)
    weighting = weighting.to(weight.device)
    n, steps, neurons = spikes.shape
    by_time = spikes.to(weight.dtype).permute(1, 2, 0).reshape(steps, neurons * n)
    mean_input = (weighting @ by_time).view(neurons, n)
    return mean_input.t() @ weight


def _chosen(surrogate, slope):
    check.one_of("surrogate", surrogate, SURROGATES)
    if slope is None:
        slope = DEFAULT_SLOPE[surrogate]
    return surrogate, check.finite_number("slope", slope, 0, math.inf, exclusive=True)
