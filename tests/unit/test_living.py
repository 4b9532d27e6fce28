"""Living views, the Python half: what a page carries, and what is refused in one sentence."""

import base64
import copy
import html
import json
import re

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course_utils.delays import Bell
from course_utils.explore import live, living
from course_utils.network import Localiser
from course_utils.plots import png, small
from course_utils.stimuli import Classes, Stimulus

SOUND = Stimulus(duration_ms=60, fibres_per_ear=4)


def network(**settings):
    generator = torch.Generator().manual_seed(0)
    sizes = {"hidden": 5, "max_delay": 20} | settings
    return Localiser(SOUND, Classes(6), generator=generator, **sizes)


def picture(alt="The network points at the <sound>."):
    figure = Figure(figsize=(1, 1))
    figure.set_label(alt)
    return figure


DATA = {
    "network": {"trained": network(), "untrained": network(), "ipd_deg": 40},
    "meetings": {
        "left": torch.arange(9), "right": np.arange(9) % 3, "longest_ms": 3, "from_ms": 4,
    },
    "information": {"stimulus": SOUND, "ipd_deg": 40, "phase_deg": 100, "listens": True},
    "slopes": {
        "train": torch.arange(9) % 2, "goal": 3, "max_delay": 5, "delay": 2, "sigma": 1.5,
    },
    "neuron": {
        "noise": np.linspace(-0.1, 0.1, 9), "current": 0.2, "tau_ms": 5, "asked_ms": 4,
    },
    "race": {
        "train": np.arange(9) % 2, "goal": 2, "max_delay": 3, "starts": [0.0, 1.5, 3.0],
        "start": 1, "prototype": torch.arange(4), "rate": 0.3, "updates": 20,
    },
}  # fmt: skip


def page_of(name, **changes):
    return living.view(name, picture(), **(DATA[name] | changes))


def carried(page):
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    return json.loads(text)


def numbers(text):
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def test_the_network_travels_with_all_its_numbers():
    trained, untrained = network(), network()
    with torch.no_grad():
        trained.delay.delays.add_(0.25).clamp_(max=20)
    data = carried(page_of("network", trained=trained, untrained=untrained, ipd_deg=-30))
    assert data["ipd_deg"] == -30
    assert data["sound"] == {
        "frequency_hz": 20, "dt_ms": 1, "rate_max_hz": 600, "envelope_power": 2, "steps": 60,
        "channels": 8,
    }  # fmt: skip
    assert data["sizes"] == {
        "channels": 8, "hidden": 5, "classes": 6, "max_delay": 20, "tau_ms": 5,
    }  # fmt: skip
    for name, one in (("trained", trained), ("untrained", untrained)):
        for part, wanted in (
            ("delays", one.delay.delays), ("w_hidden", one.w_hidden), ("w_out", one.w_out),
        ):  # fmt: skip
            assert np.array_equal(numbers(data[name][part]), wanted.detach().numpy().ravel())


def test_rounded_delays_travel_as_they_act():
    twin = network(estimator="straight_through")
    data = carried(page_of("network", trained=twin))
    assert np.array_equal(numbers(data["trained"]["delays"]), twin.delay.delays.detach().round())


def test_the_spikes_of_both_ears_travel():
    data = carried(page_of("meetings"))
    assert (data["longest_ms"], data["from_ms"]) == (3, 4)
    assert numbers(data["left"]).tolist() == list(range(9))
    assert numbers(data["right"]).tolist() == [0, 1, 2] * 3


def test_a_tone_and_a_fibre_travel():
    data = carried(page_of("information", ipd_deg=-30, listens=False))
    assert (data["ipd_deg"], data["phase_deg"], data["listens"]) == (-30, 100, False)
    assert (data["sound"]["channels"], data["sound"]["steps"]) == (8, 60)
    data = carried(page_of("slopes"))
    assert (data["goal"], data["max_delay"], data["delay"], data["sigma"]) == (3, 5, 2, 1.5)
    assert numbers(data["train"]).tolist() == [0, 1] * 4 + [0]


def test_a_current_and_its_neuron_travel():
    data = carried(page_of("neuron"))
    assert numbers(data.pop("noise")).tolist() == pytest.approx(np.linspace(-0.1, 0.1, 9), abs=1e-7)
    assert data == {"current": 0.2, "tau_ms": 5, "asked_ms": 4}
    assert carried(page_of("neuron", asked_ms=None))["asked_ms"] is None


