"""Make the files in course_utils/words/data with two speech synthesizers, and compare them.

    python -m tools.word_data            write the spoken digits and the sounds
    python -m tools.word_data --compare  rebuild all in memory; status 1 if a byte differs

Needs the Debian packages espeak-ng (1.51) and flite (2.2). Nothing here is needed to read the
lessons. The files hold no dates and are not compressed, so what they hold depends on the two
programs and on nothing else: the last digit of a sum may differ between machines and versions of
numpy, but no value lies so close to the edge between two levels that it could matter; the build
stops if one does.
"""

from __future__ import annotations

import functools
import io
import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy.signal import gammatone, resample_poly

from course_utils.head.cochlea import COMPRESSION, HALF_LEVEL
from course_utils.words import spoken
from tools.head_data import npz, write_or_compare

DATA = Path(__file__).resolve().parent.parent / "course_utils" / "words" / "data"
ESPEAK, FLITE = "1.51", "flite-2.2"

# Voices of espeak-ng, by split. One voice never stands in two splits, and voices that sound almost
# alike (steph and steph2, say) stand in one. Left out: whispers, long echoes and growls, and caleb,
# klatt and klatt6, which say the same as each other and almost the same as adam.
VOICES = {
    "training": (
        "Alex Alicia Andy AnxiousAndy Denis Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Mike "
        "Nguyen Storm UniRobot adam anika belinda benjamin croak david ed edward edward2 f1 f2 f4 "
        "fast grandma grandpa iven iven2 iven3 iven4 john klatt2 klatt3 klatt4 klatt5 linda m1 m2 "
        "m3 m4 m5 m6 m7 marcelo max paul pedro robosoft2 robosoft3 robosoft5 steph steph2 steph3 "
        "victor"
    ),
    "validation": "Annie Michael Tweaky f5 gustave kaukovalta pablo rob robert shelby",
    "test": (
        "Andrea Diogo Mr_serious antonio aunty boris f3 m8 michel miguel norbert quincy sandro "
        "travis zac"
    ),
}  # fmt: skip
ACCENTS = (
    "en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029",
)  # fmt: skip
OTHER = "other synthesizer"
SPEAKERS = ("awb", "kal16", "rms", "slt")  # of flite; "kal" is kal16 at 8 kHz
MANNERS = {"": (1.1, 0), "low and fast": (0.9, -20), "high and slow": (1.3, 25)}
PITCH_HZ = {"awb": 105, "kal16": 105, "rms": 105, "slt": 175}

EXAMPLES = (
    ("three", "f3"), ("drei", "f3"), ("nine", "Andrea"), ("neun", "Andrea"), ("seven", "michel"),
    ("zero", "aunty"), ("five", "sandro"), ("three", "slt"),
)  # fmt: skip

RATE_HZ = 16_000  # flite's; what espeak-ng has above 8 kHz is lost
AUDIO_HZ = 8000
ONSET = 0.01  # of the largest sample: here a word begins
THRESHOLD = 0.1  # of a fibre's largest rate: weaker drives leave it silent
TAPS = 800  # 50 ms: then the slowest filter has rung out
_PER_BIN = round(RATE_HZ * spoken.DT_MS / 1000)
_SAMPLES = spoken.STEPS * _PER_BIN
_TOO_CLOSE = 1e-9


def espeak(voice: str, number: int, word: int) -> np.ndarray:
    """Word number `word` by a voice, number `number` of its split: samples at 16 kHz.

    Accent, speed and pitch follow from the two numbers. A word too long is spoken faster.
    """
    accent = ACCENTS[number % len(ACCENTS)] if word < 10 else "de"
    speed = 115 + (37 * number + 17 * word) % 61  # words in a minute
    pitch = 30 + (29 * number + 13 * word) % 41  # 50 is the voice's own
    variant = f"{accent}+{voice.replace('_', ' ')}"
    while True:
        options = ["-v", variant, "-s", str(speed), "-p", str(pitch), "-a", "50"]  # -a: no clipping
        samples, rate_hz = _said(["espeak-ng", *options, "--stdout", spoken.WORDS[word]])
        heard = _word(resample_poly(samples, 320, 441) if rate_hz == 22_050 else samples)
        if _fits(heard):
            return heard
        speed += 15


def flite(speaker: str, manner: str, word: int) -> np.ndarray:
    """English digit number `word` by a voice of flite: samples at 16 kHz."""
    stretch, higher_hz = MANNERS[manner]
    while True:
        features = [f"duration_stretch={stretch:.2f}"]
        features += [f"int_f0_target_mean={PITCH_HZ[speaker] + higher_hz}"]
        options = [part for feature in features for part in ("--setf", feature)]
        command = ["flite", "-voice", speaker, *options, "-t", spoken.WORDS[word], "-o"]
        samples, rate_hz = _said([*command, "/dev/stdout"])
        heard = _word(samples)
        if rate_hz != RATE_HZ:
            raise ValueError(f"flite's {speaker} speaks at {rate_hz} Hz, not {RATE_HZ}")
        if _fits(heard):
            return heard
        stretch -= 0.05


def _said(command: list[str]) -> tuple[np.ndarray, int]:
    """Samples and rate of the wave file that `command` writes to its output."""
    done = subprocess.run(command, capture_output=True, check=True)
    at = done.stdout.index(b"data") + 8  # into a pipe, the header can't know the length
    rate_hz = int.from_bytes(done.stdout[24:28], "little")
    whole = (len(done.stdout) - at) // 2 * 2
    return np.frombuffer(done.stdout[at : at + whole], "<i2").astype(float), rate_hz


