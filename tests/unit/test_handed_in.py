"""Lines of the class experiment: what a student hands in is read back, and the rest is named."""

import pytest

from course_utils import tables
from course_utils.explore import collect, hand_in
from course_utils.explore.handed_in import SEEDS
from tools.pages import ROOT

KEY = ROOT / "figures" / "studies" / "class_experiment.csv"


def test_a_line_comes_back_as_two_rows():
    line = hand_in(107, 5.1234, 4.9)
    rows, trouble = collect([f"Zoë: {line}", "", f"  {line.replace('107', '108')}  "])
    assert trouble == []
    assert rows == [
        {"setting": "frozen", "seed": 107, "error_deg": 5.123},
        {"setting": "learned", "seed": 107, "error_deg": 4.9},
        {"setting": "frozen", "seed": 108, "error_deg": 5.123},
        {"setting": "learned", "seed": 108, "error_deg": 4.9},
    ]
    assert collect("\n".join([line, line.replace("107", "108")]))[0] == rows
    assert collect(line.replace("5.123", "5,123"))[0] == rows[:2]  # a comma is a point elsewhere


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "it must be like 'class experiment | seed 107 |"),
        ("class experiment | seed 107 | frozen 5.1", "it must be like"),
        ("class experiment | seed 7 | frozen 5.1 | learned 5.0", "from 101 to 199, not '7'"),
        ("class experiment | seed 200 | frozen 5.1 | learned 5.0", "not '200'"),
        ("class experiment | seed one | frozen 5.1 | learned 5.0", "not 'one'"),
        ("class experiment | seed ١٠٧ | frozen 5.1 | learned 5.0", "not '١٠٧'"),
        ("class experiment | seed 107 | frozen nan | learned 5.0", "what frozen says"),
        ("class experiment | seed 107 | frozen 5.1 | learned -5", "what learned says"),
        ("class experiment | seed 107 | frozen 512 | learned 5.0", "not '512'"),
        ("class experiment | seed 107 | frozen 0 | learned 5.0", "not '0'"),
        ("class experiment | seed 107 | frozen  | learned 5.0", "not ''"),
    ],
)
def test_a_line_that_holds_no_row_is_left_out_with_a_sentence(line, said):
    good = hand_in(150, 5, 4)
    rows, (trouble,) = collect([good, line])
    assert len(rows) == 2 and trouble.startswith("Line 2 is left out: ") and said in trouble


def test_a_seed_counts_once():
    lines = [hand_in(120, 5, 4), hand_in(120, 5, 4), hand_in(121, 5, 4), hand_in(120, 3, 4)]
    rows, trouble = collect(lines)
    assert [row["seed"] for row in rows] == [120, 120, 121, 121]
    assert "Line 2" in trouble[0] and "seed 120" in trouble[0] and "equal numbers" in trouble[0]
    assert "Line 4" in trouble[1] and "on line 1 already, with other numbers" in trouble[1]


@pytest.mark.parametrize("row", [(100, 5, 4), (107, float("nan"), 4), (107, 5, -1), (107, 0, 4)])
def test_no_line_is_made_of_what_cannot_be_handed_in(row):
    with pytest.raises(ValueError, match="must be a"):
        hand_in(*row)


def test_no_table_of_the_course_has_a_students_seed():
    found = set()
    for path in (ROOT / "figures").rglob("*.csv"):
        rows = tables.read(path)
        found |= {row["seed"] for row in rows if "seed" in row}
    assert len(found) > 50 and not found & set(SEEDS)


def test_the_key_holds_pairs_of_its_own_at_the_best_of_six_trials():
    from figures.studies import class_experiment as study

    rows = tables.read(KEY)
    seeds = {side: [r["seed"] for r in rows if r["side"] == side] for side in study.SIDES}
    assert seeds["frozen"] == seeds["learned"] == list(study.SEEDS) and len(study.SEEDS) == 30
    page = (ROOT / "notebooks" / "class" / "one_seed.py").read_text(encoding="utf-8")
    for side, setting in study.settings().items():
        rates = {key: setting[key] for key in ("lr", "delay_lr") if key in setting}
        assert all(row[k] == v for row in rows if row["side"] == side for k, v in rates.items())
        said = ", ".join(f"{key}={value}" for key, value in rates.items())
        assert f"learn_delays={side == 'learned'}, {said})" in page
    assert setting["common_mode"] == "removed"  # as `fit` does by itself


def test_the_key_is_as_the_teacher_is_told():
    """Pairs of both signs, and some beyond the margin."""
    sides = [{r["seed"]: r["error_deg"] for r in tables.read(KEY) if r["side"] == s}
             for s in ("learned", "frozen")]  # fmt: skip
    percent = [100 * (sides[0][seed] / sides[1][seed] - 1) for seed in sides[0]]
    assert min(percent) < -5 and max(percent) > 5


def test_a_student_gets_what_the_key_got_for_the_same_seed():
    """The page's own two cells, run with a seed of the key."""
    from figures.studies import class_experiment as study

    page = (ROOT / "notebooks" / "class" / "one_seed.py").read_text(encoding="utf-8")
    cells = page.split("# %%\n")
    code = [c.split("# %% [markdown]")[0] for c in cells]
    names = {}
    for cell in code:
        if cell.startswith(("import torch", "class FixedSign", "def error_deg")):
            exec(cell.replace("epochs=12", "epochs=1"), names)
    ours = {**study.PLACE, "epochs": 1}
    for side, setting in study.settings().items():
        rates = {key: setting[key] for key in ("lr", "delay_lr") if key in setting}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(study, "PLACE", ours)
            row = study.run(200, setting)
        error = names["error_deg"](200, learn_delays=side == "learned", **rates)
        assert f"{error:.3f}" == row["error_deg"]
