"""The comparison of learned and frozen delays: its statistics, its rules, and its verdicts."""

import csv
import functools
import math

import numpy as np
import pytest
import torch
from scipy import stats

from course_utils import tables
from figures.studies import study
from figures.studies.compared import __main__ as command
from figures.studies.compared import networks, plan, runs, verdicts
from figures.studies.compared.conditions import CONDITIONS, DELAY_TRIALS, EACH, WEIGHT_TRIALS
from figures.studies.compared.constraints import CONSTRAINTS
from figures.studies.compared.converge import CHECK, converge
from tools.pages import ROOT

HOME = ROOT / "figures" / "studies" / "compared"
PLACES = list(dict.fromkeys(place for _, place, _ in plan.BLOCKS))
GAPS = [0.3, -0.1, 0.4, 0.2, 0.25, -0.05, 0.1, 0.35]
SMALL = plan.Place("axonal", 1, 3, 5, 1.0)


# --- statistics ----------------------------------------------------------------------------------


def test_p_values_are_those_of_scipy():
    assert verdicts.p_differs(GAPS) == pytest.approx(stats.ttest_1samp(GAPS, 0).pvalue)
    for margin in (0.1, 0.2, 0.5):
        sides = (stats.ttest_1samp(GAPS, -margin, alternative="greater").pvalue,
                 stats.ttest_1samp(GAPS, margin, alternative="less").pvalue)  # fmt: skip
        assert verdicts.p_alike(GAPS, margin) == pytest.approx(max(sides))
        opposite = [-gap for gap in GAPS]
        assert verdicts.p_alike(opposite, margin) == pytest.approx(verdicts.p_alike(GAPS, margin))


def test_alike_is_the_90_percent_interval_within_the_margin():
    half = stats.t.ppf(0.95, len(GAPS) - 1) * stats.sem(GAPS)
    edge = np.mean(GAPS) + half
    assert verdicts.p_alike(GAPS, edge * 1.001) < 0.05 < verdicts.p_alike(GAPS, edge * 0.999)


def test_differences_without_luck_are_decided_by_their_mean():
    assert verdicts.p_differs([0.5] * 3) == 0 and verdicts.p_differs([0.0] * 3) == 1
    assert verdicts.p_alike([0.5] * 3, 1) == 0 and verdicts.p_alike([0.5] * 3, 0.5) == 1
    with pytest.raises(ValueError, match="gaps must hold at least two differences, not 1"):
        verdicts.p_differs([0.5])


def test_holm_is_the_printed_example_and_never_turns_round():
    # by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04, which may not be below the one before it
    assert verdicts.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert verdicts.holm([0.9, 0.8]) == [1.0, 1.0] and verdicts.holm([]) == []
    assert verdicts.holm([0.02]) == [0.02]


@pytest.mark.parametrize(
    "differs, alike, word",
    [(0.01, 0.9, "differs"), (0.9, 0.01, "alike"), (0.01, 0.01, "alike"), (0.9, 0.9, "open"),
     (0.05, 0.05, "open")],
)  # fmt: skip
def test_words(differs, alike, word):
    assert verdicts.verdict(differs, alike) == word


def family_of(means, seeds, rng, margin=5.0, spread=5.0):
    return [
        dict(gaps=rng.normal(mean, spread, seeds), margin=margin, control_mean=100.0)
        for mean in means
    ]


def test_false_alarms_are_as_rare_as_the_plan_says():
    """A family of eight without a difference, and one with every difference on the margin."""
    rng, rounds = np.random.default_rng(0), 120
    alarms = dict(differs=0, alike=0)
    for word, mean in (("differs", 0.0), ("alike", 5.0)):
        for _ in range(rounds):
            family = family_of([mean] * 8, 15, rng)
            alarms[word] += any(row["verdict"] == word for row in verdicts.decided(family))
    most = 0.05 * rounds + 3 * math.sqrt(rounds * 0.05 * 0.95)
    assert alarms["differs"] <= most and alarms["alike"] <= most
    assert sum(alarms.values()) > 0  # a test that is never wrong decides nothing
    seen = [verdicts.decided(family_of([0.0] * 8, 15, rng, spread=2.0)) for _ in range(20)]
    assert all(row["verdict"] == "alike" for family in seen for row in family)


