"""The result tables: complete, five seeds each, and summed up as they are."""

import csv
import importlib
import sys

import pytest

from course_utils import tables
from tools.notebook_checks import ROOT

STUDIES = ROOT / "figures" / "studies"
sys.path.insert(0, str(STUDIES))
NAMES = sorted(path.stem for path in STUDIES.glob("*.csv"))


def settings_of(name):
    module = importlib.import_module(name)
    if hasattr(module, "settings"):
        return module.settings()
    return getattr(module, "SETTINGS", None) or module.RULES


def test_every_study_has_a_table_and_a_picture():
    scripts = {path.stem for path in STUDIES.glob("*.py")} - {"study", "summary", "pictures"}
    assert scripts == set(NAMES) == {path.stem for path in STUDIES.glob("*.png")}
    assert len(NAMES) >= 11


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_five_seeds(name):
    rows = tables.read(STUDIES / f"{name}.csv")
    seeds = {}
    for row in rows:
        seeds.setdefault(row["setting"], []).append(int(row["seed"]))
    assert set(seeds) == set(settings_of(name))
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
    ("fibres", "limit"), [(10, 1.10), (100, 1.15)], ids=["10 fibres", "100 fibres"]
)
def test_the_best_setting_is_as_near_to_the_bound_as_we_say(fibres, limit):
    rows = tables.read(STUDIES / "best.csv")
    ratio, *_ = tables.mean_interval(rows, "ratio_to_bound", fibres=fibres)
    assert ratio <= limit
