"""All that takes or makes a tensor works on a device, and gives there what it gives on the CPU.

Here the device is the one of `far_device`, which is not there; where there is a card, that too.
"""

import copy
import importlib
import inspect
import sys

import numpy as np
import pytest
import torch
from far_device import LABEL, Far, FarDevice
from torch.utils._pytree import tree_flatten

from course_utils import clicks, coincidence, delays, exchange, neurons, observer, stimuli, training
from course_utils.deeper import DeepLocaliser, RecurrentLocaliser
from course_utils.delay_optimizer import DelayOptimizer, SigmaSchedule
from course_utils.delays import DelayLayer
from course_utils.head import binaural, cochlea, heads, sounds
from course_utils.head.listening import Listener
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.words import listener
from course_utils.words.spoken import Spoken

MODULES = (
    "arguments", "clicks", "coincidence", "deeper", "delay_optimizer", "delays", "exchange",
    "network", "neurons", "observer", "stimuli", "training", "head.binaural", "head.cochlea",
    "head.heads", "head.listening", "head.sounds", "words.listener", "words.shd", "words.spoken",
)  # fmt: skip
NO_TENSOR = set(
    """
    arguments.finite_number arguments.whole_number arguments.time_constant arguments.one_of
    arguments.random_generator arguments.delay_range arguments.pair
    stimuli.valid_task stimuli.valid_classes
    clicks.ClickPair clicks.ClickPair.steps
    delay_optimizer.Anneal delay_optimizer.Anneal.step delay_optimizer.SigmaSchedule
    delay_optimizer.DelayOptimizer.add_param_group
    exchange.Lif exchange.Lif.extra_repr
    delays.length_budget delays.valid_steps delays.release_memory delays.DelayLayer.extra_repr
    delays.Spread delays.Spread.kernel delays.Rule.shift delays.Rule.numbers
    network.DirectionNetwork network.DelayNetwork.delay_layers
    neurons.leak neurons.chosen_surrogate
    observer.cramer_rao observer.Chance observer.chance
    stimuli.Task stimuli.Task.channels stimuli.Task.steps stimuli.Task.dt_ms stimuli.Task.sample
    stimuli.Stimulus stimuli.Stimulus.steps stimuli.Stimulus.channels
    stimuli.Stimulus.steps_per_cycle stimuli.Classes stimuli.Classes.width
    training.History training.Schedule training.Schedule.step
    head.cochlea.erb_spaced head.cochlea.Nerve head.cochlea.Nerve.steps head.cochlea.Nerve.channels
    head.heads.fast_length head.listening.Listener head.listening.Listener.steps
    head.listening.Listener.channels head.listening.Listener.dt_ms
    words.spoken.centres_hz words.spoken.examples words.spoken.audio
    words.spoken.Spoken.steps words.spoken.Spoken.channels
    """.split()
)
"""What neither takes nor makes a tensor, or (two methods of rules) only says that it is missing."""
MADE_AT_HOME = set(
    """
    stimuli.Stimulus.time_ms stimuli.Classes.midpoints coincidence.jeffress_delays
    exchange.from_nir network.uniform_weight neurons.readout_weighting
    deeper.DeepLocaliser deeper.RecurrentLocaliser
    network.Localiser head.cochlea.Nerve.band head.heads.load head.heads.load_word
    head.sounds.noise head.sounds.tones head.sounds.word head.sounds.draw
    words.spoken.load words.shd.read
    """.split()
)
"""What makes a tensor from none: always on the CPU, from which the reader moves it."""

KINDS = ("axonal", "dendritic", "synaptic")
TONE, CLASSES, MAX_DELAY = Stimulus(fibres_per_ear=3, duration_ms=40), Classes(4), 10
HEAD, NERVE = heads.load(), cochlea.Nerve((400, 900), 20, dt_ms=0.5)
RATE = HEAD.rate_hz
SHAPES = {"axonal": (6,), "dendritic": (5,), "synaptic": (6, 5)}
DELAYS = {
    kind: torch.rand(shape, generator=torch.Generator().manual_seed(3)) * MAX_DELAY
    for kind, shape in SHAPES.items()
}
DELAYS["axonal"][:2] = torch.tensor([0.0, 7.0])  # whole ones too


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