# --- the plan ------------------------------------------------------------------------------------


def test_every_condition_has_six_trials_and_no_setting_stands_twice():
    tuned = [c for c in CONDITIONS.values() if c.default is None]
    assert {len(condition.trials) for condition in tuned} == {6} and len(tuned) > 20
    assert {len(c.trials) for c in CONDITIONS.values()} == {1, 6}
    cells = list(plan.cells())
    assert len(set(cells)) == len(cells)
    conditions = CONDITIONS
    own = [
        (place, name) for place, name in cells
        if conditions[name].tuned_as is None and conditions[name].default is None
    ]  # fmt: skip
    assert len(plan.trials()) == 6 * len(own)
    assert len({(str(place), place.test_seeds) for place in PLACES}) == len(PLACES)
    for place, name in cells:
        borrowed = conditions[name].tuned_as
        assert borrowed is None or (str(place), borrowed) in [(str(p), n) for p, n in own]


def test_seeds_that_tune_never_test():
    for place in PLACES:
        assert set(place.tune_seeds) <= set(range(5))
        assert set(place.test_seeds) <= set(range(5, 30)) | set(range(30, 80))
    for place in plan.AGAIN:  # seeds that nobody has looked at
        (first,) = [other for other in plan.HEART if str(other) == str(place)]
        assert not set(place.test_seeds) & set(first.test_seeds)


def test_every_comparison_of_the_plan_can_be_made():
    cells, found = set(plan.cells()), plan.comparisons()
    assert len(set(found)) == len(found)
    for _, place, *pair in found:
        assert all((place, name) in cells for name in pair)
    judged = {(place, name) for _, place, *pair in found for name in pair}
    assert judged == cells  # nothing is run that no verdict needs


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_written_plan_names_every_place(place):
    row = f"| {place.kind} | {place.fibres} | {place.hidden} | {place.test} |"
    assert row in (HOME.parent / "PLAN.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "learned",
        *plan.RULES,
        *plan.WHOLE,
        *CONSTRAINTS,
        *plan.ONCE_MORE,
        *plan.SLOWER,
        *plan.BANKS,
        *plan.RECURRENT,
        plan.DRAWN_WHOLE,
        *plan.SLOW_WEIGHTS,
        *plan.BANKS_AGAIN,
    ],
)
def test_the_written_plan_names_the_condition(words):
    assert words in (HOME.parent / "PLAN.md").read_text(encoding="utf-8")


def learned_numbers(place, name):
    network = networks.network_of(place, CONDITIONS[name], place.test_seeds, 5)
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def test_equal_numbers_of_parameters():
    place = plan.SYNAPTIC_10_10
    delays = learned_numbers(place, "delays only")
    assert delays == learned_numbers(place, "frozen")  # as many delays as weights
    both, more = (learned_numbers(place, n) for n in ("learned", "frozen, as many parameters"))
    assert abs(both - more) <= (2 * place.fibres + plan.CLASSES) / 2  # to the nearest neuron
    assert both > delays


# --- networks ------------------------------------------------------------------------------------


def lag_of(place, first, seed, seeds):
    delays = networks.first_delays(place, first, seeds, seed, place.hidden)
    assert 0 <= delays.min() and delays.max() < plan.MAX_DELAY
    left, right = delays.double().unflatten(0, (2, -1))
    return (right - left) % plan.MAX_DELAY / plan.MAX_DELAY


@pytest.mark.parametrize("first", ["random", "even"])
@pytest.mark.parametrize("place", [plan.AXONAL_1_10, plan.AXONAL_10_30, plan.SYNAPTIC_10_10],
                         ids=str)  # fmt: skip
def test_the_lags_of_each_fibre_cover_the_cycle_evenly_over_the_seeds(place, first):
    for seeds in (place.tune_seeds, place.test_seeds):
        if first == "even" and place.kind == "synaptic":
            continue  # no such cell in the plan
        lags = torch.stack([lag_of(place, first, seed, seeds) for seed in seeds])
        parts = ((lags + 1e-6) % 1 * len(seeds)).floor().long()
        wanted = torch.arange(len(seeds))
        assert all(torch.equal(own.sort()[0], wanted) for own in parts.flatten(1).t())


