"""Sounds for two ears: their lag and level as stated, no clipping, and players anyone can use."""

import base64
import io
import re
import wave

import numpy as np
import pytest
import torch

from course_utils.explore import audio
from course_utils.stimuli import Stimulus, sample
from tools import pages


def files(players):
    """Samples (2, time) between -1 and 1 of every player, as a browser would decode them."""
    for text in re.findall(r'src="data:audio/wav;base64,([^"]+)"', players.page):
        with wave.open(io.BytesIO(base64.b64decode(text))) as file:
            raw, width = file.readframes(file.getnframes()), file.getsampwidth()
            assert file.getnchannels() == 2
        kind, middle = {1: ("u1", 128), 2: ("<i2", 0)}[width]
        whole = np.frombuffer(raw, kind).astype(float) - middle
        yield whole.reshape(-1, 2).T / (2 ** (8 * width - 1) - 1)


def lag_ms(sound, rate_hz=audio.RATE_HZ, finer=16):
    """How much earlier the right ear is, from the peak of the cross-correlation, 1/16 sample."""
    spectrum = np.fft.rfft(sound, 2 * sound.shape[1])
    product = spectrum[0] * spectrum[1].conj()
    n = 2 * sound.shape[1] * finer
    agreement = np.fft.irfft(product, n)
    place = int(agreement.argmax())
    return (place - n * (place > n / 2)) / finer / rate_hz * 1000


@pytest.mark.parametrize("make", [audio.tone, audio.click])
@pytest.mark.parametrize("itd_ms", [-0.7, -0.5, -0.13, 0.0, 0.3, 0.5, 0.7])
def test_the_lag_in_the_file_is_the_one_that_was_asked_for(make, itd_ms):
    sound = make(itd_ms)
    (heard,) = files(audio.play({"a": sound}, "Words."))
    assert lag_ms(heard) == pytest.approx(itd_ms, abs=0.01)
    loud = np.sqrt((heard**2).mean(1))
    assert 20 * abs(np.log10(loud[0] / loud[1])) < 0.1  # dB
    assert 0.7 < abs(heard).max() < 0.95


@pytest.mark.parametrize("itd_ms", [-0.8, 0.0, 0.8])
def test_a_tone_begins_and_ends_without_a_click(itd_ms):
    """Its first and last samples are zero, and hardly any power lies away from its line."""
    (heard,) = files(audio.play({"a": audio.tone(itd_ms)}, "Words."))
    assert abs(heard[:, [0, 1, -2, -1]]).max() < 1e-3
    power = (abs(np.fft.rfft(heard, 8 * heard.shape[1])) ** 2).sum(0)
    frequency = np.fft.rfftfreq(8 * heard.shape[1], 1 / audio.RATE_HZ)
    assert power[abs(frequency - 500) > 150].sum() < 1e-6 * power.sum()


