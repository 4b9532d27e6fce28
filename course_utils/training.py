"""Fitting a localiser and measuring it: `fit` and `evaluate`."""

import copy
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from . import arguments as valid
from .delay_optimizer import WHOLE, Anneal, DelayOptimizer, SigmaSchedule
from .delays import DelayLayer, Spread
from .network import DirectionNetwork
from .stimuli import Classes, Task, valid_angle


@dataclass
class History:
    """What happened while a network was fitted; one entry per epoch.

    Attributes
    ----------
    loss, validation_loss : list of float
        Mean cross entropy in nats; fresh data for the second.
    validation_error_deg : list of float
        Mean absolute error of the softmax mean, in degrees.
    delays : list of tensor
        Delays of the first delay layer in steps, of its shape, before the first epoch and after
        each; empty where there are none.
    seconds : float
        Training time, without validation.
    best_epoch : int
        Epoch (from 1) whose weights were kept.
    chance_loss : float
        ln(number of classes).
    """

    chance_loss: float
    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_error_deg: list[float] = field(default_factory=list)
    delays: list[Tensor] = field(default_factory=list)
    seconds: float = 0.0
    best_epoch: int = 0


class Schedule(Protocol):
    """What changes something from update to update, such as `delay_optimizer.Anneal`."""

    def step(self) -> object:
        """Move on by one update."""
        ...


def fit(
    network: DirectionNetwork,
    generator: torch.Generator,
    epochs: int = 20,
    *,
    steps_per_epoch: int = 64,
    batch_size: int = 64,
    data: tuple[Tensor, Tensor] | None = None,
    lr: float = 0.02,
    delay_lr: float = 0.1,
    soft_labels: float = 0.0,
    remove_common_mode: bool | str = True,
    whole_delays: str | None = None,
    anneal: float = 0.25,
    schedules: Iterable[Schedule] = (),
    validation_samples: int = 1024,
    progress: bool = True,
) -> History:
    """Train `network` in place, and leave it with the weights of its best epoch.

    Adam for the weights and `DelayOptimizer` for the delays, both on a one-cycle schedule;
    the loss is the cross entropy of the softmax of the readouts. The best epoch is the one with
    the smallest validation loss.

    Parameters
    ----------
    network : DirectionNetwork
        On any device. Sounds are drawn on the CPU, so that all devices hear the same, and every
        batch is brought to the network.
    generator : torch.Generator
        Draws training and validation sounds of the network's task, and the order of stored data.
    epochs, steps_per_epoch, batch_size : int
        `steps_per_epoch` updates of `batch_size` sounds in each epoch.
    data : (angle, spikes), optional
        Stored training data on any device, reused in every epoch; the last incomplete batch is
        left out. By default every batch is drawn fresh.
    lr : float
        Peak learning rate of the weights.
    delay_lr : float
        Peak learning rate of the delays, in steps per update.
    soft_labels : float
        Width in class widths of a bell around the true angle as target; 0 names the class only.
    remove_common_mode, whole_delays
        `remove_common_mode` and `whole` of `DelayOptimizer`. With the common mode removed the
        error was smaller or alike in four places, and with a rate of 0.1 alike to 0.5 (family G of
        `figures/studies/PLAN.md`); where the hearer has a clock of its own, pass False. A layer of
        one delay keeps it: it has nothing else.
    anneal : float
        Share of all updates over which a layer that spreads its delays (`delays.Bell`, `Tent`)
        narrows; such a network is validated with its delays rounded.
    schedules : iterable of Schedule
        Further schedules, such as `delay_optimizer.Anneal`: each one's `step()` is called after
        every update. A `SigmaSchedule` of your own takes the place of the one from `anneal`.
    validation_samples : int
        Fresh sounds drawn once for validation.
    progress : bool
        If True show a bar with loss and error.

    Raises
    ------
    ValueError, TypeError
        For bad numbers, a missing generator, or data that do not fit the network.
    """
    valid.random_generator(generator)
    counts = dict(epochs=epochs, steps_per_epoch=steps_per_epoch, batch_size=batch_size)
    for name, value in (counts | dict(validation_samples=validation_samples)).items():
        valid.whole_number(name, value)
    valid.finite_number("soft_labels", soft_labels, 0)
    if data is not None:
        steps_per_epoch = min(steps_per_epoch, _stored_batches(data, network, batch_size))
    valid.finite_number("anneal", anneal, 0, 1)
    valid.one_of("whole_delays", whole_delays, WHOLE)
    how = dict(whole=whole_delays, remove_common_mode=remove_common_mode, generator=generator)
    optimisers = _optimisers(network, lr, delay_lr, how)
    if not isinstance(schedules, Iterable):
        raise TypeError(f"schedules must be a sequence, not {type(schedules).__name__}")
    schedules = list(schedules)
    schedules += _narrowing(network, anneal, epochs * steps_per_epoch, schedules)
    schedules += [_one_cycle(optimiser, epochs * steps_per_epoch) for optimiser in optimisers]
    validation = network.task.sample(validation_samples, generator)
    history = History(chance_loss=math.log(network.classes.n))
    history.delays += _first_delays(network)
    best: tuple[float, dict[str, Any] | None] = math.inf, None
    bar = tqdm(range(1, epochs + 1), disable=not progress, desc="epoch", mininterval=0.5)
    for epoch in bar:
        begin = time.perf_counter()
        losses = [
            _update(network, angle, spikes, soft_labels, optimisers, schedules)
            for angle, spikes in _batches(
                network.task, generator, steps_per_epoch, batch_size, data
            )
        ]
        history.seconds += time.perf_counter() - begin
        report = evaluate(network.rounded() if _spreads(network) else network, *validation)
        history.loss.append(sum(losses) / steps_per_epoch)
        history.validation_loss.append(report.loss)
        history.validation_error_deg.append(report.error_deg)
        history.delays += _first_delays(network)
        if report.loss < best[0]:
            best = report.loss, copy.deepcopy(network.state_dict())
            history.best_epoch = epoch
        bar.set_postfix(loss=f"{history.loss[-1]:.3f}", error=f"{report.error_deg:.2f}°")
    if best[1] is not None:
        network.load_state_dict(best[1])
    return history


