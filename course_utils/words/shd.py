"""The Spiking Heidelberg Digits, read from a file of the published kind.

Twelve people said zero to nine in English and in German; a model of the ear turned the recordings
into spikes of 700 channels (Cramer, Stradmann, Schemmel and Zenke, 2022, IEEE Transactions on
Neural Networks and Learning Systems 33(7), 2744-2757). Nothing is fetched here.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .. import arguments as valid
from .spoken import Spoken

UNITS = 700
"""Channels of the published files."""

_AT_ONCE = 256  # recordings in memory at a time, beside the result
_NEEDED = {
    "spikes/times": "fiu", "spikes/units": "iu", "labels": "iu", "extra/speaker": "iu",
    "extra/keys": "OSU",
}  # fmt: skip
"""What is read, and of which of numpy's kinds it may be."""


def read(
    path: str | Path, *, bands: int = 140, dt_ms: float = 10, duration_ms: float = 1400
) -> Spoken:
    """The recordings of a file such as `shd_train.h5`, with the interface of the course's words.

    The files are the data sets "shd_train.h5.gz" and "shd_test.h5.gz" of zenkelab.org; unzip them
    first. Then whatever is trained on `spoken.load("training")` is trained on this unchanged.

    Parameters
    ----------
    path : str or Path
    bands : int
        Into how many channels the 700 of the file are gathered, neighbours together: a divisor
        of 700. 140, as in the work on DCLS (Hammouamri et al. 2024), takes 5 for each.
    dt_ms : float
        One time step, in ms. A step with several spikes of a band holds one.
    duration_ms : float
        How much of each recording is kept, in ms; later spikes are left out.

    Returns
    -------
    Spoken
        `chance` is bool, `(n, duration_ms / dt_ms, bands)`: the spikes themselves. `voices` are
        "speaker 0", "speaker 1", ...

    Raises
    ------
    ImportError
        If the package `h5py` is not there.
    ValueError, TypeError
        If the file does not hold what the published ones hold, or a number is out of range.
    """
    bands = valid.whole_number("bands", bands)
    if UNITS % bands:
        raise ValueError(f"bands must divide the {UNITS} channels of the file, not be {bands}")
    dt_ms = valid.finite_number("dt_ms", dt_ms, 0, math.inf, exclusive=True)
    duration_ms = valid.finite_number("duration_ms", duration_ms, dt_ms)
    steps = math.ceil(duration_ms / dt_ms - 1e-9)
    with _opened(path) as file:
        for name, kinds in _NEEDED.items():
            found = file.get(name)
            if not hasattr(found, "dtype"):  # a group has none
                raise _wrong(path, f"it has no {name}")
            lists = found.dtype.metadata or {}  # a list in each place, as h5py tells it
            inside = lists.get("vlen", found.dtype)
            if found.ndim != 1 or getattr(inside, "kind", "O") not in kinds:
                raise _wrong(path, f"its {name} are of another kind")
            if name.startswith("spikes/") and "vlen" not in lists:
                raise _wrong(path, f"its {name} are not a list for each recording")
        labels, speaker = (_whole(path, file, name) for name in ("labels", "extra/speaker"))
        names = tuple(_text(key) for key in file["extra/keys"][:])
        times, units = file["spikes/times"], file["spikes/units"]
        for name, values in (("units", units), ("labels", labels), ("speakers", speaker)):
            if len(values) != len(times):
                raise _wrong(path, f"it has {len(times)} spike trains, but {len(values)} {name}")
        if len(labels) and labels.max() >= len(names):
            raise _wrong(path, f"label {labels.max()} has no name among its {len(names)} keys")
        spikes = torch.zeros(len(times), steps, bands, dtype=torch.bool)
        for start in range(0, len(times), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            for row, time, unit in zip(spikes[part], times[part], units[part], strict=True):
                _bin(path, row, np.asarray(time, dtype=np.float64), np.asarray(unit), dt_ms)
    return Spoken(
        chance=spikes,
        word=torch.from_numpy(labels),
        voice=torch.from_numpy(speaker),
        names=names,
        voices=tuple(f"speaker {number}" for number in range(int(max(speaker, default=-1)) + 1)),
        dt_ms=dt_ms,
    )


def _bin(
    path: str | Path, row: torch.Tensor, time_s: np.ndarray, unit: np.ndarray, dt_ms: float
) -> None:
    """Mark the spikes of one recording in its `row`, `(time, band)`."""
    if time_s.shape != unit.shape:
        raise _wrong(path, f"a recording has {len(time_s)} times, but {len(unit)} units")
    if not np.isfinite(time_s).all() or (time_s < 0).any():
        raise _wrong(path, "a spike comes before 0 s, or at no time")
    if len(unit) and not (unit.dtype.kind in "iu" and 0 <= unit.min() and unit.max() < UNITS):
        raise _wrong(path, f"a spike is of a unit that is not one of 0 to {UNITS - 1}")
    steps, bands = row.shape
    step = np.floor(1000 * time_s / dt_ms + 1e-4)  # 0.03 s, rounded to single precision, is bin 3
    kept = step < steps
    band = unit[kept].astype(np.int64) // (UNITS // bands)
    row[torch.from_numpy(step[kept].astype(np.int64)), torch.from_numpy(band)] = True


def _opened(path: str | Path) -> Any:
    """The file, to be closed by the caller."""
    try:
        import h5py
    except ImportError as error:
        raise ImportError("shd.read needs the package h5py: pip install h5py") from error
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"path must be a file such as shd_train.h5, but there is none at {path}")
    with path.open("rb") as file:
        if file.read(2) == b"\x1f\x8b":
            raise ValueError(f"path must be an unzipped file: {path.name} is packed by gzip")
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise _wrong(path, "it is no HDF5 file") from error


def _whole(path: str | Path, file: Any, name: str) -> np.ndarray:
    values = file[name][:]
    if values.ndim != 1 or values.dtype.kind not in "iu" or (len(values) and values.min() < 0):
        raise _wrong(path, f"its {name} are not whole numbers from 0")
    return values.astype(np.int64)


def _text(key: object) -> str:
    return key.decode() if isinstance(key, bytes) else str(key)


def _wrong(path: str | Path, why: str) -> ValueError:
    return ValueError(
        f"path must be a file of the Spiking Heidelberg Digits, but {Path(path).name} is not: {why}"
    )
