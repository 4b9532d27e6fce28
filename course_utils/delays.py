"""Making spikes wait: Methods A and B, and delays that a network can learn.

Everywhere `out[t] = in[t - d]` with a delay `d >= 0` in time steps. A fractional delay
`d = k + f` mixes two neighbours, `(1 - f) * in[t - k] + f * in[t - k - 1]`. Its slope is their
difference; at a whole delay, where left and right slope differ, the *central* difference
`(in[t - k - 1] - in[t - k + 1]) / 2` is the gradient of the whole course. Outside the recording
there are no spikes.
"""

import copy
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import _rows, _rules
from . import arguments as valid
from ._rules import Bell, Interpolate, Prototype, Round, Rule, Spread, Tent

__all__ = [
    "Bell",
    "DelayLayer",
    "DelayState",
    "ESTIMATORS",
    "Interpolate",
    "KINDS",
    "PADDINGS",
    "Prototype",
    "Round",
    "Rule",
    "Spread",
    "Tent",
    "delayed_linear",
    "length_budget",
    "pad_then_shift",
    "release_memory",
    "shift_by_grid_sample",
    "shift_causal",
    "shift_then_clip",
    "valid_steps",
]
ESTIMATORS = tuple(_rules.RULES)
"""Short names of the rules by which a delay acts and learns."""
KINDS = ("axonal", "dendritic", "synaptic")
"""A delay for each input, for each output, or for each pair of them."""
PADDINGS = ("clip", "causal", "full")
"""Which steps of the result are kept, see `DelayLayer`."""


