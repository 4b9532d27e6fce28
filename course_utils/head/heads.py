"""A measured head: what it does to a sound on the way to the two ears.

Azimuth is in degrees, positive to the right; ear 0 is the left one. A positive time difference
means that the right ear leads, a positive level difference that it is louder.

The data are the KEMAR measurements of Gardner and Martin (1995), Copyright 1994 by the MIT Media
Laboratory; see data/NOTICE.md. One ear was used, so left and right are exact mirrors.
"""

import io
import math
import wave
from importlib import resources
from typing import NamedTuple

import numpy as np
import torch

from .. import arguments as valid

TIME_LIMIT_US = 1000
"""Largest time difference that is looked for, in microseconds."""

_FINER = 16  # correlations are computed at so many times the sampling rate


class Head(NamedTuple):
    """Impulse responses of a head.

    Attributes
    ----------
    azimuth_deg : tensor `(azimuth,)`, float64, degrees, positive to the right
    responses : tensor `(azimuth, ear, tap)`, float64
    rate_hz : int
        Samples per second.
    """

    azimuth_deg: torch.Tensor
    responses: torch.Tensor
    rate_hz: int

    def towards(self, azimuth_deg: float | torch.Tensor) -> torch.Tensor:
        """Responses `(..., ear, tap)` of measured azimuths in degrees, of any shape `(...)`.

        Raises
        ------
        ValueError
            If a direction was not measured.
        """
        asked = torch.as_tensor(azimuth_deg, dtype=torch.float64)
        distance = (asked[..., None].to(self.azimuth_deg.device) - self.azimuth_deg).abs()
        if not (distance.amin(-1) < 0.01).all():
            wrong = float(asked.flatten()[distance.amin(-1).flatten().argmax()])
            raise ValueError(
                f"azimuth_deg must be measured ones, every 5 degrees from -90 to 90, not {wrong:g}"
            )
        return self.responses[distance.argmin(-1)]


def load() -> Head:
    """The KEMAR head: 37 azimuths from -90 to 90 degrees, 512 taps at 44 100 samples a second."""
    with np.load(io.BytesIO(_data("mit_kemar.npz"))) as file:
        left = torch.from_numpy(file["left_ear"].astype(np.float64) / 2**15)
        azimuth = torch.from_numpy(file["azimuth_deg"].astype(np.float64))
        return Head(azimuth, torch.stack([left, left.flip(0)], dim=1), int(file["rate_hz"]))


