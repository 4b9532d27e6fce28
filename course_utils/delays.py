"""Making spikes wait: Methods A and B, and delays that a network can learn.

Everywhere `out[t] = in[t - d]` with a delay `d >= 0` in time steps. A fractional delay
`d = k + f` mixes two neighbours, `(1 - f) * in[t - k] + f * in[t - k - 1]`. Its slope is their
difference; at a whole delay, where left and right slope differ, the *central* difference
`(in[t - k - 1] - in[t - k + 1]) / 2` is the gradient of the whole course. Outside the recording
there are no spikes.
"""

import copy
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from . import _arguments as check
from . import _estimators, _rows

ESTIMATORS = ("linear", "straight_through", "gaussian", "triangle", "prototype")
SPREADING = ("gaussian", "triangle")
KINDS = ("axonal", "dendritic", "synaptic")
PADDINGS = ("clip", "causal", "full")


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
    return _rows.Shift.apply(_padded(spikes, max_delay, "full"), delays, max_delay)


def shift_then_clip(spikes, delays, max_delay: int) -> torch.Tensor:
    """Method B: shift, and keep only the steps that every channel can fill.

    Row `t` of the result is time `t + max_delay` of the input's clock. Parameters and errors as
    in `pad_then_shift`.

    Returns
    -------
    tensor `(n, time - max_delay, channel)`, floating
    """
    spikes, delays, max_delay = _checked(spikes, delays, max_delay)
    return _rows.Shift.apply(spikes, delays, max_delay)


def shift_causal(spikes, delays, max_delay: int) -> torch.Tensor:
    """Shift and keep the input's clock: what has not arrived yet is silence.

    Several layers in a row keep one time axis; `valid_steps` tells which part of it every channel
    could fill. Parameters and errors as in `pad_then_shift`.

    Returns
    -------
    tensor `(n, time, channel)`, floating
    """
    spikes, delays, max_delay = _checked(spikes, delays, max_delay)
    return _rows.Shift.apply(_padded(spikes, max_delay, "causal"), delays, max_delay)


def shift_by_grid_sample(spikes, delays, max_delay: int) -> torch.Tensor:
    """Method B through `affine_grid` and `grid_sample`: the slow way, kept as a reference.

    Each channel is an image one pixel wide and `time` pixels high; a translation of `-2 d / time`
    in normalised coordinates moves the sampling points `d` rows *back*, which delays. (Spatial
    transformers, Jaderberg et al. 2015.) Parameters, errors and result as in `shift_then_clip`,
    up to rounding.
    """
    return _estimators.grid_sample_shift(*_checked(spikes, delays, max_delay))


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
    return _rows.DelayedLinear.apply(spikes, delays, weight, max_delay)


def length_budget(effective_steps: int, max_delay: int, layers: int) -> int:
    """Steps a stimulus needs so that Method B leaves `effective_steps` after `layers` layers."""
    effective_steps = check.whole_number("effective_steps", effective_steps)
    max_delay = check.whole_number("max_delay", max_delay, low=0)
    return effective_steps + check.whole_number("layers", layers, low=0) * max_delay


def valid_steps(steps: int, *max_delays: int) -> slice:
    """Steps of the input's clock that every channel fills after causal layers in a row.

    Raises ValueError if nothing is left.
    """
    steps = check.whole_number("steps", steps)
    start = sum(check.whole_number("max_delays", delay, low=0) for delay in max_delays)
    if start >= steps:
        raise ValueError(f"max_delays must add up to less than {steps} steps, not {start}")
    return slice(start, steps)


@dataclass
class DelayState:
    """What a `DelayLayer` remembers between two steps.

    Attributes
    ----------
    past : tensor `(max_delay + 2, n, channel)`
        A ring of the latest inputs.
    newest : int
        Where in the ring the latest input lies.
    """

    past: torch.Tensor
    newest: int = -1

    def push(self, row) -> None:
        """Let the oldest input go and take `row` in."""
        self.newest = (self.newest + 1) % len(self.past)
        self.past[self.newest] = row

    def ago(self, delay) -> torch.Tensor:
        """Inputs `delay` steps ago, for whole delays `(channel, ...)`; `(n, channel, ...)`."""
        channel = torch.arange(self.past.shape[2], device=delay.device)
        channel = channel.view(-1, *[1] * (delay.ndim - 1)).expand_as(delay)
        ring = self.past.transpose(0, 1)
        return ring[:, (self.newest - delay) % len(self.past), channel]


