"""Result tables: what is read, and the interval of a mean over seeds."""

import math
import sys
import time
from concurrent import futures
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_utils import tables
from course_utils.tables import bootstrap_interval, fill, mean_interval, paired_interval, read

ROOT = Path(__file__).resolve().parents[2]

# two-sided 95 % quantiles of Student's t, from a printed table
T_975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 30: 2.042}


def table(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_numbers_become_floats_and_words_stay(tmp_path):
    path = table(
        tmp_path, 'setting,seed,error_deg\n"as printed, frozen",0,4.5\nürsprünglich,1,-3e-2\n'
    )
    assert read(path) == [
        {"setting": "as printed, frozen", "seed": 0.0, "error_deg": 4.5},
        {"setting": "ürsprünglich", "seed": 1.0, "error_deg": -0.03},
    ]
    assert read(str(path)) == read(path)


def test_a_table_with_only_a_head_has_no_rows(tmp_path):
    assert read(table(tmp_path, "seed,error_deg\n")) == []


@pytest.mark.parametrize("name", ["nothing_here.csv", ""])
def test_a_missing_table_is_named(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=f"there is no result table {name}.* in "):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["../figures/lesson_5.csv", "figures/studies/best.csv"])
@pytest.mark.parametrize("start", ["", "notebooks", "notebooks/solutions", "/", "elsewhere"])
def test_a_table_of_the_course_is_found_from_any_folder(start, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path if start == "elsewhere" else ROOT / start)
    assert read(name) == read(ROOT / name.removeprefix("../"))


@pytest.mark.parametrize("where", ["a variable", "a folder above"])
def test_a_table_is_found_where_the_course_was_unpacked(where, tmp_path, monkeypatch):
    """Without its folder, as where the package alone was installed."""
    monkeypatch.setattr(tables, "COURSE", tmp_path / "site-packages")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "own.csv").write_text("seed\n7\n")
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    monkeypatch.setenv(tables.HOME, str(tmp_path) if where == "a variable" else "")
    monkeypatch.chdir(folder if where == "a folder above" else "/")
    assert read("../figures/own.csv") == [{"seed": 7}]


def test_a_table_beside_the_notebook_comes_first(tmp_path, monkeypatch):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "lesson_5.csv").write_text("seed\n7\n")
    monkeypatch.chdir(tmp_path)
    assert read("figures/lesson_5.csv") == [{"seed": 7}]
    with pytest.raises(FileNotFoundError, match="there is no result table nowhere.csv in .*above"):
        read("../figures/nowhere.csv")


@pytest.mark.parametrize("row", ["1", "1,2,3"])
def test_a_row_of_the_wrong_length_is_named(tmp_path, row):
    with pytest.raises(ValueError, match="row 2 of table.csv must have one value for each column"):
        read(table(tmp_path, f"a,b\n0,0\n{row}\n"))


@pytest.mark.parametrize("freedom", sorted(T_975))
def test_the_interval_is_students(freedom):
    values = np.random.default_rng(freedom).normal(5, 2, freedom + 1)
    mean, low, high = mean_interval([{"error": value} for value in values], "error")
    assert mean == pytest.approx(np.mean(values))
    half = T_975[freedom] * np.std(values, ddof=1) / math.sqrt(len(values))
    assert low == pytest.approx(mean - half, rel=1e-3)
    assert high == pytest.approx(mean + half, rel=1e-3)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        _, low, high = mean_interval([{"x": x} for x in rng.normal(3, 1, 5)], "x")
        held += low <= 3 <= high
    assert abs(held - 950) < 4 * math.sqrt(1000 * 0.95 * 0.05)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_the_mean_lies_in_the_middle_of_its_interval(values):
    mean, low, high = mean_interval([{"x": x} for x in values], "x")
    assert low <= mean <= high
    assert (low + high) / 2 == pytest.approx(mean, abs=1e-6)


def test_equal_results_have_an_interval_of_no_width():
    assert mean_interval([{"x": 2.5}] * 3, "x") == (2.5, 2.5, 2.5)


def test_only_the_rows_asked_for_count():
    rows = [
        {"setting": "a", "seed": 0.0, "x": 1.0},
        {"setting": "a", "seed": 1.0, "x": 3.0},
        {"setting": "b", "seed": 0.0, "x": 100.0},
        {"setting": "b", "seed": 1.0, "x": 200.0},
    ]
    assert mean_interval(rows, "x", setting="a")[0] == 2
    assert mean_interval(rows, "x", setting="b")[0] == 150
    assert mean_interval(rows, "x", seed=1)[0] == pytest.approx(101.5)
    assert mean_interval(rows, "x")[0] == 76


@pytest.mark.parametrize(
    "rows, where, says",
    [
        ([{"x": 1.0, "s": "a"}], {}, "x needs at least two rows where {}, not 1"),
        ([], {}, "x needs at least two rows where {}, not 0"),
        ([{"x": 1.0, "s": "a"}] * 2, {"s": "b"}, "x needs .* where {'s': 'b'}, not 0"),
        ([{"x": 1.0, "s": "a"}] * 2, {"t": "a"}, "column must be one of x, s, not 't'"),
        ([{"y": 1.0, "s": "a"}] * 2, {}, "column must be one of y, s, not 'x'"),
    ],
)
def test_too_few_rows_and_unknown_columns(rows, where, says):
    with pytest.raises(ValueError, match=says):
        mean_interval(rows, "x", **where)


