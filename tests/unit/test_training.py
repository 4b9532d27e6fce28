"""Fitting: it learns, repeats itself, keeps the best epoch, and refuses what does not fit."""

import math
import time

import pytest
import torch

from course_utils import plots
from course_utils.delay_optimizer import SigmaSchedule
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import History, evaluate, fit

STIMULUS = Stimulus(fibres_per_ear=8, duration_ms=75)
CLASSES = Classes(4)
QUICK = dict(steps_per_epoch=5, batch_size=16, validation_samples=32, progress=False)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


class Recorder(Localiser):
    """A localiser that remembers what it was shown while training, and while being tested."""

    def forward(self, spikes):
        logits = super().forward(spikes)
        seen = self.__dict__.setdefault("seen", {True: [], False: []})
        seen[torch.is_grad_enabled()].append((spikes.clone(), logits.detach().clone()))
        return logits


def small(seed=0, kind=Localiser, task=STIMULUS, **settings):
    settings = dict(hidden=12, max_delay=40) | settings
    return kind(task, CLASSES, **settings, generator=seeded(seed))


def state(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


def test_a_few_epochs_lower_the_loss_and_the_error():
    network = small()
    begin = time.perf_counter()
    history = fit(network, seeded(1), epochs=4, steps_per_epoch=30, progress=False)
    assert 0 < history.seconds <= time.perf_counter() - begin
    assert history.chance_loss == pytest.approx(math.log(4))
    assert history.loss[-1] < history.loss[0] - 0.1
    assert history.validation_loss[-1] < history.chance_loss - 0.2
    assert history.validation_error_deg[-1] < 30  # straight ahead: 45
    lengths = len(history.loss), len(history.validation_loss), len(history.validation_error_deg)
    assert lengths == (4, 4, 4) and len(history.delays) == 5
    moved = (history.delays[-1] - history.delays[0]).abs()
    assert moved.max() > 1
    low, high = torch.stack(history.delays).aminmax()
    assert 0 <= low and high <= 40


@pytest.mark.parametrize("settings", [{}, dict(soft_labels=0.5), dict(remove_common_mode=False)])
def test_the_same_seeds_repeat_digit_by_digit(settings):
    runs = []
    for seed in (1, 1, 2):
        network = small()
        runs.append((fit(network, seeded(seed), 2, **QUICK, **settings), state(network)))
    (first, weights), (again, same_weights), (other, other_weights) = runs
    assert first.loss == again.loss and first.validation_loss == again.validation_loss
    assert first.validation_error_deg == again.validation_error_deg
    assert torch.equal(torch.stack(first.delays), torch.stack(again.delays))
    assert same(weights, same_weights)
    assert first.loss != other.loss and not same(weights, other_weights)


def test_what_is_default():
    networks = small(), small()
    default = fit(networks[0], seeded(1), 2, **QUICK)
    explicit = dict(lr=0.02, delay_lr=0.1, soft_labels=0, remove_common_mode=True, data=None)
    assert fit(networks[1], seeded(1), 2, **QUICK, **explicit).loss == default.loss
    assert same(state(networks[0]), state(networks[1]))


class Spoiler:
    """Turns every answer round after some updates, so that what comes after is surely worse."""

    def __init__(self, network, update):
        self.network, self.left = network, update

    def step(self):
        self.left -= 1
        if self.left == 0:
            with torch.no_grad():
                self.network.w_out.mul_(-20)


def test_it_keeps_the_weights_of_the_best_epoch():
    network = small(kind=Recorder)
    history = fit(network, seeded(6), 8, **QUICK, schedules=[Spoiler(network, update=31)])
    best = min(range(8), key=history.validation_loss.__getitem__)
    assert best < 6 and history.validation_loss[6] > history.chance_loss
    assert history.best_epoch == best + 1
    tested = network.seen[False]
    assert len(tested) == 8
    sounds, logits = tested[best]
    assert all(torch.equal(spikes, sounds) for spikes, _ in tested)  # drawn once
    assert torch.equal(network(sounds), logits)
    assert not torch.equal(network(sounds), tested[-1][1])
    assert torch.equal(network.delay.delays, history.delays[best + 1])


def test_training_sounds_are_fresh_in_every_step_and_none_is_used_for_validation():
    network = small(kind=Recorder)
    fit(network, seeded(4), 3, **QUICK)
    assert [len(spikes) for spikes, _ in network.seen[True]] == [16] * 15
    shown = [s.numpy().tobytes() for spikes, _ in network.seen[True] for s in spikes]
    tested = [s.numpy().tobytes() for s in network.seen[False][0][0]]
    assert len(tested) == 32
    assert len(set(shown) | set(tested)) == 15 * 16 + 32


class Remembering:
    """A task of one's own: sounds of the usual stimulus, kept as they are drawn."""

    channels, steps, dt_ms = STIMULUS.channels, STIMULUS.steps, STIMULUS.dt_ms

    def __init__(self):
        self.drawn = []

    def sample(self, n, generator):
        self.drawn.append(STIMULUS.sample(n, generator))
        return self.drawn[-1]


def test_a_task_of_ones_own_draws_training_and_validation():
    task = Remembering()
    theirs, ours = small(task=task), small()
    fit(theirs, seeded(1), epochs=2, **QUICK)
    fit(ours, seeded(1), epochs=2, **QUICK)
    assert [len(ipd) for ipd, _ in task.drawn] == [32] + 10 * [16]
    assert same(state(theirs), state(ours))


def test_further_schedules_step_after_every_update():
    class Counter:
        steps = 0

        def step(self):
            self.steps += 1

    counter = Counter()
    fit(small(), seeded(1), epochs=2, schedules=[counter], **QUICK)
    assert counter.steps == 10


@pytest.mark.parametrize("estimator", ["gaussian", "triangle"])
def test_a_width_schedule_of_ones_own_is_the_only_one(estimator):
    network = small(estimator=estimator)
    seen = []

    class Watch:
        def step(self):
            seen.append(network.delay.rule.sigma)

    mine = SigmaSchedule(network.delay, updates=3, start=9.0, end=4.0)
    fit(network, seeded(1), epochs=2, schedules=[mine, Watch()], **QUICK)
    assert seen[2:] == pytest.approx([4.0] * 8)
    assert seen[0] == pytest.approx(9 * (4 / 9) ** (1 / 3))


@pytest.mark.parametrize("estimator, start, end", [("gaussian", 20, 0.23), ("triangle", 20, 1)])
@pytest.mark.parametrize("share", [0.25, 0.5])
def test_without_one_a_width_narrows_over_a_share_of_the_updates(estimator, start, end, share):
    network = small(estimator=estimator)
    seen = []

    class Watch:
        def step(self):
            seen.append(network.delay.rule.sigma)

    fit(network, seeded(1), epochs=4, schedules=[Watch()], anneal=share, **QUICK)
    over = round(20 * share)
    assert network.delay.rule.sigma == pytest.approx(end) and len(seen) == 20
    wanted = [start * (end / start) ** min(1, update / over) for update in range(1, 21)]
    assert sorted(seen, reverse=True) == seen
    assert seen in (pytest.approx(wanted), pytest.approx([start, *wanted[:-1]]))


@pytest.mark.parametrize("estimator", ["gaussian", "triangle"])
def test_a_layer_that_spreads_its_delays_is_validated_rounded(estimator):
    task = Remembering()
    network = small(task=task, estimator=estimator)
    history = fit(network, seeded(1), 1, **QUICK)
    ipd, spikes = task.drawn[0]  # the first that is drawn is for validation
    loss = evaluate(network.rounded(), ipd, spikes).loss
    assert history.validation_loss == [loss]
    assert loss != evaluate(network, ipd, spikes).loss


def test_stored_data_are_used_once_an_epoch_in_a_new_order():
    ipd, spikes = sample(70, STIMULUS, seeded(5))
    kept = ipd.clone(), spikes.clone()
    network = small(kind=Recorder)
    history = fit(network, seeded(6), 3, **{**QUICK, "steps_per_epoch": 64}, data=(ipd, spikes))
    stored = {s.numpy().tobytes(): number for number, s in enumerate(spikes)}
    assert len(stored) == 70
    batches = [[stored[s.numpy().tobytes()] for s in part] for part, _ in network.seen[True]]
    assert [len(batch) for batch in batches] == [16] * 12  # 70 is four batches of 16 and a rest
    epochs = [sum(batches[start : start + 4], []) for start in (0, 4, 8)]
    assert all(len(set(epoch)) == 64 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3
    assert len(history.loss) == 3
    assert torch.equal(ipd, kept[0]) and torch.equal(spikes, kept[1])


def test_stored_data_keep_sounds_and_answers_together():
    # labels that can be learned only if each sound keeps its own
    ipd, spikes = sample(256, STIMULUS, seeded(7))
    losses = []
    for truth in (ipd, ipd[torch.randperm(256, generator=seeded(8))]):
        history = fit(small(), seeded(9), 6, data=(truth, spikes), batch_size=32, progress=False)
        losses.append(history.validation_loss[-1])
    assert losses[0] < math.log(4) - 0.2 < losses[1]


def test_fewer_steps_than_stored_batches_are_allowed():
    data = sample(70, STIMULUS, seeded(5))
    network = small(kind=Recorder)
    fit(network, seeded(6), 2, **{**QUICK, "steps_per_epoch": 3}, data=data)
    assert len(network.seen[True]) == 6


def test_frozen_delays_are_not_touched():
    network = small(learn_delays=False)
    before = state(network)
    history = fit(network, seeded(1), 2, **QUICK)
    assert all(torch.equal(delays, before["delay.delays"]) for delays in history.delays)
    assert torch.equal(network.delay.delays, before["delay.delays"])
    assert not torch.equal(network.w_hidden, before["w_hidden"])


def test_frozen_weights_leave_the_delays_to_learn():
    network = small()
    network.w_hidden.requires_grad_(False)
    network.w_out.requires_grad_(False)
    before = state(network)
    history = fit(network, seeded(1), 2, **QUICK)
    assert torch.equal(network.w_hidden, before["w_hidden"])
    assert torch.equal(network.w_out, before["w_out"])
    assert not torch.equal(history.delays[-1], history.delays[0])


def test_histories_do_not_share_memory_with_the_network():
    network = small()
    history = fit(network, seeded(1), 1, **QUICK)
    first = history.delays[0].clone()
    with torch.no_grad():
        network.delay.delays.zero_()
    assert torch.equal(history.delays[0], first) and history.delays[1].any()
    assert not history.delays[0].requires_grad


def test_the_common_mode_stays_if_asked():
    network = small(init=20)
    history = fit(network, seeded(1), 2, **QUICK, delay_lr=0.3, remove_common_mode=True)
    paths = torch.stack(history.delays)
    assert paths[-1].std() > 0.1 and paths.min() > 0 and paths.max() < 40
    torch.testing.assert_close(paths.mean(1), torch.full((3,), 20.0), rtol=0, atol=1e-4)


def test_a_single_step_is_a_fit():
    history = fit(
        small(), seeded(), 1, steps_per_epoch=1, batch_size=1, validation_samples=1, progress=False
    )
    assert history.best_epoch == 1 and len(history.loss) == 1


def test_the_bar_shows_loss_and_error(capfd):
    history = fit(small(), seeded(), 1, **{**QUICK, "progress": True})
    shown = capfd.readouterr().err
    assert f"loss={history.loss[-1]:.3f}" in shown
    assert f"error={history.validation_error_deg[-1]:.2f}°" in shown
    fit(small(), seeded(), 1, **QUICK)
    assert capfd.readouterr().err == ""


def test_a_history_plots_itself():
    history = History(1.4, [1.3, 1.1], [1.2, 1.0], [30.0, 12.5])
    said = plots.alt_text(plots.history(history))
    for number in ("2 epochs", "1.30 to 1.10", "1.20 to 1.00", "1.40", "30.0 to 12.5"):
        assert number in said


DATA = sample(20, STIMULUS, seeded(5))


@pytest.mark.parametrize(
    "change, error, says",
    [
        (dict(generator=None), TypeError, "generator must be a torch.Generator .*not None"),
        (dict(epochs=0), ValueError, "epochs must be at least 1, not 0"),
        (dict(epochs=1.5), TypeError, "epochs must be a whole number, not 1.5"),
        (dict(steps_per_epoch=0), ValueError, "steps_per_epoch must be at least 1, not 0"),
        (dict(batch_size=-1), ValueError, "batch_size must be at least 1, not -1"),
        (dict(validation_samples=0), ValueError, "validation_samples must be at least 1, not 0"),
        (dict(lr=0), ValueError, "^lr must be .*not 0"),
        (dict(lr=math.nan), ValueError, "^lr must be .*not nan"),
        (dict(delay_lr=-1), ValueError, "^delay_lr must be .*not -1"),
        (dict(delay_lr=math.inf), ValueError, "^delay_lr must be .*not inf"),
        (dict(soft_labels=-0.1), ValueError, "soft_labels must be .*not -0.1"),
        (dict(soft_labels="1"), TypeError, "soft_labels must be a number, not '1'"),
        (dict(data=3), TypeError, r"data must be a pair \(angle, spikes\), not int"),
        (dict(data=([0.0], DATA[1])), TypeError, "data must hold tensors, not list"),
        (dict(data=(DATA[0][:19], DATA[1])), ValueError, "data must hold .*not 19 and 20"),
        (dict(data=(DATA[0][:15], DATA[1][:15])), ValueError, "one batch of 16, not 15 and 15"),
        (dict(data=(DATA[0] + 3, DATA[1])), ValueError, "data must lie within"),
        (dict(data=(DATA[0] * math.nan, DATA[1])), ValueError, "data must be finite"),
        (dict(data=(DATA[0], DATA[1][..., 1:])), ValueError, "data must have 16 channels, not 15"),
        (dict(data=(DATA[0], DATA[1].int())), TypeError, "data must be boolean .*int32"),
        (dict(data=(DATA[0], DATA[1] * 0.5)), ValueError, "data must be boolean: every value 0 or"),
    ],
)
def test_bad_input_leaves_the_network_as_it_was(change, error, says):
    network = small()
    before = state(network)
    settings = dict(generator=seeded(), epochs=1) | QUICK | change
    with pytest.raises(error, match=says):
        fit(network, **settings)
    assert same(before, state(network))


def test_a_network_that_cannot_learn_is_refused():
    network = small().requires_grad_(False)
    with pytest.raises(ValueError, match="network must have at least one parameter"):
        fit(network, seeded(), 1, **QUICK)
