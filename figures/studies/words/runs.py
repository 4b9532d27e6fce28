"""One row of a table: a network, trained until it rests, to tune a setting or to test it."""

import functools

import torch
import torch.nn.functional as F

from course_utils.words import spoken
from figures.studies.compared.converge import converge
from figures.studies.words import plan
from figures.studies.words.networks import network_of
from figures.studies.words.selected import Selection

CHECK, NARROWING = 20, 400  # updates
VALIDATION_DRAWS, TEST_DRAWS = 2, 8  # how often each word of a split is spoken
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


def train(seed, setting, longest=plan.LONGEST):
    """A trained network, and the columns that both tables have."""
    torch.set_num_threads(1)
    condition = plan.CONDITIONS[setting["condition"]]
    network = network_of(condition, task_of(condition.task, "training"), seed)
    validation = drawn(
        task_of(condition.task, "validation"), VALIDATION_DRAWS, source("validate", seed)
    )
    between = None
    if condition.delays == "selected":
        between = Selection(network, source("select", seed))
    rest = converge(
        network,
        validation,
        source("learn", seed),
        lr=setting["lr"],
        delay_lr=setting.get("delay_lr", 0.0),
        common_mode="free",
        end=0.5 if condition.delays == "bell" else None,
        longest=longest,
        check=CHECK,
        narrowing=NARROWING,
        loss_of=loss_of,
        look_at=look_at,
        between=between,
    )
    whole = look_at(network.rounded(), *validation)[1]
    return network, dict(
        condition=setting["condition"],
        lr=setting["lr"],
        delay_lr=setting.get("delay_lr", 0.0),
        parameters=sum(p.numel() for p in network.parameters() if p.requires_grad),
        updates=rest.updates,
        best_look=rest.best + 1,
        seconds=f"{rest.seconds:.1f}",
        validation_loss=f"{rest.loss[rest.best]:.4f}",
        validation_wrong=f"{rest.error[rest.best]:.2f}",
        validation_whole_wrong=f"{whole:.2f}",
        curve_wrong=" ".join(f"{error:.1f}" for error in rest.error),
    )


def tune(seed, setting, longest=plan.LONGEST):
    """A row of the tuning table: no voice but those for learning and validating."""
    return train(seed, setting, longest)[1]


def test(seed, setting, longest=plan.LONGEST):
    """A row of the test table: the tuned setting, on voices that were never heard."""
    network, row = train(seed, setting, longest)
    condition = plan.CONDITIONS[setting["condition"]]
    voices = drawn(task_of(condition.task, "test"), TEST_DRAWS, source("test", seed))
    others = drawn(task_of(condition.task, "other synthesizer"), TEST_DRAWS, source("test", seed))
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
