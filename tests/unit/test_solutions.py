"""The solutions of lessons 6 to 8 say what the course's own code does."""

import itertools

import pytest
import torch
from exercise_pages import NOTEBOOKS, exercises
from scipy.optimize import brentq

from course_utils import tables
from course_utils.deeper import RecurrentLocaliser
from course_utils.delay_optimizer import DelayOptimizer
from course_utils.network import Localiser
from course_utils.neurons import leak, recurrent_lif
from course_utils.stimuli import Classes, Stimulus

SOLUTIONS = exercises(NOTEBOOKS / "solutions")
GENERATOR = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("kind", ["axonal", "synaptic"])
def test_the_shelf_holds_as_many_lags_as_a_network_with_random_delays(kind):
    network = Localiser(Stimulus(fibres_per_ear=3), Classes(), 4, kind=kind, generator=GENERATOR)
    each = network.delay.delays.detach().double().reshape(6, -1)
    found = {float(r - x) for d in each.T for x, r in itertools.product(d[:3], d[3:])}
    assert len(found) == SOLUTIONS["exercise_6_1"](3, 4, kind)


def test_the_gain_from_pairs_is_the_middle_of_its_interval():
    pairs = {"frozen": [19.5, 12.0, 24.5], "learned": [17.0, 12.5, 22.0]}
    rows = [
        {"way": way, "seed": seed, "error": error}
        for way, errors in pairs.items()
        for seed, error in enumerate(errors)
    ]
    found = tables.paired_interval(rows, "error", *({"way": way} for way in pairs))
    mean, error = map(float, SOLUTIONS["exercise_6_2"](*pairs.values()))
    t = 4.302653  # 97.5 % of Student's t, two degrees of freedom
    assert found == pytest.approx([mean, mean - t * error, mean + t * error], rel=1e-5)


def test_whole_steps_are_those_of_the_optimiser():
    delays = torch.tensor([2.0, 25.0, 48.0], requires_grad=True)
    free = torch.full((3,), 500.0, requires_grad=True)  # takes the same steps, far from its edges
    ours = DelayOptimizer([delays], 50, whole="nearest")
    wishes = DelayOptimizer([free], 1000)
    mine, carry = delays.tolist(), [0.0] * 3
    for _ in range(60):
        before = free.detach().clone()
        free.grad = delays.grad = torch.randn(3, generator=GENERATOR) + torch.tensor([1.0, 0.2, -1])
        ours.step(), wishes.step()
        moves = (free.detach() - before).tolist()
        now = zip(mine, carry, moves, strict=True)
        steps = [SOLUTIONS["exercise_7_1"](*delay, 50) for delay in now]
        mine, carry = zip(*steps, strict=True)
        assert delays.tolist() == pytest.approx(mine)


def test_the_common_mode_is_held_as_by_the_optimiser():
    free, held = (torch.linspace(10, 40, 5).requires_grad_() for _ in range(2))
    before = free.detach().clone()
    free.grad = held.grad = torch.randn(5, generator=GENERATOR)
    DelayOptimizer([free], 50).step()
    DelayOptimizer([held], 50, remove_common_mode=True).step()
    mine = SOLUTIONS["exercise_7_2"](before, free.detach())
    torch.testing.assert_close(mine, held.detach())


def test_the_gradient_of_a_weight_is_how_the_crossing_moves():
    weights = torch.tensor([0.6, 0.5, 0.4], dtype=torch.float64)
    arrivals = torch.tensor([1.0, 2.5, 4.0], dtype=torch.float64)

    def pulses(t):
        s = (t - arrivals).clamp(min=0) / 5
        return s * torch.exp(1 - s)

    def crossing(weights):
        return brentq(lambda t: float(weights @ pulses(t)) - 1, 2.5, 9, xtol=1e-13)

    moment = crossing(weights)
    slopes = (pulses(moment + 1e-6) - pulses(moment - 1e-6)) / 2e-6
    steps = 1e-5 * torch.eye(3, dtype=torch.float64)
    central = [(crossing(weights + h) - crossing(weights - h)) / 2e-5 for h in steps]
    exact = SOLUTIONS["exercise_7_3"](weights, pulses(moment), slopes)
    assert exact.tolist() == pytest.approx(central, rel=1e-5)


@pytest.mark.parametrize("kind", ["axonal", "dendritic", "synaptic", "recurrent"])
def test_the_price_is_what_a_network_has_in_front_of_its_readout(kind):
    stimulus, classes = Stimulus(fibres_per_ear=4), Classes(12)
    if kind == "recurrent":
        network = RecurrentLocaliser(stimulus, classes, 5, generator=GENERATOR)
    else:
        network = Localiser(stimulus, classes, 5, kind=kind, generator=GENERATOR)
    learned = sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert learned - network.w_out.numel() == SOLUTIONS["exercise_8_2"](8, 5, kind)


def test_a_step_of_recurrence_is_that_of_the_course():
    current = torch.randn(3, 40, 6, generator=GENERATOR)
    weight = torch.randn(6, 6, generator=GENERATOR)
    v = s = torch.zeros(3, 6)
    spikes = recurrent_lif(current, weight, 5)
    for now, fired in zip(current.unbind(1), spikes.unbind(1), strict=True):
        v = SOLUTIONS["exercise_8_3"](v, s, now, weight, leak(5))
        s = (v >= 1).float()
        assert torch.equal(s, fired)