SPIKES = stimuli.sample(4, TONE, seeded(1))[1]
CURRENT = 1.5 * torch.rand(4, 50, 5, generator=seeded(2))
WEIGHT = torch.rand(6, 5, generator=seeded(4)) - 0.2
EARS = heads.place(sounds.noise(3, 20, RATE, seeded(5)), HEAD.towards([-40.0, 0, 25]).float())
RATES = 200 * torch.rand(3, 2, 2, NERVE.steps, generator=seeded(6))

CASES = []


def covers(*names, answers="there"):
    """A case `case(there)`, where `there` moves to the device; `names` are what it tries."""

    def keep(case):
        CASES.append(pytest.param(case, names, answers == "there", id=case.__name__))
        return case

    return keep


def same(found, expected, moved, share=1e-6):
    """Both are equal, up to a share of the largest, and `found` is where it ought to be."""
    found, expected = tree_flatten(found)[0], tree_flatten(expected)[0]
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        if isinstance(other, torch.Tensor):
            assert (one.device.type != "cpu") == moved
            one, other = one.detach().cpu(), other.detach()
            exact = not other.numel() or not (other.is_floating_point() or other.is_complex())
            near = 0 if exact else share * max(1, float(other.abs().max()))
            torch.testing.assert_close(one, other, rtol=0, atol=near)
        else:
            assert one == pytest.approx(other, rel=share)


def gradients(answer, *leaves):
    """The answer and its gradients: `leaves` come to the device without a history."""
    weights = torch.arange(answer.numel(), dtype=answer.dtype, device=answer.device)
    answer.backward(weights.view(answer.shape))
    return answer, [leaf.grad for leaf in leaves if leaf.requires_grad]


def leaf(there, tensor):
    return there(tensor.clone()).detach().requires_grad_()


# ----------------------------------------------------------------------------------- sounds


@covers("stimuli.Stimulus.phases", "stimuli.Stimulus.firing_probability")
def waves(there):
    ipd, phase = there(torch.tensor([0.1, -0.5])), there(torch.tensor([2.0, 3.0]))
    phases = TONE.phases(ipd, phase)
    return phases, TONE.phases(ipd, 0.5), TONE.phases(0.5, phase), TONE.firing_probability(phases)


@covers("stimuli.sample", "stimuli.Stimulus.sample", "stimuli.valid_angle", answers="at home")
def tones_from_angles_on_the_device(there):
    ipd, phase = there(torch.tensor([0.1, -0.5])), there(torch.tensor([2.0, 3.0]))
    return [
        TONE.sample(2, seeded(), ipd, phase), TONE.sample(2, seeded(), ipd),
        TONE.sample(2, seeded(), 0.3, phase), TONE.sample(2, seeded(), phase=there(torch.ones(()))),
    ]  # fmt: skip


@covers("stimuli.Classes.index", "stimuli.Classes.midpoint", "clicks.ClickPair.gap_ms")
def classes(there):
    angle = there(torch.tensor([-1.2, 0, 1.5]))
    which = CLASSES.index(angle)
    return which, CLASSES.midpoint(which), clicks.ClickPair().gap_ms(angle)


@covers("clicks.ClickPair.sample", answers="at home")
def clicks_with_gaps_on_the_device(there):
    return clicks.ClickPair(channels=3).sample(2, seeded(), there(torch.tensor([20.0, 30])))


# ----------------------------------------------------------------------------------- delays


@covers(
    "delays.pad_then_shift", "delays.shift_then_clip", "delays.shift_causal",
    "delays.shift_by_grid_sample", "delays.delayed_linear", "arguments.delays",
)  # fmt: skip
def shifts(there):
    found = []
    for name in ("pad_then_shift", "shift_then_clip", "shift_causal", "shift_by_grid_sample"):
        spikes, waits = leaf(there, SPIKES.float()), leaf(there, DELAYS["axonal"])
        found += gradients(getattr(delays, name)(spikes, waits, MAX_DELAY), spikes, waits)
        found.append(getattr(delays, name)(there(SPIKES), [0, 1, 2, 3, 4.5, 10], MAX_DELAY))
    spikes, waits, weight = (leaf(there, x) for x in (SPIKES.float(), DELAYS["axonal"], WEIGHT))
    answer = delays.delayed_linear(spikes, waits, weight, MAX_DELAY)
    return found, gradients(answer, spikes, waits, weight)


