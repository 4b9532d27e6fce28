"""The optimiser of delays: Adam's steps, bounds, whole numbers, the gauge."""

import copy
import pickle

import pytest
import torch
from torch import nn

from course_utils.delay_optimizer import Anneal, DelayOptimizer, SigmaSchedule
from course_utils.delays import Bell, DelayLayer

MAX_DELAY = 20


def delays(*values):
    return nn.Parameter(torch.tensor(values, dtype=torch.float64))


def push(parameter, optimiser, gradient, times=1):
    for _ in range(times):
        parameter.grad = torch.as_tensor(gradient, dtype=torch.float64).expand_as(parameter).clone()
        optimiser.step()


def test_away_from_bounds_it_is_adam():
    ours, adams = delays(5.0, 9.0, 12.5), delays(5.0, 9.0, 12.5)
    mine = DelayOptimizer([ours], MAX_DELAY, lr=0.3)
    adam = torch.optim.Adam([adams], lr=0.3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(15):
        gradient = torch.randn(3, generator=generator, dtype=torch.float64)
        push(ours, mine, gradient)
        push(adams, adam, gradient)
    torch.testing.assert_close(ours, adams, rtol=0, atol=1e-6)


@pytest.mark.parametrize("whole", [None, "nearest", "stochastic"])
def test_a_delay_pushed_over_its_bound_stays_inside_and_comes_back(whole):
    d = delays(1.0, 19.0)
    generator = torch.Generator().manual_seed(0)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=1.0, whole=whole, generator=generator)
    push(d, optimiser, torch.tensor([1.0, -1.0]), times=30)
    assert d.tolist() == [0, MAX_DELAY]
    push(d, optimiser, torch.tensor([-1.0, 1.0]), times=60)
    assert d[0] > 2 and d[1] < MAX_DELAY - 2


@pytest.mark.parametrize("whole", ["nearest", "stochastic"])
def test_whole_delays_stay_whole_and_follow_the_carried_sum(whole):
    """Steps far below one half are not lost: they add up to what a continuous delay moves."""
    start = torch.linspace(5, 15, 200, dtype=torch.float64).round().tolist()
    d, free = delays(*start), delays(*start)
    generator = torch.Generator().manual_seed(1)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=0.07, whole=whole, generator=generator)
    continuous = DelayOptimizer([free], MAX_DELAY, lr=0.07)
    for _ in range(30):
        push(d, optimiser, 1.0)
        push(free, continuous, 1.0)
        assert torch.equal(d, d.round()) and d.min() >= 0 and d.max() <= MAX_DELAY
    assert (d - free).abs().max() <= (0.5 if whole == "nearest" else 1.0) + 1e-9
    assert float((d - free).mean().detach().abs()) < 0.15


def test_stochastic_rounding_is_fair():
    d = delays(*[10.0] * 4000)
    generator = torch.Generator().manual_seed(2)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=0.3, whole="stochastic", generator=generator)
    push(d, optimiser, -1.0)  # every delay wants 10.3
    share = float((d == 11).double().mean())
    assert set(d.tolist()) == {10.0, 11.0} and abs(share - 0.3) < 4 * (0.21 / 4000) ** 0.5


def test_without_carry_small_steps_would_be_lost():
    """The control: rounding the parameter alone never moves it."""
    d = delays(10.0)
    adam = torch.optim.Adam([d], lr=0.3)
    push(d, adam, -1.0)
    assert float(d.detach().round()) == 10
    ours = delays(10.0)
    push(ours, DelayOptimizer([ours], MAX_DELAY, lr=0.3, whole="nearest"), -1.0, times=4)
    assert float(ours.detach()) == 11


def test_the_common_mode_is_removed():
    d = delays(6.0, 9.0, 13.0)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=0.2, remove_common_mode=True)
    generator = torch.Generator().manual_seed(3)
    for _ in range(20):
        push(d, optimiser, torch.randn(3, generator=generator, dtype=torch.float64) + 5)
    assert abs(float(d.mean().detach()) - 28 / 3) < 1e-12
    drifting = delays(6.0, 9.0, 13.0)
    push(drifting, DelayOptimizer([drifting], MAX_DELAY, lr=0.2), 5.0, times=20)
    assert float(drifting.mean().detach()) < 28 / 3 - 3


