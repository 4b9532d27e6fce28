"""Measuring and stepping: cross entropy, Report and DelayOptimizer against plain numbers."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import DelayOptimizer, cross_entropy, evaluate

STIMULUS = Stimulus(fibres_per_ear=8, duration_ms=75)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def small(classes=4):
    """A network in double precision: batches of any size then agree to the last digits."""
    network = Localiser(STIMULUS, Classes(classes), 12, 40, generator=seeded())
    with torch.no_grad():
        network.w_out *= 20  # clear answers, right or wrong
    return network.double()


def plain_cross_entropy(logits, ipd, n, soft_labels):
    total = 0.0
    for row, angle in zip(logits.double().tolist(), ipd.double().tolist(), strict=True):
        middles = (np.arange(n) + 0.5) * np.pi / n - np.pi / 2
        if soft_labels:
            target = np.exp(-(((middles - angle) / (soft_labels * np.pi / n)) ** 2) / 2)
            target /= target.sum()
        else:
            target = np.zeros(n)
            target[min(n - 1, int((angle + np.pi / 2) // (np.pi / n)))] = 1
        total += (target * (logsumexp(row) - np.array(row))).sum()
    return total / len(logits)


@given(st.integers(1, 20), st.sampled_from([0.0, 0.1, 0.5, 1.0, 5.0]), st.integers(0, 999))
def test_cross_entropy_is_its_formula(n, soft_labels, seed):
    logits = 3 * torch.randn(6, n, generator=seeded(seed), dtype=torch.float64)
    ipd = (torch.rand(6, generator=seeded(seed + 1)) - 0.5) * math.pi
    found = cross_entropy(logits, ipd, Classes(n), soft_labels)
    assert float(found) == pytest.approx(plain_cross_entropy(logits, ipd, n, soft_labels), rel=1e-5)


def test_names_the_class_only_by_default():
    logits = torch.tensor([[0.0, 0.0], [3.0, 0.0]])
    loss = cross_entropy(logits, torch.tensor([-0.1, 0.1]), Classes(2))
    assert float(loss) == pytest.approx((math.log(2) + math.log(1 + math.exp(3))) / 2)


def test_a_sound_between_two_classes_has_soft_labels_for_both():
    # at the edge of classes 1 and 2 both are equally right, to any width
    logits = torch.randn(1, 4, generator=seeded(), requires_grad=True)
    cross_entropy(logits, torch.zeros(1), Classes(4), 0.3).backward()
    share = torch.softmax(logits.detach(), 1) - logits.grad  # target = softmax - gradient
    assert share[0, 1] == pytest.approx(float(share[0, 2]), abs=1e-6)
    assert share.sum() == pytest.approx(1, abs=1e-5)


def test_a_report_is_what_numpy_says():
    network = small()
    ipd, spikes = sample(60, STIMULUS, seeded(1))
    report = evaluate(network, ipd, spikes)
    logits = network(spikes).detach().numpy()
    truth = ipd.double().numpy()
    middles = (np.arange(4) + 0.5) * np.pi / 4 - np.pi / 2
    label = np.digitize(truth, np.linspace(-np.pi / 2, np.pi / 2, 5)[1:-1])
    winner = logits.argmax(1)
    assert len(set(winner)) > 1
    share = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
    errors = {
        "error_deg": np.degrees(np.abs(share @ middles - truth)),
        "argmax_error_deg": np.degrees(np.abs(middles[winner] - truth)),
    }
    assert report.label.tolist() == label.tolist()
    assert report.winner.tolist() == winner.tolist()
    assert report.accuracy == pytest.approx(np.mean(label == winner))
    assert report.loss == pytest.approx(plain_cross_entropy(torch.from_numpy(logits), ipd, 4, 0))
    np.testing.assert_allclose(report.angle, truth)
    np.testing.assert_allclose(report.softmax_mean, share @ middles, atol=1e-6)
    np.testing.assert_allclose(report.argmax, middles[winner], atol=1e-6)
    counts = np.zeros((4, 4))
    for true, named in zip(label, winner, strict=True):
        counts[true, named] += 1
    assert report.confusion.tolist() == counts.tolist()
    for name, error in errors.items():
        assert getattr(report, name) == pytest.approx(error.mean(), rel=1e-5)
    error = errors["error_deg"]
    half = 1.96 * error.std(ddof=1) / math.sqrt(60)
    ends = error.mean() - half, error.mean() + half
    assert report.error_interval_deg == pytest.approx(ends, rel=1e-4)
    assert str(report) == (
        f"{100 * np.mean(label == winner):.1f} % of 4 classes, "
        f"argmax {errors['argmax_error_deg'].mean():.2f}°, "
        f"softmax mean {errors['error_deg'].mean():.2f}° (60 sounds)"
    )


def test_a_confusion_matrix_has_a_row_for_classes_without_a_sound():
    ipd, spikes = sample(3, STIMULUS, seeded(1), ipd=-1.5)
    report = evaluate(small(9), ipd, spikes)
    assert report.confusion.shape == (9, 9)
    assert report.confusion.sum(1).tolist() == [3, 0, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("batch_size", [1, 7, 20, 512])
def test_the_batch_size_does_not_matter(batch_size):
    ipd, spikes = sample(20, STIMULUS, seeded(2))
    whole = evaluate(small(), ipd, spikes, batch_size=1000)
    parts = evaluate(small(), ipd, spikes, batch_size=batch_size)
    torch.testing.assert_close(parts.softmax_mean, whole.softmax_mean, rtol=1e-9, atol=1e-9)
    assert parts.loss == pytest.approx(whole.loss)


def test_measuring_leaves_no_gradient_and_changes_nothing():
    network = small()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    report = evaluate(network, *sample(5, STIMULUS, seeded(2)))
    assert not report.softmax_mean.requires_grad
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.loss = 0.0
    assert all(p.grad is None for p in network.parameters())
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_one_sound_has_an_error_but_no_interval():
    _, spikes = sample(1, STIMULUS, seeded(3), ipd=0.25)
    report = evaluate(small(), [0.25], spikes)
    assert report.error_deg >= 0 and math.isnan(report.error_interval_deg[0])


SPIKES = sample(3, STIMULUS, seeded())[1]


@pytest.mark.parametrize(
    "ipd, spikes, error, says",
    [
        (torch.zeros(0), SPIKES[:0], ValueError, "at least one, not 0 and 0"),
        (torch.zeros(2), SPIKES, ValueError, "same number of sounds.* not 2 and 3"),
        ([0.0, 2, 0], SPIKES, ValueError, "angle must lie within .*not 2.0000"),
        ([0.0, math.nan, 0], SPIKES, ValueError, "angle must be finite"),
        (torch.zeros(3), SPIKES[..., 1:], ValueError, "spikes must have 16 channels, not 15"),
        (torch.zeros(3), SPIKES[0], ValueError, "spikes must have 3 dimensions"),
        (torch.zeros(3), [1, 2, 3], TypeError, "spikes must be a torch.Tensor, not list"),
    ],
)
def test_sounds_that_cannot_be_measured(ipd, spikes, error, says):
    with pytest.raises(error, match=says):
        evaluate(small(), ipd, spikes)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_size_below_one(batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be at least 1, not {batch_size}"):
        evaluate(small(), torch.zeros(3), SPIKES, batch_size=batch_size)


def delays_at(*values):
    return torch.nn.Parameter(torch.tensor(values))


def push(optimiser, delays, *gradient):
    delays.grad = torch.tensor(gradient)
    optimiser.step()


@pytest.mark.parametrize("lr", [0.5, 0.01])
def test_the_first_step_is_the_learning_rate_in_steps(lr):
    delays = delays_at(10.0, 10.0, 10.0)
    push(DelayOptimizer([delays], 50, lr), delays, 3.0, -1e-3, 0.0)
    assert delays.tolist() == pytest.approx([10 - lr, 10 + lr, 10], abs=1e-4)


def test_the_default_step_is_half_a_step():
    delays = delays_at(10.0)
    push(DelayOptimizer([delays], 50), delays, 1.0)
    assert delays.item() == pytest.approx(9.5, abs=1e-4)


@given(st.integers(0, 999), st.sampled_from([0.1, 1.0, 30.0]), st.booleans())
def test_no_delay_ever_leaves_its_range(seed, lr, gauge):
    delays = torch.nn.Parameter(8 * torch.rand(6, generator=seeded(seed)))
    optimiser = DelayOptimizer([delays], 8, lr, remove_common_mode=gauge)
    for step in range(20):
        push(optimiser, delays, *torch.randn(6, generator=seeded(seed + step)).tolist())
        assert delays.min() >= 0 and delays.max() <= 8
    assert delays.std() > 0


@pytest.mark.parametrize("start, bound, outward", [(7.5, 8, -1.0), (0.5, 0, 1.0)])
def test_a_delay_pushed_over_its_bound_comes_back(start, bound, outward):
    delays = delays_at(start)
    optimiser = DelayOptimizer([delays], 8, 0.5)
    for _ in range(4):
        push(optimiser, delays, outward)
    assert delays.item() == bound
    for _ in range(15):
        push(optimiser, delays, -outward)
    assert 0.5 < abs(delays.item() - bound) < 8


def test_the_common_mode_is_removed_and_nothing_else():
    gradient = torch.tensor([1.0, 1.0, 1.0, -1.0])
    free, held = delays_at(10.0, 12.0, 14.0, 16.0), delays_at(10.0, 12.0, 14.0, 16.0)
    push(DelayOptimizer([free], 50), free, *gradient.tolist())
    push(DelayOptimizer([held], 50, remove_common_mode=True), held, *gradient.tolist())
    assert free.mean().item() == pytest.approx(12.75, abs=1e-4)
    assert held.mean().item() == pytest.approx(13, abs=1e-5)
    torch.testing.assert_close(held - held.mean(), free - free.mean(), rtol=0, atol=1e-5)


def test_a_push_that_all_delays_share_moves_none():
    delays = delays_at(10.0, 12.0, 14.0)
    optimiser = DelayOptimizer([delays], 50, remove_common_mode=True)
    for _ in range(10):
        push(optimiser, delays, 2.0, 2.0, 2.0)
    assert delays.tolist() == pytest.approx([10, 12, 14], abs=1e-4)


def test_each_layer_keeps_its_own_common_mode():
    first, second = delays_at(10.0, 12.0), delays_at(20.0, 30.0)
    optimiser = DelayOptimizer([first, second], 50, remove_common_mode=True)
    first.grad, second.grad = torch.tensor([1.0, 1.0]), torch.tensor([-1.0, 1.0])
    optimiser.step()
    assert first.tolist() == pytest.approx([10, 12], abs=1e-4)
    assert second.tolist() == pytest.approx([20.5, 29.5], abs=1e-4)


def test_delays_without_a_gradient_stay():
    delays = delays_at(10.0, 12.0)
    DelayOptimizer([delays], 50, remove_common_mode=True).step()
    assert delays.tolist() == [10, 12]


def test_a_closure_is_asked_for_the_loss():
    delays = delays_at(10.0)

    def closure():
        optimiser.zero_grad()
        loss = (delays**2).sum()
        loss.backward()
        return loss

    optimiser = DelayOptimizer([delays], 50)
    assert optimiser.step(closure).item() == 100
    assert delays.item() == pytest.approx(9.5, abs=1e-4)


@pytest.mark.parametrize(
    "settings, error, says",
    [
        (dict(max_delay=-1), ValueError, "max_delay must be at least 0, not -1"),
        (dict(max_delay=1.5), TypeError, "max_delay must be a whole number, not 1.5"),
        (dict(lr=0), ValueError, "lr must be .*not 0"),
        (dict(lr=-0.5), ValueError, "lr must be .*not -0.5"),
        (dict(lr=math.nan), ValueError, "lr must be .*not nan"),
        (dict(lr="fast"), TypeError, "lr must be a number, not 'fast'"),
    ],
)
def test_bad_settings_of_the_optimiser(settings, error, says):
    with pytest.raises(error, match=says):
        DelayOptimizer([delays_at(1.0)], **({"max_delay": 5} | settings))
