"""One row of a table: a network, trained until it rests, to tune a setting or to test it."""

import torch

from course_utils.training import evaluate
from figures.studies import study
from figures.studies.compared.conditions import CONDITIONS
from figures.studies.compared.converge import LONGEST, VALIDATION_SOUNDS, converge
from figures.studies.compared.networks import network_of


def generators(seed):
    """Sources of the sounds to learn from, and of those to validate with."""
    return (torch.Generator().manual_seed(base + seed) for base in (10_000, 20_000))


def train(seed, setting, seeds, longest):
    """A trained network, and the columns that both tables have."""
    torch.set_num_threads(1)
    place, name = setting["place"], setting["condition"]
    condition = CONDITIONS[name]
    network = network_of(place, condition, seeds, seed)
    sounds, validating = generators(seed)
    validation = network.task.sample(VALIDATION_SOUNDS, validating)
    how = {key: setting[key] for key in ("lr", "delay_lr", "common_mode") if key in setting}
    how |= dict(
        end=condition.end,
        whole=condition.whole,
        chances=torch.Generator().manual_seed(50_000 + seed),
    )
    if condition.alone == "first":
        network.w_hidden.requires_grad_(False)
    rest = converge(network, validation, sounds, longest=longest, **how)
    if condition.alone is not None:
        network.w_hidden.requires_grad_(condition.alone == "first")
        network.delay.requires_grad_(condition.alone == "longer")
        rest = rest.then(converge(network, validation, sounds, longest=longest, **how))
    return network, dict(
        kind=place.kind,
        fibres=place.fibres,
        hidden=place.hidden,
        condition=name,
        lr=setting["lr"],
        delay_lr=setting.get("delay_lr", 0.0),
        common_mode=setting.get("common_mode", "none"),
        updates=rest.updates,
        best_look=rest.best + 1,
        seconds=f"{rest.seconds:.1f}",
        validation_loss=f"{rest.loss[rest.best]:.4f}",
        validation_error_deg=f"{rest.error_deg[rest.best]:.3f}",
        validation_rounded_error_deg=f"{evaluate(network.rounded(), *validation).error_deg:.3f}",
        curve_deg=" ".join(f"{error:.2f}" for error in rest.error_deg),
    )


def tune(seed, setting, longest=LONGEST):
    """A row of the tuning table: no sound but those for learning and validating."""
    return train(seed, setting, setting["place"].tune_seeds, longest)[1]


def test(seed, setting, longest=LONGEST):
    """A row of the test table: the tuned setting, on fresh sounds."""
    network, row = train(seed, setting, setting["place"].test_seeds, longest)
    return row | study.errors(network, seed)