def test_conditions_of_a_seed_share_first_weights_delays_and_sounds():
    place, seeds = plan.AXONAL_10_30, plan.AXONAL_10_30.test_seeds
    one, other, even = (
        networks.network_of(place, CONDITIONS[name], seeds, 7)
        for name in ("learned", "frozen", "frozen even")
    )
    assert torch.equal(one.w_hidden, other.w_hidden) and torch.equal(one.w_out, even.w_out)
    assert torch.equal(one.delay.delays, other.delay.delays)
    assert not torch.equal(one.delay.delays, even.delay.delays)
    for generator, again in zip(runs.generators(7), runs.generators(7), strict=True):
        assert torch.equal(torch.rand(3, generator=generator), torch.rand(3, generator=again))


@pytest.mark.parametrize("name", list(CONDITIONS))
def test_what_learns_moves_and_what_is_frozen_stays(name):
    place = plan.Place("synaptic" if name == EACH else "axonal", 2, 3, 5, 1.0)
    network = networks.network_of(place, CONDITIONS[name], place.tune_seeds, 0)
    before = {key: value.clone() for key, value in network.named_parameters()}
    sounds, validating = runs.generators(0)
    validation = network.task.sample(64, validating)
    setting = CONDITIONS[name].trials[0]
    rest = converge(network, validation, sounds, longest=CHECK, **setting)
    moved = {key: not torch.equal(before[key], p) for key, p in network.named_parameters()}
    condition = CONDITIONS[name]
    own = "w_hidden" if condition.constraint is None else "parametrizations.w_hidden.original"
    wanted = {"delay.delays": condition.delays, own: condition.weights, "w_out": True}
    assert moved == wanted | ({"w_recurrent": True} if condition.recurrent else {})
    assert rest.updates == CHECK and rest.best == 0


def test_training_ends_when_validation_rests_and_keeps_the_best_look(monkeypatch):
    """Losses by decree: better until the fourth look, never again; two falls of the rates."""
    told = iter([3.0, 2.5, 2.2, 2.0] + [2.1] * 100)
    rates, looks = [], []

    def look(network, *_):
        looks.append(network.w_out.detach().clone())
        rates.append(network.rate)
        return type("Report", (), dict(loss=next(told), error_deg=1.0))

    def update(network, optimisers, generator):
        network.rate = optimisers[0].param_groups[0]["lr"]
        network.w_out.data += 1

    module = "figures.studies.compared.converge"
    monkeypatch.setattr(f"{module}.evaluate", look)
    monkeypatch.setattr(f"{module}._update", update)
    network = networks.network_of(SMALL, CONDITIONS["frozen"], SMALL.tune_seeds, 0)
    rest = converge(network, (), None, lr=1.0)
    assert len(rest.loss) == 4 + 3 * 3 and rest.best == 3
    assert torch.equal(network.w_out, looks[3])
    assert rates == pytest.approx([1.0] * 7 + [0.2] * 3 + [0.04] * 3)


def test_a_run_comes_out_again_digit_by_digit():
    setting = dict(place=SMALL, condition="learned", **DELAY_TRIALS[0])
    one, other = (runs.tune(1, setting, longest=CHECK) for _ in range(2))
    one.pop("seconds"), other.pop("seconds")
    assert one == other and "error_deg" not in one
    tested = runs.test(6, setting, longest=CHECK)
    assert list(tested)[: len(one) + 1] == [*one][:9] + ["seconds"] + [*one][9:]
    assert float(tested["error_deg"]) > 0


def constrained(name, seed=0):
    place = plan.Place("axonal", 6, 4, 5, 1.0)
    return networks.network_of(place, CONDITIONS[f"frozen, {name}"], place.tune_seeds, seed)