class Halfway(delays.Rule):
    """A rule of a reader: half of each spike comes at once."""

    def shift(self, spikes, waits, max_delay):
        late = delays.shift_then_clip(spikes, waits, max_delay)
        return (late + spikes[:, max_delay:]) / 2


RULES = {
    "linear": delays.Interpolate, "straight_through": delays.Round, "prototype": delays.Prototype,
    "gaussian": lambda: delays.Bell(3.0), "triangle": lambda: delays.Tent(2.0), "own": Halfway,
}  # fmt: skip


def layer(kind="axonal", rule="linear", init=None, **how):
    outputs = None if kind == "axonal" else 5
    init = DELAYS[kind].clone() if init is None else init
    return DelayLayer(6, MAX_DELAY, RULES[rule](), init, kind=kind, outputs=outputs, **how)


def layers(there, rule):
    """Each kind of delay with one rule, forward and backward."""
    found = []
    for kind in KINDS:
        net, spikes = there(layer(kind, rule, padding="causal")), leaf(there, SPIKES.float())
        weight = leaf(there, WEIGHT)
        found += gradients(net.then_linear(spikes, weight), spikes, net.delays, weight)
        if kind == "axonal":
            net, spikes = there(layer(kind, rule, padding="full")), leaf(there, SPIKES.float())
            found += gradients(net(spikes), spikes, net.delays)
    return found


@covers(
    "delays.Interpolate.acting", "delays.Interpolate.shift", "delays.Interpolate.weighted",
    "delays.DelayLayer.then_linear", "delays.DelayLayer.forward", "arguments.spike_tensor",
    "arguments.weight_matrix",
)  # fmt: skip
def interpolation(there):
    return layers(there, "linear")


@covers("delays.Round.acting")
def rounding(there):
    return layers(there, "straight_through")


@covers("delays.Prototype.shift", "delays.Rule.weighted")
def the_prototype(there):
    return layers(there, "prototype")


@covers("delays.Bell.kernel", "delays.Spread.shift", "delays.Spread.weighted")
def bells(there):
    return layers(there, "gaussian")


@covers("delays.Tent.kernel")
def tents(there):
    return layers(there, "triangle")


@covers()
def a_rule_of_the_readers_own(there):
    return layers(there, "own")


@covers("delays.DelayLayer", "delays.DelayLayer.project_", "delays.DelayLayer.rounded")
def a_layer_made_from_delays_on_the_device(there):
    net = layer(init=there(DELAYS["axonal"]))
    with torch.no_grad():
        net.delays += 2
    return net.project_().delays, net.rounded().delays


@covers("delays.DelayLayer.get_extra_state", "delays.DelayLayer.set_extra_state")
def layers_saved_on_one_device_and_loaded_on_another(there):
    found = []
    for here, onto in ((there, there), (there, lambda x: x), (lambda x: x, there)):
        first, second = here(layer(rule="gaussian")), onto(layer(rule="gaussian", init=1.0))
        first.rule.sigma = 1.5
        second.load_state_dict(copy.deepcopy(first.state_dict()))
        found.append(there(second.delays.detach()))
        assert second.rule.sigma == 1.5 and second.delays.device == onto(torch.ones(1)).device
    return found


@covers(
    "delays.DelayLayer.initial_state", "delays.DelayLayer.step", "delays.DelayState",
    "delays.DelayState.push", "delays.DelayState.ago", "arguments.spike_step",
    "delays.Rule.acting",
)  # fmt: skip
def streaming(there):
    with pytest.raises(ValueError, match="single steps to stream"):
        there(layer(rule="gaussian")).step(there(SPIKES[:, 0]), None)
    found = []
    for kind in KINDS:
        for rule in ("linear", "straight_through"):
            net, weight = there(layer(kind, rule)), there(WEIGHT)
            state = net.initial_state(4)
            found += [net.step(row, state, weight) for row in there(SPIKES)[:, :15].unbind(1)]
    return found


# ---------------------------------------------------------------------------------- neurons


