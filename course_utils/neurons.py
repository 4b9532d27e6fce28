"""Leaky integrate-and-fire neurons, alone or in a loop, surrogate gradients and a leaky readout."""

import math
from collections.abc import Sequence
from typing import Any, Literal, overload

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from . import arguments as valid
from ._rows import Grads, exact, new_result

DEFAULT_SLOPE = {"sigmoid": 5.0, "superspike": 10.0, "atan": 2.0}
"""Slope of each surrogate if none is given (per unit of potential above threshold)."""


def _sigmoid(u: Tensor, b: float) -> Tensor:
    open_share = torch.sigmoid(b * u)
    return b * open_share * (1 - open_share)


def _superspike(u: Tensor, b: float) -> Tensor:
    return 1 / (1 + b * u.abs()) ** 2


def _atan(u: Tensor, b: float) -> Tensor:
    return (b / 2) / (1 + (math.pi / 2 * b * u) ** 2)


_SLOPES = {"sigmoid": _sigmoid, "superspike": _superspike, "atan": _atan}
SURROGATES = tuple(_SLOPES)
"""Names of the surrogate gradients."""


def surrogate_slope(
    potential: Tensor, surrogate: str = "sigmoid", slope: float | None = None
) -> Tensor:
    """Stand-in for the derivative of a spike with respect to the potential.

    Parameters
    ----------
    potential : tensor, any shape
        Potential above threshold (threshold at 0).
    surrogate : "sigmoid", "superspike" or "atan"
        With slope b and potential u: b s(bu) (1 - s(bu)) with s the logistic function;
        `1 / (1 + b |u|)^2` (Zenke & Ganguli 2018); (b / 2) / (1 + (pi b u / 2)^2).
    slope : float, optional
        b; the default depends on the surrogate, see `DEFAULT_SLOPE`.

    Raises
    ------
    ValueError
        For an unknown surrogate or a slope that is not above zero.
    """
    surrogate, slope = chosen_surrogate(surrogate, slope)
    return _SLOPES[surrogate](potential, slope)


def spike(potential: Tensor, surrogate: str = "sigmoid", slope: float | None = None) -> Tensor:
    """1 where the potential is at or above 0, else 0; its gradient is `surrogate_slope`.

    Parameters, shapes and errors as in `surrogate_slope`. (Neftci, Mostafa & Zenke 2019.)
    """
    return _Spike.apply(potential, *chosen_surrogate(surrogate, slope))


