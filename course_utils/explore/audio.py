"""Sounds for two ears, and players for them: a tone, a click, and spikes that one can hear.

Sounds are `(ear, time)`, left ear first, between -1 and 1, and meant for headphones: loudspeakers
send both channels to both ears.
"""

import base64
import html
import io
import math
import wave
from collections.abc import Mapping

import numpy as np
from IPython import get_ipython
from IPython.display import display

from ..plots import Numbers, array

RATE_HZ = 8000
"""Samples in a second, enough for what lies below 4 kHz."""
LONGEST_MS = 0.8
"""About the longest lag between the ears of a human head."""
_PEAK = 0.8
_FADE_MS = 20
_CLICK_MS = 1


def tone(itd_ms: float, frequency_hz: float = 500, duration_ms: float = 400) -> np.ndarray:
    """A tone that reaches the right ear `itd_ms` earlier than the left, and as loud.

    It fades in and out over 20 ms, at each ear in that ear's own time.

    Parameters
    ----------
    itd_ms : float
        Interaural time difference, at most 0.8 ms; negative: the left ear is first.
    frequency_hz : float
        From 50 to 2000 Hz.
    duration_ms : float
        From 50 to 2000 ms.

    Returns
    -------
    array `(2, time)`
        `RATE_HZ` samples in a second.

    Raises
    ------
    TypeError, ValueError
        For a number outside of its range.
    """
    _within("frequency_hz", frequency_hz, 50, 2000)
    _within("duration_ms", duration_ms, 50, 2000)
    time_ms = _times(duration_ms + 2 * LONGEST_MS) - _lags(itd_ms)
    fade = np.minimum(time_ms, duration_ms - time_ms).clip(0, _FADE_MS) / _FADE_MS
    return _PEAK * np.sin(np.pi / 2 * fade) ** 2 * np.sin(2e-3 * np.pi * frequency_hz * time_ms)


def click(itd_ms: float, silence_ms: float = 100) -> np.ndarray:
    """One click that reaches the right ear `itd_ms` earlier than the left, in silence.

    Parameters, result and errors as in `tone`; `silence_ms`, from 10 to 1000 ms, goes before and
    after.
    """
    _within("silence_ms", silence_ms, 10, 1000)
    time_ms = _times(2 * silence_ms + _CLICK_MS) - _lags(itd_ms) - silence_ms
    return _PEAK * _pulse(time_ms)


def rain(spikes: Numbers, slow: float, dt_ms: float = 1) -> np.ndarray:
    """Spikes of both ears, each a soft click at its own ear, slowed down.

    Within a time step nobody knows when a spike came, so the clicks of a step are spread over it.

    Parameters
    ----------
    spikes : array `(time, channel)`
        The first half of the channels is the left ear's.
    slow : float
        How many times slower they are played, from 1 to 100.
    dt_ms : float
        Time step of the spikes, from 0.001 to 10 ms.

    Returns
    -------
    array `(2, time)`
        Both ears at one scale: an ear with more spikes is louder.

    Raises
    ------
    TypeError, ValueError
        For spikes of another shape, or a number outside of its range.
    """
    trains = array(spikes)
    if trains.ndim != 2 or trains.shape[1] % 2:
        raise ValueError(f"spikes must be (time, channel) of two ears, not {trains.shape}.")
    _within("slow", slow, 1, 100)
    _within("dt_ms", dt_ms, 0.001, 10)
    step_ms = slow * dt_ms
    heard = np.zeros((2, len(_times(len(trains) * step_ms + _CLICK_MS))))
    kernel_ms = np.arange(math.ceil(_CLICK_MS * RATE_HZ / 1000) + 1) * 1000 / RATE_HZ
    for ear, train in enumerate(np.split(trains > 0, 2, axis=1)):
        step, _ = np.nonzero(train)
        within = np.arange(len(step)) * 0.618034 % 1  # the golden ratio leaves no gaps
        start = np.ceil((step + within) * step_ms * RATE_HZ / 1000).astype(int)
        late_ms = start * 1000 / RATE_HZ - (step + within) * step_ms
        samples = start[:, None] + np.arange(len(kernel_ms))
        inside = samples < heard.shape[1]
        pulses = _pulse(kernel_ms + late_ms[:, None])
        np.add.at(heard[ear], samples[inside], pulses[inside])
    return heard * _PEAK / max(abs(heard).max(), 1e-9)