@covers("neurons.surrogate_slope", "neurons.spike")
def surrogates(there):
    found = []
    for name in neurons.SURROGATES:
        potential = leaf(there, CURRENT - 0.7)
        found += [gradients(neurons.spike(potential, name), potential)]
        found += [neurons.surrogate_slope(potential, name)]
    return found


@covers("neurons.lif", "neurons.recurrent_lif", "arguments.current")
def firing(there):
    found = []
    for detach in (True, False):
        current = leaf(there, CURRENT)
        found += gradients(neurons.lif(current, 5, detach_reset=detach), current)
    found += neurons.lif(there(CURRENT), 5, return_potential=True)
    current, loop = leaf(there, CURRENT), leaf(there, 0.3 * torch.eye(5).roll(1, 0))
    return found, gradients(neurons.recurrent_lif(current, loop, 5), current, loop)


@covers("neurons.leaky_readout")
def readouts(there):
    spikes, weight = leaf(there, (CURRENT > 1).float()), leaf(there, WEIGHT[:5])
    return gradients(neurons.leaky_readout(spikes, weight, 5), spikes, weight)


# --------------------------------------------------------------------------------- networks


def localiser(kind="axonal", rule="linear", task=TONE):
    """A new one, always the same."""
    return Localiser(
        task, CLASSES, 5, MAX_DELAY, kind=kind, estimator=RULES[rule](), generator=seeded(7)
    )


def coincidences(max_delay=MAX_DELAY, **how):
    return coincidence.CoincidenceNetwork(TONE, CLASSES, max_delay, generator=seeded(7), **how)


def deep():
    return DeepLocaliser(TONE, CLASSES, (5, 4), (8, 4), padding="causal", generator=seeded(7))


def recurrent():
    return RecurrentLocaliser(TONE, CLASSES, 5, skip_ms=10, generator=seeded(7))


@covers(
    "network.DelayNetwork.device", "network.DirectionNetwork.decode",
    "network.DelayNetwork.rounded", "network.Localiser.hidden_spikes",
    "network.Localiser.forward", "deeper.DeepLocaliser.hidden_spikes",
    "deeper.DeepLocaliser.forward", "deeper.RecurrentLocaliser.hidden_spikes",
    "deeper.RecurrentLocaliser.forward", "coincidence.CoincidenceNetwork.internal_delay_ms",
    "coincidence.CoincidenceNetwork.scores", "coincidence.CoincidenceNetwork.forward",
    "training.cross_entropy",
)  # fmt: skip
def networks(there):
    found, ipd = [], stimuli.sample(4, TONE, seeded(1))[0]
    makers = (localiser, deep, recurrent, coincidences, lambda: coincidences(synapse="subtractive"))
    for make in makers:
        for net in (there(make()), there(make()).rounded()):
            assert net.device == there(torch.ones(1)).device
            answer = net(there(SPIKES))
            loss = training.cross_entropy(answer, ipd, CLASSES, 0.5)
            loss = loss + training.cross_entropy(answer, there(ipd), CLASSES)
            loss.backward()
            found += [net.decode(answer), net.decode(answer, "argmax"), loss]
            found += [p.grad for p in net.parameters() if p.requires_grad]
    return found, there(coincidences()).internal_delay_ms()


@covers("coincidence.CoincidenceNetwork")
def coincidences_from_delays_on_the_device(there):
    init = there(coincidence.jeffress_delays(TONE, CLASSES, 30))
    return there(coincidences(max_delay=30, init=init))(there(SPIKES))


@covers("exchange.Lif.forward", "exchange.to_nir")
def a_row_that_leaves_for_another_library(there):
    delay = delays.DelayLayer(6, 5, init=torch.arange(6.0) % 5, padding="causal")
    weights = torch.nn.Linear(6, 3)
    torch.nn.init.constant_(weights.weight, 0.7), torch.nn.init.constant_(weights.bias, 0.1)
    row = there(torch.nn.Sequential(delay, weights, exchange.Lif(5)))
    back = there(exchange.from_nir(exchange.to_nir(row)))
    return row(there(SPIKES.float())), back(there(SPIKES.float()))


# --------------------------------------------------------------------------------- training