def test_the_common_mode_of_each_output_is_removed_and_nothing_else():
    d = torch.nn.Parameter(torch.tensor([[6.0, 9.0], [13.0, 5.0], [8.0, 11.0]]))
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=0.2, remove_common_mode="each output")
    generator = torch.Generator().manual_seed(3)
    for update in range(20):
        d.grad = torch.randn(3, 2, generator=generator) + torch.tensor([5.0, -3.0])
        optimiser.step()
        if not update:  # Adam's first step is one of lr for each, whatever the gradient's size
            signs = d.grad.sign()
            wanted = torch.tensor([[6.0, 9.0], [13.0, 5.0], [8.0, 11.0]])
            wanted -= 0.2 * (signs - signs.mean(0))
            torch.testing.assert_close(d.detach(), wanted)
    torch.testing.assert_close(d.detach().mean(0), torch.tensor([9.0, 25 / 3]))


def test_only_synaptic_delays_have_a_common_mode_of_each_output():
    optimiser = DelayOptimizer([delays(3.0)], MAX_DELAY)
    with pytest.raises(ValueError, match=r"remove_common_mode must be .* shape \(2,\): only syn"):
        optimiser.add_param_group(dict(params=[delays(3.0, 4.0)], remove_common_mode="each output"))
    assert len(optimiser.param_groups) == 1
    with pytest.raises(ValueError, match="remove_common_mode must be one of .* not 'each neuron'"):
        DelayOptimizer([delays(3.0)], MAX_DELAY, remove_common_mode="each neuron")


def test_a_learning_rate_schedule_reaches_it():
    d = delays(10.0)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, 1, 0.1)
    push(d, optimiser, 1.0)
    schedule.step()
    before = float(d.detach())
    push(d, optimiser, 1.0)
    assert abs(before - float(d.detach()) - 0.1) < 1e-6


@pytest.mark.parametrize("whole", [None, "nearest"])
def test_saved_and_loaded_it_goes_on_alike(whole, tmp_path):
    d = delays(5.0, 9.0)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=0.3, whole=whole)
    push(d, optimiser, torch.tensor([1.0, -0.4]), times=4)
    torch.save([d.data, optimiser.state_dict()], tmp_path / "state.pt")
    values, state = torch.load(tmp_path / "state.pt", weights_only=True)
    twin = nn.Parameter(values)
    again = DelayOptimizer([twin], MAX_DELAY, lr=0.3, whole=whole)
    again.load_state_dict(state)
    push(d, optimiser, torch.tensor([-1.0, 0.2]), times=5)
    push(twin, again, torch.tensor([-1.0, 0.2]), times=5)
    assert torch.equal(d, twin)


def test_a_closure_is_called_and_no_gradient_is_no_step():
    d = delays(5.0)
    optimiser = DelayOptimizer([d], MAX_DELAY)
    assert optimiser.step() is None and float(d.detach()) == 5

    def closure():
        loss = (d**2).sum()
        optimiser.zero_grad()
        loss.backward()
        return loss

    assert float(optimiser.step(closure).detach()) == 25 and float(d.detach()) < 5


@pytest.mark.parametrize(
    "arguments, error, says",
    [
        (dict(max_delay=-1), ValueError, "max_delay must be at least 0, not -1"),
        (dict(lr=0.0), ValueError, "lr must be .* not 0.0"),
        (dict(lr=float("nan")), ValueError, "lr must be .* not nan"),
        (dict(betas=(0.9, 1.5)), ValueError, "betas must be .* not 1.5"),
        (dict(betas=(0.9, 1.0)), ValueError, "betas must be below 1.* not 1"),
        (dict(betas=(1.0, 0.9)), ValueError, "betas must be below 1.* not 1"),
        (dict(eps=0.0), ValueError, "eps must be .* not 0.0"),
        (dict(whole="up"), ValueError, "whole must be one of .* not 'up'"),
        (dict(whole="stochastic"), TypeError, "generator must be a torch.Generator"),
    ],
)
def test_bad_arguments(arguments, error, says):
    with pytest.raises(error, match=says):
        DelayOptimizer([delays(1.0)], **(dict(max_delay=MAX_DELAY) | arguments))