def test_constraints_are_what_the_plan_says():
    free = networks.network_of(
        plan.Place("axonal", 6, 4, 5, 1.0), CONDITIONS["frozen"], range(3), 0
    ).w_hidden.detach()
    ternary = constrained("ternary weights").w_hidden.detach()
    (size,) = ternary.abs()[ternary != 0].unique()
    kept = free.abs() > 0.7 * free.abs().mean()
    assert torch.equal(ternary != 0, kept) and size == pytest.approx(float(free[kept].abs().mean()))
    assert torch.equal(ternary.sign(), free.sign() * kept)
    for per_ear in (1, 2):
        sparse = constrained(f"{per_ear} synapse{'s' * (per_ear > 1)} per ear").w_hidden.detach()
        assert ((sparse != 0).unflatten(0, (2, -1)).sum(1) == per_ear).all()
        here = sparse != 0
        assert torch.allclose(sparse[here], free[here] * (6 / per_ear) ** 0.5)
    signed = constrained("fixed signs")
    assert torch.equal(signed.w_hidden, free)
    signed.parametrizations.w_hidden.original.data.mul_(-3)
    assert torch.allclose(signed.w_hidden, 3 * free)


def test_noise_is_fresh_in_every_pass_and_comes_out_again():
    one, again = constrained("noise"), constrained("noise")
    passes = [one.w_hidden.detach() for _ in range(400)]
    assert torch.equal(passes[0], again.w_hidden) and not torch.equal(passes[0], passes[1])
    off = torch.stack(passes) / constrained("fixed signs").w_hidden.detach()
    assert float(off.mean()) == pytest.approx(1.01, abs=0.02)  # the mean of 1 / (1 + 0.1 e)
    assert float(off.std()) == pytest.approx((0.3**2 + 0.1**2) ** 0.5, abs=0.03)


def test_a_bell_has_narrowed_before_a_look_counts(monkeypatch):
    monkeypatch.setattr("figures.studies.compared.converge.NARROWING", 2 * CHECK)
    place, name = plan.Place("axonal", 2, 3, 5, 1.0), "bell"
    network = networks.network_of(place, CONDITIONS[name], place.tune_seeds, 0)
    sounds, validating = runs.generators(0)
    validation = network.task.sample(64, validating)
    rest = converge(network, validation, sounds, longest=3 * CHECK, **CONDITIONS[name].trials[0])
    assert network.delay.rule.sigma == pytest.approx(0.23)
    assert len(rest.loss) == 3 and rest.best in (1, 2)


def test_delays_first_moves_the_weights_second():
    place = plan.Place("axonal", 2, 3, 5, 1.0)
    setting = dict(place=place, condition="delays first", **DELAY_TRIALS[0])
    network, row = runs.train(0, setting, place.tune_seeds, CHECK)
    assert row["updates"] == 2 * CHECK and row["best_look"] == 2
    alone = networks.network_of(place, CONDITIONS["delays only"], place.tune_seeds, 0)
    sounds, validating = runs.generators(0)
    converge(alone, alone.task.sample(1024, validating), sounds, longest=CHECK,
             **DELAY_TRIALS[0])  # fmt: skip
    assert torch.equal(alone.delay.delays, network.delay.delays)
    assert not torch.equal(alone.w_hidden, network.w_hidden)


def test_delays_longer_leaves_the_weights_where_they_came_to_rest():
    place = plan.Place("axonal", 2, 3, 5, 1.0)
    both, alone = (
        runs.train(0, dict(place=place, condition=name, **DELAY_TRIALS[0]), place.tune_seeds, CHECK)
        for name in ("delays longer", "learned")
    )
    assert both[1]["updates"] == 2 * CHECK
    assert torch.equal(both[0].w_hidden, alone[0].w_hidden)
    assert not torch.equal(both[0].delay.delays, alone[0].delay.delays)


def test_dendritic_delays_are_one_for_each_neuron_and_none_is_zero():
    for name in ("learned", "frozen", "none"):
        network = networks.network_of(plan.DENDRITIC_10_10, CONDITIONS[name], range(3), 0)
        assert network.delay.kind == "dendritic" and network.delay.delays.shape == (10,)
        assert bool(network.delay.delays.any()) == (name != "none")


@pytest.mark.parametrize("place", [plan.TWO_LAYERS, *plan.CLICKS], ids=str)
def test_two_layers_share_their_draws_and_learn_where_there_is_a_range(place):
    one, other = (
        networks.network_of(place, CONDITIONS[name], place.test_seeds, 7) for name in plan.COMPARED
    )
    shared = zip(one.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in shared)
    learn = [layer.delays.requires_grad for layer in one.delay_layers()]
    assert learn == [longest > 0 for longest in place.layers]
    assert not any(layer.delays.requires_grad for layer in other.delay_layers())


