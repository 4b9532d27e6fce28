"""One clear sentence for every bad argument: its name, its value and what is allowed."""

import math

import torch


def finite_number(name: str, value, low=-math.inf, high=math.inf, *, exclusive=False) -> float:
    """Return `value` as a float, or say why it is not a number between `low` and `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, not {value!r}")
    inside = low < value < high if exclusive else low <= value <= high
    if not math.isfinite(value) or not inside:
        edge = "between" if not exclusive else "strictly between"
        raise ValueError(f"{name} must be a finite number {edge} {low:g} and {high:g}, not {value}")
    return float(value)


def whole_number(name: str, value, low: int = 1) -> int:
    """Return `value` as an int, or say why it is not a whole number of at least `low`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if value < low:
        raise ValueError(f"{name} must be at least {low}, not {value}")
    return value


def one_of(name: str, value, allowed) -> str:
    """Return `value` if it is one of the `allowed` names."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}")
    return value


def random_generator(generator) -> torch.Generator:
    """Return `generator`, or say that randomness has to be passed in."""
    if not isinstance(generator, torch.Generator):
        raise TypeError(
            f"generator must be a torch.Generator (for example "
            f"torch.Generator().manual_seed(0)), not {generator!r}"
        )
    return generator


def spike_tensor(name: str, spikes, channels: int | None = None) -> torch.Tensor:
    """Return `spikes` if it is a finite `(batch, time, channel)` tensor, bool or floating."""
    if not isinstance(spikes, torch.Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, not {type(spikes).__name__}")
    if spikes.ndim != 3:
        raise ValueError(
            f"{name} must have 3 dimensions (batch, time, channel), not shape {tuple(spikes.shape)}"
        )
    if channels is not None and spikes.shape[2] != channels:
        raise ValueError(f"{name} must have {channels} channels, not {spikes.shape[2]}")
    if spikes.dtype != torch.bool:
        if not spikes.is_floating_point():
            raise TypeError(f"{name} must be boolean (or floating point), not {spikes.dtype}")
        # A finite sum needs one pass and proves it; only a sum that is not asks every value.
        if not torch.isfinite(spikes.detach().sum()) and not torch.isfinite(spikes).all():
            raise ValueError(f"{name} must be finite, but it holds NaN or infinity")
    return spikes


def binary_spikes(name: str, spikes, channels: int | None = None) -> torch.Tensor:
    """Return `spikes` as booleans, or say that some value is neither 0 nor 1."""
    spikes = spike_tensor(name, spikes, channels)
    if spikes.dtype != torch.bool and not ((spikes == 0) | (spikes == 1)).all():
        raise ValueError(f"{name} must be boolean: every value 0 or 1, but it holds others")
    return spikes.bool()


def weight_matrix(weight, rows: int) -> torch.Tensor:
    """Return `weight` if it is a tensor with `rows` rows and one column for each output."""
    if not isinstance(weight, torch.Tensor):
        raise TypeError(f"weight must be a torch.Tensor, not {type(weight).__name__}")
    if weight.ndim != 2 or weight.shape[0] != rows:
        raise ValueError(f"weight must have shape ({rows}, out), not {tuple(weight.shape)}")
    return weight


def delay_vector(delays, channels: int, max_delay: int) -> torch.Tensor:
    """Return `delays` if it holds one finite number of steps in [0, max_delay] per channel."""
    if not isinstance(delays, torch.Tensor):
        try:
            delays = torch.as_tensor(delays)
        except (TypeError, ValueError, RuntimeError) as error:
            raise TypeError(f"delays must be numbers of steps, not {delays!r}") from error
    if delays.shape != (channels,):
        raise ValueError(
            f"delays must hold one delay for each of the {channels} channels, "
            f"not shape {tuple(delays.shape)}"
        )
    if not delays.is_floating_point():
        delays = delays.to(torch.get_default_dtype())
    if channels:
        low, high = (float(edge) for edge in delays.detach().aminmax())
        if not (math.isfinite(low) and math.isfinite(high)):  # aminmax passes NaN on
            raise ValueError("delays must be finite, but some are NaN or infinite")
        if low < 0 or high > max_delay:
            wrong = low if low < 0 else high
            raise ValueError(
                f"delays must lie between 0 and max_delay = {max_delay} steps, not {wrong:g}"
            )
    return delays


def delay_range(max_delay, steps: int) -> int:
    """Return `max_delay` if it is a whole number of steps below the stimulus length."""
    max_delay = whole_number("max_delay", max_delay, low=0)
    if max_delay >= steps:
        raise ValueError(
            f"max_delay must be below the stimulus length of {steps} steps, not {max_delay}"
        )
    return max_delay
