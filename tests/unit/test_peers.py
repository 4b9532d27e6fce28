"""What the page "Which delay layer?" says of other layers is measured, and holds here."""

import importlib
import sys

import pytest
import torch

from course_utils import tables
from tools.pages import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
pytest.importorskip("DCLS")
peers = importlib.import_module("peers")
TABLE = {row["layer"]: row for row in tables.read(ROOT / "figures" / "peers.csv")}


def test_our_bell_is_that_of_dcls():
    found = list(peers.bells())
    assert {(kind, sigma) for kind, sigma, *_ in found} == {
        (kind, sigma) for kind in ("axonal", "synaptic") for sigma in peers.SIGMAS
    }
    assert max(float(number) for row in found for number in row[2:]) < 1e-5
    saved = tables.read(ROOT / "figures" / "dcls_bell.csv")
    assert [[row["kind"], row["sigma"]] for row in saved] == [row[:2] for row in found]


@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_a_width_without_their_addition_would_be_seen(sigma, monkeypatch):
    monkeypatch.setattr(peers, "SIGMAS", (sigma,))
    monkeypatch.setattr(peers, "Bell", lambda width, real=peers.Bell: real(width - 0.27 + 0.23))
    assert max(float(number) for row in peers.bells() for number in row[2:]) > 1e-2


@pytest.fixture(scope="module")
def measured():
    """Each layer on a few trains: value, slope and rest at whole delays, and the dead."""
    generator = torch.Generator().manual_seed(1)
    spikes = (torch.rand(4, 150, peers.CHANNELS, generator=generator) < 0.2).float()
    toward = torch.randn(4, 100, peers.CHANNELS, generator=generator)
    whole = torch.randint(1, 50, (peers.CHANNELS,), generator=generator).float()
    return {
        name: (
            *peers.at_whole_delays(layer, spikes, whole, toward),
            peers.dead_share(layer, spikes, toward),
        )
        for name, layer in peers.peers(whole).items()
    }


def test_the_saved_table_names_the_same_layers(measured):
    assert [name for name, row in TABLE.items() if row["ms"] != ""] == list(measured)


@pytest.mark.parametrize("name", ["ours, linear", "ours, straight_through"])
def test_ours_has_the_central_slope_and_no_dead_delays(name, measured):
    value_off, slope, off, dead = measured[name]
    assert value_off == 0 and abs(slope - 1) < 1e-4 and off < 1e-4 and dead == 0
    assert TABLE[name]["step_off"] == 0 and TABLE[name]["dead_share"] == 0


def test_dcls_v1_has_no_slope_at_whole_delays(measured):
    _, slope, off, dead = measured["DCLS v1, linear"]
    assert abs(slope) < 1e-6 and off == pytest.approx(1) and dead == 1


def test_clamping_on_the_way_forward_kills_and_the_slope_is_one_sided(measured):
    _, slope, off, dead = measured["two gathers, clamped"]
    assert dead == 1 and off > 0.5 and 0.5 < slope < 1.5


def test_a_spread_kernel_keeps_delays_alive(measured):
    for name in ("DCLS gauss of 2 steps", "ours, gaussian of 2 steps"):
        value_off, slope, _, dead = measured[name]
        assert dead == 0 and value_off > 0.3 and 0 < slope < 1
