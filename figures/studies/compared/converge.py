"""Train one network until its validation stops falling, at rates that fall when it rests."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from course_utils.delay_optimizer import DelayOptimizer, SigmaSchedule
from course_utils.delays import Spread
from course_utils.network import DelayNetwork, DirectionNetwork
from course_utils.training import cross_entropy, evaluate

CHECK = 64  # updates between two looks at the validation sounds, and of the first warming up
BATCH = 64  # fresh sounds in each update
VALIDATION_SOUNDS = 1024
SOFT_LABELS = 1.0  # class widths
LEAST_GAIN = 0.005  # share of the validation loss by which a look has to be better
PATIENCE = 3  # looks without such a gain, and all rates fall
FACTOR = 0.2  # to this share
FALLS = 2  # that often; the next time, training ends
LONGEST = 3072  # updates, and training ends in any case
NARROWING = 512  # updates in which a bell or a tent narrows; looks count from then on


@dataclass
class Converged:
    """How a network came to rest; it is left as it was at its best look.

    Attributes
    ----------
    loss, error : list of float
        Cross entropy in nats and the error that a look tells, for the validation sounds.
    best : int
        The look (from 0) with the smallest loss.
    check : int
        Updates between two looks.
    seconds : float
        Processor time of training and looking.
    """

    loss: list
    error: list
    best: int
    check: int
    seconds: float

    @property
    def updates(self) -> int:
        """How many updates there were."""
        return self.check * len(self.loss)

    def then(self, later: "Converged") -> "Converged":
        """Both one after the other, left as the later one was."""
        return Converged(
            self.loss + later.loss,
            self.error + later.error,
            len(self.loss) + later.best,
            self.check,
            self.seconds + later.seconds,
        )


def direction_loss(network: DirectionNetwork, angle, spikes):
    """What a network of directions learns from."""
    return cross_entropy(network(spikes), angle, network.classes, SOFT_LABELS)


def direction_look(network: DirectionNetwork, angle, spikes) -> tuple[float, float]:
    """Cross entropy in nats and mean error in degrees."""
    report = evaluate(network, angle, spikes)
    return report.loss, report.error_deg


def converge(
    network: DelayNetwork,
    validation: tuple,
    generator: torch.Generator,
    *,
    lr: float,
    delay_lr: float = 0.0,
    common_mode: str = "removed",
    whole: str | None = None,
    chances: torch.Generator | None = None,
    longest: int = LONGEST,
    end: float | None = None,
    check: int = CHECK,
    narrowing: int = NARROWING,
    loss_of: Callable = direction_loss,
    look_at: Callable = direction_look,
    between: Callable | None = None,
) -> Converged:
    """Train `network` in place on fresh sounds, until its validation loss stops falling.

    Parameters
    ----------
    validation : (angle, spikes)
        Sounds that the rates and the best look go by.
    generator : torch.Generator
        Draws the sounds to learn from.
    lr : float
        First rate of the weights.
    delay_lr : float
        First rate of the delays, in steps per update; unused where no delay learns.
    common_mode : "removed", "free" or "each output"
        What all delays of a layer do together, or all those of one output (`DelayOptimizer`).
    whole : None, "nearest" or "stochastic"
        See `DelayOptimizer`.
    chances : torch.Generator
        For "stochastic".
    longest : int
        Updates at most.
    end : float
        Steps to which a bell narrows; by default the end of its rule.
    check, narrowing : int
        Updates between two looks, and until a bell or tent has narrowed.
    loss_of, look_at : callable
        `loss_of(network, *batch)` is what is made small; `look_at(network, *validation)` returns
        loss and error.
    between : callable
        `between(updates, weights)` is called after each look but the last ones, at full rates: it
        may change the network, and what the optimiser of the weights remembers.
    """
    removed = dict(removed=True, free=False).get(common_mode, common_mode)
    how = dict(remove_common_mode=removed, whole=whole, generator=chances)
    optimisers, narrow = (
        _optimisers(network, lr, delay_lr, how),
        _narrowing(network, end, narrowing),
    )
    peaks = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    begin = time.process_time()
    loss, error, best, kept = [], [], 0, None
    share, falls, bar, waited = 1.0, 0, math.inf, 0
    while check * len(loss) < longest:
        for update in range(check):
            warm = share if loss else (update + 1) / check
            for optimiser, peak in zip(optimisers, peaks, strict=True):
                optimiser.param_groups[0]["lr"] = warm * peak
            _update(network, [*optimisers, *narrow], generator, loss_of)
        now, wrong = look_at(network, *validation)
        loss.append(now)
        error.append(wrong)
        if narrow and check * len(loss) < min(narrowing, longest):
            continue  # what is still wide is no delay yet
        if kept is None or now < loss[best]:
            best, kept = len(loss) - 1, copy.deepcopy(network.state_dict())
        waited += 1
        if now < bar * (1 - LEAST_GAIN):
            bar, waited = now, 0
        if waited == PATIENCE:
            if falls == FALLS:
                break
            share, falls, waited = share * FACTOR, falls + 1, 0
        if between is not None and share == 1:
            between(check * len(loss), optimisers[0])
    network.load_state_dict(kept)
    return Converged(loss, error, best, check, time.process_time() - begin)


def _optimisers(network, lr, delay_lr, how):
    layers = [layer for layer in network.delay_layers() if layer.delays.requires_grad]
    delays = {id(layer.delays) for layer in layers}
    weights = [p for p in network.parameters() if p.requires_grad and id(p) not in delays]
    optimisers = [torch.optim.Adam(weights, lr=lr)]
    return optimisers + [
        DelayOptimizer([layer.delays], layer.max_delay, delay_lr, **how) for layer in layers
    ]


def _narrowing(network, end, updates):
    layers = [layer for layer in network.delay_layers() if isinstance(layer.rule, Spread)]
    return [SigmaSchedule(layer, updates, end=end) for layer in layers]


def _update(network, moving, generator, loss_of):
    """One update by all that is `moving`: optimisers, and widths that narrow."""
    loss = loss_of(network, *network.task.sample(BATCH, generator))
    network.zero_grad()
    loss.backward()
    for each in moving:
        each.step()
