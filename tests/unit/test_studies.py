"""The result tables: complete, five seeds each, and summed up as they are."""

import csv
import importlib
import sys

import pytest
import torch

from course_utils import drawings_06, tables
from tools.notebook_checks import ROOT

STUDIES = ROOT / "figures" / "studies"
sys.path[:0] = [str(STUDIES), str(STUDIES.parent)]
NAMES = sorted(path.stem for path in STUDIES.glob("*.csv"))
LESSON_5, RECIPE = (STUDIES.parent / f"{name}.csv" for name in ("lesson_5", "prototype_recipe"))
TABLES = [*(STUDIES / f"{name}.csv" for name in NAMES), LESSON_5, RECIPE]


def settings_of(name):
    module = importlib.import_module(name)
    if hasattr(module, "settings"):
        return module.settings()
    return getattr(module, "SETTINGS", None) or module.RULES


def test_every_study_has_a_table_and_a_picture():
    scripts = {path.stem for path in STUDIES.glob("*.py")} - {"study", "summary", "pictures"}
    assert scripts == set(NAMES) == {path.stem for path in STUDIES.glob("*.png")}
    assert len(NAMES) >= 11


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_every_setting_has_five_seeds(table):
    rows = tables.read(table)
    seeds = {}
    for row in rows:
        seeds.setdefault(row["setting"], []).append(int(row["seed"]))
    assert set(seeds) == set(settings_of(table.stem))
    for setting, found in seeds.items():
        assert sorted(found) == sorted(set(found)), setting
        assert len(found) >= 5, setting


def test_the_summary_says_what_the_tables_say():
    summary = importlib.import_module("summary")
    with (ROOT / "figures" / "results.csv").open(newline="", encoding="utf-8") as file:
        saved = list(csv.DictReader(file))
    fresh = [summary.row_of(*claim) for claim in summary.claims()]
    assert saved == [{key: str(value) for key, value in row.items()} for row in fresh]
    assert all(int(row["seeds"]) >= 5 for row in saved)


def test_a_row_comes_out_again_digit_by_digit():
    reach = importlib.import_module("gradient_reach")
    saved = tables.read(STUDIES / "gradient_reach.csv")[0]
    again = reach.run(int(saved["seed"]), reach.RULES[saved["setting"]])
    assert {key: float(value) for key, value in again.items()} == {k: saved[k] for k in again}


@pytest.mark.parametrize(
    ("fibres", "limit"), [(10, 1.10), (100, 1.15)], ids=["10 fibres", "100 fibres"]
)
def test_the_best_setting_is_as_near_to_the_bound_as_we_say(fibres, limit):
    rows = tables.read(STUDIES / "best.csv")
    ratio, *_ = tables.mean_interval(rows, "ratio_to_bound", fibres=fibres)
    assert ratio <= limit


def paired(table, first, second, column="error_deg", **where):
    return tables.paired_interval(tables.read(table), column, first | where, second | where)


def first_lag(seed, **setting):
    study = importlib.import_module("study")
    network = study.network_of(
        study.DEFAULTS | dict(fibres=1) | setting, torch.Generator().manual_seed(seed)
    )
    left, right = network.delay.delays.detach().tolist()
    return (right - left) / network.delay.max_delay


def test_with_one_fibre_the_same_seeds_draw_the_same_lags_in_every_table():
    for seed in range(5):
        lag = first_lag(seed)
        for other in (dict(hidden=10), dict(classes=12), dict(max_delay=12), dict(hidden=100)):
            assert first_lag(seed, **other) == pytest.approx(lag, abs=1e-6)
    fresh = {row["seed"] for row in tables.read(STUDIES / "first_lag.csv")}
    others = {row["seed"] for name in NAMES for row in tables.read(STUDIES / f"{name}.csv")
              if row.get("fibres") == 1 and name not in ("first_lag", "best_observer")}  # fmt: skip
    assert others and not fresh & others


WEIGHTS_OR_DELAYS = STUDIES / "weights_or_delays.csv"


def delays_are(first, second, fibres, kind="axonal"):
    """Mean error of one network of lesson 6 minus another's, with its interval."""
    where = dict(kind=kind, fibres=fibres, hidden=30, max_delay=50)
    return paired(WEIGHTS_OR_DELAYS, dict(delays=first), dict(delays=second), **where)


def mean_of(delays, fibres, kind="axonal"):
    where = dict(delays=delays, kind=kind, fibres=fibres, hidden=30, max_delay=50)
    return tables.mean_interval(tables.read(WEIGHTS_OR_DELAYS), "error_deg", **where)[0]