# --- tables --------------------------------------------------------------------------------------


def tuning_rows(best=2):
    """A whole tuning table, in which trial `best` is best everywhere."""
    rows = []
    for name, setting in plan.trials().items():
        place, trial = setting["place"], int(name[-1])
        own = CONDITIONS[setting["condition"]].trials[trial]
        for seed in place.tune_seeds:
            rows.append(
                dict(setting=name, seed=float(seed), kind=place.kind, fibres=float(place.fibres),
                     hidden=float(place.hidden), condition=setting["condition"])
                | dict(delay_lr=0.0, common_mode="none") | own
                | dict(validation_error_deg=10.0 + 0.3 * (trial != best) + 0.01 * seed)
            )  # fmt: skip
    return rows


def test_rows_by_chance(tuned_rows, seed=0):
    """A whole test table: learned a tenth better with synaptic delays, else as the control."""
    rng, rows = np.random.default_rng(seed), []
    for place, name in plan.cells():
        better = 9.0 if place.kind == "synaptic" and name == "learned" else 10.0
        for own in place.test_seeds:
            rows.append(
                dict(setting=plan.name_of(place, name), seed=float(own), kind=place.kind,
                     fibres=float(place.fibres), hidden=float(place.hidden), condition=name)
                | dict(delay_lr=0.0, common_mode="none") | verdicts.tuned(tuned_rows, place, name)
                | dict(updates=640.0, error_deg=better + rng.normal(0, 0.1),
                       rounded_error_deg=10 + rng.normal(0, 0.1),
                       accuracy=0.5 + rng.normal(0, 0.005))
            )  # fmt: skip
    return rows


test_rows_by_chance.__test__ = False


@pytest.fixture(scope="module")
def both():
    tuned_rows = tuning_rows()
    return test_rows_by_chance(tuned_rows), tuned_rows


def test_the_best_trial_is_taken_and_borrowed(both):
    _, rows = both
    place = plan.AXONAL_10_30
    assert verdicts.tuned(rows, place, "learned") == DELAY_TRIALS[2]
    assert verdicts.tuned(rows, place, "learned from even") == DELAY_TRIALS[2]
    assert verdicts.tuned(rows, place, "frozen bank") == WEIGHT_TRIALS[2]


def test_no_test_seed_is_run_before_all_trials_are_there(both):
    _, rows = both
    name = plan.name_of(plan.AXONAL_10_30, "learned", 4)
    short = [row for row in rows if (row["setting"], row["seed"]) != (name, 1)]
    assert len(short) == len(rows) - 1
    with pytest.raises(verdicts.UntunedError, match="trial 4 has not all its tuning seeds yet"):
        verdicts.tuned(short, plan.AXONAL_10_30, "learned")
    pairs, settings, left_out = command.testing(short)
    assert not any(name.startswith("axonal, 10 per ear, 30 hidden: learned") for name, _ in pairs)
    assert len(left_out) == 4  # learned, and what borrows its setting
    whole = command.testing(rows)
    assert len(whole[0]) == sum(len(place.test_seeds) for place, _ in plan.cells())
    assert not whole[2] and {name for name, _ in whole[0]} == set(whole[1])


def test_every_comparison_gets_a_verdict_that_fits(both):
    found = verdicts.all_of(*both)
    assert len(found) == len(plan.comparisons()) + len(plan.DEFAULTS)
    words = {(row["family"], row["place"], row["condition"]): row["verdict"] for row in found}
    assert words["A", "synaptic, 10 per ear, 10 hidden", "learned"] == "differs"
    assert words["A", "axonal, 10 per ear, 30 hidden", "learned"] == "alike"
    assert words["R", "synaptic, 10 per ear, 10 hidden", "learned"] == "alike"  # as rounded
    assert {row["verdict"] for row in found if row["family"] == "C"} == {"alike"}


