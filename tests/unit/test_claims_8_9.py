"""What lessons 8 and 9 say in words: of their tables, and of runs that any seed must bear out."""

import re
from itertools import pairwise

import pytest

from course_utils import tables
from tools import folds, pages
from tools.pages import ROOT

STUDIES = ROOT / "figures" / "studies"
DEEPER = tables.read(STUDIES / "deeper.csv")
FAR = tables.read(STUDIES / "far_events.csv")
HEAD = tables.read(STUDIES / "real_head.csv")
BEST = tables.read(STUDIES / "best_observer.csv")


def deeper(first, second, fibres):
    sides = (dict(network=name, fibres=fibres) for name in (first, second))
    return tables.paired_interval(DEEPER, "error_deg", *sides)


def asked(lesson, key):
    """The things that a page asks to put in order."""
    for cell in pages.from_source(pages.NOTEBOOKS, lesson).cells:
        for call in folds.calls(cell.source, "predict") if cell.cell_type == "code" else []:
            if call.args[0].value == key:
                return [item.value.replace(": ", ", ") for item in call.keywords[0].value.elts]
    raise ValueError(f"no question {key} in {lesson}")


def clicks(first, second, column="error_ms"):
    return tables.paired_interval(FAR, column, dict(setting=first), dict(setting=second))


def head(first, second, column="noise_deg", rows=HEAD):
    return tables.paired_interval(rows, column, dict(setting=first), dict(setting=second))


def test_lesson_8_a_gradient_that_explodes_around_a_loop_teaches_next_to_nothing():
    _, low, high = tables.mean_interval(DEEPER, "error_deg", network="recurrent, sigmoid", fibres=2)
    assert 35 < low and high < 45  # "hardly better than straight ahead", which is 45
    assert tables.mean_interval(DEEPER, "error_deg", network="recurrent", fibres=2)[2] < 10


def test_lesson_8_both_layers_are_nearest_to_the_best_observer():
    best = tables.mean_interval(BEST, "error_deg", fibres=2)[0]
    both, _, high = tables.mean_interval(
        DEEPER, "error_deg", network="two layers, delays in both", fibres=2
    )
    assert best < 7.2 and best < both and high < best + 1.2
    for other in ("one layer, delays", "two layers, delays in front", "two layers, no delays",
                  "recurrent", "one layer, no delays"):  # fmt: skip
        assert deeper(other, "two layers, delays in both", 2)[1] > 0, other


def test_lesson_8_with_ten_fibres_delays_are_ahead_of_depth_and_of_recurrence():
    for other in ("two layers, no delays", "recurrent"):
        assert deeper(other, "one layer, delays", 10)[1] > 0
    _, low, high = deeper("two layers, delays in front", "one layer, delays", 2)
    assert low < 0 < high  # "can't tell them"


def test_lesson_8_the_order_that_is_asked_for_can_be_told_from_the_table():
    names = asked("08_delays_everywhere", "8.2")
    order = sorted(names, key=lambda n: tables.mean_interval(DEEPER, "error_deg", network=n,
                                                             fibres=2))  # fmt: skip
    for better, worse in pairwise(order):
        assert deeper(worse, better, 2)[1] > 0, (worse, better)


@pytest.mark.parametrize("fibres", [2, 10])
def test_lesson_8_learning_loses_freely_and_not_gently(fibres):
    both, frozen = "two layers, delays in both", "two layers, frozen delays in both"
    assert deeper(f"{both}, freely", frozen, fibres)[1] > 0
    _, low, high = deeper(both, frozen, fibres)
    assert -0.1 < low < high < 0.1  # "less than a tenth of a degree, up or down"


def test_lesson_8_says_of_recurrence_and_of_depth_what_the_verdicts_say():
    rows = tables.read(STUDIES / "compared" / "verdicts.csv")
    found = {(row["condition"], row["control"]): row for row in rows if row["family"] in "NV"}
    gaps = [(row["verdict"], round(row["difference_percent"])) for row in found.values()]
    assert gaps == [
        ("differs", -46), ("differs", 27), ("differs", 6), ("differs", 6), ("alike", -3)
    ]  # fmt: skip
    (depth,) = [row for row in rows if row["family"] == "H"]
    assert depth["verdict"] == "alike" and depth["high"] < 0  # "surely ahead, by 2 %"
    assert round(depth["difference_percent"]) == -2


def test_lesson_8_at_equal_numbers_weights_are_still_ahead():
    rows = tables.read(STUDIES / "weights_or_delays.csv")
    which = dict(kind="synaptic", fibres=10, hidden=30)
    delays, weights = (
        tables.mean_interval(rows, "error_deg", delays=name, **which)[0]
        for name in ("delays only", "frozen random")
    )
    page = (ROOT / "notebooks" / "08_delays_everywhere.py").read_text(encoding="utf-8")
    assert f"delays alone reach {delays:.1f}°, weights alone {weights:.1f}°" in page


GAPS = range(5, 66, 5)


def rises_to(name):
    """The longest gap at which 5 ms more make the mean answer more than 1.5 ms longer."""
    says = [tables.mean_interval(FAR, f"says_{gap:02d}", setting=name)[0] for gap in GAPS]
    return max((gap for gap, a, b in zip(GAPS[1:], says, says[1:], strict=False) if b > a + 1.5),
               default=0)  # fmt: skip