class _Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, potential: Tensor, surrogate: str, slope: float) -> Tensor:
        ctx.save_for_backward(potential)
        ctx.shape_of_slope = surrogate, slope
        return (potential >= 0).to(potential.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (potential,) = ctx.saved_tensors
        return grad * surrogate_slope(potential, *ctx.shape_of_slope), None, None


@overload
def lif(
    current: Tensor, tau_ms: float, *, dt_ms: float = ..., threshold: float = ...,
    surrogate: str = ..., slope: float | None = ..., detach_reset: bool = ...,
    return_potential: Literal[False] = ...,
) -> Tensor: ...  # fmt: skip


@overload
def lif(
    current: Tensor, tau_ms: float, *, dt_ms: float = ..., threshold: float = ...,
    surrogate: str = ..., slope: float | None = ..., detach_reset: bool = ...,
    return_potential: Literal[True],
) -> tuple[Tensor, Tensor]: ...  # fmt: skip


def lif(
    current: Tensor,
    tau_ms: float,
    *,
    dt_ms: float = 1,
    threshold: float = 1,
    surrogate: str = "sigmoid",
    slope: float | None = None,
    detach_reset: bool = True,
    return_potential: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Leaky integrate-and-fire neurons over a whole sequence.

    In every step: update, `v = exp(-dt / tau) v + current`; compare, `spike = v >= threshold`;
    reset, `v = 0` where there was a spike.

    Parameters
    ----------
    current : tensor `(n, time, neuron)`, floating
        What arrives in each step, in units of the potential. Under autocast it is taken in single
        precision: small errors in a potential become whole spikes.
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
    current = valid.current("current", current)
    decay = leak(tau_ms, dt_ms)
    threshold = valid.finite_number("threshold", threshold, 0, math.inf, exclusive=True)
    spikes, potential = _Lif.apply(
        current, decay, threshold, *chosen_surrogate(surrogate, slope), detach_reset
    )
    # A copy: the backward pass reads the original, and the reader may edit what is returned.
    return (spikes, potential.clone()) if return_potential else spikes


def leak(tau_ms: float, dt_ms: float = 1) -> float:
    """Share of the potential that is left after one step, exp(-dt / tau).

    Raises ValueError or TypeError for a time constant or step, in ms, that is not above zero.
    """
    tau_ms, dt_ms = valid.time_constant(tau_ms, dt_ms)
    return math.exp(-dt_ms / tau_ms)


class _Lif(torch.autograd.Function):
    """The sequence forward, and backpropagation through time as one linear recurrence.

    With potential v before reset, spike s, leak a, surrogate slope q and incoming gradient g:
    v_t = a v_{t-1} (1 - s_{t-1}) + i_t, hence e_t = dL/dv_t obeys

        e_t = q_t g_t + a e_{t+1} (1 - s_t - q_t v_t),

    and dL/di_t = e_t. A detached reset drops the last term, q_t v_t.
    """

    @staticmethod
    @exact
    def forward(
        ctx: Any, current: Tensor, decay: float, threshold: float,
        surrogate: str, slope: float, detach_reset: bool,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        potential = _run_forward(_time_major(current.detach()), decay, threshold)
        spikes, by_time = new_result(potential, current.shape, (1, 2, 0))
        torch.ge(potential, threshold, out=by_time)
        ctx.save_for_backward(potential)  # not the spikes, which the reader may edit
        ctx.settings = decay, threshold, surrogate, slope, detach_reset
        ctx.set_materialize_grads(False)
        potential = potential.permute(2, 0, 1)
        ctx.mark_non_differentiable(potential)
        return spikes, potential

    @staticmethod
    @once_differentiable
    @exact
    def backward(ctx: Any, grad: Tensor, _: Tensor | None) -> Grads:
        (potential,) = ctx.saved_tensors
        decay, threshold, surrogate, slope, detach_reset = ctx.settings
        q = surrogate_slope(potential - threshold, surrogate, slope)
        carry = (potential < threshold).to(q.dtype)
        if not detach_reset:
            carry -= q * potential
        error = _run_backward(q.mul_(_time_major(grad)), carry.mul_(decay))
        return error.permute(2, 0, 1), None, None, None, None, None


def _time_major(tensor: Tensor) -> Tensor:
    """`(n, time, neuron)` as a contiguous `(time, neuron, n)`; no copy if it already is one."""
    return tensor.permute(1, 2, 0).contiguous()


def _run_forward(current: Tensor, decay: float, threshold: float) -> Tensor:
    """Potentials before reset, `(time, neuron, n)`."""
    potential = current.clone()
    (v,) = _arrays(potential)
    for t in range(1, len(v)):
        before = v[t - 1]
        v[t] += decay * before * (before < threshold)
    return potential


def _run_backward(local: Tensor, carry: Tensor) -> Tensor:
    """Solve `e_t = local_t + carry_t e_{t+1}` from the last step to the first, in place."""
    e_all, factor = _arrays(local, carry)
    for t in range(len(e_all) - 2, -1, -1):
        e_all[t] += factor[t] * e_all[t + 1]
    return local


def _arrays(*tensors: Tensor) -> Sequence[Any]:
    """On a CPU the same memory as numpy arrays: the same operators, a third of the overhead."""
    if all(t.device.type == "cpu" and t.dtype in (torch.float32, torch.float64) for t in tensors):
        return [tensor.numpy() for tensor in tensors]
    return tensors  # numpy has no bfloat16, and is slow with half precision


def readout_weighting(
    steps: int, tau_ms: float, dt_ms: float = 1, dtype: torch.dtype = torch.float32
) -> Tensor:
    """What a spike in each step adds to the time-mean of a leaky integrator.

    A unit input with k steps to go (its own included) adds 1 + a + ... + a^(k-1) to the summed
    potential: (1 - a^k) / ((1 - a) T).

    Returns
    -------
    tensor `(steps,)`

    Raises
    ------
    ValueError, TypeError
        For a number of steps below 1, or a time constant or step, in ms, that is not above zero.
    """
    steps = valid.whole_number("steps", steps)
    to_go = torch.arange(steps, 0, -1, dtype=torch.float64)
    tau_ms, dt_ms = valid.time_constant(tau_ms, dt_ms)
    share = torch.expm1(-to_go * dt_ms / tau_ms) / math.expm1(-dt_ms / tau_ms)
    return (share / steps).to(dtype)


def leaky_readout(spikes: Tensor, weight: Tensor, tau_ms: float, *, dt_ms: float = 1) -> Tensor:
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
    valid.spike_tensor("spikes", spikes)
    valid.weight_matrix("weight", weight, spikes.shape[2])
    weighting = readout_weighting(spikes.shape[1], tau_ms, dt_ms, weight.dtype)
    weighting = weighting.to(weight.device)
    n, steps, neurons = spikes.shape
    by_time = spikes.to(weight.dtype).permute(1, 2, 0).reshape(steps, neurons * n)
    mean_input = (weighting @ by_time).view(neurons, n)
    return mean_input.t() @ weight


def chosen_surrogate(surrogate: str, slope: float | None = None) -> tuple[str, float]:
    """The name and its slope, the default one if None; raises as `surrogate_slope` does."""
    valid.one_of("surrogate", surrogate, SURROGATES)
    if slope is None:
        slope = DEFAULT_SLOPE[surrogate]
    return surrogate, valid.finite_number("slope", slope, 0, math.inf, exclusive=True)


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

    As `lif` with threshold 1 and a detached reset; every spike also adds its row of
    `recurrent` to all neurons in the *next* step:
    `v[t] = exp(-dt / tau) v[t-1] (1 - s[t-1]) + current[t] + s[t-1] @ recurrent`.

    Parameters
    ----------
    current : tensor `(n, time, neuron)`, floating
    recurrent : tensor `(neuron, neuron)`
        From each neuron (row) to each neuron (column).
    tau_ms, dt_ms : float, in ms
    surrogate, slope
        See `surrogate_slope`.

    Returns
    -------
    tensor `(n, time, neuron)` of 0 and 1

    Raises
    ------
    ValueError, TypeError
        For wrong shapes, a current that is not finite, a bad time constant or surrogate.
    """
    current = valid.current("current", current)
    valid.weight_matrix("recurrent", recurrent, current.shape[2], current.shape[2])
    if not torch.isfinite(recurrent).all():
        raise ValueError("recurrent must be finite, but it holds NaN or infinity")
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
    def forward(
        ctx: Any, current: Tensor, recurrent: Tensor, decay: float, surrogate: str, slope: float
    ) -> Tensor:
        drive = current.detach().permute(1, 2, 0).contiguous()  # (time, neuron, n)
        potential = torch.empty_like(drive)
        spikes, by_time = new_result(drive, current.shape, (1, 2, 0))
        inward = recurrent.detach().to(drive.dtype).t().contiguous()
        v = s = drive.new_zeros(drive.shape[1:])
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
    def backward(ctx: Any, grad: Tensor) -> Grads:
        potential, recurrent = ctx.saved_tensors
        decay, surrogate, slope = ctx.settings
        q = surrogate_slope(potential - 1, surrogate, slope)
        spikes, outward = (potential >= 1).to(q.dtype), recurrent.to(q.dtype)
        grad = grad.permute(1, 2, 0)
        carry = decay * (1 - spikes)
        error = torch.empty_like(potential)
        later = potential.new_zeros(potential.shape[1:])
        for t in range(len(error) - 1, -1, -1):
            later = torch.addmm(grad[t], outward, later).mul_(q[t]).addcmul_(carry[t], later)
            error[t] = later
        grad_recurrent = torch.einsum("tin,tjn->ij", spikes[:-1], error[1:])
        return error.permute(2, 0, 1), grad_recurrent.to(recurrent.dtype), None, None, None