@pytest.mark.parametrize("estimator, end", [("gaussian", 0.23), ("triangle", 1.0)])
def test_sigma_shrinks_geometrically_and_then_stays(estimator, end):
    layer = DelayLayer(3, MAX_DELAY, estimator, init=1.0)
    schedule = SigmaSchedule(layer, updates=4)
    seen = [layer.rule.sigma]
    for _ in range(6):
        schedule.step()
        seen.append(layer.rule.sigma)
    ratios = [b / a for a, b in zip(seen[:4], seen[1:5], strict=True)]
    assert seen[0] == MAX_DELAY / 2 and abs(seen[4] - end) < 1e-12 and seen[4] == seen[6]
    assert max(ratios) - min(ratios) < 1e-12


@pytest.mark.parametrize("narrow", [dict(end=0.23), dict(start=0.5), dict(end=0.5)])
def test_a_tent_narrower_than_a_step_is_refused_before_it_gives_nan(narrow):
    layer = DelayLayer(3, MAX_DELAY, "triangle", init=1.5)
    with pytest.raises(ValueError, match=f"{next(iter(narrow))} must be .* between 1 and inf"):
        SigmaSchedule(layer, updates=4, **narrow)
    layer.rule.sigma = next(iter(narrow.values()))
    with pytest.raises(ValueError, match="sigma must be .* between 1 and inf"):
        layer(torch.ones(1, MAX_DELAY + 5, 3))


@pytest.mark.parametrize("sigma", [0.01, 1e-30])
def test_a_bell_is_never_too_narrow_for_its_numbers(sigma):
    spikes = torch.ones(1, MAX_DELAY + 5, 3)
    if sigma < 0.01:
        with pytest.raises(ValueError, match="sigma must be .* between 0.01 and inf"):
            DelayLayer(3, MAX_DELAY, Bell(sigma), init=1.5)
    else:
        assert torch.isfinite(DelayLayer(3, MAX_DELAY, Bell(sigma), init=1.5)(spikes)).all()


def two_groups(**how):
    first, second = delays(5.3), delays(7.4)
    optimiser = DelayOptimizer([first], MAX_DELAY, **how)
    optimiser.add_param_group({"params": [second], "max_delay": 8})
    return first, second, optimiser


def test_delays_that_are_added_later_are_whole_as_well_and_keep_their_own_range():
    first, second, optimiser = two_groups(lr=3.0, whole="nearest")
    assert (first.item(), second.item()) == (5, 7)
    push(first, optimiser, 0.0)
    second.grad = torch.full_like(second, -1.0)
    optimiser.step()
    assert second.item() == 8


@pytest.mark.parametrize("bad", [dict(lr=-1.0), dict(whole="up"), dict(betas=(0.9, 1.0))])
def test_a_bad_group_is_refused_and_not_added(bad):
    first = delays(5.3)
    optimiser = DelayOptimizer([first], MAX_DELAY)
    with pytest.raises(ValueError, match=f"{next(iter(bad))} must be"):
        optimiser.add_param_group({"params": [delays(7.4)]} | bad)
    assert len(optimiser.param_groups) == 1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("whole", [None, "nearest", "stochastic"])
def test_a_copy_goes_on_alike(copied, whole):
    generator = torch.Generator().manual_seed(5)
    d = delays(*[10.0] * 50)
    optimiser = DelayOptimizer([d], MAX_DELAY, lr=0.3, whole=whole, generator=generator)
    push(d, optimiser, -1.0)
    twin = copied(optimiser)
    (other,) = twin.param_groups[0]["params"]
    push(d, optimiser, -1.0, times=3)
    push(other, twin, -1.0, times=3)
    assert torch.equal(d, other) and other is not d


def test_sigma_of_a_layer_that_has_none():
    with pytest.raises(ValueError, match=r"layer must spread .* not by Interpolate\(\)"):
        SigmaSchedule(DelayLayer(3, MAX_DELAY, init=1.0), updates=4)


def test_an_attribute_is_annealed_geometrically_and_then_held():
    class Owner:
        tau_ms = 1.0

    owner = Owner()
    schedule = Anneal(owner, "tau_ms", 40, 10, updates=2)
    seen = [owner.tau_ms]
    for _ in range(4):
        schedule.step()
        seen.append(owner.tau_ms)
    assert seen == pytest.approx([40, 20, 10, 10, 10])
    with pytest.raises(ValueError, match="name must be an attribute of Owner, not 'sigma'"):
        Anneal(owner, "sigma", 1, 2, 3)
    with pytest.raises(ValueError, match="start must be"):
        Anneal(owner, "tau_ms", 0, 2, 3)