def envelope(sound, ms=10):
    """Power in windows of some ms, (2, window)."""
    n = round(ms * audio.RATE_HZ / 1000)
    return (sound[:, : sound.shape[1] // n * n] ** 2).reshape(2, -1, n).sum(2)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("ipd_deg", [-70.0, 70.0])
def test_slowed_spikes_lead_by_as_much_as_they_should(ipd_deg, bits):
    ipd = torch.deg2rad(torch.tensor([ipd_deg]))
    _, (spikes,) = sample(1, Stimulus(), torch.Generator().manual_seed(0), ipd=ipd)
    slow = 6
    (heard,) = files(audio.play({"a": audio.rain(spikes, slow)}, "Words.", bits=bits))
    power = envelope(heard)
    turn = np.exp(2j * np.pi * np.arange(power.shape[1]) * 10 / (50 * slow))
    left, right = power @ turn
    measured_ms = np.angle(left * right.conj()) / (2 * np.pi) * 50 * slow
    assert measured_ms == pytest.approx(ipd_deg / 360 * 50 * slow, abs=6)
    assert abs(10 * np.log10(power[0].sum() / power[1].sum())) < 1  # dB
    assert abs(heard).max() < 0.85


def test_each_spike_is_one_click_at_its_own_ear_and_in_its_own_step():
    spikes = torch.zeros(30, 4)
    spikes[5, 0] = spikes[20, 1] = spikes[12, 3] = 1
    sound = audio.rain(spikes, slow=8)
    for ear, steps in ((0, [5, 20]), (1, [12])):
        loud_ms = np.flatnonzero(abs(sound[ear]) > 0.1) / audio.RATE_HZ * 1000
        clicks = np.split(loud_ms, np.flatnonzero(np.diff(loud_ms) > 8) + 1)
        for step, click in zip(steps, clicks, strict=True):
            assert 8 * step <= click[0] and click[-1] <= 8 * (step + 1) + 1
    assert not audio.rain(torch.zeros(5, 2), 1).any()


def test_a_player_has_a_name_plays_on_demand_and_has_words():
    players = audio.play({"<A>": audio.click(0.5), "B": audio.click(-0.5)}, "Right, then left.")
    assert re.findall(r'aria-label="([^"]*)"', players.page) == ["&lt;A&gt;", "B"]
    assert players.page.count("<audio controls") == 2 and "autoplay" not in players.page
    assert ">Right, then left.<" in players.page
    assert players.words == "To hear: <A>, B. Right, then left."
    assert "http" not in players.page


def test_sounds_of_one_call_keep_their_differences():
    loud, faint = files(audio.play({"a": audio.tone(0), "b": audio.tone(0) / 4}, "Words."))
    assert abs(loud).max() == pytest.approx(4 * abs(faint).max(), rel=0.01)


@pytest.mark.parametrize("name", pages.lessons())
def test_players_on_a_page_are_small_and_named(name):
    """Up to 30 kB each where a page's own sounds are synthetic; lesson 9 plays a recording."""
    for cell in pages.read(pages.NOTEBOOKS / f"{name}.ipynb").cells:
        for output in cell.get("outputs", []):
            page = output.get("data", {}).get("text/html", "")
            for tag in re.findall(r"<audio[^>]*>", page):
                assert "aria-label=" in tag and "autoplay" not in tag
                assert len(tag) < 30_000 or name.startswith("09")


def test_there_is_one_way_to_play():
    for path in [*pages.NOTEBOOKS.rglob("*.py"), *(pages.ROOT / "course_utils").rglob("*.py")]:
        assert not re.search(r"IPython\.display import .*Audio", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: audio.tone(2), ValueError, "itd_ms must be from -0.8 to 0.8, not 2"),
        (lambda: audio.tone("a"), TypeError, "itd_ms must be a number, not 'a'"),
        (lambda: audio.tone(0, 5000), ValueError, "frequency_hz must be from 50 to 2000"),
        (lambda: audio.click(0, 1), ValueError, "silence_ms must be from 10 to 1000"),
        (lambda: audio.rain(np.ones((5, 3)), 2), ValueError, "spikes must be .time, channel. of"),
        (lambda: audio.rain(np.ones((5, 2)), 0), ValueError, "slow must be from 1 to 100, not 0"),
        (lambda: audio.play({}, "w"), ValueError, "sounds must hold at least one"),
        (lambda: audio.play({"a": np.ones(5)}, "w"), ValueError, "sound 'a' must be .2, time."),
        (lambda: audio.play({"a": np.full((2, 5), np.nan)}, "w"), ValueError, "must be finite"),
        (lambda: audio.play({"a": np.ones((2, 5))}, " "), ValueError, "words must be a sentence"),
        (lambda: audio.play({"a": np.ones((2, 5))}, "w", bits=9), ValueError, "bits must be 8 or"),
    ],
)
def test_bad_calls_are_named(call, error, said):
    with pytest.raises(error, match=said):
        call()