def test_a_race_travels():
    data = carried(page_of("race"))
    assert numbers(data.pop("train")).tolist() == [0, 1] * 4 + [0]
    assert numbers(data.pop("starts")).tolist() == [0, 1.5, 3]
    assert numbers(data.pop("prototype")).tolist() == [0, 1, 2, 3]
    assert data == {"goal": 2, "max_delay": 3, "start": 1, "rate": 0.3, "updates": 20}


@pytest.mark.parametrize("name", living.VIEWS)
def test_a_page_holds_its_picture_with_words_and_asks_for_nothing(name):
    page = page_of(name)
    assert f'alt="{html.escape("The network points at the <sound>.")}"' in page
    assert small(png(picture())) in page
    assert re.findall(r"https?:|//[a-z]|\bimport\b|\bfetch\b|\bXMLHttp", page) == []
    assert page.count("<script") == page.count("</script>") == 2
    assert len(page) < 150_000


def test_each_view_is_a_short_file_and_each_file_is_used():
    files = {path.name for path in living.FILES.iterdir()}
    needed = {part for parts in living.NEEDS.values() for part in parts}
    assert files == {"kit.js", "view.css", *needed, *(f"{name}.js" for name in living.VIEWS)}
    for path in living.FILES.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) < 250 and max(map(len, lines)) <= 110, path.name


def test_no_two_pages_share_a_mark():
    marks = [re.search('id="(.*?)"', page_of("meetings"))[1] for _ in range(2)]
    assert marks[0] != marks[1]


def test_it_shows_the_page_and_the_picture_for_those_without_scripts(monkeypatch):
    shown = []
    monkeypatch.setattr(living, "display", lambda *a, **k: shown.append((a, k)))
    assert live("meetings", picture(), **DATA["meetings"]) is None
    assert shown == []  # outside IPython
    monkeypatch.setattr(living, "get_ipython", lambda: object())
    live("meetings", picture(), **DATA["meetings"])
    (((bundle,), how),) = shown
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert carried(bundle["text/html"]) == carried(page_of("meetings"))
    assert base64.b64decode(bundle["image/png"]) == png(picture())
    assert bundle["text/plain"] == picture().get_label()
    assert how["metadata"]["image/png"] == {"alt": picture().get_label(), "width": 100}
    assert how["raw"] is True


def spoilt():
    one = copy.deepcopy(network())
    with torch.no_grad():
        one.w_out[2, 3] = torch.nan
    return one


