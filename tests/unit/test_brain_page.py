"""The page on brains: its rule is what it says, its study runs it, its words are the table's."""

import importlib
import math

import pytest
import torch

from course_utils import plots, tables
from course_utils.drawings import brain
from tools import pages
from tools.figure_rules import style_problems
from tools.pages import ROOT

PAGE = "how_a_brain_would"
STUDY = importlib.import_module("figures.studies.stdp")
ROWS = tables.read(ROOT / "figures" / "studies" / "stdp.csv")
CODE = [c.source for c in pages.from_source(pages.NOTEBOOKS, PAGE).cells if c.cell_type == "code"]


def cells_up_to(last, after="def change_by_hand"):
    """Names that the page has set by the cell that holds `last`, from its rule on."""
    begin = next(n for n, source in enumerate(CODE) if after in source)
    end = next(n for n, source in enumerate(CODE) if last in source)
    names = {}
    for source in [CODE[0], *CODE[begin : end + 1]]:
        exec(source, names)
    return names


@pytest.fixture(scope="module")
def page():
    return cells_up_to("def mature")


def pairs(arrivals, spikes, up_ms, down_ms, cost):
    """Every arrival with every spike, one by one."""
    total = 0.0
    for t, fires in enumerate(spikes):
        for s, arrives in enumerate(arrivals):
            gain = math.exp((s - t) / up_ms) if s <= t else -cost * math.exp((t - s) / down_ms)
            total += gain * fires * arrives
    return total


TRAINS = [
    ([1, 0, 0, 0], [0, 0, 1, 0]),  # in time
    ([0, 0, 1, 0], [1, 0, 0, 0]),  # too late
    ([0, 1, 0, 0], [0, 1, 0, 0]),  # together
    ([1, 0, 1, 1], [0, 1, 1, 0]),
    ([0, 0, 0, 0], [1, 1, 1, 1]),
]


@pytest.mark.parametrize(("arrivals", "spikes"), TRAINS)
def test_two_traces_and_one_matrix_are_all_pairs_one_by_one(arrivals, spikes, page):
    wanted = pairs(arrivals, spikes, page["UP_MS"], page["DOWN_MS"], page["COST"])
    assert page["change_by_hand"](arrivals, spikes) == pytest.approx(wanted, abs=1e-6)
    window = STUDY.learning_window(len(spikes))
    matrix = torch.tensor(spikes).float() @ window @ torch.tensor(arrivals).float()
    assert float(matrix) == pytest.approx(wanted, abs=1e-5)


def test_an_early_arrival_grows_and_a_late_one_shrinks(page):
    early, late, together, *_ = [page["change_by_hand"](*train) for train in TRAINS]
    assert together == 1 > early > 0 > late
    assert early == pytest.approx(math.exp(-2 / 5))


def test_more_is_taken_than_given(page):
    row = STUDY.learning_window(2001)[1000]
    assert -row[row < 0].sum() / row[row > 0].sum() == pytest.approx(1.4, rel=1e-4)
    torch.testing.assert_close(page["window"], STUDY.learning_window(100), atol=1e-5, rtol=1e-5)


def test_the_change_of_many_is_the_mean_of_each(page):
    generator = torch.Generator().manual_seed(0)
    arriving = (torch.rand(3, 100, 4, generator=generator) < 0.1).float()
    fired = (torch.rand(3, 100, 2, generator=generator) < 0.1).float()
    numbers = page["UP_MS"], page["DOWN_MS"], page["COST"]
    for found in (page["change"](arriving, fired), STUDY.change(arriving, fired, page["window"])):
        for c, k in ((0, 0), (3, 1)):
            each = [pairs(a[:, c].tolist(), f[:, k].tolist(), *numbers)
                    for a, f in zip(arriving, fired, strict=True)]  # fmt: skip
            assert float(found[c, k]) == pytest.approx(sum(each) / 3, abs=1e-3)


def test_the_page_lives_as_the_study_does(page, monkeypatch):
    """The same sounds, delays and first weights give the same last weights."""
    assert STUDY.UPDATES == 200 and "range(200)" in next(c for c in CODE if "def mature" in c)
    monkeypatch.setitem(page, "range", lambda n: range(min(n, 6)))
    monkeypatch.setattr(STUDY, "UPDATES", 6)
    page["generator"].manual_seed(7)
    mine = page["mature"](page["first"], holding=STUDY.INHIBITION)[-1]
    generator = torch.Generator().manual_seed(7)
    ours = STUDY.selected(page["first"], page["delays"], generator)
    assert not torch.equal(mine, page["first"])
    torch.testing.assert_close(mine, ours, atol=1e-7, rtol=1e-5)


