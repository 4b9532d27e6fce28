"""Two layers of delays and the recurrent network: what is heard, when, and what may be learned."""

import pytest
import torch

from course_utils.deeper import DeepLocaliser, RecurrentLocaliser
from course_utils.delays import shift_then_clip
from course_utils.neurons import leaky_readout, lif, recurrent_lif
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import fit

STIMULUS, CLASSES = Stimulus(fibres_per_ear=4, duration_ms=60), Classes(4)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def deep(**settings):
    settings = dict(hidden=(6, 5), max_delays=(20, 10)) | settings
    return DeepLocaliser(STIMULUS, CLASSES, **settings, generator=seeded())


def test_two_layers_are_two_layers_by_hand():
    network, (_, spikes) = deep(), sample(8, STIMULUS, seeded(1))
    first = lif(shift_then_clip(spikes, network.delays[0].delays, 20) @ network.weights[0], 5)
    second = lif(shift_then_clip(first, network.delays[1].delays, 10) @ network.weights[1], 5)
    assert first.shape == (8, 40, 6) and second.shape == (8, 30, 5)
    assert [h.shape for h in network.hidden_spikes(spikes)] == [first.shape, second.shape]
    torch.testing.assert_close(network(spikes), leaky_readout(second, network.w_out, 5))


def test_causal_padding_keeps_every_step_and_agrees_where_all_has_arrived():
    spikes = sample(8, STIMULUS, seeded(1))[1]
    clip, causal = deep(), deep(padding="causal")
    causal.load_state_dict(clip.state_dict())
    assert [h.shape[1] for h in causal.hidden_spikes(spikes)] == [60, 60]
    layer = causal.delays[0]
    late = layer(spikes)[:, 20:]
    torch.testing.assert_close(late, shift_then_clip(spikes, layer.delays, 20))


def test_both_layers_learn_and_stay_in_their_ranges():
    network = deep(max_delays=(20, 8))
    before = [layer.delays.detach().clone() for layer in network.delay_layers()]
    fit(network, seeded(2), 2, steps_per_epoch=10, delay_lr=5, progress=False)
    for layer, first, longest in zip(network.delay_layers(), before, (20, 8), strict=True):
        assert not torch.equal(layer.delays, first)
        assert layer.delays.min() >= 0 and layer.delays.max() <= longest
    rounded = [layer.delays for layer in network.rounded().delay_layers()]
    for layer, whole in zip(network.delay_layers(), rounded, strict=True):
        assert torch.equal(whole, layer.delays.round())
    assert not torch.equal(rounded[0], network.delays[0].delays)  # the original is as it was


def test_a_layer_without_delays_has_nothing_to_learn_there():
    network = deep(max_delays=(20, 0))
    assert [layer.delays.requires_grad for layer in network.delay_layers()] == [True, False]
    shortest = deep(max_delays=(1, 0))
    assert [layer.delays.requires_grad for layer in shortest.delay_layers()] == [True, False]
    frozen = deep(learn_delays=False)
    assert not any(layer.delays.requires_grad for layer in frozen.delay_layers())


def test_the_recurrent_network_by_hand():
    network = RecurrentLocaliser(STIMULUS, CLASSES, 6, skip_ms=20, generator=seeded())
    spikes = sample(8, STIMULUS, seeded(1))[1]
    how = dict(surrogate="superspike", slope=25)
    hidden = recurrent_lif(spikes.float() @ network.w_hidden, network.w_recurrent, 5, **how)
    assert hidden.any()
    torch.testing.assert_close(network(spikes), leaky_readout(hidden[:, 20:], network.w_out, 5))


def test_by_default_half_of_the_range_in_front_of_each_layer_and_no_step_skipped():
    longer = Stimulus(fibres_per_ear=4)
    network = DeepLocaliser(longer, CLASSES, generator=seeded())
    assert [layer.max_delay for layer in network.delay_layers()] == [25, 25]
    assert [tuple(w.shape) for w in network.weights] == [(8, 30), (30, 30)]
    recurrent = RecurrentLocaliser(STIMULUS, CLASSES, 6, generator=seeded())
    spikes = sample(8, STIMULUS, seeded(1))[1]
    every_step = leaky_readout(recurrent.hidden_spikes(spikes), recurrent.w_out, 5)
    torch.testing.assert_close(recurrent(spikes), every_step)


@pytest.mark.parametrize(
    "spikes, error, says",
    [
        (torch.zeros(2, 60, 7), ValueError, "spikes must have 8 channels, not 7"),
        (torch.zeros(60, 8), ValueError, "spikes must have 3 dimensions"),
        (torch.full((1, 60, 8), torch.nan), ValueError, "spikes must be finite"),
    ],
)
@pytest.mark.parametrize("kind", ["deep", "recurrent"])
def test_bad_spikes(kind, spikes, error, says):
    recurrent = RecurrentLocaliser(STIMULUS, CLASSES, 6, generator=seeded())
    with pytest.raises(error, match=says):
        (deep() if kind == "deep" else recurrent)(spikes)


def test_the_recurrent_network_learns_without_any_delay():
    network = RecurrentLocaliser(STIMULUS, CLASSES, 6, generator=seeded())
    before = network.w_recurrent.detach().clone()
    history = fit(network, seeded(2), 2, steps_per_epoch=10, progress=False)
    assert history.delays == [] and not torch.equal(network.w_recurrent, before)


@pytest.mark.parametrize(
    "settings, error, says",
    [
        (dict(max_delays=(40, 20)), ValueError, "max_delays must add up to less than 60 steps"),
        (dict(hidden=(6, 0)), ValueError, "hidden must be at least 1, not 0"),
        (dict(padding="full"), ValueError, "padding must be one of 'clip', 'causal', not 'full'"),
        (dict(tau_ms=-1), ValueError, "tau_ms must be"),
    ],
)
def test_bad_arguments_of_the_deep_network(settings, error, says):
    with pytest.raises(error, match=says):
        deep(**settings)


@pytest.mark.parametrize(
    "settings, error, says",
    [
        (dict(skip_ms=-1), ValueError, "skip_ms must be"),
        (dict(skip_ms=60), ValueError, "skip_ms must be less than the 60 ms there are, not 60"),
        (dict(slope=0), ValueError, "slope must be"),
        (dict(hidden=2.5), TypeError, "hidden must be a whole number"),
    ],
)
def test_bad_arguments_of_the_recurrent_network(settings, error, says):
    with pytest.raises(error, match=says):
        RecurrentLocaliser(STIMULUS, CLASSES, **settings, generator=seeded())