def _update(
    network: DirectionNetwork,
    angle: Tensor,
    spikes: Tensor,
    soft_labels: float,
    optimisers: list[torch.optim.Optimizer],
    schedules: list[Schedule],
) -> float:
    """One step of everything that moves, after one batch; returns the batch's loss."""
    answer = network(spikes.to(network.device))
    loss = cross_entropy(answer, angle, network.classes, soft_labels)
    for optimiser in optimisers:
        optimiser.zero_grad()
    loss.backward()
    for mover in (*optimisers, *schedules):
        mover.step()
    return float(loss.detach())


def cross_entropy(
    logits: Tensor, angle: Tensor, classes: Classes, soft_labels: float = 0.0
) -> Tensor:
    """Mean cross entropy in nats of `(n, classes)` logits for angles `(n,)` in radians.

    With `soft_labels` > 0 the target is a bell of that many class widths around the angle.
    """
    if not soft_labels:
        return F.cross_entropy(logits, classes.index(angle).to(logits.device))
    away = (classes.midpoints.to(angle.device) - angle[:, None]) / (classes.width * soft_labels)
    return F.cross_entropy(logits, torch.softmax(-(away**2) / 2, dim=1).to(logits))


def _spreads(network: DirectionNetwork) -> list[DelayLayer]:
    return [layer for layer in network.delay_layers() if isinstance(layer.rule, Spread)]


def _narrowing(
    network: DirectionNetwork, share: float, updates: int, given: Iterable[Schedule]
) -> list[SigmaSchedule]:
    """A schedule for each layer that spreads its delays and has none among those `given`."""
    theirs = {id(s.owner) for s in given if isinstance(s, Anneal) and s.name == "sigma"}
    over = max(1, round(share * updates))
    return [SigmaSchedule(s, over) for s in _spreads(network) if id(s.rule) not in theirs]


def _one_cycle(optimiser: torch.optim.Optimizer, updates: int) -> Schedule:
    peaks = [group["lr"] for group in optimiser.param_groups]
    return torch.optim.lr_scheduler.OneCycleLR(optimiser, peaks, updates)


def _first_delays(network: DirectionNetwork) -> list[Tensor]:
    """Delays of the first delay layer as they are now, in a list; an empty one if there is none."""
    return [layer.delays.detach().cpu().clone() for layer in network.delay_layers()[:1]]


def _optimisers(
    network: DirectionNetwork, lr: float, delay_lr: float, how: dict[str, Any]
) -> list[torch.optim.Optimizer]:
    """Adam for the weights, and a `DelayOptimizer` for each layer of delays to be learned."""
    valid.finite_number("lr", lr, 0, math.inf, exclusive=True)
    valid.finite_number("delay_lr", delay_lr, 0, math.inf, exclusive=True)
    layers = [layer for layer in network.delay_layers() if layer.delays.requires_grad]
    delays = {id(layer.delays) for layer in layers}
    weights = [p for p in network.parameters() if id(p) not in delays and p.requires_grad]
    optimisers: list[torch.optim.Optimizer] = []
    if weights:
        optimisers.append(torch.optim.Adam(weights, lr=lr))
    for layer in layers:
        own = how if layer.delays.numel() > 1 else how | {"remove_common_mode": False}
        optimisers.append(DelayOptimizer([layer.delays], layer.max_delay, delay_lr, **own))
    if not optimisers:
        raise ValueError("network must have at least one parameter that requires a gradient")
    return optimisers


