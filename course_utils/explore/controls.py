"""The controls that `explore` takes: a slider and a choice, validated before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import ipywidgets
import numpy as np


def _style(label: str) -> dict:
    """Room for the whole label, and for the same length of track behind a long one."""
    width = f"{20 + 0.6 * len(label):.0f}em"
    return {"style": {"description_width": "initial"}, "layout": {"width": width}}


@dataclass(frozen=True)
class Slider:
    """A number between two ends; made by `slider`."""

    label: str
    low: float
    high: float
    step: float
    start: float
    keep: tuple = ()

    @property
    def corners(self) -> tuple:
        """The two ends, where a picture is most likely to break."""
        return (self.low, self.high)

    @property
    def must_have(self) -> list[int]:
        """Which of the positions a page with only some of the pictures has to show."""
        values = (self.low, self.start, self.high, *self.keep)
        return sorted({round((value - self.low) / self.step) for value in values})

    @property
    def positions(self) -> list:
        """Every value that the slider can stop at."""
        steps = round((self.high - self.low) / self.step)
        inside = (round(self.low + k * self.step, 10) for k in range(steps))
        return [*inside, self.high]

    @property
    def places(self) -> int:
        """Decimal places of what the reader sees."""
        if isinstance(self.start, int):
            return 0
        ends = (Decimal(repr(x)).as_tuple().exponent for x in (self.low, self.step))
        return max(0, *(-int(exponent) for exponent in ends))

    def say(self, value: float) -> str:
        """`value` as the reader sees it."""
        return f"{value:.{self.places}f}"

    def widget(self) -> ipywidgets.Widget:
        """Build the ipywidgets slider; it reports once, when it is let go."""
        settings = dict(
            value=self.start,
            min=self.low,
            max=self.high,
            step=self.step,
            description=self.label,
            continuous_update=False,
            **_style(self.label),
        )
        if isinstance(self.start, int):
            return ipywidgets.IntSlider(**settings)
        return ipywidgets.FloatSlider(readout_format=f".{self.places}f", **settings)


@dataclass(frozen=True)
class Choice:
    """One of a few options; made by `choice`."""

    label: str
    options: tuple
    start: Any

    @property
    def corners(self) -> tuple:
        """Every option: there is no end that stands for the others."""
        return self.options

    @property
    def must_have(self) -> list[int]:
        """All of them: there is none between two options."""
        return list(range(len(self.options)))

    @property
    def positions(self) -> list:
        """Every option."""
        return list(self.options)

    def say(self, value: object) -> str:
        """`value` as the reader sees it."""
        return str(value)

    def widget(self) -> ipywidgets.Widget:
        """Build a row of ipywidgets buttons.

        Not a menu: JupyterLab takes its arrows and letters for commands to the notebook.
        """
        return ipywidgets.ToggleButtons(
            options=[(self.say(option), option) for option in self.options],
            value=self.start,
            description=self.label,
            style={"description_width": "initial", "button_width": "auto"},
            layout={"width": "auto"},
        )


def slider(
    label: str, low: float, high: float, step: float, start: float, *, keep: Iterable[float] = ()
) -> Slider:
    """Describe a slider from `low` to `high`.

    Parameters
    ----------
    label : str
        What the reader sees, with its unit: ``"delay (ms)"``.
    low, high, step, start : int or float
        In the unit of the label, of Python or NumPy. All whole gives whole numbers to `draw`, else
        floats.
        `high` and `start` lie a whole number of steps above `low`.
    keep : sequence of int or float
        Values that the text asks for: a page without a kernel has them among its pictures,
        beside the ends and the start. Each lies a whole number of steps above `low`.

    Raises
    ------
    TypeError, ValueError
        If the label is empty, a number is missing or not finite, or the steps do not fit.
    """
    _validate_label(label)
    numbers = {"low": low, "high": high, "step": step, "start": start}
    if isinstance(keep, str) or not isinstance(keep, Iterable):
        raise TypeError(f"keep of slider {label!r} must be a list of numbers, not {keep!r}.")
    numbers |= {f"keep[{k}]": value for k, value in enumerate(keep)}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"{name} of slider {label!r} must be a number, not {value!r}.")
        if not math.isfinite(value):
            raise ValueError(f"{name} of slider {label!r} must be finite, not {value}.")
        # Through its digits: a short float32, such as 0.1, stays short.
        short = str(value) if isinstance(value, np.floating) else value
        numbers[name] = int(value) if isinstance(value, Integral) else float(short)
    low, high, step, start, *keep = numbers.values()
    if high <= low:
        raise ValueError(f"high of slider {label!r} must lie above low = {low}, not at {high}.")
    if step <= 0:
        raise ValueError(f"step of slider {label!r} must be above 0, not {step}.")
    for name in ("start", *list(numbers)[4:]):
        if not low <= numbers[name] <= high:
            raise ValueError(
                f"{name} of slider {label!r} must lie in [{low}, {high}], not at {numbers[name]}."
            )
    for name in ("high", "start", *list(numbers)[4:]):
        steps = (numbers[name] - low) / step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"{name} of slider {label!r} must lie a whole number of steps of {step} "
                f"above low = {low}, but {numbers[name]} is {steps:.6g} steps away."
            )
    if not all(isinstance(value, int) for value in numbers.values()):
        low, high, step, start, *keep = map(float, numbers.values())
    return Slider(label, low, high, step, start, tuple(keep))


def choice(label: str, options: Sequence[Any], start: Any = None) -> Choice:
    """Describe a choice between a few options.

    Parameters
    ----------
    label : str
        What the reader sees.
    options : list or tuple
        The values `draw` may receive; each is shown as ``str(option)``.
    start : optional
        The option shown first; the first of the list if not given.

    Raises
    ------
    TypeError, ValueError
        If there are no options, two look the same, or `start` is not among them.
    """
    _validate_label(label)
    if not isinstance(options, (list, tuple)):
        raise TypeError(f"options of choice {label!r} must be a list, not {options!r}.")
    if not options:
        raise ValueError(f"options of choice {label!r} must hold at least one option, not none.")
    names = [str(option) for option in options]
    if len(set(names)) < len(names):
        raise ValueError(f"options of choice {label!r} must all look different, not {names}.")
    start = options[0] if start is None else start
    if start not in options:
        raise ValueError(f"start of choice {label!r} must be one of {names}, not {start!r}.")
    return Choice(label, tuple(options), start)


def _validate_label(label: object) -> None:
    if not isinstance(label, str) or not label.strip():
        raise TypeError(f"label must be a few words, such as 'delay (ms)', not {label!r}.")