def load_word(rate_hz: int = 44100) -> torch.Tensor:
    """A spoken word, `(time,)`, float64, at `rate_hz` samples a second.

    Raises ValueError unless `rate_hz` is a whole multiple of 22 050, the recording's rate.
    """
    with wave.open(io.BytesIO(_data("listen.wav"))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 2**15
        factor, rest = divmod(rate_hz, file.getframerate())
    if factor < 1 or rest:
        raise ValueError(f"rate_hz must be a whole multiple of 22050, not {rate_hz}")
    spectrum = torch.fft.rfft(torch.from_numpy(samples))
    return factor * torch.fft.irfft(spectrum, n=factor * len(samples))


def _data(name: str) -> bytes:
    return (resources.files(__package__) / "data" / name).read_bytes()


def place(sounds: torch.Tensor, responses: torch.Tensor) -> torch.Tensor:
    """What both ears receive: each sound convolved with the response of each ear.

    Parameters
    ----------
    sounds : tensor `(..., time)`, floating
    responses : tensor `(..., ear, tap)`, as from `Head.towards`

    Returns
    -------
    tensor `(..., ear, time + tap - 1)`

    Raises
    ------
    TypeError, ValueError
        For sounds that are no floating-point tensor, or empty ones.
    """
    sounds, responses = _waves("sounds", sounds), _waves("responses", responses, ears=True)
    length = sounds.shape[-1] + responses.shape[-1] - 1
    padded = fast_length(length)
    spectrum = torch.fft.rfft(sounds, n=padded)[..., None, :] * torch.fft.rfft(responses, n=padded)
    return torch.fft.irfft(spectrum, n=padded)[..., :length]


def time_difference(
    ears: torch.Tensor, rate_hz: int, below_hz: float | None = None
) -> torch.Tensor:
    """Interaural time difference in microseconds, positive where the right ear leads.

    The lag within ±1 ms at which the cross-correlation of the ears is largest. It is computed at
    16 times the sampling rate (a sample at 44.1 kHz lasts 23 µs) and refined by a parabola.

    Parameters
    ----------
    ears : tensor `(..., ear, time)`
        Impulse responses, or sounds at the two ears.
    rate_hz : int
    below_hz : float, optional
        Use the frequencies below this one only.

    Returns
    -------
    tensor `(...)`, float64, microseconds

    Raises
    ------
    TypeError, ValueError
        For ears of a wrong shape, or a frequency outside the recording.
    """
    cross = cross_spectrum(ears)
    if below_hz is not None:
        padded = 2 * (cross.shape[-1] - 1)
        below_hz = valid.finite_number("below_hz", below_hz, rate_hz / padded, rate_hz / 2)
        cross[..., math.ceil(below_hz * padded / rate_hz) :] = 0
    return correlation_peak(cross, rate_hz)


def cross_spectrum(ears: torch.Tensor) -> torch.Tensor:
    """Left times conjugate right, `(..., frequency)`: the spectrum of the cross-correlation.

    `ears` are `(..., ear, time)`; errors as in `time_difference`.
    """
    ears = _waves("ears", ears, ears=True).double()
    left, right = torch.fft.rfft(ears, n=fast_length(2 * ears.shape[-1])).unbind(-2)
    return left * right.conj()


def correlation_peak(cross: torch.Tensor, rate_hz: int) -> torch.Tensor:
    """Lag in microseconds where the correlation with a cross-spectrum is largest.

    From `(..., frequency)` to `(...)`; see `time_difference`.
    """
    correlation = torch.fft.irfft(cross, n=_FINER * 2 * (cross.shape[-1] - 1))
    lags = math.ceil(TIME_LIMIT_US * 1e-6 * _FINER * rate_hz)
    around = torch.cat([correlation[..., -lags:], correlation[..., : lags + 1]], dim=-1)
    return (vertex(around) - lags) * (1e6 / (_FINER * rate_hz))


def vertex(values: torch.Tensor) -> torch.Tensor:
    """Where `(..., place)` values are largest, `(...)`, by a parabola through the three nearest."""
    peak = values.argmax(-1, keepdim=True).clamp(1, values.shape[-1] - 2)
    below, top, above = (values.gather(-1, peak + k)[..., 0] for k in (-1, 0, 1))
    bend = below - 2 * top + above
    offset = torch.where(bend < 0, (below - above) / (2 * bend), torch.zeros_like(bend))
    return peak[..., 0] + offset.clamp(-1, 1)


def level_difference(ears: torch.Tensor) -> torch.Tensor:
    """Interaural level difference of `(..., ear, time)` in dB, positive where the right is louder.

    Raises
    ------
    TypeError, ValueError
        For a wrong shape, or an ear that hears nothing.
    """
    power = _waves("ears", ears, ears=True).square().sum(-1)
    if not (power > 0).all():
        raise ValueError("ears must both hear something, but one of them is silent")
    left, right = power.unbind(-1)
    return 10 * torch.log10(right / left)


def woodworth(
    azimuth_deg: float | torch.Tensor, radius_m: float = 0.0875, speed_m_s: float = 343
) -> torch.Tensor:
    """Time difference of a round head in microseconds: the way around a sphere (Woodworth 1938).

    It holds for high frequencies; at low ones a sphere delays by up to half as much again.

    `radius * (angle + sin angle) / speed`, for azimuths of any shape in [-90, 90] degrees. Raises
    ValueError for others, and ValueError or TypeError for a radius or speed not above zero.
    """
    azimuth = torch.as_tensor(azimuth_deg, dtype=torch.float64)
    if not (azimuth.abs() <= 90).all():
        raise ValueError(f"azimuth_deg must lie within ±90 degrees, not {azimuth_deg}")
    radius_m = valid.finite_number("radius_m", radius_m, 0, math.inf, exclusive=True)
    speed_m_s = valid.finite_number("speed_m_s", speed_m_s, 0, math.inf, exclusive=True)
    angle = torch.deg2rad(azimuth)
    return 1e6 * radius_m / speed_m_s * (angle + torch.sin(angle))


def without_level_difference(head: Head) -> Head:
    """A head that keeps its time differences, and whose ears are equally loud everywhere.

    At every frequency both ears get the geometric mean of their gains; phases stay.
    """
    spectrum = torch.fft.rfft(head.responses)
    gain = spectrum.abs().prod(dim=1, keepdim=True).sqrt()
    return head._replace(responses=_waveform(gain, spectrum.angle(), head))


def without_time_difference(head: Head) -> Head:
    """A head that keeps its level differences, and whose ears hear at the same time.

    At every frequency both ears get the phase of a sound from straight ahead; gains stay.
    """
    spectrum = torch.fft.rfft(head.responses)
    ahead = torch.fft.rfft(head.towards(0.0)).angle()
    return head._replace(responses=_waveform(spectrum.abs(), ahead, head))


def _waveform(gain: torch.Tensor, phase: torch.Tensor, head: Head) -> torch.Tensor:
    """Both ears 64 samples late: what rings before the peak must not wrap round to the end."""
    return torch.fft.irfft(gain * torch.exp(1j * phase), n=head.responses.shape[-1]).roll(64, -1)


def fast_length(length: int) -> int:
    """The next power of two: a length for which Fourier transforms are fast."""
    return 2 ** math.ceil(math.log2(length))


def _waves(name: str, values: object, ears: bool = False) -> torch.Tensor:
    if not isinstance(values, torch.Tensor) or not values.is_floating_point():
        found = getattr(values, "dtype", type(values).__name__)
        raise TypeError(f"{name} must be a floating-point torch.Tensor, not {found}")
    if values.ndim < 1 + ears or not values.shape[-1] or (ears and values.shape[-2] != 2):
        wanted = "(..., 2, time)" if ears else "(..., time)"
        raise ValueError(f"{name} must have shape {wanted}, not {tuple(values.shape)}")
    return values