def pad_then_shift(spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
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
    spikes, delays, max_delay = _validated(spikes, delays, max_delay)
    return _rows.Shift.apply(_padded(spikes, max_delay, "full"), delays, max_delay)


def shift_then_clip(spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
    """Method B: shift, and keep only the steps that every channel can fill.

    Row `t` of the result is time `t + max_delay` of the input's clock. Parameters and errors as
    in `pad_then_shift`.

    Returns
    -------
    tensor `(n, time - max_delay, channel)`, floating
    """
    spikes, delays, max_delay = _validated(spikes, delays, max_delay)
    return _rows.Shift.apply(spikes, delays, max_delay)


def shift_causal(spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
    """Shift and keep the input's clock: what has not arrived yet is silence.

    Several layers in a row keep one time axis; `valid_steps` tells which part of it every channel
    could fill. Parameters and errors as in `pad_then_shift`.

    Returns
    -------
    tensor `(n, time, channel)`, floating
    """
    spikes, delays, max_delay = _validated(spikes, delays, max_delay)
    return _rows.Shift.apply(_padded(spikes, max_delay, "causal"), delays, max_delay)


def shift_by_grid_sample(spikes: Tensor, delays: Tensor, max_delay: int) -> Tensor:
    """Method B through `affine_grid` and `grid_sample`: the slow way, kept as a reference.

    Each channel is an image one pixel wide and `time` pixels high; a translation of `-2 d / time`
    in normalised coordinates moves the sampling points `d` rows *back*, which delays. (Spatial
    transformers, Jaderberg et al. 2015.) Parameters, errors and result as in `shift_then_clip`,
    up to rounding.
    """
    return _rules.grid_sample_shift(*_validated(spikes, delays, max_delay))


def delayed_linear(spikes: Tensor, delays: Tensor, weight: Tensor, max_delay: int) -> Tensor:
    """`shift_then_clip(spikes, delays, max_delay) @ weight`, without building the shifted tensor.

    Parameters
    ----------
    spikes, delays, max_delay
        As in `shift_then_clip`.
    weight : tensor `(channel, out)`

    Returns
    -------
    tensor `(n, time - max_delay, out)`

    Raises
    ------
    ValueError, TypeError
        As `shift_then_clip`, and for a weight of another shape.
    """
    spikes, delays, max_delay = _validated(spikes, delays, max_delay)
    valid.weight_matrix("weight", weight, spikes.shape[2])
    return _rows.DelayedLinear.apply(spikes, delays, weight, max_delay)


def length_budget(effective_steps: int, max_delay: int, layers: int) -> int:
    """Steps a stimulus needs so that Method B leaves `effective_steps` after `layers` layers.

    `effective_steps + layers * max_delay`, all in steps. Raises ValueError or TypeError for
    negative or fractional numbers.
    """
    effective_steps = valid.whole_number("effective_steps", effective_steps)
    max_delay = valid.whole_number("max_delay", max_delay, low=0)
    return effective_steps + valid.whole_number("layers", layers, low=0) * max_delay


def valid_steps(steps: int, *max_delays: int) -> slice:
    """Steps of the input's clock that every channel fills after causal layers in a row.

    `max_delays` are the longest delays of the layers, in steps. Raises ValueError if nothing is
    left.
    """
    steps = valid.whole_number("steps", steps)
    start = sum(valid.whole_number("max_delays", delay, low=0) for delay in max_delays)
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

    past: Tensor
    newest: int = -1

    def push(self, row: Tensor) -> None:
        """Let the oldest input go and take `row` in."""
        self.newest = (self.newest + 1) % len(self.past)
        self.past[self.newest] = row

    def ago(self, delay: Tensor) -> Tensor:
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
    estimator : Rule, or the short name of one
        How a delay acts and gets its gradient. "linear" (`Interpolate`) mixes neighbouring steps;
        its gradient is in the module's docstring. "straight_through" (`Round`) rounds forward and
        uses the central difference at the rounded delay. "gaussian" (`Bell`) and "triangle"
        (`Tent`) spread every delay over a width that shrinks in training; by short name they start
        at half the longest delay. "prototype" (`Prototype`) is the rule that this course set out
        from. A rule that is given is kept, not copied.
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
        After an optimiser step call `project_`; `delay_optimizer.DelayOptimizer` does so itself.
    rule : Rule

    Raises
    ------
    ValueError, TypeError
        For an unknown name, delays outside [0, max_delay], or a missing generator.
    """

    def __init__(
        self,
        channels: int,
        max_delay: int,
        estimator: str | Rule = "linear",
        init: str | float | Tensor = "uniform",
        generator: torch.Generator | None = None,
        *,
        kind: str = "axonal",
        outputs: int | None = None,
        padding: str = "clip",
    ) -> None:
        super().__init__()
        self.channels = valid.whole_number("channels", channels)
        self.max_delay = valid.whole_number("max_delay", max_delay, low=0)
        self.rule = _rules.chosen(estimator, self.max_delay)
        self.kind = valid.one_of("kind", kind, KINDS)
        self.padding = valid.one_of("padding", padding, PADDINGS)
        self.outputs = None if kind == "axonal" else valid.whole_number("outputs", outputs)
        self.delays = nn.Parameter(self._first_delays(init, generator))

    def _shape(self) -> tuple[int, ...]:
        if self.outputs is None:
            return (self.channels,)
        return (self.outputs,) if self.kind == "dendritic" else (self.channels, self.outputs)

    def _first_delays(
        self, init: str | float | Tensor, generator: torch.Generator | None
    ) -> Tensor:
        shape = self._shape()
        if isinstance(init, str):
            valid.one_of("init", init, ("uniform",))
            valid.random_generator(generator)
            return torch.rand(shape, generator=generator) * self.max_delay
        if isinstance(init, torch.Tensor):
            return valid.delays("init", init, shape, self.max_delay).detach().clone()
        return torch.full(shape, valid.finite_number("init", init, 0, self.max_delay))

    def forward(self, spikes: Tensor) -> Tensor:
        """Delay `(n, time, channel)` spikes; the length of the result follows `padding`."""
        if self.kind != "axonal":
            raise ValueError(f"kind must be 'axonal' to shift channels, not {self.kind!r}")
        self._validate(valid.spike_tensor("spikes", spikes, self.channels))
        return self.rule.shift(*self._padded(spikes), self.max_delay)

    def then_linear(self, spikes: Tensor, weight: Tensor) -> Tensor:
        """Delays and weights `(channel, out)` together, the fastest way there is.

        Returns
        -------
        tensor `(n, time, out)`; for axonal delays equal to `self(spikes) @ weight`.
        """
        valid.weight_matrix("weight", weight, self.channels, self.outputs)
        self._validate(valid.spike_tensor("spikes", spikes, self.channels))
        if self.kind == "dendritic":
            return self.rule.shift(*self._padded(spikes.to(weight.dtype) @ weight), self.max_delay)
        return self.rule.weighted(*self._padded(spikes), weight, self.max_delay)

    def _validate(self, spikes: Tensor) -> None:
        valid.delay_range(self.max_delay, spikes.shape[1])
        self._validate_delays()

    def _validate_delays(self) -> None:
        valid.delays("delays", self.delays, self.delays.shape, self.max_delay)

    def _padded(self, trains: Tensor) -> tuple[Tensor, Tensor]:
        return _padded(trains, self.max_delay, self.padding), self.delays

    def initial_state(self, n: int) -> DelayState:
        """A silent past for `n` streams, in the dtype and on the device of the delays."""
        n = valid.whole_number("n", n, low=0)
        return DelayState(self.delays.new_zeros(self._past_shape(n)).detach())

    def _past_shape(self, n: int) -> tuple[int, int, int]:
        width = self._shape()[0]
        return self.max_delay + 2, n, width

    @torch.no_grad()
    def step(self, spikes: Tensor, state: DelayState, weight: Tensor | None = None) -> Tensor:
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
        ValueError, TypeError
            For what `forward` refuses too, a state that does not fit, a missing weight, or a rule
            that spreads a delay over many steps (use `rounded()`). The state stays as it was.
        """
        acting = self.rule.acting(self.delays)
        if acting is None:
            raise ValueError(
                f"estimator must act in single steps to stream, not {self.rule!r}: use rounded()"
            )
        self._validate_step(spikes, state, weight)
        if weight is not None and self.kind == "dendritic":
            spikes = spikes.to(weight.dtype) @ weight
        state.push(spikes)
        whole, part = _rows.split(acting)
        out = state.ago(whole)
        if part.any():
            out = torch.lerp(out, state.ago(whole + 1), part.to(out.dtype))
        if weight is None or self.kind == "dendritic":
            return out
        return (out * weight).sum(1) if self.kind == "synaptic" else out @ weight

    def _validate_step(self, spikes: Tensor, state: DelayState, weight: Tensor | None) -> None:
        self._validate_delays()
        valid.spike_step("spikes", spikes, self.channels)
        if not isinstance(state, DelayState):
            raise TypeError(
                f"state must be a DelayState from initial_state, not {type(state).__name__}"
            )
        longest, _, width = self._past_shape(0)
        if state.past.ndim != 3 or state.past.shape[::2] != (longest, width):
            raise ValueError(
                f"state must hold a past ({longest}, streams, {width}) of this layer, "
                f"not shape {tuple(state.past.shape)}"
            )
        if state.past.shape[1] != len(spikes):
            raise ValueError(
                f"spikes must hold {state.past.shape[1]} streams like the state, not {len(spikes)}"
            )
        if weight is not None:
            valid.weight_matrix("weight", weight, self.channels, self.outputs)
        elif self.kind != "axonal":
            raise ValueError(f"weight must be given for {self.kind} delays, not None")

    @torch.no_grad()
    def project_(self) -> "DelayLayer":
        """Move every delay to the nearest point of [0, max_delay], in place."""
        self.delays.clamp_(0, self.max_delay)
        return self

    def rounded(self) -> "DelayLayer":
        """A copy whose delays are whole numbers of steps, applied as they are."""
        twin = copy.deepcopy(self)
        twin.rule = Interpolate()
        with torch.no_grad():
            twin.delays.round_()
        return twin

    def get_extra_state(self) -> Tensor:
        """The numbers of the rule are saved too: a half annealed layer goes on as it was."""
        return torch.tensor(list(self.rule.numbers().values()), dtype=torch.float64)

    def set_extra_state(self, state: Tensor) -> None:
        """Take the numbers of the rule from a saved layer with the same rule."""
        names = self.rule.numbers()
        if len(state) != len(names):
            raise ValueError(
                f"state_dict must come from a layer with the rule {self.rule!r}, but it holds "
                f"{len(state)} numbers of a rule, not {len(names)}"
            )
        vars(self.rule).update(zip(names, state.tolist(), strict=True))

    def extra_repr(self) -> str:
        """What `print` shows between the brackets."""
        return (
            f"{self.channels}, max_delay={self.max_delay}, estimator={self.rule!r}, "
            f"kind={self.kind!r}, padding={self.padding!r}"
        )


def release_memory() -> None:
    """Let go of the buffer that the fast path keeps for each thread; this thread's only."""
    _rows._scratch.release()


def _validated(spikes: Tensor, delays: Tensor, max_delay: int) -> tuple[Tensor, Tensor, int]:
    spikes = valid.spike_tensor("spikes", spikes)
    max_delay = valid.delay_range(max_delay, spikes.shape[1])
    delays = valid.delays("delays", delays, (spikes.shape[2],), max_delay)
    return spikes, delays.to(spikes.device), max_delay  # a list of numbers is on no device


def _padded(spikes: Tensor, max_delay: int, padding: str) -> Tensor:
    """Silence before (causal) or around (full) the recording, so that Method B keeps it all."""
    if padding == "clip":
        return spikes
    return F.pad(spikes, (0, 0, max_delay, max_delay if padding == "full" else 0))
