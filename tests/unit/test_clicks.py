"""Two clicks: the gap is where it should be, and neither count nor mean moment tells it."""

import math

import pytest
import torch

from course_utils.clicks import ClickPair


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


EXACT = ClickPair(channels=3, answer_share=1, jitter_ms=0, background_hz=0)


@pytest.mark.parametrize("gap", [5.0, 20.0, 65.0])
def test_every_fibre_hears_two_clicks_with_the_gap_between_them(gap):
    angle, spikes = EXACT.sample(40, seeded(), gap_ms=gap)
    assert spikes.shape == (40, 140, 3) and spikes.dtype == torch.bool
    assert (spikes.sum(1) == 2).all()
    times = spikes[:, :, 0].nonzero()[:, 1].view(40, 2)
    assert ((times[:, 1] - times[:, 0] - gap).abs() <= 1).all()  # rounded to steps
    assert ((times.sum(1) / 2 - 50).abs() <= 10.5).all()
    assert torch.allclose(EXACT.gap_ms(angle), torch.tensor(gap))


def test_angles_and_gaps_are_one_scale():
    ends = torch.tensor([-math.pi / 2, 0, math.pi / 2])
    assert torch.allclose(EXACT.gap_ms(ends), torch.tensor([5.0, 35, 65]))
    angle, _ = EXACT.sample(4000, seeded())
    assert angle.abs().max() <= math.pi / 2
    gaps = EXACT.gap_ms(angle)
    assert abs(float(gaps.mean()) - 35) < 1.5 and gaps.min() < 6 and gaps.max() > 64


def test_neither_the_count_nor_the_mean_moment_tells_the_gap():
    task = ClickPair()
    angle, spikes = task.sample(20_000, seeded())
    gap = task.gap_ms(angle)
    counts = spikes.sum((1, 2)).float()
    middle = (spikes.sum(2) * torch.arange(140.0)).sum(1) / counts
    for feature in (counts, middle):
        correlation = torch.corrcoef(torch.stack([gap, feature]))[0, 1]
        assert abs(correlation) < 4 / math.sqrt(20_000)


def test_answers_and_background_come_as_often_as_said():
    task = ClickPair(channels=50, answer_share=0.8, background_hz=2)
    _, spikes = task.sample(500, seeded())
    assert float(spikes[:, 110:].float().mean()) == pytest.approx(0.002, rel=0.15)
    assert float(spikes.sum(1).float().mean()) == pytest.approx(2 * 0.8 + 0.28, rel=0.03)


def test_the_same_seed_repeats_the_sounds():
    first, second = (ClickPair().sample(5, seeded(3)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    "settings, error, says",
    [
        (dict(channels=0), ValueError, "channels must be at least 1, not 0"),
        (dict(shortest_ms=-1), ValueError, "shortest_ms must be"),
        (dict(longest_ms=80), ValueError, "longest_ms must be a finite number between 5 and 70"),
        (dict(longest_ms=5), ValueError, "longest_ms must be"),
        (dict(dt_ms=0), ValueError, "dt_ms must be"),
        (dict(answer_share=1.1), ValueError, "answer_share must be"),
        (dict(jitter_ms="1"), TypeError, "jitter_ms must be a number"),
        (dict(jitter_ms=5.5), ValueError, "jitter_ms must be"),
        (dict(background_hz=1001), ValueError, "background_hz must be"),
        (dict(background_hz=501, dt_ms=2), ValueError, "background_hz must be"),
    ],
)
def test_bad_settings(settings, error, says):
    with pytest.raises(error, match=says):
        ClickPair(**settings)


def test_the_ends_of_every_range_are_allowed():
    ClickPair(shortest_ms=0, longest_ms=70, answer_share=0, jitter_ms=5, background_hz=500, dt_ms=2)
    angle, spikes = ClickPair().sample(0, seeded())
    assert angle.shape == (0,) and spikes.shape == (0, 140, 20)
    angle, _ = ClickPair().sample(2, seeded(), gap_ms=torch.tensor([5.0, 65.0]))
    assert torch.allclose(angle, torch.tensor([-math.pi / 2, math.pi / 2]))


def test_bad_arguments_of_sample():
    with pytest.raises(ValueError, match="gap_ms must lie between 5 and 65 ms, not 66"):
        EXACT.sample(2, seeded(), gap_ms=66.0)
    with pytest.raises(ValueError, match="gap_ms must lie between 5 and 65 ms, not 66"):
        EXACT.sample(2, seeded(), gap_ms=torch.tensor([65.0, 66.0]))
    with pytest.raises(TypeError, match="generator must be a torch.Generator"):
        EXACT.sample(2, None)