class DelayLayer(nn.Module):
    """Learnable delays: one for each channel, each output, or each connection.

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
        width `sigma` steps (Hammouamri et al. 2023), "triangle" over a tent of half-width
        `sigma`; shrink `sigma` as training goes on (`training.SigmaSchedule`) and measure the
        rounded layer. "prototype" is the rule that this course set out from, kept to be
        studied: rounded, and its gradient multiplied by five times the delay.
    init : "uniform", a number of steps, or a tensor of the delays' shape
        First delays; a tensor is copied.
    generator : torch.Generator
        Needed for `init="uniform"`.
    kind : "axonal", "dendritic" or "synaptic"
        One delay for each channel, for each output, or for each connection.
    outputs : int
        Number of outputs; needed unless the delays are axonal.
    padding : "clip", "causal" or "full"
        Method B, the input's clock, or Method A.

    Attributes
    ----------
    delays : Parameter, in steps, `(channels,)`, `(outputs,)` or `(channels, outputs)`.
        After an optimiser step call `project_`, or use `training.DelayOptimizer`, which does.
    sigma : float, in steps; used by "gaussian" and "triangle" only.

    Raises
    ------
    ValueError, TypeError
        For an unknown name, delays outside [0, max_delay], or a missing generator.
    """

    def __init__(
        self,
        channels: int,
        max_delay: int,
        estimator: str = "linear",
        init="uniform",
        generator: torch.Generator | None = None,
        *,
        kind: str = "axonal",
        outputs: int | None = None,
        padding: str = "clip",
    ):
        super().__init__()
        self.channels = check.whole_number("channels", channels)
        self.max_delay = check.whole_number("max_delay", max_delay, low=0)
        self.estimator = check.one_of("estimator", estimator, ESTIMATORS)
        self.kind = check.one_of("kind", kind, KINDS)
        self.padding = check.one_of("padding", padding, PADDINGS)
        self.outputs = None if kind == "axonal" else check.whole_number("outputs", outputs)
        self.sigma = max(max_delay / 2, 1.0)  # steps
        self.delays = nn.Parameter(self._first_delays(init, generator))

    def _first_delays(self, init, generator) -> torch.Tensor:
        shape = {
            "axonal": (self.channels,),
            "dendritic": (self.outputs,),
            "synaptic": (self.channels, self.outputs),
        }[self.kind]
        if isinstance(init, str):
            check.one_of("init", init, ("uniform",))
            check.random_generator(generator)
            return torch.rand(shape, generator=generator) * self.max_delay
        if isinstance(init, torch.Tensor):
            return check.delays("init", init, shape, self.max_delay).detach().clone()
        return torch.full(shape, check.finite_number("init", init, 0, self.max_delay))

    def forward(self, spikes) -> torch.Tensor:
        """Delay `(n, time, channel)` spikes; the length of the result follows `padding`."""
        if self.kind != "axonal":
            raise ValueError(f"kind must be 'axonal' to shift channels, not {self.kind!r}")
        return self._shift(check.spike_tensor("spikes", spikes, self.channels))

    def then_linear(self, spikes, weight) -> torch.Tensor:
        """Delays and weights `(channel, out)` together, the fastest way there is.

        Returns
        -------
        tensor `(n, time, out)`; for axonal delays equal to `self(spikes) @ weight`.
        """
        check.spike_tensor("spikes", spikes, self.channels)
        check.weight_matrix(weight, self.channels, self.outputs)
        if self.kind == "dendritic":
            return self._shift(spikes.to(weight.dtype) @ weight)
        if self.estimator in ("linear", "straight_through"):
            return self._linear_then_weight(spikes, weight)
        if self.kind == "axonal":
            return self._shift(spikes) @ weight
        return self._synaptic_kernel(spikes, weight)

    def _linear_then_weight(self, spikes, weight):
        spikes, delays, max_delay = _checked(spikes, self._applied(), self.max_delay, self.outputs)
        spikes = _padded(spikes, max_delay, self.padding)
        if self.kind == "axonal":
            return _rows.DelayedLinear.apply(spikes, delays, weight, max_delay)
        return _rows.DelayedSynapses.apply(spikes, delays, weight, max_delay)

    def _synaptic_kernel(self, spikes, weight):
        spikes, delays, max_delay = _checked(spikes, self.delays, self.max_delay, self.outputs)
        spikes = _padded(spikes, max_delay, self.padding)
        if self.estimator == "prototype":
            rounded = _estimators.PrototypeRound.apply(delays)
            columns = [_estimators.grid_sample_shift(spikes, d, max_delay) for d in rounded.T]
            return torch.stack([c @ w for c, w in zip(columns, weight.T, strict=True)], dim=2)
        return _estimators.kernel_linear(spikes, self._kernel(delays), weight)

    def _shift(self, trains):
        """Delay the channels of `trains` by this layer's delays, one for each channel."""
        trains, delays, max_delay = _checked(trains, self._applied(), self.max_delay)
        trains = _padded(trains, max_delay, self.padding)
        if self.estimator == "prototype":
            rounded = _estimators.PrototypeRound.apply(delays)
            return _estimators.grid_sample_shift(trains, rounded, max_delay)
        if self.estimator in SPREADING:
            return _estimators.kernel_shift(trains, self._kernel(delays))
        return _rows.Shift.apply(trains, delays, max_delay)

    def _kernel(self, delays):
        shape = _estimators.bell if self.estimator == "gaussian" else _estimators.tent
        sigma = check.finite_number("sigma", self.sigma, 0, math.inf, exclusive=True)
        return shape(delays, self.max_delay, sigma)

    def _applied(self) -> torch.Tensor:
        """The delays that act: rounded forward, identity backward, for "straight_through"."""
        if self.estimator != "straight_through":
            return self.delays
        return self.delays + (self.delays.round() - self.delays).detach()

    def initial_state(self, n: int, dtype=torch.float32) -> DelayState:
        """A silent past for `n` streams."""
        width = self.outputs if self.kind == "dendritic" else self.channels
        return DelayState(torch.zeros(self.max_delay + 2, n, width, dtype=dtype))

    @torch.no_grad()
    def step(self, spikes, state: DelayState, weight=None) -> torch.Tensor:
        """One step of a stream: what sequence mode with causal padding gives at this time.

        Parameters
        ----------
        spikes : tensor `(n, channel)`
        state : DelayState
            From `initial_state`; moved on in place.
        weight : tensor `(channel, out)`
            As in `then_linear`; left out, axonal delays only shift.

        Returns
        -------
        tensor `(n, channel)`, or `(n, out)` with a weight; no gradient.

        Raises
        ------
        ValueError
            For an estimator that spreads a delay over many steps (use `rounded()`), or a missing
            weight.
        """
        if self.estimator not in ("linear", "straight_through"):
            raise ValueError(
                f"estimator must be 'linear' or 'straight_through' to stream, "
                f"not {self.estimator!r}: use rounded()"
            )
        if weight is None and self.kind != "axonal":
            raise ValueError(f"weight must be given for {self.kind} delays, not None")
        state.push(spikes.to(weight.dtype) @ weight if self.kind == "dendritic" else spikes)
        whole, part = _rows.split(self._applied())
        out = state.ago(whole)
        if part.any():
            out = torch.lerp(out, state.ago(whole + 1), part.to(out.dtype))
        if self.kind == "synaptic":
            return (out * weight).sum(1)
        return out if weight is None or self.kind == "dendritic" else out @ weight

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

    def get_extra_state(self) -> torch.Tensor:
        """`sigma` belongs to what is saved: a half annealed layer goes on as it was."""
        return torch.tensor(self.sigma, dtype=torch.float64)

    def set_extra_state(self, state: torch.Tensor) -> None:
        """Take `sigma` from a saved layer."""
        self.sigma = float(state)

    def extra_repr(self) -> str:
        """What `print` shows between the brackets."""
        return (
            f"{self.channels}, max_delay={self.max_delay}, estimator={self.estimator!r}, "
            f"kind={self.kind!r}, padding={self.padding!r}"
        )


def _checked(spikes, delays, max_delay, outputs=None):
    spikes = check.spike_tensor("spikes", spikes)
    max_delay = check.delay_range(max_delay, spikes.shape[1])
    shape = (spikes.shape[2],) if outputs is None else (spikes.shape[2], outputs)
    return spikes, check.delays("delays", delays, shape, max_delay), max_delay


def _padded(spikes, max_delay, padding):
    """Silence before (causal) or around (full) the recording, so that Method B keeps it all."""
    if padding == "clip":
        return spikes
    return F.pad(spikes, (0, 0, max_delay, max_delay if padding == "full" else 0))