def test_a_study_goes_on_where_it_stopped(tmp_path, capsys):
    path, calls = tmp_path / "study.csv", []

    def run(seed, setting):
        calls.append((seed, setting))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return {"error_deg": f"{seed + setting:.1f}"}

    settings = {"plain": 1, "with, comma": 2}
    with pytest.raises(KeyboardInterrupt):
        fill(path, settings, range(2), run)
    assert [row["error_deg"] for row in read(path)] == [1, 2]
    fill(path, settings, range(2), run)
    fill(path, settings, range(2), run)
    assert calls == [(0, 1), (0, 2), (1, 1), (1, 1), (1, 2)]
    found = [(row["setting"], row["seed"], row["error_deg"]) for row in read(path)]
    assert found == [("plain", 0, 1), ("plain", 1, 2), ("with, comma", 0, 2), ("with, comma", 1, 3)]
    assert not list(tmp_path.glob("*.tmp"))
    assert path.read_text().startswith("setting,seed,error_deg\n")


def test_a_row_of_other_columns_is_refused_and_leaves_the_table_alone(tmp_path):
    path = tmp_path / "study.csv"
    fill(path, {"a": 0}, [0], lambda seed, setting: {"error_deg": 1})
    before = path.read_text()
    with pytest.raises(ValueError, match=r"run must .* \['error_deg'\], not \['ms'\]"):
        fill(path, {"a": 0}, [0, 1], lambda seed, setting: {"ms": 1})
    assert path.read_text() == before


def double(seed, setting):
    return {"x": 2 * seed + setting}


def test_two_jobs_fill_the_same_table_as_one(tmp_path):
    settings = {"b": 10, "a": 20}
    fill(tmp_path / "one.csv", settings, range(3), double)
    fill(tmp_path / "two.csv", settings, range(3), double, jobs=2)
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text()
    assert [row["x"] for row in read(tmp_path / "two.csv")] == [10, 12, 14, 20, 22, 24]


def test_without_joblib_two_jobs_fill_the_same_table(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "joblib", None)
    settings = {"b": 10, "a": 20}
    fill(tmp_path / "one.csv", settings, range(3), double)
    fill(tmp_path / "two.csv", settings, range(3), double, jobs=2)
    assert len(read(tmp_path / "two.csv")) == 6
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text()


def test_a_pool_has_so_many_runs_at_once_and_no_more(tmp_path):
    running, most = [], []

    def run(seed, setting):
        running.append(seed)
        most.append(len(running))
        time.sleep(0.02)
        running.remove(seed)
        return double(seed, setting)

    fill(tmp_path / "one.csv", {"b": 10, "a": 20}, range(3), double)
    with futures.ThreadPoolExecutor(6) as pool:
        fill(tmp_path / "two.csv", {"b": 10, "a": 20}, range(3), run, jobs=2, pool=pool)
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text()
    assert max(most) == 2


def test_pairs_run_in_their_order_and_only_those(tmp_path, capsys):
    pairs = [("a", 2), ("b", 0), ("a", 0)]
    fill(tmp_path / "some.csv", {"b": 10, "a": 20}, pairs, double)
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["a", "2"], ["b", "0"], ["a", "0"]
    ]  # fmt: skip
    assert [row["x"] for row in read(tmp_path / "some.csv")] == [10, 20, 24]


@pytest.mark.parametrize("jobs, joblib", [(1, True), (2, True), (2, False)])
def test_what_may_not_start_is_left_for_another_time(tmp_path, monkeypatch, jobs, joblib):
    if not joblib:
        monkeypatch.setitem(sys.modules, "joblib", None)
    path, settings = tmp_path / "some.csv", {"b": 10, "a": 20}
    fill(path, settings, range(5), double, jobs, lambda name, seed: False)
    assert not path.exists()
    fill(path, settings, range(5), double, jobs, lambda name, seed: name == "a" and seed < 3)
    assert [row["x"] for row in read(path)] == [20, 22, 24]
    fill(path, settings, range(5), double, jobs)
    assert len(read(path)) == 10


def test_rows_of_a_setting_that_is_gone_stay_at_the_end(tmp_path):
    path = tmp_path / "study.csv"
    fill(path, {"old": 0}, [0], double)
    fill(path, {"new": 1}, [0], double)
    assert [row["setting"] for row in read(path)] == ["new", "old"]


PAIRS = [
    {"setting": name, "seed": float(seed), "x": x}
    for name, values in (("a", (1, 5, 12)), ("b", (0, 3, 9)), ("c", (7,)))
    for seed, x in enumerate(values)
]


def test_pairs_are_matched_by_seed_whatever_their_order():
    mean, low, high = paired_interval(PAIRS[::-1], "x", {"setting": "a"}, {"setting": "b"})
    assert mean == pytest.approx(2)
    half = stats.t.ppf(0.975, 2) * 1 / math.sqrt(3)  # differences 1, 2 and 3
    assert (low, high) == pytest.approx((2 - half, 2 + half))


def test_pairs_that_are_not_pairs_are_refused():
    with pytest.raises(ValueError, match="gap needs at least two rows"):
        paired_interval(PAIRS, "x", {"setting": "a"}, {"setting": "c"})
    with pytest.raises(ValueError, match="each seed must stand once where {}"):
        paired_interval(PAIRS, "x", {}, {"setting": "b"})


def test_the_bootstrap_repeats_itself_and_is_narrower_than_student():
    rows = [{"x": float(x)} for x in (1, 2, 4, 8, 16)]
    mean, low, high = bootstrap_interval(rows, "x")
    assert bootstrap_interval(rows, "x") == (mean, low, high)
    _, wide_low, wide_high = mean_interval(rows, "x")
    assert wide_low < low < mean < high < wide_high
    exact = np.std([1, 2, 4, 8, 16]) / math.sqrt(5)  # standard deviation of a drawn mean
    assert (high - low) / (2 * 1.96) == pytest.approx(exact, rel=0.1)