def _stored_batches(data: tuple[Tensor, Tensor], network: DirectionNetwork, batch_size: int) -> int:
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise TypeError(f"data must be a pair (angle, spikes), not {type(data).__name__}")
    angle, spikes = data
    if not isinstance(angle, Tensor):
        raise TypeError(f"data must hold tensors, not {type(angle).__name__}")
    if valid_angle("data", angle).ndim != 1:
        raise ValueError(f"data must have angles of shape (n,), not {tuple(angle.shape)}")
    valid.binary_spikes("data", spikes, network.task.channels)
    if len(angle) != len(spikes) or len(angle) < batch_size:
        raise ValueError(
            f"data must hold as many angles as spike trains, and at least one batch of "
            f"{batch_size}, not {len(angle)} and {len(spikes)}"
        )
    return len(angle) // batch_size


def _batches(
    task: Task,
    generator: torch.Generator,
    count: int,
    batch_size: int,
    data: tuple[Tensor, Tensor] | None,
) -> Iterator[tuple[Tensor, Tensor]]:
    if data is None:
        for _ in range(count):
            yield task.sample(batch_size, generator)
        return
    angle, spikes = data
    order = torch.randperm(len(angle), generator=generator)
    for chosen in order[: count * batch_size].view(count, batch_size):
        yield angle[chosen.to(angle.device)], spikes[chosen.to(spikes.device)]


@dataclass(frozen=True)
class Report:
    """How well a network points, on sounds it never saw.

    Attributes
    ----------
    angle, softmax_mean, argmax : tensor `(n,)`, radians
        The truth, and the two ways to read the network's answer.
    label, winner : tensor `(n,)`, class numbers
    loss : float
        Cross entropy in nats.
    """

    classes: Classes
    angle: Tensor
    softmax_mean: Tensor
    argmax: Tensor
    label: Tensor
    winner: Tensor
    loss: float

    @property
    def accuracy(self) -> float:
        """Share of sounds whose class is named."""
        return float((self.label == self.winner).double().mean())

    @property
    def error_deg(self) -> float:
        """Mean absolute error of the softmax mean against the continuous angle, in degrees."""
        return self._error(self.softmax_mean)[0]

    @property
    def argmax_error_deg(self) -> float:
        """Mean absolute error of the winner's midpoint, in degrees."""
        return self._error(self.argmax)[0]

    @property
    def error_interval_deg(self) -> tuple[float, float]:
        """95 % interval of `error_deg` over test sounds (normal approximation)."""
        mean, half = self._error(self.softmax_mean)
        return mean - half, mean + half

    def _error(self, estimate: Tensor) -> tuple[float, float]:
        error = torch.rad2deg((estimate.double() - self.angle).abs())
        spread = float(error.std()) if len(error) > 1 else math.nan
        return float(error.mean()), 1.96 * spread / math.sqrt(len(error))

    @property
    def confusion(self) -> Tensor:
        """Counts `(true class, named class)`."""
        n = self.classes.n
        return torch.bincount(self.label * n + self.winner, minlength=n * n).view(n, n)

    def __str__(self) -> str:
        return (
            f"{100 * self.accuracy:.1f} % of {self.classes.n} classes, "
            f"argmax {self.argmax_error_deg:.2f}°, softmax mean {self.error_deg:.2f}° "
            f"({len(self.angle)} sounds)"
        )


@torch.no_grad()
def evaluate(
    network: DirectionNetwork, angle: Tensor, spikes: Tensor, batch_size: int = 512
) -> Report:
    """Measure `network` on angles `(n,)` in radians and spikes `(n, time, channels)`.

    Each may be on a device of its own; every batch is brought to the network. The report is on the
    CPU.

    Raises
    ------
    ValueError, TypeError
        If there is no sound, or `angle` and `spikes` do not belong together.
    """
    angle = valid_angle("angle", torch.as_tensor(angle))
    if angle.ndim != 1:
        raise ValueError(f"angle must have shape (n,), not {tuple(angle.shape)}")
    valid.spike_tensor("spikes", spikes, network.task.channels)
    valid.whole_number("batch_size", batch_size)
    if not len(angle) or len(angle) != len(spikes):
        raise ValueError(
            f"angle and spikes must hold the same number of sounds, at least one, "
            f"not {len(angle)} and {len(spikes)}"
        )
    parts = spikes.split(batch_size)
    logits = torch.cat([network(part.to(network.device)).cpu() for part in parts])
    angle = angle.cpu()
    return Report(
        classes=network.classes,
        angle=angle.double(),
        softmax_mean=network.decode(logits),
        argmax=network.decode(logits, "argmax"),
        label=network.classes.index(angle),
        winner=logits.argmax(1),
        loss=float(cross_entropy(logits, angle, network.classes)),
    )
