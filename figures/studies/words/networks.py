"""The network of a condition before it has learned anything, and its plain rivals."""

import torch
from torch import nn

from course_utils.network import DelayNetwork
from course_utils.words.listener import Listener


def network_of(condition, task, seed: int) -> DelayNetwork:
    """For a task that draws `(word, spikes)`; first delays are whole, so that rounding is free."""
    generator = torch.Generator().manual_seed(seed)
    if condition.plain:
        return Plain(condition, task, generator)
    network = Listener(
        task.channels,
        len(task.names),
        condition.hidden,
        condition.max_delay,
        dt_ms=task.dt_ms,
        tau_ms=condition.tau_ms,
        kind=condition.kind,
        estimator="gaussian" if condition.delays == "bell" else "linear",
        fan_in=condition.fan_in,
        recurrent=condition.recurrent,
        learn_delays=condition.moves,
        generator=generator,
    )
    for layer in network.delay_layers():
        layer.delays.data.round_()
    network.task = task
    return network


class Plain(DelayNetwork):
    """A rival without delays: it hears spikes, but none of its units fires.

    "counts" is multinomial regression on the spikes of each band, all in all, and "every bin" on
    those of each band and bin; "convolution" has one layer of 64 filters, 250 ms long, and the
    largest answer of each counts; "GRU" (Cho et al. 2014) has 64 units, and its last state counts.
    """

    def __init__(self, condition, task, generator):
        super().__init__()
        self.task, self.how = task, condition.plain
        channels, classes, width = task.channels, len(task.names), condition.hidden[0]
        # torch draws first weights from its global generator only
        with torch.random.fork_rng():
            torch.manual_seed(generator.initial_seed())
            if self.how == "convolution":
                self.inner = nn.Conv1d(channels, width, condition.max_delay + 1)
            elif self.how == "GRU":
                self.inner = nn.GRU(channels, width, batch_first=True)
            inward = {"counts": channels, "every bin": task.steps * channels}.get(self.how, width)
            self.out = nn.Linear(inward, classes)

    def forward(self, spikes):
        """Logits `(n, classes)` for spikes `(n, time, channels)`."""
        heard = spikes.float()
        if self.how == "counts":
            return self.out(heard.mean(1))
        if self.how == "every bin":
            return self.out(heard.flatten(1))
        if self.how == "convolution":
            return self.out(self.inner(heard.transpose(1, 2)).relu().amax(2))
        return self.out(self.inner(heard)[1][0])
