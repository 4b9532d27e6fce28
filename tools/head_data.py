"""Make the files in course_utils/head/data from Debian's packages, and compare them with those.

    python -m tools.head_data            write the measured head and the spoken word
    python -m tools.head_data --compare  rebuild both in memory; status 1 if a byte differs

Needs h5py and the Debian packages libmysofa1 (the measurement) and espeak-ng (the voice).
Nothing here is needed to read the lessons. Every file is the same, byte for byte, in every build:
no dates, and no compression, whose result would depend on the library that compresses.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "course_utils" / "head" / "data"
SOFA = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")
WORD, VOICE, ESPEAK = "listen", "en", "1.51"


def head_file(sofa: Path = SOFA) -> bytes:
    """The left ear of the frontal half of the horizontal plane, compared with `sofa`.

    One ear is everything there is: the right ear of the measurement is its exact mirror.
    """
    ears, azimuth, rate = measured(sofa)
    whole = np.round(ears * 2**15)
    if not np.array_equal(whole, ears * 2**15) or np.abs(whole).max() >= 2**15:
        raise ValueError("the measurement is not made of 16-bit samples")
    if not np.array_equal(ears[:, 0], ears[::-1, 1]):
        raise ValueError("left and right are not mirrors of one ear")
    built = npz(
        azimuth_deg=azimuth.astype("<i2"),
        left_ear=whole[:, 0].astype("<i2"),
        rate_hz=np.array(rate, dtype="<i4"),
    )
    saved = np.load(io.BytesIO(built))
    left = saved["left_ear"] / 2**15
    if not np.array_equal(np.stack([left, left[::-1]], axis=1), ears):
        raise ValueError("the file does not hold the measurement")
    return built


def measured(sofa: Path = SOFA):
    """Impulse responses `(azimuth, ear, tap)`, azimuths in degrees, right positive, and the rate.

    A SOFA file counts azimuth to the left, from 0 to 360 degrees.
    """
    import h5py  # nobody else needs it

    with h5py.File(sofa) as file:
        positions, ears = file["SourcePosition"][:], file["Data.IR"][:]
        rate = float(file["Data.SamplingRate"][0])
        if file.attrs["SOFAConventions"] != b"SimpleFreeFieldHRIR" or file["Data.Delay"][:].any():
            raise ValueError(f"{sofa.name} is not the kind of measurement that is read here")
    azimuth = np.where(positions[:, 0] > 180, 360 - positions[:, 0], -positions[:, 0])
    chosen = np.flatnonzero((positions[:, 1] == 0) & (np.abs(azimuth) <= 90))
    chosen = chosen[azimuth[chosen].argsort()]
    if not np.array_equal(azimuth[chosen], np.arange(-90, 91, 5)):
        raise ValueError(f"{sofa.name} does not have a position every 5 degrees")
    return ears[chosen], azimuth[chosen], rate


def npz(**arrays) -> bytes:
    """What `numpy.savez` writes, with one fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, values in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, values, version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # the same on every system
            archive.writestr(info, part.getvalue())
    return buffer.getvalue()


def word_file() -> bytes:
    """The word as espeak-ng speaks it, without the silence around it."""
    found = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True)
    if f" {ESPEAK} " not in found.stdout:
        raise ValueError(f"the word is spoken by espeak-ng {ESPEAK}, not by {found.stdout.strip()}")
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "word.wav"
        subprocess.run(["espeak-ng", "-v", VOICE, "-w", str(spoken), WORD], check=True)
        with wave.open(str(spoken)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            rate = file.getframerate()
    loud = np.flatnonzero(np.abs(samples) > 100)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples[loud[0] : loud[-1] + 1].tobytes())
    return buffer.getvalue()


def files() -> dict[str, bytes]:
    """Every file of the folder but the notice, by name."""
    return {"mit_kemar.npz": head_file(), "listen.wav": word_file()}


def write_or_compare(
    build: Callable[[], dict[str, bytes]], folder: Path, about: str, words: list[str] | None
) -> int:
    """Do what the command line asks for: write what `build` makes to `folder`, or compare it."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--compare", action="store_true", help="compare, and write nothing")
    compare = parser.parse_args(words).compare
    different = 0
    for name, built in build().items():
        if compare:
            same = (folder / name).is_file() and (folder / name).read_bytes() == built
            different += not same
            print(f"{name}: {'the same bytes' if same else 'DIFFERENT'}")
        else:
            (folder / name).write_bytes(built)
            print(f"{name}: {len(built)} bytes")
    return 1 if different else 0


def main(words: list[str] | None = None) -> int:
    return write_or_compare(files, DATA, __doc__, words)


if __name__ == "__main__":
    sys.exit(main())
