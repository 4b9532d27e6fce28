"""The result tables: complete, five seeds each, and summed up as they are."""

import csv
import importlib
import re

import pytest
import torch
from scipy import stats

from course_utils import tables
from tools.pages import ROOT

STUDIES = ROOT / "figures" / "studies"
NAMES = sorted(path.stem for path in STUDIES.glob("*.csv"))
LESSON_5, RECIPE = (STUDIES.parent / f"{name}.csv" for name in ("lesson_5", "prototype_recipe"))
TABLES = [*(STUDIES / f"{name}.csv" for name in NAMES), LESSON_5, RECIPE]


def settings_of(name):
    folder = "figures.studies" if (STUDIES / f"{name}.py").exists() else "figures"
    module = importlib.import_module(f"{folder}.{name}")
    if hasattr(module, "settings"):
        return module.settings()
    return getattr(module, "SETTINGS", None) or module.RULES


def test_every_study_has_a_table_and_a_picture():
    shared = {"__init__", "study", "summary", "pictures", "cluster"}
    scripts = {path.stem for path in STUDIES.glob("*.py")} - shared
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
    summary = importlib.import_module("figures.studies.summary")
    with (ROOT / "figures" / "results.csv").open(newline="", encoding="utf-8") as file:
        saved = list(csv.DictReader(file))
    fresh = summary.untuned() + list(summary.tuned())
    assert saved == [{key: str(value) for key, value in row.items()} for row in fresh]
    assert all(int(row["seeds"]) >= 5 for row in saved)
    for row in saved:
        words = ("alike", "differs", "open") if row["difference"] else ("",)
        assert row["verdict"] in words, row["claim"]
    assert {row["tuned"] for row in saved} == {"yes", "fixed", "no"}


def test_a_verdict_on_settings_that_are_not_tuned_follows_the_same_rule():
    """One claim with a lesson and a table of its own: no family to share its level with."""
    summary = importlib.import_module("figures.studies.summary")
    rows = {row["claim"]: row for row in summary.untuned()}
    row = rows["learned against frozen random delays, axonal, 1 per ear, fresh seeds"]
    table = tables.read(STUDIES / "first_lag.csv")
    frozen, learned = (
        [r["error_deg"] for r in table if r["delays"] == name]
        for name in ("frozen random", "learned")
    )
    gaps = [b - a for a, b in zip(frozen, learned, strict=True)]
    p_value = stats.ttest_1samp(gaps, 0).pvalue
    assert row["verdict"] == ("differs" if p_value < 0.05 else "open")
    assert abs(sum(gaps) / len(gaps)) > 0.05 * sum(frozen) / len(frozen)  # not within the margin


def test_a_row_comes_out_again_digit_by_digit():
    reach = importlib.import_module("figures.studies.gradient_reach")
    saved = tables.read(STUDIES / "gradient_reach.csv")[0]
    again = reach.run(int(saved["seed"]), reach.RULES[saved["setting"]])
    assert {key: float(value) for key, value in again.items()} == {k: saved[k] for k in again}


def test_width_matters_little_and_height_not_at_all_as_lesson_4_says():
    rows = tables.read(STUDIES / "surrogates.csv")
    usual = dict(surrogate="sigmoid", steepness=5, delays="learned")

    def worse(other, than=usual):
        return tables.paired_interval(rows, "error_deg", other, than)

    names = ("sigmoid", "superspike")
    for name, steepness in [(n, b) for n in names for b in (1, 5, 25)]:
        _, low, high = worse(usual | dict(surrogate=name, steepness=steepness))
        assert -0.2 < low <= high < 0.2
    steep = [usual | dict(surrogate=name, steepness=100) for name in names]
    for setting in steep:
        gap, low, _ = worse(setting)
        assert low > 0 and 0.25 < gap < 0.4  # about a third of a degree
    _, low, high = worse(*steep)
    assert -0.2 < low < high < 0.2
    _, low, _ = worse(dict(delays="readout only"))
    assert low > 10
    assert {row["peak"] for row in rows if row["surrogate"] == "superspike"} == {1}


@pytest.mark.parametrize(
    ("fibres", "limit"), [(10, 1.05), (100, 1.12)], ids=["10 fibres", "100 fibres"]
)
def test_the_best_setting_is_as_near_to_the_bound_as_we_say(fibres, limit):
    rows = tables.read(STUDIES / "best.csv")
    ratio, *_ = tables.mean_interval(rows, "ratio_to_bound", fibres=fibres)
    assert ratio <= limit


def first_lag(seed, **setting):
    study = importlib.import_module("figures.studies.study")
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
    assert re.search(r"^SEEDS +\?= *$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    fresh = {row["seed"] for row in tables.read(STUDIES / "first_lag.csv")}
    others = {row["seed"] for name in NAMES for row in tables.read(STUDIES / f"{name}.csv")
              if row.get("fibres") == 1 and name not in ("first_lag", "best_observer")}  # fmt: skip
    assert others and not fresh & others
