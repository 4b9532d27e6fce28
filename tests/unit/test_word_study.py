"""The study of spoken words: its rules as data, selection, rows that come out again, verdicts."""

import numpy as np
import pytest
import torch

from course_utils import tables
from course_utils.words import spoken
from figures.studies.compared.verdicts import UntunedError
from figures.studies.words import networks, plan, runs, verdicts
from figures.studies.words.selected import SHARE, Selection
from tools.pages import ROOT

TABLES = ROOT / "figures" / "studies" / "words"


def network_of(name, seed=0):
    condition = plan.CONDITIONS[name]
    return networks.network_of(condition, runs.task_of(condition.task, "training"), seed)


def test_no_condition_has_fewer_trials_than_another():
    assert {len(condition.trials) for condition in plan.CONDITIONS.values()} == {4}
    assert not set(plan.TUNE_SEEDS) & set(plan.TEST_SEEDS) and len(plan.TEST_SEEDS) >= 10
    compared = {name for _, *pair in plan.COMPARISONS for name in pair}
    assert compared | set(plan.PLAIN) == set(plan.CONDITIONS) == set(plan.conditions())
    for condition in plan.CONDITIONS.values():
        twin = plan.CONDITIONS.get(condition.tuned_as)
        assert twin is None or (twin.moves == condition.moves and twin.tuned_as is None)


def test_both_sides_of_a_comparison_begin_alike():
    for _, one, other in plan.COMPARISONS:
        mine, theirs = network_of(one), network_of(other)
        if mine.weights[0].shape != theirs.weights[0].shape:
            continue
        if mine.delays[0].delays.shape == theirs.delays[0].delays.shape and (
            mine.delays[0].max_delay == theirs.delays[0].max_delay
        ):
            assert torch.equal(mine.delays[0].delays, theirs.delays[0].delays)
            assert torch.equal(mine.weights[0], theirs.weights[0])
            assert torch.equal(mine.heard, theirs.heard)


@pytest.mark.parametrize("name", plan.CONDITIONS)
def test_first_delays_are_whole_and_what_learns_is_what_the_plan_says(name):
    network, condition = network_of(name), plan.CONDITIONS[name]
    for layer in network.delay_layers():
        assert torch.equal(layer.delays, layer.delays.round())
        assert layer.delays.requires_grad == condition.moves
    if not condition.plain:
        assert network.heard.sum(0).eq(condition.fan_in or 40).all()


def test_as_many_parameters_are_as_many_to_the_nearest_neuron():
    def count(name):
        return sum(p.numel() for p in network_of(name).parameters() if p.requires_grad)

    each = 40 + 20  # of one more neuron
    for name in ("frozen, as many parameters", "none, as many parameters"):
        assert abs(count(name) - count("learned")) <= each / 2


@pytest.mark.parametrize("name", ["selected, fan-in 10", "selected, fan-in 4"])
def test_selection_gives_up_the_smallest_and_grows_with_other_delays(name):
    network = network_of(name)
    weights = torch.optim.Adam(network.weights, lr=0.01)
    task, generator = network.task, torch.Generator().manual_seed(0)
    runs.loss_of(network, *task.sample(64, generator)).backward()
    weights.step()
    before = {k: v.clone() for k, v in network.state_dict().items() if v is not None}
    heard = before["heard"].bool()
    Selection(network, torch.Generator().manual_seed(1))(weights)
    weight, delays = network.weights[0].detach(), network.delays[0].delays.detach()
    count = max(1, round(SHARE * int(heard[:, 0].sum())))
    assert torch.equal(network.heard.sum(0), before["heard"].sum(0))
    now = network.heard.bool()
    old = before["weights.0"].abs().masked_fill(~heard, torch.inf)
    smallest = torch.zeros_like(heard).scatter(0, old.argsort(0)[:count], True)
    grown = now & (weight == 0)
    assert (grown.sum(0) == count).all()
    assert (weight[smallest] == 0).all() and torch.equal(heard & ~smallest, now & ~grown)
    kept = now & ~grown
    assert torch.equal(weight[kept], before["weights.0"][kept])
    assert torch.equal(delays[kept], before["delays.0.delays"][kept])
    assert torch.equal(delays, delays.round()) and 0 <= delays.min() and delays.max() <= 25
    assert (delays[grown] != before["delays.0.delays"][grown]).float().mean() > 0.8
    memory = weights.state[network.weights[0]]
    assert (memory["exp_avg"][grown] == 0).all() and (memory["exp_avg"][kept] != 0).any()
    if int(heard[:, 0].sum()) < 40:
        assert (now & ~heard).any()  # from other channels, too


