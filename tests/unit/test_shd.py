"""The reader of the Spiking Heidelberg Digits, on small files made like the published ones."""

import gzip
import sys

import h5py
import numpy as np
import pytest
import torch

from course_utils.words import shd, spoken

TIMES = [[0.0, 0.004, 0.0125, 0.035], [], [0.5, 1.395, 1.4, 0.002]]
UNITS = [[0, 4, 5, 699], [], [350, 10, 11, 699]]
KEYS = [name.encode() for name in spoken.WORDS]


def written(path, times=TIMES, units=UNITS, kind=np.float16, unit=np.uint16, without=(), **other):
    held = {"labels": [3, 13, 19], "extra/speaker": [0, 4, 4], "extra/keys": KEYS} | other
    with h5py.File(path, "w") as file:
        for name, rows, dtype in (("spikes/times", times, kind), ("spikes/units", units, unit)):
            if name in without:
                continue
            made = file.create_dataset(name, (len(rows),), dtype=h5py.vlen_dtype(dtype))
            for number, row in enumerate(rows):
                made[number] = np.array(row, dtype=dtype)
        for name, values in held.items():
            if name not in without:
                values = np.array(values)
                file[name] = values.astype(np.uint16) if values.dtype == int else values
    return path


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "shd_train.h5")


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_spikes_come_in_their_bins(tmp_path, kind):
    words = shd.read(written(tmp_path / "a.h5", kind=kind))
    assert (len(words), words.steps, words.channels, words.dt_ms) == (3, 140, 140, 10)
    spikes = words.draw(torch.Generator())
    assert spikes.dtype == torch.bool
    found = [tuple(place) for place in spikes.nonzero().tolist()]
    expected = [(0, 0, 0), (0, 1, 1), (0, 3, 139), (2, 0, 139), (2, 50, 70), (2, 139, 2)]
    assert found == expected  # the one at 1.4 s is left out; two of 0.0 and 0.004 s are one


def test_a_spike_on_an_edge_belongs_to_the_later_bin(tmp_path):
    """0.03 in single precision is a little less."""
    times = [[step / 100 for step in range(50)]]
    one = {"labels": [0], "extra/speaker": [0]}
    path = written(tmp_path / "a.h5", times, [[0] * 50], kind=np.float32, **one)
    assert shd.read(path).chance[0, :, 0].tolist() == 50 * [True] + 90 * [False]


def test_who_said_what(file):
    words = shd.read(file)
    assert words.word.tolist() == [3, 13, 19] and words.voice.tolist() == [0, 4, 4]
    assert [words.names[k] for k in words.word] == ["three", "drei", "neun"]
    assert words.voices == tuple(f"speaker {k}" for k in range(5))