@covers("delay_optimizer.DelayOptimizer", "delay_optimizer.DelayOptimizer.step")
def optimisers(there):
    found = []
    for whole in (None, "nearest", "stochastic"):
        waits = leaf(there, DELAYS["axonal"])
        optimiser = DelayOptimizer(
            [waits], MAX_DELAY, whole=whole, remove_common_mode=True, generator=seeded(8)
        )
        for _ in range(3):
            optimiser.zero_grad()
            optimiser.step(lambda waits=waits: gradients(waits[None], waits)[0].sum())
            twin = copy.deepcopy(optimiser)
            optimiser.load_state_dict(copy.deepcopy(optimiser.state_dict()))
        (theirs,) = twin.param_groups[0]["params"]
        found += [waits, theirs]
    return found


def fitted(net, **how):
    how = dict(steps_per_epoch=1, batch_size=8, validation_samples=8, progress=False) | how
    history = training.fit(net, seeded(9), 3, **how)
    losses = [history.loss, history.validation_loss, history.validation_error_deg]
    return losses, history.delays, [p.detach().cpu() for p in net.parameters()]


@covers("training.fit", answers="at home")
def fits(there):
    angle, spikes = stimuli.sample(20, TONE, seeded(10))

    class Elsewhere:
        """A task whose sounds are there already."""

        channels, steps, dt_ms = TONE.channels, TONE.steps, TONE.dt_ms

        def sample(self, n, generator):
            return [there(x) for x in TONE.sample(n, generator)]

    return [
        *(fitted(there(localiser(kind))) for kind in KINDS),
        *(fitted(there(localiser(rule=rule))) for rule in RULES),
        *(fitted(there(make())) for make in (deep, recurrent, coincidences)),
        fitted(there(localiser()), data=(angle, spikes), steps_per_epoch=2),
        fitted(there(localiser()), data=(there(angle), there(spikes))),
        fitted(localiser(), data=(angle, there(spikes))),
        fitted(there(localiser(task=Elsewhere())), soft_labels=0.5),
        fitted(there(localiser()), soft_labels=0.5, whole_delays="stochastic"),
        fitted(there(localiser()), remove_common_mode=True, whole_delays="nearest"),
        fitted(there(localiser(task=clicks.ClickPair(channels=3, dt_ms=4)))),
        fitted(there(localiser(task=Listener(HEAD, NERVE)))),
    ]


@covers(answers="at home")
def a_narrowing_bell(there):
    net = there(localiser(rule="gaussian"))
    return fitted(net, schedules=[SigmaSchedule(net.delay, 4)]), net.delay.rule.sigma


@covers(
    "training.evaluate", "training.Report", "training.Report.accuracy",
    "training.Report.error_deg", "training.Report.argmax_error_deg",
    "training.Report.error_interval_deg",
    "training.Report.confusion", answers="at home",
)  # fmt: skip
def reports(there):
    angle, spikes = stimuli.sample(20, TONE, seeded(10))
    net, found = there(localiser()), []
    for heard in ((angle, spikes), (there(angle), there(spikes)), (angle.tolist(), there(spikes))):
        report = training.evaluate(net, *heard, batch_size=8)
        found += [report.angle, report.softmax_mean, report.argmax, report.label, report.winner]
        found += [report.loss, report.accuracy, report.error_deg, report.argmax_error_deg]
        found += [report.error_interval_deg, report.confusion]
    return found


# --------------------------------------------------------------------------------- observer