@pytest.mark.parametrize(
    "name", ["learned", "whole", "selected, fan-in 4", "none, recurrent", "GRU"]
)
def test_a_run_comes_out_again_digit_by_digit(name):
    setting = dict(condition=name) | plan.CONDITIONS[name].trials[0]
    state = torch.get_rng_state()
    one, other = (runs.tune(1, setting, updates=2 * runs.CHECK) for _ in range(2))
    assert torch.equal(state, torch.get_rng_state())
    one.pop("seconds"), other.pop("seconds")
    assert one == other and one["updates"] == 2 * runs.CHECK
    if name == "whole":
        assert one["validation_wrong"] == one["validation_whole_wrong"]


def test_a_test_row_is_told_with_whole_coarse_and_shuffled_delays():
    setting = dict(condition="learned") | plan.CONDITIONS["learned"].trials[0]
    row = runs.test(5, setting, updates=runs.CHECK)
    told = [key for key in row if key.endswith("wrong") and "validation" not in key]
    assert told == [
        "wrong", "whole_wrong", "whole_20_ms_wrong", "whole_50_ms_wrong",
        "shuffled_wrong", "other_whole_wrong",
    ]  # fmt: skip
    assert all(0 <= float(row[key]) <= 100 for key in told)


def test_coarse_and_shuffled_delays_are_what_they_say():
    network = network_of("frozen")
    first = network.delays[0].delays
    coarse = runs.coarse(network, 5).delays[0].delays
    assert torch.equal(coarse % 5, torch.zeros_like(coarse)) and (coarse - first).abs().max() <= 2.5
    mixed = runs.shuffled(network, 0).delays[0].delays
    assert torch.equal(mixed.sort(0)[0], first.sort(0)[0]) and not torch.equal(mixed, first)


def test_voices_of_learning_and_judging_are_apart():
    names = [set(runs.task_of("words", split).voices) for split in spoken.SPLITS]
    assert sum(map(len, names)) == len(set.union(*names))


def made_up(gap, spread=0.5):
    """Tuning and test rows of a condition and its control, `gap` apart."""
    chance = np.random.default_rng(0)
    tuned, tested = [], []
    for name, wrong in (("learned", 20 + gap), ("frozen", 20)):
        for number, trial in enumerate(plan.CONDITIONS[name].trials):
            for seed in plan.TUNE_SEEDS:
                tuned.append(
                    dict(setting=plan.trial_name(name, number), seed=seed,
                         validation_whole_wrong=abs(number - 2), **trial)
                )  # fmt: skip
        best = plan.CONDITIONS[name].trials[2]
        for seed in plan.TEST_SEEDS:
            luck = chance.normal(0, spread)
            tested.append(
                dict(setting=name, seed=seed, whole_wrong=wrong + luck, updates=800, **best)
            )
    return tuned, tested


@pytest.mark.parametrize("gap, word", [(-4, "differs"), (0, "alike"), (-1, "open")])
def test_a_verdict_needs_its_seeds_and_the_tuned_setting(monkeypatch, gap, word):
    monkeypatch.setattr(plan, "COMPARISONS", [("learning", "learned", "frozen")])
    tuned, tested = made_up(gap, spread=2.0 if word == "open" else 0.3)
    (row,) = verdicts.all_of(tested, tuned)
    assert row["verdict"] == word and row["n"] == 10
    assert verdicts.all_of(tested[1:], tuned) == []
    wrong = [r | dict(lr=0.5) if n == 0 else r for n, r in enumerate(tested)]
    with pytest.raises(ValueError, match="must be run as tuned"):
        verdicts.all_of(wrong, tuned)
    with pytest.raises(ValueError, match="each seed must stand once"):
        verdicts.all_of([*tested, tested[0]], tuned)
    with pytest.raises(UntunedError, match="not all its tuning seeds"):
        verdicts.tuned(tuned[1:], "learned")


def test_saved_verdicts_are_those_of_the_saved_rows():
    saved = tables.read(TABLES / "verdicts.csv")
    rows = verdicts.all_of(tables.read(TABLES / "test.csv"), tables.read(TABLES / "tune.csv"))
    assert len(saved) == len(plan.COMPARISONS) == len(rows)
    for mine, theirs in zip(rows, saved, strict=True):
        for key, value in mine.items():
            shown = theirs[key]
            assert str(value) == str(shown) or float(value) == pytest.approx(float(shown)), key