class Players:
    """Players with their names, as HTML that needs nothing else; nothing plays by itself."""

    def __init__(self, page: str, words: str) -> None:
        self.page, self.words = page, words

    def _ipython_display_(self) -> None:
        if get_ipython() is not None:
            display({"text/html": self.page, "text/plain": self.words}, raw=True)


def play(
    sounds: Mapping[str, Numbers], words: str, *, rate_hz: int = RATE_HZ, bits: int = 16
) -> Players:
    """A player for each named sound.

    Parameters
    ----------
    sounds : mapping of name to array `(2, time)`
        All are scaled alike, the loudest to 0.8: a sound that is fainter than another stays so.
    words : str
        For someone who can't hear them: what there is to hear, or where to see it. It stands below
        the players.
    rate_hz : int
        Samples in a second, from 4000 to 48000.
    bits : int
        16, or 8 for what is noise anyway; that takes half the room.

    Raises
    ------
    TypeError, ValueError
        For a sound that is not finite or not `(2, time)`, no sound at all, no words, or a number
        that is not allowed.
    """
    if not isinstance(words, str) or not words.strip():
        raise ValueError(f"words must be a sentence for someone who can't hear, not {words!r}.")
    if bits not in (8, 16):
        raise ValueError(f"bits must be 8 or 16, not {bits!r}.")
    _within("rate_hz", rate_hz, 4000, 48000)
    waves = {name: _two_ears(name, sound) for name, sound in sounds.items()}
    if not waves:
        raise ValueError("sounds must hold at least one sound.")
    loudest = max(float(abs(sound).max()) for sound in waves.values())
    rows = "".join(
        f'<p style="margin:0.3em 0"><span style="display:inline-block;min-width:8em">'
        f"{html.escape(name)}</span> "
        f'<audio controls preload="metadata" aria-label="{html.escape(name)}" '
        f'style="vertical-align:middle;max-width:100%" src="data:audio/wav;base64,'
        f'{base64.b64encode(_wav(sound * _PEAK / max(loudest, 1e-9), rate_hz, bits)).decode()}">'
        f"</audio></p>"
        for name, sound in waves.items()
    )
    page = f'<div class="players">{rows}<p><small>{html.escape(words)}</small></p></div>'
    return Players(page, f"To hear: {', '.join(waves)}. {words}")


def _wav(sound: np.ndarray, rate_hz: int, bits: int) -> bytes:
    """Samples `(2, time)` as a file; eight bits are unsigned, sixteen are not."""
    top = 2 ** (bits - 1) - 1
    whole = np.rint(sound.T * top)
    data = (whole + 128).astype("u1") if bits == 8 else whole.astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(bits // 8)
        file.setframerate(int(rate_hz))
        file.writeframes(data.tobytes())
    return buffer.getvalue()


def _two_ears(name: str, sound: Numbers) -> np.ndarray:
    samples = array(sound).astype(float)
    if samples.ndim != 2 or len(samples) != 2 or not samples.shape[1]:
        raise ValueError(f"sound {name!r} must be (2, time), left ear first, not {samples.shape}.")
    if not np.isfinite(samples).all():
        raise ValueError(f"sound {name!r} must be finite, but some of it is NaN or infinite.")
    return samples


def _times(duration_ms: float) -> np.ndarray:
    """Times of all samples, in ms."""
    return np.arange(round(duration_ms * RATE_HZ / 1000) + 1) * 1000 / RATE_HZ


def _lags(itd_ms: float) -> np.ndarray:
    """When a sound reaches each ear, `(2, 1)`, in ms: the first half the difference, or later."""
    _within("itd_ms", itd_ms, -LONGEST_MS, LONGEST_MS)
    return (LONGEST_MS + np.array([[itd_ms], [-itd_ms]])) / 2


def _pulse(time_ms: np.ndarray) -> np.ndarray:
    """One cycle within a hump, without a mean, from 0 to 1 ms; zero elsewhere."""
    share = (time_ms / _CLICK_MS).clip(0, 1)
    return np.sin(np.pi * share) ** 2 * np.sin(2 * np.pi * share) / 0.6495


def _within(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, not {value!r}.")
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value:g}.")