@covers(
    "observer.phase_information", "observer.maximum_likelihood", "observer.posterior",
    "arguments.binary_spikes",
)  # fmt: skip
def observers(there):
    spikes = there(SPIKES)
    silent = torch.zeros_like(spikes)  # and a contradiction: all fibres fire at once, all the time
    return [
        observer.phase_information(TONE, there(torch.linspace(0, 6, 9))),
        observer.maximum_likelihood(spikes, TONE), observer.maximum_likelihood(silent, TONE),
        *(observer.posterior(s, TONE, rule) for rule in ("median", "mean")
          for s in (spikes, spikes.float(), silent, ~silent, spikes[:0])),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------- head


@covers(
    "head.heads.Head", "head.heads.Head.towards", "head.heads.place", "head.heads.time_difference",
    "head.heads.cross_spectrum", "head.heads.correlation_peak", "head.heads.vertex",
    "head.heads.level_difference", "head.heads.woodworth", "head.heads.without_level_difference",
    "head.heads.without_time_difference",
)  # fmt: skip
def heads_on_the_device(there):
    head = heads.Head(there(HEAD.azimuth_deg), there(HEAD.responses), RATE)
    one = head.towards(there(torch.tensor([5.0, -90]))), head.towards(30), head.towards([0, 5.0])
    ears = heads.place(there(torch.eye(2, 50)), one[0].float())
    return [
        one, ears, heads.time_difference(ears, RATE), heads.time_difference(ears, RATE, 2000),
        heads.level_difference(ears), heads.woodworth(there(torch.tensor([10.0, 80]))),
        heads.without_level_difference(head)[:2], heads.without_time_difference(head)[:2],
    ]  # fmt: skip


@covers(answers="at home")
def a_head_at_home_asked_from_the_device(there):
    return HEAD.towards(there(torch.tensor([5.0, -90])))


@covers(
    "head.cochlea.filterbank", "head.cochlea.firing_rates", "head.binaural.delay_bound_us",
    "head.binaural.correlogram", "head.binaural.SpikeCorrelator",
    "head.binaural.SpikeCorrelator.scores", "head.binaural.SpikeCorrelator.estimate",
    "head.binaural.WaveCorrelator", "head.binaural.WaveCorrelator.estimate",
    "head.binaural.band_differences",
)  # fmt: skip
def hearing(there):
    ears = there(EARS)
    spikes = there(cochlea.spikes(RATES, NERVE, seeded()))
    moved = heads.Head(there(HEAD.azimuth_deg), there(HEAD.responses), RATE)
    found = [
        cochlea.filterbank(ears, RATE, NERVE), cochlea.firing_rates(ears, RATE, NERVE),
        binaural.delay_bound_us(ears, RATE, NERVE), binaural.correlogram(spikes, NERVE, 8),
        binaural.band_differences(moved, NERVE),
    ]  # fmt: skip
    for head in (HEAD, moved):
        found.append(binaural.SpikeCorrelator(head, NERVE).estimate(spikes))
        found.append(binaural.WaveCorrelator(head).estimate(ears))
    return found


@covers(
    "head.cochlea.spikes",
    "head.listening.Listener.sample",
    "head.listening.Listener.ears",
    answers="at home",
)
def what_is_drawn_from_the_device(there):
    return [
        cochlea.spikes(there(RATES), NERVE, seeded()),
        Listener(HEAD, NERVE, snr_db=5).sample(2, seeded(), there(torch.tensor([5.0, -90]))),
        Listener(HEAD, NERVE, left_ear=False).sample(2, seeded(), there(torch.tensor(10.0))),
    ]


# ------------------------------------------------------------------------------------ words


@covers(
    "words.spoken.Spoken", "words.spoken.Spoken.draw", "words.spoken.Spoken.chosen",
    "words.spoken.Spoken.of", "words.spoken.Spoken.forwards_and_backwards",
    "words.spoken.Spoken.sample",
)  # fmt: skip
def words_on_the_device(there):
    said, numbers = torch.tensor([2, 0, 1]), torch.tensor([2, 2, 0])
    chance = torch.rand(3, 9, 4, generator=seeded())
    chance[:, [0, 3, 7, 8]] = 0
    found = []
    for held in (chance, chance > 0.5):
        words = Spoken(there(held), there(said), there(said), ("a", "b", "c"), ("A", "B", "C"))
        both = words.forwards_and_backwards()
        for some in (words, both, both.of(("c", "a, reversed")), both.chosen(there(numbers))):
            found += [some.draw(seeded()), some.chance, some.word, some.voice]
        found += [words.draw(seeded(), numbers), words.draw(seeded(), there(numbers))]
        found += words.sample(5, seeded())
    return found


@covers(
    "words.listener.Listener", "words.listener.Listener.hidden_spikes",
    "words.listener.Listener.forward",
)  # fmt: skip
def listeners_on_the_device(there):
    found, spikes = [], torch.rand(3, 9, 4, generator=seeded()) < 0.5
    for how in ({}, dict(kind="axonal", hidden=(6, 5)), dict(fan_in=2, recurrent=True)):
        net = there(
            listener.Listener(4, 3, **dict(hidden=6) | how, max_delay=3, generator=seeded())
        )
        answer = net(there(spikes))
        answer.logsumexp(1).sum().backward()
        found += [answer, net.rounded()(there(spikes)), *net.hidden_spikes(there(spikes))]
        found += [p.grad for p in net.parameters() if p.requires_grad]
    return found


# --------------------------------------------------------------------------------- the proof


def called_while(run):
    """What `run()` answers, and the code of all Python functions that it called."""
    seen = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: seen.add(frame.f_code) if event == "call" else None)
    try:
        return run(), seen
    finally:
        sys.setprofile(before)