def _word(samples: np.ndarray) -> np.ndarray:
    """Without the silence around it, and as loud as every other word: an RMS of 1."""
    loud = np.flatnonzero(np.abs(samples) > ONSET * np.abs(samples).max())
    samples = samples[loud[0] : loud[-1] + 1]
    return samples / np.sqrt(np.mean(samples**2))


def _fits(samples: np.ndarray) -> bool:
    """Whether the word, and what rings after it, ends before the last bin."""
    return len(samples) <= _SAMPLES and not levels(samples, careful=False)[-1].any()


@functools.cache
def _filters() -> np.ndarray:
    """Frequency response of each band's gammatone filter."""
    centres = spoken.centres_hz()
    impulse = [gammatone(f, "fir", numtaps=TAPS, fs=RATE_HZ)[0] for f in centres]
    return np.fft.rfft(np.array(impulse), _SAMPLES + TAPS)


def levels(samples: np.ndarray, careful: bool = True) -> np.ndarray:
    """What the ear makes of a word, `(80, 40)`: levels 0 to 15, the roots of chances.

    With e the effective amplitude of a band in a bin of 10 ms and u = (e / HALF_LEVEL) **
    COMPRESSION, as in the hair cells of `course_utils.head.cochlea`, the chance of a spike is
    u / (1 + u), lowered by THRESHOLD and stretched to 0..1.
    """
    spectrum = np.fft.rfft(samples, _SAMPLES + TAPS) * _filters()
    waves = np.fft.irfft(spectrum, _SAMPLES + TAPS)[:, :_SAMPLES]
    power = (waves**2).reshape(len(waves), spoken.STEPS, _PER_BIN).mean(-1).T
    drive = (np.sqrt(power) / HALF_LEVEL) ** COMPRESSION
    chance = (drive / (1 + drive) - THRESHOLD).clip(0) / (1 - THRESHOLD)
    return _rounded(spoken.LEVELS * np.sqrt(chance), careful)


def _rounded(values: np.ndarray, careful: bool = True) -> np.ndarray:
    """Rounded, if that is the same on every machine."""
    if careful and (np.abs(values - np.floor(values) - 0.5) < _TOO_CLOSE).any():
        raise ValueError("a value lies on the edge between two levels; move THRESHOLD a little")
    return np.round(values).astype(np.uint8)


def recordings() -> dict[tuple[str, str, int], np.ndarray]:
    """Samples of every word, by split, voice and number of the word."""
    for program, version in (("espeak-ng", ESPEAK), ("flite", FLITE)):
        found = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        if version not in found:
            raise ValueError(f"the words are spoken by {program} {version}, not by {found.strip()}")
    jobs = {
        (split, voice.replace("_", " "), word): functools.partial(espeak, voice, number, word)
        for split, voices in VOICES.items()
        for number, voice in enumerate(voices.split())
        for word in range(20)
    }
    jobs |= {
        (OTHER, f"{speaker}, {manner}".removesuffix(", "), word): functools.partial(
            flite, speaker, manner, word
        )
        for speaker in SPEAKERS
        for manner in MANNERS
        for word in range(10)
    }
    with ThreadPoolExecutor() as pool:
        waves = list(pool.map(lambda job: job(), jobs.values()))
    said = {samples.tobytes() for samples in waves}
    if len(said) != len(waves):
        raise ValueError("two recordings are the same")
    return dict(zip(jobs, waves, strict=True))


def words_file(waves: dict[tuple[str, str, int], np.ndarray]) -> bytes:
    """The levels of all words, two in a byte, each word from its first bin to its last."""
    packed, bins = [], []
    for samples in waves.values():
        found = levels(samples)
        last = int(np.flatnonzero(found.any(1))[-1])
        bins.append(last + 1)
        packed.append(found[: last + 1, ::2] * 16 + found[: last + 1, 1::2])
    voices = list(dict.fromkeys((split, voice) for split, voice, _ in waves))
    return npz(
        levels=np.concatenate(packed),
        bins=np.array(bins, dtype=np.uint8),
        word=np.array([word for *_, word in waves], dtype=np.uint8),
        voice=np.array([voices.index((s, v)) for s, v, _ in waves], dtype=np.uint8),
        voices=np.array([voice for _, voice in voices], dtype="<U20"),
        split=np.array([spoken.SPLITS.index(split) for split, _ in voices], dtype=np.uint8),
    )


def sound_file(samples: np.ndarray) -> bytes:
    """A wave file for browsers: 8 kHz, 8 bits."""
    samples = resample_poly(samples, 1, RATE_HZ // AUDIO_HZ)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(AUDIO_HZ)
        file.writeframes(_rounded(128 + 120 * samples / np.abs(samples).max()).tobytes())
    return buffer.getvalue()


def files() -> dict[str, bytes]:
    """Every file of the folder but the notice, by name."""
    waves = recordings()
    by_voice = {(voice, word): samples for (_, voice, word), samples in waves.items()}
    built = {"words.npz": words_file(waves)}
    for word, voice in EXAMPLES:
        built[f"{word}-{voice}.wav"] = sound_file(by_voice[voice, spoken.WORDS.index(word)])
    return built


def main(words: list[str] | None = None) -> int:
    return write_or_compare(files, DATA, __doc__, words)


if __name__ == "__main__":
    sys.exit(main())