def test_lesson_8_delays_in_a_row_add_up_and_membranes_add_some():
    one, both, longer = (
        rises_to(name)
        for name in ("delays of 15 in front", "delays of 15 in both", "delays of 30 in front")
    )
    assert 15 <= one - 15 <= 20 and 15 <= both - 30 <= 20 and 15 <= longer - 30 <= 20
    assert rises_to("delays of 15 in front, tau 2 ms") <= one - 10
    assert clicks("delays of 15 in front, tau 2 ms", "delays of 15 in front")[1] > 0
    assert rises_to("no delays") == 0 and rises_to("no delays, stronger weights") <= 10
    mean, low, high = tables.mean_interval(FAR, "error_ms", setting="no delays, stronger weights")
    assert 14 < low and high < 15  # 15 for who says nothing


def test_lesson_8_of_two_clicks_that_were_tuned_learning_pays():
    rows = [
        row for row in tables.read(STUDIES / "compared" / "verdicts.csv") if row["family"] == "K"
    ]
    assert [row["verdict"] for row in rows] == ["differs"] * 2 and {row["n"] for row in rows} == {
        10
    }
    assert [round(-row["difference_percent"]) for row in rows] == [27, 12]  # a quarter, an eighth
    assert all(row["unrested"] == 0 for row in rows)


def test_lesson_8_of_two_clicks_learning_the_delays_is_undecided():
    for name in ("delays of 15 in both", "delays of 30 in front"):
        assert sum(row["setting"] == name for row in FAR) == 10
        _, low, high = clicks(name, f"{name}, frozen")
        assert -1 < low < 0 < high


def test_lesson_8_slow_membranes_do_most_of_what_a_loop_with_them_does():
    loop, slow = "recurrent, tau 20 ms", "no delays, tau 20 ms"
    gain, _, high = clicks(loop, slow)
    assert -1.5 < gain and high < 0
    assert tables.mean_interval(FAR, "error_ms", setting=slow)[2] < 10  # of 15, without any loop
    assert rises_to("recurrent") <= 20


FIRST_FIVE = [row for row in HEAD if row["seed"] < 5]
NEW_TEN = [row for row in HEAD if row["seed"] >= 5]


def test_lesson_9_with_both_cues_learning_is_undecided_and_delays_are_worth_a_degree():
    _, low, high = head("learned", "frozen random")
    assert low < 0 < high
    gain, _, high = head("learned", "no delays")
    assert -2 < gain < -0.5 and high < 0


def test_lesson_9_a_hint_in_five_seeds_is_a_result_in_ten_new_ones():
    names = ("time only, learned", "time only, frozen random")
    _, low, high = head(*names, rows=FIRST_FIVE)
    assert low < 0 < high
    for rows, seeds in ((FIRST_FIVE, range(5)), (NEW_TEN, range(5, 15))):
        for name in names:
            assert [r["seed"] for r in rows if r["setting"] == name] == list(seeds)
    assert head(*names, rows=NEW_TEN)[2] < 0
    _, low, high = head(*names, column="argmax_deg", rows=NEW_TEN)
    assert -0.7 < low < 0 < high < 0.7
    errors = [[r["noise_deg"] for r in NEW_TEN if r["setting"] == name] for name in names]
    assert max(errors[0]) < 8 and sum(error > 10 for error in errors[1]) == 4


def test_lesson_9_the_order_that_is_asked_for_can_be_told_from_the_table():
    names = [n.removeprefix("both cues, ") for n in asked("09_a_real_head", "9.7")]
    order = sorted(names, key=lambda n: tables.mean_interval(FIRST_FIVE, "noise_deg", setting=n))
    for better, worse in pairwise(order):
        assert head(worse, better, rows=FIRST_FIVE)[1] > 0, (worse, better)


def test_lesson_9_the_engineer_is_ahead_at_every_sound_and_most_with_the_word():
    ahead = {}
    for column in ("noise_deg", "tones_deg", "word_deg", "snr_10_deg", "snr_0_deg"):
        gap, low, _ = head("learned", "spike correlator", column)
        assert low > 0
        ahead[column] = gap
    assert ahead["word_deg"] > max(ahead["noise_deg"], ahead["tones_deg"])


def moved_apart(rows, setting):
    """By how many steps the two delays of the lowest band have moved apart, with its interval."""

    def size(text):
        left_to_right = [float(d) for d in text.split()]
        return abs(left_to_right[5] - left_to_right[0])

    moved = [
        {"steps": size(row["last_delays"]) - size(row["first_delays"])}
        for row in rows if row["setting"] == setting
    ]  # fmt: skip
    return tables.mean_interval(moved, "steps")


def test_lesson_9_the_lowest_band_moves_apart_with_time_only_in_new_seeds_too():
    for rows in (FIRST_FIVE, NEW_TEN):
        assert moved_apart(rows, "time only, learned")[1] > 0
    _, low, high = moved_apart(HEAD, "learned")
    assert low < 0 < high


@pytest.mark.parametrize("name", ["08_delays_everywhere", "09_a_real_head"])
def test_no_cell_tells_the_answer_below_its_closed_fold(name):
    """After an answer comes a new heading, or something to move."""
    below = False
    for cell in pages.read(ROOT / "notebooks" / f"{name}.ipynb").cells:
        if cell.cell_type == "code":
            assert not below or "explore(" in cell.source, cell.source
            continue
        for mark in re.findall(r"^#+ |^</details>", cell.source, re.M):
            below = mark == "</details>"