def code_of(member):
    """The code of a function, a method or a property; None for anything else."""
    member = member.fget if isinstance(member, property) else member
    member = inspect.unwrap(getattr(member, "__func__", member))
    return getattr(member, "__code__", None)


def offers(name, module):
    """Names and code of all that a module offers: functions, and what its classes can do."""
    found = {}
    listed = set(getattr(module, "__all__", ()))
    for key, thing in vars(module).items():
        if key.startswith("_") or not (thing_of(thing) == module.__name__ or key in listed):
            continue
        if inspect.isfunction(thing):
            found[f"{name}.{key}"] = code_of(thing)
        elif inspect.isclass(thing):
            if code_of(vars(thing).get("__init__")):
                found[f"{name}.{key}"] = code_of(vars(thing)["__init__"])
            elif "_fields" in vars(thing):
                found[f"{name}.{key}"] = code_of(thing.__new__)
            for method, member in vars(thing).items():
                public = not method.startswith("_") or method == "__call__"
                if public and code_of(member):
                    found[f"{name}.{key}.{method}"] = code_of(member)
    return found


def thing_of(thing):
    return getattr(thing, "__module__", None)


OFFERED = {}
for _name in MODULES:
    OFFERED |= offers(_name, importlib.import_module(f"course_utils.{_name}"))


def simulated(thing):
    return thing.to(LABEL)


@pytest.mark.parametrize("case, names, moved", CASES)
def test_the_same_there_as_on_the_cpu(case, names, moved):
    expected, called = called_while(lambda: case(lambda thing: thing))
    assert [name for name in names if OFFERED[name] not in called] == []
    with FarDevice():
        same(case(simulated), expected, moved)


@pytest.mark.parametrize("case, names, moved", CASES if torch.cuda.is_available() else [])
def test_the_same_on_a_card_as_on_the_cpu(case, names, moved):
    with torch.backends.cudnn.flags(allow_tf32=False):  # ten bits would tell nothing
        same(case(lambda thing: thing.to("cuda")), case(lambda thing: thing), moved, 1e-3)


def missing(offered, tried):
    """Names that are offered and stand nowhere, and names that stand somewhere and are gone."""
    listed = set(tried) | NO_TENSOR | MADE_AT_HOME
    return sorted(set(offered) - listed), sorted(listed - set(offered))


def test_every_public_function_is_tried():
    tried = [name for case in CASES for name in case.values[1]]
    assert missing(OFFERED, tried) == ([], [])
    assert not NO_TENSOR & set(tried) and not MADE_AT_HOME & (set(tried) | NO_TENSOR)


def test_every_module_of_the_model_the_head_and_the_words_is_looked_at():
    import course_utils
    import course_utils.head
    import course_utils.words

    rooms = [
        f"{wing}{file.stem}"
        for house, wing in (
            (course_utils, ""), (course_utils.head, "head."), (course_utils.words, "words."),
        )
        for file in importlib.resources.files(house).iterdir()
        if file.name.endswith(".py") and not file.name.startswith("_")
    ]  # fmt: skip
    assert sorted(set(rooms) - {"plots", "tables"}) == sorted(MODULES)


PLANTED = """
class Thing:
    def __init__(self): pass
    def new(self): pass
    @property
    def width(self): pass
    def _hidden(self): pass
def new(x): return x
def _hidden(x): return x
"""


