"""One clear sentence for every bad argument: its name, its value and what is allowed."""

import math
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any, TypeVar

import torch

Name = TypeVar("Name", str, str | None)


def finite_number(
    name: str,
    value: object,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    exclusive: bool = False,
) -> float:
    """Return `value` as a float, or say why it is not a number between `low` and `high`."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, not {value!r}")
    number = float(value)
    inside = low < number < high if exclusive else low <= number <= high
    if not math.isfinite(number) or not inside:
        edge = "between" if not exclusive else "strictly between"
        raise ValueError(f"{name} must be a finite number {edge} {low:g} and {high:g}, not {value}")
    return number


def whole_number(name: str, value: object, low: int = 1) -> int:
    """Return `value` as an int, or say why it is not a whole number of at least `low`."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, not {value}")
    return int(value)


def time_constant(tau_ms: object, dt_ms: object = 1) -> tuple[float, float]:
    """Return a time constant and a time step as floats, or say which of the two is not above 0."""
    constant = finite_number("tau_ms", tau_ms, 0, math.inf, exclusive=True)
    return constant, finite_number("dt_ms", dt_ms, 0, math.inf, exclusive=True)


def one_of(name: str, value: Name, allowed: Collection[Name]) -> Name:
    """Return `value` if it is one of the `allowed` names, or say which they are (ValueError)."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}")
    return value


def random_generator(generator: object) -> torch.Generator:
    """Return `generator`, or say that randomness has to be passed in."""
    if not isinstance(generator, torch.Generator):
        raise TypeError(
            f"generator must be a torch.Generator (for example "
            f"torch.Generator().manual_seed(0)), not {generator!r}"
        )
    return generator


def spike_tensor(name: str, spikes: object, channels: int | None = None) -> torch.Tensor:
    """Return `spikes` if it is finite, `(batch, time, channel)`, or raise with a sentence."""
    return _spikes(name, spikes, ("batch", "time", "channel"), channels)


def spike_step(name: str, spikes: object, channels: int) -> torch.Tensor:
    """Return `spikes` if it is one finite step `(batch, channel)`, or raise with a sentence."""
    return _spikes(name, spikes, ("batch", "channel"), channels)


def _spikes(name: str, spikes: object, axes: tuple[str, ...], channels: int | None) -> torch.Tensor:
    if not isinstance(spikes, torch.Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, not {type(spikes).__name__}")
    if spikes.ndim != len(axes):
        raise ValueError(
            f"{name} must have {len(axes)} dimensions ({', '.join(axes)}), "
            f"not shape {tuple(spikes.shape)}"
        )
    if channels is not None and spikes.shape[-1] != channels:
        raise ValueError(f"{name} must have {channels} channels, not {spikes.shape[-1]}")
    if spikes.dtype != torch.bool:
        if not spikes.is_floating_point():
            raise TypeError(f"{name} must be boolean (or floating point), not {spikes.dtype}")
        # A finite sum needs one pass and proves it; only a sum that is not asks every value.
        if not torch.isfinite(spikes.detach().sum()) and not torch.isfinite(spikes).all():
            raise ValueError(f"{name} must be finite, but it holds NaN or infinity")
    return spikes


def binary_spikes(name: str, spikes: object, channels: int | None = None) -> torch.Tensor:
    """Return `(batch, time, channel)` spikes as booleans, or say that some value is not 0 or 1."""
    found = spike_tensor(name, spikes, channels)
    if found.dtype != torch.bool and not ((found == 0) | (found == 1)).all():
        raise ValueError(f"{name} must be boolean: every value 0 or 1, but it holds others")
    return found.bool()


def current(name: str, values: object) -> torch.Tensor:
    """Return `values` if it is a finite floating `(batch, time, neuron)` tensor; else it raises.

    Half-precision products of an autocast region come back in single precision.
    """
    if not isinstance(values, torch.Tensor) or not values.is_floating_point():
        found = getattr(values, "dtype", type(values).__name__)
        raise TypeError(f"{name} must be a floating-point torch.Tensor, not {found}")
    _spikes(name, values, ("batch", "time", "neuron"), None)
    return values.float() if torch.is_autocast_enabled(values.device.type) else values


def pair(name: str, value: object, what: str = "whole numbers") -> tuple[Any, Any]:
    """Return `value` if it is a tuple or list of two, or say why not (TypeError)."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise TypeError(f"{name} must be a pair of {what}, not {value!r}")
    return value[0], value[1]


def weight_matrix(name: str, weight: object, rows: int, columns: int | None = None) -> torch.Tensor:
    """Return `weight` if it is a tensor `(rows, columns)`; without `columns`, any number.

    Raises TypeError or ValueError where it is not.
    """
    if not isinstance(weight, torch.Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, not {type(weight).__name__}")
    if weight.ndim != 2 or weight.shape[0] != rows or columns not in (None, weight.shape[1]):
        wanted = f"({rows}, {'out' if columns is None else columns})"
        raise ValueError(f"{name} must have shape {wanted}, not {tuple(weight.shape)}")
    return weight


def delays(name: str, values: object, shape: tuple[int, ...], max_delay: int) -> torch.Tensor:
    """Return `values` if they are finite delays in [0, max_delay] steps of the shape `(*shape)`.

    Raises TypeError or ValueError where they are not.
    """
    if not isinstance(values, torch.Tensor):
        try:
            values = torch.as_tensor(values)
        except (TypeError, ValueError, RuntimeError) as error:
            raise TypeError(f"{name} must be numbers of steps, not {values!r}") from error
    if values.shape != shape:
        raise ValueError(f"{name} must hold delays of shape {shape}, not {tuple(values.shape)}")
    if not values.is_floating_point():
        values = values.to(torch.get_default_dtype())
    if values.numel():
        low, high = (float(edge) for edge in values.detach().aminmax())
        if not (math.isfinite(low) and math.isfinite(high)):  # aminmax passes NaN on
            raise ValueError(f"{name} must be finite, but some are NaN or infinite")
        if low < 0 or high > max_delay:
            wrong = low if low < 0 else high
            raise ValueError(
                f"{name} must lie between 0 and max_delay = {max_delay} steps, not {wrong:g}"
            )
    return values


def delay_range(max_delay: object, steps: int) -> int:
    """Return `max_delay` if it is whole and below the stimulus length, in steps; else it raises."""
    longest = whole_number("max_delay", max_delay, low=0)
    if longest >= steps:
        raise ValueError(
            f"max_delay must be below the stimulus length of {steps} steps, not {longest}"
        )
    return longest
