"""Train one network until its validation stops falling, at rates that fall when it rests."""

import copy
import math
import time
from dataclasses import dataclass

import torch

from course_utils.delay_optimizer import DelayOptimizer, SigmaSchedule
from course_utils.delays import Spread
from course_utils.network import DirectionNetwork
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
    loss, error_deg : list of float
        Cross entropy in nats and mean error in degrees on the validation sounds, at each look.
    best : int
        The look (from 0) with the smallest loss.
    seconds : float
        Processor time of training and looking.
    """

    loss: list
    error_deg: list
    best: int
    seconds: float

    @property
    def updates(self) -> int:
        """How many updates there were."""
        return CHECK * len(self.loss)

    def then(self, later: "Converged") -> "Converged":
        """Both one after the other, left as the later one was."""
        return Converged(
            self.loss + later.loss,
            self.error_deg + later.error_deg,
            len(self.loss) + later.best,
            self.seconds + later.seconds,
        )


def converge(
    network: DirectionNetwork,
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
    """
    removed = dict(removed=True, free=False).get(common_mode, common_mode)
    how = dict(remove_common_mode=removed, whole=whole, generator=chances)
    optimisers, narrow = _optimisers(network, lr, delay_lr, how), _narrowing(network, end)
    peaks = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    begin = time.process_time()
    loss, error_deg, best, kept = [], [], 0, None
    share, falls, bar, waited = 1.0, 0, math.inf, 0
    while CHECK * len(loss) < longest:
        for update in range(CHECK):
            warm = share if loss else (update + 1) / CHECK
            for optimiser, peak in zip(optimisers, peaks, strict=True):
                optimiser.param_groups[0]["lr"] = warm * peak
            _update(network, [*optimisers, *narrow], generator)
        report = evaluate(network, *validation)
        loss.append(report.loss)
        error_deg.append(report.error_deg)
        if narrow and CHECK * len(loss) < min(NARROWING, longest):
            continue  # what is still wide is no delay yet
        if kept is None or report.loss < loss[best]:
            best, kept = len(loss) - 1, copy.deepcopy(network.state_dict())
        waited += 1
        if report.loss < bar * (1 - LEAST_GAIN):
            bar, waited = report.loss, 0
        if waited == PATIENCE:
            if falls == FALLS:
                break
            share, falls, waited = share * FACTOR, falls + 1, 0
    network.load_state_dict(kept)
    return Converged(loss, error_deg, best, time.process_time() - begin)


def _optimisers(network, lr, delay_lr, how):
    layers = [layer for layer in network.delay_layers() if layer.delays.requires_grad]
    delays = {id(layer.delays) for layer in layers}
    weights = [p for p in network.parameters() if p.requires_grad and id(p) not in delays]
    optimisers = [torch.optim.Adam(weights, lr=lr)]
    return optimisers + [
        DelayOptimizer([layer.delays], layer.max_delay, delay_lr, **how) for layer in layers
    ]


def _narrowing(network, end):
    layers = [layer for layer in network.delay_layers() if isinstance(layer.rule, Spread)]
    return [SigmaSchedule(layer, NARROWING, end=end) for layer in layers]


def _update(network, moving, generator):
    """One update by all that is `moving`: optimisers, and widths that narrow."""
    angle, spikes = network.task.sample(BATCH, generator)
    loss = cross_entropy(network(spikes), angle, network.classes, SOFT_LABELS)
    network.zero_grad()
    loss.backward()
    for each in moving:
        each.step()