def test_a_new_function_is_missed_by_name():
    module = type(sys)("course_utils.stimuli")
    exec(PLANTED, vars(module))
    names = ["stimuli.Thing", "stimuli.Thing.new", "stimuli.Thing.width", "stimuli.new"]
    new = offers("stimuli", module)
    assert missing(OFFERED | new, OFFERED)[0] == sorted(new) == names
    assert missing(OFFERED, [*OFFERED, "stimuli.gone"])[1] == ["stimuli.gone"]


ONES = torch.ones(3)
REFUSED = {
    "a constant of the CPU": (lambda x: x + ONES, "all tensors on one device"),
    "a constant made on the CPU": (lambda x: x * torch.arange(3), "all tensors on one device"),
    "an index of the CPU": (lambda x: x[torch.tensor([0, 2])], "all tensors on one device"),
    "a mask of the CPU": (lambda x: torch.where(ONES > 0, x, 0), "all tensors on one device"),
    "weights of the CPU": (lambda x: x @ torch.ones(3, 2), "all tensors on one device"),
    "one number of the device in a CPU sum": (lambda x: ONES + x[0], "all tensors on one device"),
    "a number of the CPU that would change": (lambda x: torch.tensor(1.0).add_(x[0]), "one device"),
    "a result of the CPU": (lambda x: torch.add(x, 1, out=torch.empty(3)), "one device"),
    "in numpy's hands": (lambda x: x.numpy(), "numpy"),
    "in numpy's hands unasked": (lambda x: np.asarray(x), "numpy"),
    "a CPU generator": (
        lambda x: torch.rand(3, device=x.device, generator=seeded()), "not from a CPU generator"
    ),
    "a CPU generator in place": (lambda x: x.uniform_(generator=seeded()), "CPU generator"),
    "a CPU generator and rates": (lambda x: torch.poisson(x, seeded()), "CPU generator"),
    "a generator of nobody's": (lambda x: torch.rand_like(x), "would draw on the device"),
    "an order": (lambda x: torch.randperm(3, device=x.device), "would draw on the device"),
    "a CPU tensor from one of the device": (lambda x: torch.zeros_like(x, device="cpu"), "makes"),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_the_device_refuses_what_a_card_refuses(how):
    mistake, says = REFUSED[how]
    with FarDevice(), pytest.raises((RuntimeError, TypeError), match=says):
        mistake(torch.ones(3).to(LABEL))


def test_a_mistake_on_the_way_back_is_refused_too():
    class Planted(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, grad):
            return grad * ONES

    with FarDevice():
        x = torch.ones(3).to(LABEL).requires_grad_()
        answer = Planted.apply(x).sum()
        with pytest.raises(RuntimeError, match="all tensors on one device"):
            answer.backward()


def test_the_device_does_what_a_card_does():
    with FarDevice():
        x = torch.arange(3.0).to(LABEL)
        assert isinstance(x, Far) and x.device == (x + torch.tensor(1.0)).device == LABEL
        assert (x * 2).tolist() == [0, 2, 4] and float(x[2]) == 2 and bool((x < 3).all())
        assert torch.zeros(2, device=LABEL).device == torch.ones(2).to(x).device == LABEL
        assert type(x.cpu()) is torch.Tensor and torch.equal(x.cpu(), torch.arange(3.0))
        x[1:] += 5  # a view is a window, not a copy
        assert x.tolist() == [0, 6, 7]
        assert torch.zeros(3).copy_(x).tolist() == [0, 6, 7]
        assert (1j * x).conj().imag.tolist() == [0, -6, -7]


def test_a_case_that_answers_on_the_wrong_device_is_red():
    with FarDevice():
        here, there = torch.ones(2), torch.ones(2).to(LABEL)
        for one, moved in ((here, True), (there, False)):
            with pytest.raises(AssertionError):
                same(one, here, moved)
        same(there, here, True)
        same(here, here, False)


def test_training_measuring_and_streaming_need_no_double_precision_on_the_device():
    """Some devices have none."""
    with FarDevice(double=False):
        with pytest.raises(TypeError, match="double precision"):
            torch.ones(2).to(LABEL).double()
        for make in (localiser, recurrent, coincidences):
            net, (angle, spikes) = make().to(LABEL), TONE.sample(8, seeded())
            fitted(net)
            training.evaluate(net, simulated(angle), simulated(spikes))
            net.decode(net(simulated(spikes)))
        streaming(simulated)
