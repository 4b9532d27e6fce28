"""The same numbers under inference mode, in low precision and autocast; results may be edited."""

import pytest
import torch

from course_utils import delays, neurons
from course_utils.delays import DelayLayer
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

SMALL = Stimulus(fibres_per_ear=4)
KINDS = ("axonal", "dendritic", "synaptic")
RULES = ("linear", "straight_through", "gaussian", "triangle", "prototype")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def network(kind="axonal", estimator="linear"):
    return Localiser(SMALL, Classes(4), 6, 20, kind=kind, estimator=estimator, generator=seeded(1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_in_inference_mode_leaves_nothing_behind(kind):
    _, spikes = sample(900, SMALL, seeded(2))  # more than any test before: the buffer is new
    with torch.inference_mode():
        first = network(kind)(spikes)
    trained = network(kind)
    out = trained(spikes)
    out.sum().backward()
    assert torch.equal(out.detach(), first)
    assert trained.delay.delays.grad is not None
    fit(trained, seeded(3), 1, steps_per_epoch=2, validation_samples=8, progress=False)
    assert evaluate(trained, *sample(8, SMALL, seeded(4))).loss > 0


@pytest.mark.parametrize("kind", KINDS)
def test_training_works_after_measuring_in_inference_mode(kind):
    trained = network(kind)
    for _ in range(2):
        with torch.inference_mode():
            evaluate(trained, *sample(300, SMALL, seeded(2)))
        fit(trained, seeded(3), 1, steps_per_epoch=2, validation_samples=8, progress=False)


def made_by(name):
    """A result that has a gradient, and the leaf that it comes from."""
    x = torch.rand(3, 20, 4, generator=seeded(5)).round().requires_grad_()
    weight = torch.rand(4, 2, generator=seeded(6))
    if name in KINDS:
        outputs = None if name == "axonal" else 2
        net = DelayLayer(4, 5, kind=name, outputs=outputs, generator=seeded(7))
        return net.then_linear(x, weight), x
    if name == "lif":
        return neurons.lif(2 * x, 5), x
    if name == "recurrent lif":
        return neurons.recurrent_lif(2 * x, torch.eye(4), 5), x
    if name == "spike":
        return neurons.spike(x - 0.5), x
    if name == "whole delays":
        return delays.shift_then_clip(x, torch.tensor([0.0, 1, 2, 5]), 5), x
    way = getattr(delays, name)
    if name == "delayed_linear":
        return way(x, torch.tensor([0.5, 1, 2.5, 5]), weight, 5), x
    return way(x, torch.tensor([0.5, 1, 2.5, 5]), 5), x


@pytest.mark.parametrize(
    "name",
    [*KINDS, "lif", "recurrent lif", "spike", "whole delays", "pad_then_shift", "shift_causal",
     "shift_then_clip", "shift_by_grid_sample", "delayed_linear"],
)  # fmt: skip
def test_a_result_can_be_edited_before_it_is_used(name):
    edited, x = made_by(name)
    edited[..., :1] = 0
    (edited**2).sum().backward()
    got = x.grad
    masked, x = made_by(name)
    mask = torch.ones_like(masked)
    mask[..., :1] = 0
    ((masked * mask) ** 2).sum().backward()
    assert got.abs().sum() > 0
    torch.testing.assert_close(got, x.grad)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", RULES)
def test_a_network_in_bfloat16_runs_and_learns(kind, estimator):
    net = network(kind, estimator).to(torch.bfloat16)
    _, spikes = sample(16, SMALL, seeded(2))
    out = net(spikes)
    out.float().square().sum().backward()
    assert out.dtype == torch.bfloat16 and torch.isfinite(out).all()
    for parameter in net.parameters():
        assert torch.isfinite(parameter.grad).all() and parameter.grad.dtype == torch.bfloat16


@pytest.mark.parametrize("kind", ["axonal", "synaptic"])
def test_the_fast_path_keeps_its_precision_under_autocast(kind):
    """Forward and backward, to the last bit: one pass in half precision would be seen."""
    _, spikes = sample(16, SMALL, seeded(2))
    grads = []
    for enabled in (False, True):
        net = network(kind, "linear")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            current = net.delay.then_linear(spikes, net.w_hidden)
            current.square().sum().backward()
        grads.append((current.detach(), net.w_hidden.grad, net.delay.delays.grad))
    assert all(a.dtype == torch.float32 and torch.equal(a, b) for a, b in zip(*grads, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("estimator", RULES)
def test_a_network_under_autocast_gives_nearly_the_same(kind, estimator):
    ipd, spikes = sample(64, SMALL, seeded(2))
    plain, cast = network(kind, estimator), network(kind, estimator)
    expected = plain(spikes)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = cast(spikes)
    # A current near threshold may fall on its other side: nearly all answers, not all of them.
    near = ((out.float() - expected).abs() < 0.05).double().mean()
    assert near > 0.8
    for answer in (expected, out):
        torch.nn.functional.cross_entropy(answer.float(), Classes(4).index(ipd)).backward()
    for a, b in zip(plain.parameters(), cast.parameters(), strict=True):
        assert torch.isfinite(b.grad).all()
        assert torch.nn.functional.cosine_similarity(a.grad.flatten(), b.grad.flatten(), 0) > 0.8


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_neurons_keep_their_dtype(dtype):
    current = torch.rand(2, 30, 3, generator=seeded(8)).to(dtype)
    spikes, potential = neurons.lif(current, 5, return_potential=True)
    assert spikes.dtype == potential.dtype == dtype
    assert torch.equal(spikes, (potential >= 1).to(dtype))
    steady, _ = neurons.lif(torch.full((1, 30, 1), 0.5, dtype=dtype), 5, return_potential=True)
    assert steady.flatten()[:6].tolist() == [0, 0, 1, 0, 0, 1]