def test_lesson_6_calls_alike_only_what_is_alike():
    for fibres in (10, 100):
        _, low, high = delays_are("learned", "frozen random", fibres)
        assert -0.25 < low < 0 < high < 0.25
    for names in (("learned", "frozen even"), ("frozen random", "frozen even")):
        _, low, high = delays_are(*names, 100)
        assert -0.2 < low and high < 0.2  # they lie together
    _, low, high = delays_are("learned", "frozen random", 1)
    assert low < 0 < high and high - low > 5  # five seeds of one fibre say next to nothing


def test_lesson_6_learning_rescues_a_bad_draw():
    rows = tables.read(STUDIES / "first_lag.csv")
    pair = dict(delays="frozen random"), dict(delays="learned")
    mean, low, _ = tables.paired_interval(rows, "error_deg", *pair)
    assert len(rows) == 50 and mean > 2 and low > 1
    arrows = drawings_06.lag_arrows(rows)
    assert all(8 < abs(last) < 16 for _, (last, _) in arrows)  # all of them in a valley
    assert max(after - before for (_, before), (_, after) in arrows) < 2  # "may lose a little"


def test_lesson_6_delays_alone_against_weights_alone():
    neither, delays, weights = (
        mean_of(name, 100) for name in ("readout only", "delays only", "frozen random")
    )
    assert 0.6 < 1 - delays / neither < 0.75 and weights < delays  # "most of its error"
    _, low, high = delays_are("delays only", "frozen random", 10, "synaptic")
    assert 0 < low and high < 1  # "much closer, and the weights are still ahead"
    _, axonal, _ = delays_are("delays only", "frozen random", 10)
    assert axonal > 2


def test_lesson_6_a_loss_by_learning_is_the_optimisers():
    for second in ("learned", "frozen random"):
        _, low, _ = delays_are(second, "frozen even", 10)
        assert low > 0.1  # even delays are better to have than random or learned ones
    lead, *_ = delays_are("frozen random", "frozen even", 10)
    lost, low, _ = delays_are("learned from even", "frozen even", 10)
    assert low > 0 and lost > lead / 2  # "most of that lead"
    _, low, high = delays_are("learned from even, gently", "frozen even", 10)
    assert -0.1 < low < 0 < high < 0.1  # "no gain, and no loss beyond a tenth"
    _, low, high = delays_are("learned, gently", "frozen random", 10)
    assert -0.1 < low < high < 0  # "some hundredths of a degree"


def test_the_bank_of_the_prototype_is_behind_random_delays():
    for fibres in (10, 100):
        assert delays_are("frozen bank", "frozen random", fibres)[1] > 0.1
    assert delays_are("learned from bank", "frozen bank", 100)[2] < 0  # "takes back a part"
    assert settings_says("frozen bank", "frozen random delays")[1] > 0.1


def settings_says(first, second, column="error_deg", table=LESSON_5):
    return paired(table, dict(setting=first), dict(setting=second), column)


def test_lesson_5_says_what_its_table_says():
    for learned, frozen in (
        ("learned", "frozen random delays"),
        ("learned from the bank", "frozen bank"),
        ("learned from even", "frozen even delays"),
    ):
        _, low, high = settings_says(learned, frozen)
        assert -0.11 < low < high < 0.11, learned
        assert (low < 0 < high) == (learned != "learned from even")  # it loses a few hundredths
    assert settings_says("learned from zero", "learned")[1] > 0
    assert settings_says("classes beyond the ends", "learned")[2] < 0
    whole = settings_says("whole steps, nearest", "learned", "rounded_error_deg")
    assert -0.1 < whole[1] < 0 < whole[2] < 0.1
    learned = [row for row in tables.read(LESSON_5) if row["setting"] == "learned"]
    assert all(abs(row["rounded_error_deg"] - row["error_deg"]) < 0.1 for row in learned)


def test_lesson_5_lost_variety_has_a_price_of_its_own():
    ends, frozen, learned = (
        f"a phase each{words}" for words in (", frozen at the ends", ", delays frozen", "")
    )
    price, low, _ = settings_says(ends, frozen, table=RECIPE)
    assert low > 0 and price < settings_says(learned, frozen, table=RECIPE)[0]
    _, low, high = settings_says(learned, ends, table=RECIPE)
    assert low < 0 < high  # "five seeds can't say"
