"""One row of a table: a network, trained with rates that fall to zero, to tune or to test."""

import functools
import math
import time

import torch
import torch.nn.functional as F

from course_utils.delay_optimizer import DelayOptimizer, SigmaSchedule
from course_utils.delays import Spread
from course_utils.words import spoken
from figures.studies.words import plan
from figures.studies.words.networks import network_of
from figures.studies.words.selected import Selection

BATCH, CHECK = 64, 20  # words in an update; updates between two selections
WARMING, NARROWING, SELECTING = 0.1, 0.5, 0.6  # shares of all updates
END = 0.5  # steps to which a bell narrows, as that of DCLS
DRAWS = 8  # how often each word of validation and test is spoken
SOURCES = dict(learn=10_000, validate=20_000, select=50_000, shuffle=2000, test=1000)


def source(name: str, seed: int) -> torch.Generator:
    """A generator for one purpose."""
    return torch.Generator().manual_seed(SOURCES[name] + seed)


@functools.cache
def task_of(name: str, split: str) -> spoken.Spoken:
    """Words, or words and their reversals, by the voices of a split."""
    words = spoken.load(split)
    return words if name == "words" else words.forwards_and_backwards()


def drawn(task, draws: int, generator) -> tuple:
    """Every word of a split, spoken so often: `(word, spikes)`."""
    chosen = torch.arange(len(task)).repeat(draws)
    return task.word[chosen], task.draw(generator, chosen)


def loss_of(network, word, spikes):
    """Cross entropy in nats."""
    return F.cross_entropy(network(spikes), word)


@torch.no_grad()
def look_at(network, word, spikes) -> tuple[float, float]:
    """Cross entropy in nats, and per cent of the words that are wrong."""
    logits = torch.cat([network(part) for part in spikes.split(256)])
    wrong = (logits.argmax(1) != word).double().mean()
    return float(F.cross_entropy(logits, word)), 100 * float(wrong)


def learn(network, setting, generator, updates, whole=None, between=None) -> float:
    """Train `network` in place while all rates rise and fall; returns the mean loss near the end.

    Parameters
    ----------
    setting : dict
        `lr` of the weights and, where delays learn, `delay_lr` in steps per update: at their peak.
    generator : torch.Generator
        Draws words and spikes.
    whole : None or "nearest"
        Whether delays are whole in every update, see `DelayOptimizer`.
    between : callable
        `between(weights)` is called every `CHECK` updates of the first `SELECTING` of all, with the
        optimiser of the weights.
    """
    layers = [layer for layer in network.delay_layers() if layer.delays.requires_grad]
    delays = {id(layer.delays) for layer in layers}
    weights = [p for p in network.parameters() if p.requires_grad and id(p) not in delays]
    moving = [torch.optim.Adam(weights, lr=setting["lr"])]
    moving += [
        DelayOptimizer(
            [layer.delays],
            layer.max_delay,
            setting["delay_lr"],
            remove_common_mode=False,
            whole=whole,
        )
        for layer in layers
    ]
    rates = [
        torch.optim.lr_scheduler.LambdaLR(each, lambda done: rate(done, updates)) for each in moving
    ]
    narrow = [
        SigmaSchedule(layer, round(NARROWING * updates), end=END)
        for layer in layers
        if isinstance(layer.rule, Spread)
    ]
    losses = []
    for update in range(1, updates + 1):
        loss = loss_of(network, *network.task.sample(BATCH, generator))
        network.zero_grad()
        loss.backward()
        for each in (*moving, *rates, *narrow):
            each.step()
        if between is not None and update % CHECK == 0 and update <= SELECTING * updates:
            between(moving[0])
        losses.append(float(loss.detach()))
    return sum(losses[-CHECK:]) / len(losses[-CHECK:])


def rate(done: int, updates: int) -> float:
    """Share of the peak after so many updates: up in a tenth of them, then down along a cosine."""
    return min(1, (done + 1) / (WARMING * updates)) * (1 + math.cos(math.pi * done / updates)) / 2


def train(seed, setting, updates=None):
    """A trained network, and the columns that both tables have."""
    torch.set_num_threads(1)
    condition = plan.CONDITIONS[setting["condition"]]
    updates = condition.updates if updates is None else updates
    network = network_of(condition, task_of(condition.task, "training"), seed)
    between = None
    if condition.delays == "selected":
        between = Selection(network, source("select", seed))
    begin = time.process_time()
    whole = "nearest" if condition.delays == "whole" else None
    last = learn(network, setting, source("learn", seed), updates, whole, between)
    seconds = time.process_time() - begin
    voices = task_of(condition.task, "validation")
    validation = drawn(voices, DRAWS, source("validate", seed))
    loss, wrong = look_at(network, *validation)
    return network, dict(
        condition=setting["condition"],
        lr=setting["lr"],
        delay_lr=setting.get("delay_lr", 0.0),
        parameters=sum(p.numel() for p in network.parameters() if p.requires_grad),
        updates=updates,
        seconds=f"{seconds:.1f}",
        training_loss=f"{last:.4f}",
        validation_loss=f"{loss:.4f}",
        validation_wrong=f"{wrong:.2f}",
        validation_whole_wrong=f"{look_at(network.rounded(), *validation)[1]:.2f}",
    )


def tune(seed, setting, updates=None):
    """A row of the tuning table: no voice but those for learning and validating."""
    return train(seed, setting, updates)[1]


def test(seed, setting, updates=None):
    """A row of the test table: the tuned setting, on voices that were never heard."""
    network, row = train(seed, setting, updates)
    condition = plan.CONDITIONS[setting["condition"]]
    voices = drawn(task_of(condition.task, "test"), DRAWS, source("test", seed))
    others = drawn(task_of(condition.task, "other synthesizer"), DRAWS, source("test", seed))
    whole = network.rounded()
    found = dict(
        wrong=look_at(network, *voices)[1],
        whole_wrong=look_at(whole, *voices)[1],
        whole_20_ms_wrong=look_at(coarse(whole, 2), *voices)[1],
        whole_50_ms_wrong=look_at(coarse(whole, 5), *voices)[1],
        shuffled_wrong=look_at(shuffled(whole, seed), *voices)[1],
        other_whole_wrong=look_at(whole, *others)[1],
    )
    return row | {name: f"{value:.2f}" for name, value in found.items()}


def coarse(network, steps: int):
    """A copy whose delays are multiples of so many steps."""
    twin = network.rounded()
    for layer in twin.delay_layers():
        layer.delays.data.div_(steps).round_().mul_(steps).clamp_(max=layer.max_delay)
    return twin


def shuffled(network, seed):
    """A copy whose first delays have changed places, among those of each neuron."""
    twin = network.rounded()
    for layer in twin.delay_layers()[:1]:
        mixed = torch.rand(layer.delays.shape, generator=source("shuffle", seed)).argsort(0)
        layer.delays.data.copy_(layer.delays.data.gather(0, mixed))
    return twin