def test_strength_and_lag_of_delays_set_by_hand():
    delays = torch.cat([torch.full((100,), 10.0), torch.full((100,), 16.25)])
    left, right = STUDY.resultants(torch.ones(200, 2), delays)
    assert left.abs().tolist() == pytest.approx([1, 1]) == right.abs().tolist()
    assert torch.rad2deg(torch.angle(right / left)).tolist() == pytest.approx([45, 45], abs=1e-3)
    spread = torch.arange(200) % 50.0
    assert max(STUDY.resultants(torch.ones(200, 2), spread)[0].abs().tolist()) < 1e-5


def test_the_readout_finds_what_a_row_of_coincidences_tells_and_nothing_in_noise(monkeypatch):
    monkeypatch.setattr(STUDY, "READ", 256)

    def coincidences(spikes):  # of both ears, at thirty lags, as Jeffress had them
        left, right = spikes.float().unflatten(2, (2, 100)).mean(3).unbind(2)
        return torch.stack([left * right.roll(lag, 1) for lag in range(-15, 15)], 2)[:, 25:125]

    def noise(spikes):
        generator = torch.Generator().manual_seed(len(spikes))
        return torch.rand(len(spikes), 100, 30, generator=generator)

    assert STUDY.pointing_error(coincidences, 0) < 4
    assert STUDY.pointing_error(noise, 0) > 35


def test_each_drawing_keeps_the_style_and_says_its_numbers(page):
    delays, first = page["delays"], page["first"]
    history = torch.stack([first[:, 0], first[:, 1]])
    figures = [
        brain.travel_times(5, 5),
        brain.window(page["lead"][50], page["window"][50]),
        brain.selection(delays, history, [0, 32]),
        brain.survivors(delays, first[:, 0], 0.02, "after 0 sounds"),
        brain.looking({"a": [1.0, -3.0], "b": [90.0, 10.0]}),
    ]
    for figure in figures:
        plots.png(figure)
        assert style_problems(figure) == []
    assert "5 mm at 5 m/s: 1,000 µs. In 10 µs it runs 50 µm" in plots.alt_text(figures[0])
    assert "a: from -3° to +1°, 2° off the middle" in plots.alt_text(figures[-1])


def mean(way, column="error_deg"):
    return tables.mean_interval(ROWS, column, way=way)


def gap(first, second):
    return tables.paired_interval(ROWS, "error_deg", dict(way=first), dict(way=second))


def test_it_says_how_well_selected_delays_point():
    error, low, high = mean("selected")
    assert round(error) == 8 and 5 < low < high < 11
    assert round(mean("random weights")[0], -1) == 40
    taught = tables.mean_interval(
        tables.read(ROOT / "figures" / "studies" / "weights_or_delays.csv"), "error_deg",
        kind="axonal", fibres=100, hidden=30, max_delay=50, delays="frozen random",
    )[0]  # fmt: skip
    assert round(error / taught) == 5
    assert mean("selected", "strength")[1] > 0.65 and mean("random weights", "strength")[2] < 0.25


def test_its_controls_are_worse_and_of_inhibition_it_claims_no_more_than_it_saw():
    found, low, _ = gap("selected, then shuffled", "selected")
    assert low > 0 and round(found) == 20
    assert mean("selected, then shuffled")[0] < mean("random weights")[0]  # "on average"
    assert {r["strength"] for r in ROWS if r["way"] == "selected, one lag"} == {0.5}  # an ear gone
    assert 44 < mean("selected, one lag")[0] < 46  # "no direction"
    results = tables.read(ROOT / "figures" / "results.csv")
    verdicts = {
        row["claim"].partition(" against ")[2].removesuffix(", 100 per ear"): row["verdict"]
        for row in results if row["table"] == "studies/stdp.csv"
    }  # fmt: skip
    assert verdicts == {
        "random weights": "differs",
        "the same weights on the wrong fibres": "differs",
        "the same rule with one lag of 12 ms": "differs",
        "the same rule without inhibition": "open",
    }
    sides = [[row["side_deg"] for row in ROWS if row["way"] == way]
             for way in ("selected", "selected, no inhibition")]  # fmt: skip
    assert len(sides[0]) == 5 and all(a > b for a, b in zip(*sides, strict=True))


def test_two_per_cent_and_an_eighth_of_a_cycle():
    (asked,) = [source for source in CODE if "faster = " in source]
    names = {"travel_time_us": lambda mm, speed: 1000 * mm / speed, "reveal": lambda *_: None}
    exec(asked, names)
    assert round(100 * (names["faster"] / 10 - 1)) == 2
    lags = tables.read(ROOT / "figures" / "studies" / "one_number.csv")
    errors = {lag: tables.mean_interval(lags, "error_deg", lag_ms=lag)[0]
              for lag in {row["lag_ms"] for row in lags}}  # fmt: skip
    assert abs(min(errors, key=errors.get)) > 9  # "at the side"