def test_a_family_with_a_hole_has_no_verdict(both):
    tested, tuned_rows = both
    name = plan.name_of(plan.AXONAL_1_10, "frozen")
    holed = [row for row in tested if (row["setting"], row["seed"]) != (name, 20)]
    found = verdicts.all_of(holed, tuned_rows)
    # A, and R, which reads the same rows
    assert {row["family"] for row in found} == {*plan.FAMILIES, "C", "T"} - {"A"}
    with pytest.raises(ValueError, match="there is no verdict on learned minus frozen in axonal"):
        verdicts.claim(found, str(plan.AXONAL_1_10), "learned", "frozen")
    whole = verdicts.all_of(*both)
    assert verdicts.claim(whole, str(plan.AXONAL_1_10), "learned", "frozen") == "alike"


def test_a_row_run_with_another_setting_is_refused(both):
    tested, tuned_rows = both
    wrong = [dict(row) for row in tested]
    wrong[3]["lr"] = 0.5
    with pytest.raises(ValueError, match="must be run as tuned"):
        verdicts.all_of(wrong, tuned_rows)


def save(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


def stale(folder):
    """Lines in which a folder's table of verdicts isn't what its other two tables say."""
    tested, tuned_rows = (tables.read(folder / f"{name}.csv") for name in ("test", "tune"))
    fresh = [
        {k: str(v) for k, v in row.items()} for row in verdicts.all_of(tested, tuned_rows)
    ]  # fmt: skip
    with (folder / "verdicts.csv").open(newline="", encoding="utf-8") as file:
        saved = list(csv.DictReader(file))
    return [row for row in saved + fresh if row not in saved or row not in fresh]


def test_verdicts_are_recomputed_and_an_altered_row_is_seen(both, tmp_path, capsys):
    tested, tuned_rows = both
    save(tmp_path / "tune.csv", tuned_rows)
    save(tmp_path / "test.csv", tested)
    verdicts.write(tmp_path / "verdicts.csv", verdicts.all_of(*both))
    assert stale(tmp_path) == []
    altered = [dict(row) for row in tested]
    altered[0]["error_deg"] += 0.05
    save(tmp_path / "test.csv", altered)
    assert stale(tmp_path) != []


def test_the_command_goes_from_trials_to_a_verdict_and_on_where_it_stopped(
    tmp_path, monkeypatch, capsys
):
    place = plan.Place("axonal", 1, 2, 3, 1.0, tune=1)
    monkeypatch.setattr(plan, "BLOCKS", [("A", place, plan.COMPARED)])
    monkeypatch.setattr(plan, "comparisons", lambda: [("A", place, *plan.COMPARED)])
    monkeypatch.setattr(runs, "VALIDATION_SOUNDS", 64)
    monkeypatch.setattr(study, "TEST_SOUNDS", 64)
    for stage in ("tune", "test"):
        short = functools.partial(getattr(runs, stage), longest=CHECK)
        monkeypatch.setattr(runs, stage, short)
    out = ["--out", str(tmp_path)]
    command.main(["tune", *out, "--budget-s", "0"])
    assert "0 of 12 runs are in tune.csv" in capsys.readouterr().out
    command.main(["tune", "test", "verdicts", *out])
    told = capsys.readouterr().out
    assert "12 of 12 runs are in tune.csv" in told and "6 of 6 runs are in test.csv" in told
    (row,) = tables.read(tmp_path / "verdicts.csv")
    assert row["n"] == 3 and row["verdict"] in ("alike", "differs", "open")
    tested = tables.read(tmp_path / "test.csv")
    assert [row["seed"] for row in tested] == [5, 6, 7] * 2
    before = (tmp_path / "test.csv").read_text()
    command.main(["tune", "test", *out])
    assert (tmp_path / "test.csv").read_text() == before and stale(tmp_path) == []


def test_the_verdicts_of_the_course_are_what_its_tables_say():
    """As soon as there is a table of verdicts; without one there is nothing to claim."""
    if (HOME / "verdicts.csv").exists():
        assert stale(HOME) == [] and tables.read(HOME / "verdicts.csv")
    else:
        pages = (ROOT / "notebooks").glob("*.py")
        assert not any("compared/" in page.read_text(encoding="utf-8") for page in pages)
