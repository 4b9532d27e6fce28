"""The delays-only network against loops, and Jeffress's line against a shifted wave."""

import math

import pytest
import torch

from course_utils.coincidence import CoincidenceNetwork, jeffress_delays
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate

STIMULUS, CLASSES = Stimulus(fibres_per_ear=2, duration_ms=80), Classes(6)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def network(stimulus=STIMULUS, **settings):
    return CoincidenceNetwork(stimulus, CLASSES, 30, **settings, generator=seeded())


@pytest.mark.parametrize("synapse", ["multiplicative", "subtractive"])
def test_scores_by_hand(synapse):
    net = network(synapse=synapse, tau_ms=3, init=torch.randint(0, 31, (2, 6), generator=seeded()))
    spikes = sample(4, STIMULUS, seeded(1))[1]
    decay = math.exp(-1 / 3)
    for direction in range(6):
        traces = []
        for ear, waits in ((0, [15, 15]), (2, net.right.delays[:, direction].int().tolist())):
            trace, rows = torch.zeros(4), []
            for t in range(30, 80):
                arrived = sum(spikes[:, t - wait, ear + f].float() for f, wait in enumerate(waits))
                trace = decay * trace + (1 - decay) * arrived / 2
                rows.append(trace)
            traces.append(torch.stack(rows, 1))
        left, right = traces
        agree = left * right if synapse == "multiplicative" else -(left - right).abs()
        torch.testing.assert_close(net.scores(spikes)[:, direction], agree.mean(1))
    torch.testing.assert_close(net(spikes), 10 * net.scores(spikes))


def test_on_jeffress_line_it_points_and_with_exchanged_ears_it_points_the_other_way():
    stimulus = Stimulus(fibres_per_ear=20, duration_ms=130)
    net = network(stimulus, init=jeffress_delays(stimulus, CLASSES, 30), synapse="subtractive")
    ipd, spikes = sample(512, stimulus, seeded(1))
    assert evaluate(net, ipd, spikes).accuracy > 0.8  # chance: 1/6
    swapped = torch.cat(spikes.split(20, dim=2)[::-1], dim=2)
    assert evaluate(net, -ipd, swapped).accuracy > 0.8


def test_jeffress_line_makes_up_for_the_lead_of_the_right_ear():
    line = jeffress_delays(STIMULUS, CLASSES, 30)
    assert line.shape == (2, 6)
    lead = torch.deg2rad(torch.tensor([-75.0, -45, -15, 15, 45, 75])) / (2 * math.pi) * 50
    torch.testing.assert_close(line[0] - 15, lead)
    waits = network(init=line).internal_delay_ms()
    torch.testing.assert_close(waits, lead.expand(2, 6))


def test_only_right_delays_and_gain_learn():
    names = {name for name, p in network().named_parameters() if p.requires_grad}
    assert names == {"right.delays", "log_gain"}
    frozen = network(learn_delays=False)
    assert {n for n, p in frozen.named_parameters() if p.requires_grad} == {"log_gain"}


@pytest.mark.parametrize(
    "settings, says",
    [
        (dict(max_delay=31), "max_delay must be an even number of steps, not 31"),
        (dict(max_delay=80), "max_delay must be below the stimulus length"),
        (dict(synapse="additive"), "synapse must be one of 'multiplicative', 'subtractive'"),
        (dict(tau_ms=0), "tau_ms must be"),
    ],
)
def test_bad_arguments(settings, says):
    with pytest.raises(ValueError, match=says):
        CoincidenceNetwork(STIMULUS, CLASSES, **settings, generator=seeded())