BAD = [
    (
        "orchestra",
        {},
        ValueError,
        "name of a view must be one of ['information', 'meetings', 'network', 'ne",
    ),
    ("network", {"trained": 3}, TypeError, "trained must be a network.Localiser, not int."),
    ("network", {"untrained": torch.nn.Linear(2, 2)}, TypeError, "untrained must be a network.L"),
    ("network", {"trained": network(kind="synaptic")}, ValueError, "trained must have axonal del"),
    ("network", {"untrained": network(estimator=Bell(3.0))}, ValueError, "untrained must have axo"),
    (
        "network",
        {"untrained": network(hidden=7)},
        ValueError,
        "untrained must be of the sizes of t",
    ),
    ("network", {"trained": spoilt()}, ValueError, "w_out of trained must be finite"),
    ("network", {"ipd_deg": 91}, ValueError, "ipd_deg must be a number from -90 to 90, in degrees"),
    ("network", {"ipd_deg": "left"}, ValueError, "ipd_deg must be a number from -90 to 90"),
    ("network", {"seed": 1}, TypeError, "data of view 'network' must be trained, untrained, ipd_d"),
    ("meetings", {"right": [1, 2]}, ValueError, "right must be spikes (time,), as many as left"),
    ("meetings", {"left": torch.ones(3, 3)}, ValueError, "left must be spikes (time,)"),
    ("meetings", {"longest_ms": 2.5}, TypeError, "longest_ms must be a whole number, not 2.5."),
    ("meetings", {"longest_ms": 5}, ValueError, "longest_ms must be from 1 to 4, not 5."),
    ("meetings", {"from_ms": 9}, ValueError, "from_ms must be from 1 to 8, not 9."),
    ("meetings", {"from_ms": True}, TypeError, "from_ms must be a whole number, not True."),
    ("information", {"stimulus": 20}, TypeError, "stimulus must be a stimuli.Stimulus, not 20."),
    ("information", {"ipd_deg": -91}, ValueError, "ipd_deg must be a number from -90 to 90, in de"),
    ("information", {"phase_deg": 361}, ValueError, "phase_deg must be a number from 0 to 360, in"),
    ("information", {"listens": 1}, TypeError, "listens must be True or False, not 1."),
    (
        "slopes",
        {"train": torch.ones(9, 1)},
        ValueError,
        "train must be two numbers or more in a row",
    ),
    ("slopes", {"train": [0.0] * 9}, ValueError, "train must hold a spike that is there after 3 o"),
    ("slopes", {"train": [np.nan] * 9}, ValueError, "train must be finite"),
    ("slopes", {"max_delay": 9}, ValueError, "max_delay must be from 2 to 8, not 9."),
    ("slopes", {"goal": 6}, ValueError, "goal must be from 0 to 5, not 6."),
    ("slopes", {"delay": 5.5}, ValueError, "delay must be a number from 0 to 5, in steps, not 5.5"),
    ("slopes", {"sigma": 0}, ValueError, "sigma must be a number from 0.5 to 12, in steps, not 0"),
    ("neuron", {"noise": torch.ones(3, 3)}, ValueError, "noise must be two numbers or more in a r"),
    ("neuron", {"noise": [0.1, np.nan]}, ValueError, "noise must be finite"),
    ("neuron", {"current": 0.7}, ValueError, "current must be a number from 0 to 0.5, in units of"),
    ("neuron", {"tau_ms": "slow"}, ValueError, "tau_ms must be a number from 2 to 30, in ms, not"),
    ("neuron", {"asked_ms": 9}, ValueError, "asked_ms must be from 0 to 8, not 9."),
    ("neuron", {"asked_ms": 1.5}, TypeError, "asked_ms must be a whole number, not 1.5."),
    ("race", {"train": 3}, ValueError, "train must be two numbers or more in a row, not of shape"),
    ("race", {"max_delay": 9}, ValueError, "max_delay must be from 2 to 8, not 9."),
    ("race", {"goal": 4}, ValueError, "goal must be from 0 to 3, not 4."),
    ("race", {"start": 1.5}, TypeError, "start must be a whole number, not 1.5."),
    ("race", {"starts": [0, 4]}, ValueError, "starts must lie from 0 to 3 steps, not [0 4]."),
    ("race", {"starts": 2}, ValueError, "starts must be two numbers or more in a row, not of shap"),
    ("race", {"prototype": [1, 2]}, ValueError, "prototype must be 4 slopes, one for each whole d"),
    ("race", {"rate": 0}, ValueError, "rate must be a number from 0.01 to 5, in steps per update"),
    ("race", {"updates": 1}, ValueError, "updates must be from 2 to 2000, not 1."),
]


@pytest.mark.parametrize(("name", "changes", "error", "words"), BAD)
def test_what_cannot_be_shown_is_named(name, changes, error, words):
    with pytest.raises(error, match=f"^{re.escape(words)}"):
        live(name, picture(), **(DATA.get(name, {}) | changes))


@pytest.mark.parametrize(
    ("still", "error", "words"),
    [
        (b"png", TypeError, "picture must be a matplotlib Figure, not bytes."),
        (picture(" "), ValueError, "picture must have an alt text"),
    ],
)
def test_a_picture_that_says_nothing_is_refused(still, error, words):
    with pytest.raises(error, match=words):
        live("meetings", still, **DATA["meetings"])


def test_a_task_that_is_no_tone_is_refused():
    class Other:
        channels, steps, dt_ms = 8, 60, 1.0

        def sample(self, n, generator):
            raise NotImplementedError

    odd = Localiser(Other(), Classes(6), 5, 20, generator=torch.Generator().manual_seed(0))
    with pytest.raises(TypeError, match=r"task of trained must be a stimuli\.Stimulus, not "):
        live("network", picture(), trained=odd, untrained=odd, ipd_deg=0)
