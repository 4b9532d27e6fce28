"""The shipped words are what their script makes of two synthesizers, byte for byte."""

import io
import shutil
import wave
import zipfile

import numpy as np
import pytest
from test_head_data import need

from course_utils.words import spoken
from tools import word_data


def need_both():
    for program in ("espeak-ng", "flite"):
        need(shutil.which(program), program)


def test_all_files_rebuild_to_the_same_bytes(capsys):
    need_both()
    assert word_data.main(["--compare"]) == 0, capsys.readouterr().out


def test_a_changed_or_a_missing_file_is_told(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(word_data, "files", lambda: {"a.wav": b"one", "b.wav": b"two"})
    monkeypatch.setattr(word_data, "DATA", tmp_path)
    (tmp_path / "a.wav").write_bytes(b"One")
    assert word_data.main(["--compare"]) == 1
    assert capsys.readouterr().out == "a.wav: DIFFERENT\nb.wav: DIFFERENT\n"
    assert word_data.main([]) == word_data.main(["--compare"]) == 0


def test_the_folder_holds_these_files_and_is_small():
    found = {path.name: path.stat().st_size for path in word_data.DATA.iterdir()}
    sounds = {f"{word}-{voice}.wav" for word, voice in word_data.EXAMPLES}
    assert set(found) == {"words.npz", "NOTICE.md"} | sounds
    assert sum(found.values()) <= 2_000_000


def test_the_file_carries_no_date_and_no_compression():
    with zipfile.ZipFile(word_data.DATA / "words.npz") as archive:
        for part in archive.infolist():
            assert part.date_time == (1980, 1, 1, 0, 0, 0)
            assert part.compress_type == zipfile.ZIP_STORED


@pytest.mark.parametrize("name", spoken.examples())
def test_a_browser_can_play_the_sounds(name):
    with wave.open(str(word_data.DATA / f"{name}.wav")) as file:
        assert file.getparams()[:3] == (1, 1, 8000)  # one channel of 8 bits


def test_what_is_loaded_is_what_was_said():
    need_both()
    heard = word_data.levels(word_data.espeak("f3", 5, 13))
    test = spoken.load("test")
    (row,) = [
        r for r in range(300) if test.voice[r] == test.voices.index("f3") and test.word[r] == 13
    ]
    expected = (heard / spoken.LEVELS) ** 2
    assert word_data.VOICES["test"].split()[6] == "f3"
    heard = word_data.levels(word_data.espeak("f3", 6, 13))
    assert np.allclose(test.chance[row], (heard / spoken.LEVELS) ** 2)
    assert not np.allclose(test.chance[row], expected)  # another number, another speed and pitch


def tone(frequency_hz, samples=8000):
    return np.sqrt(2) * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / word_data.RATE_HZ)


def test_a_tone_is_heard_in_its_band():
    centres = np.array(spoken.centres_hz())
    for band in (3, 15, 30):
        found = word_data.levels(tone(centres[band]))
        assert found.shape == (80, 40) and found[5:49].mean(0).argmax() == band
        assert not found[60:].any()  # silence after it


def test_levels_follow_the_formula():
    """A tone with an RMS of 1, in its own band: u = sqrt(1 / 0.1)."""
    centres = spoken.centres_hz()
    found = word_data.levels(tone(centres[20]))[20:40, 20]
    u = np.sqrt(10)
    assert (found == round(15 * np.sqrt((u / (1 + u) - 0.1) / 0.9))).all()


def test_a_word_is_cut_out_and_as_loud_as_the_others():
    samples = np.concatenate([np.zeros(900), 300 * tone(500, 4000), np.zeros(700)])
    heard = word_data._word(samples)
    assert abs(len(heard) - 4000) < 10 and np.isclose(np.mean(heard**2), 1)
    assert np.allclose(heard, word_data._word(7 * samples))


def test_a_long_word_does_not_fit():
    assert word_data._fits(tone(1000, 12_000))
    assert not word_data._fits(tone(1000, 12_790)) and not word_data._fits(tone(1000, 13_000))


def test_a_value_on_an_edge_stops_the_build():
    word_data._rounded(np.array([0.0, 1.49, 3.0]))
    with pytest.raises(ValueError, match="on the edge between two levels"):
        word_data._rounded(np.array([0.0, 2.5 + 1e-12]))


def test_levels_are_packed_two_in_a_byte(monkeypatch):
    """Read back by the rules of the notice, not by `spoken`."""
    first, second = tone(400, 3000), tone(3000, 5000)
    voices = {("training", "a", 3): first, ("test", "b", 4): second}
    with np.load(io.BytesIO(word_data.words_file(voices))) as file:
        held = {name: file[name] for name in file.files}
    assert held["word"].tolist() == [3, 4] and held["voice"].tolist() == [0, 1]
    assert held["voices"].tolist() == ["a", "b"] and held["split"].tolist() == [0, 2]
    start = 0
    for samples, bins in zip((first, second), held["bins"], strict=True):
        packed = held["levels"][start : start + bins]
        unpacked = np.stack([packed // 16, packed % 16], axis=-1).reshape(bins, 40)
        heard = word_data.levels(samples)
        assert np.array_equal(unpacked, heard[:bins]) and not heard[bins:].any()
        start += bins
    assert start == len(held["levels"])


def test_voices_that_sound_alike_stand_in_one_split():
    split_of = {v: s for s, voices in word_data.VOICES.items() for v in voices.split()}
    for family in (
        "steph steph2 steph3", "iven iven2 iven3 iven4", "Gene Gene2", "edward edward2",
        "klatt2 klatt3 klatt4 klatt5 adam benjamin edward edward2 robosoft3", "Diogo michel miguel",
        "rob robert", "m3 m5 m6 john max fast croak grandpa",
    ):  # fmt: skip
        assert len({split_of[voice] for voice in family.split()}) == 1


@pytest.mark.parametrize("split", ["training", "validation", "test"])
def test_every_split_has_every_accent(split):
    assert len(word_data.VOICES[split].split()) >= len(word_data.ACCENTS)


def test_the_notice_names_the_programs():
    text = (word_data.DATA / "NOTICE.md").read_text(encoding="utf-8")
    for words in ("espeak-ng 1.51", "flite 2.2", "GNU General Public License", "tools.word_data"):
        assert words in text