@pytest.mark.parametrize("bands, dt_ms, duration_ms", [(700, 1, 1400), (70, 4, 1000), (1, 2.5, 30)])
def test_other_bands_and_bins(tmp_path, bands, dt_ms, duration_ms):
    path = written(tmp_path / "a.h5", kind=np.float64)
    spikes = shd.read(path, bands=bands, dt_ms=dt_ms, duration_ms=duration_ms).chance
    expected = torch.zeros(3, round(duration_ms / dt_ms), bands, dtype=torch.bool)
    for row, (times, units) in enumerate(zip(TIMES, UNITS, strict=True)):
        for time, unit in zip(times, units, strict=True):
            step = int(round(time * 1e6) // round(dt_ms * 1000))
            if step < expected.shape[1]:
                expected[row, step, unit * bands // 700] = True
    assert torch.equal(spikes, expected)


def test_many_recordings_are_read_in_parts(tmp_path, monkeypatch):
    path = written(tmp_path / "a.h5")
    whole = shd.read(path)
    monkeypatch.setattr(shd, "_AT_ONCE", 2)
    assert torch.equal(shd.read(path).chance, whole.chance)


def test_it_can_be_used_like_the_words_of_the_course(file):
    words = shd.read(file).of(("three", "drei")).forwards_and_backwards()
    assert isinstance(words, spoken.Spoken) and len(words) == 4
    assert torch.equal(words.chance[0].sum(0), words.chance[2].sum(0))
    assert words.draw(torch.Generator(), torch.tensor([0])).shape == (1, 140, 140)


def test_text_keys_do_as_well(tmp_path):
    path = written(tmp_path / "a.h5", without=("extra/keys",))
    with h5py.File(path, "a") as file:
        file.create_dataset("extra/keys", data=list(spoken.WORDS), dtype=h5py.string_dtype())
    assert shd.read(path).names == spoken.WORDS


def test_no_recordings_are_none(tmp_path):
    empty = {"labels": [], "extra/speaker": []}
    empty = {name: np.zeros(0, dtype=np.uint16) for name in empty}
    words = shd.read(written(tmp_path / "a.h5", times=[], units=[], **empty))
    assert len(words) == 0 and words.voices == () and words.draw(torch.Generator()).shape[0] == 0


WRONG = {
    "no labels": ({"without": ("labels",)}, "it has no labels"),
    "no times": ({"without": ("spikes/times",)}, "it has no spikes/times"),
    "no spikes": ({"without": ("spikes/times", "spikes/units")}, "it has no spikes/times"),
    "no keys": ({"without": ("extra/keys",)}, "it has no extra/keys"),
    "a unit too high": ({"units": [[0, 4, 5, 700], [], UNITS[2]]}, "not one of 0 to 699"),
    "a unit below 0": (
        {"units": [[0, 4, 5, -1], [], UNITS[2]], "unit": int},
        "not one of 0 to 699",
    ),
    "units no numbers": ({"unit": np.float32}, "its spikes/units are of another kind"),
    "a negative time": ({"times": [[0, 0.1, -0.1, 0.2], [], TIMES[2]]}, "before 0 s"),
    "no time": ({"times": [[0, 0.1, np.nan, 0.2], [], TIMES[2]]}, "at no time"),
    "a unit too few": ({"units": [[0, 4, 5], [], UNITS[2]]}, "4 times, but 3 units"),
    "trains too few": ({"units": UNITS[:2]}, "3 spike trains, but 2 units"),
    "a label too many": ({"labels": [1, 2, 3, 4]}, "3 spike trains, but 4 labels"),
    "a speaker too few": ({"extra/speaker": [1, 2]}, "3 spike trains, but 2 speakers"),
    "a label without a name": ({"labels": [1, 2, 20]}, "label 20 has no name among its 20 keys"),
    "labels no numbers": ({"labels": [0.5, 1, 2]}, "its labels are of another kind"),
    "labels below 0": ({"labels": np.array([0, -1, 2], dtype=np.int8)}, "not whole numbers from 0"),
    "a table of labels": ({"labels": [[0], [1], [2]]}, "its labels are of another kind"),
    "names no text": ({"extra/keys": [1, 2, 3]}, "its extra/keys are of another kind"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path, how):
    other, said = WRONG[how]
    path = written(tmp_path / "mine.h5", **other)
    with pytest.raises(ValueError, match=f"^path must be a file .*, but mine.h5 is not: .*{said}"):
        shd.read(path)


def test_a_matrix_of_times_is_refused(tmp_path):
    path = written(tmp_path / "a.h5", without=("spikes/times",))
    with h5py.File(path, "a") as file:
        file["spikes/times"] = np.zeros(3)
    with pytest.raises(ValueError, match="its spikes/times are not a list for each recording"):
        shd.read(path)


def test_what_is_no_such_file_at_all(tmp_path):
    with pytest.raises(
        ValueError, match="^path must be a file such as shd_train.h5, but there is n"
    ):
        shd.read(tmp_path / "none.h5")
    with pytest.raises(ValueError, match="^path must be a file such as"):
        shd.read(tmp_path)
    text = tmp_path / "text.h5"
    text.write_text("words")
    with pytest.raises(ValueError, match="text.h5 is not: it is no HDF5 file"):
        shd.read(text)
    packed = tmp_path / "shd_train.h5.gz"
    packed.write_bytes(gzip.compress(b"words"))
    with pytest.raises(ValueError, match="unzipped file: shd_train.h5.gz is packed by gzip"):
        shd.read(packed)


@pytest.mark.parametrize(
    "how, said",
    [
        ({"bands": 40}, "bands must divide the 700 channels of the file, not be 40"),
        ({"bands": 0}, "bands must be at least 1, not 0"),
        ({"dt_ms": 0}, "dt_ms must be a finite number strictly between"),
        ({"duration_ms": 5}, "duration_ms must be a finite number between 10 and inf, not 5"),
    ],
)
def test_numbers_out_of_range(file, how, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        shd.read(file, **how)


def test_a_missing_package_is_named(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match="^shd.read needs the package h5py: pip install h5py$"):
        shd.read(file)
