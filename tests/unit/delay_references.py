"""Slow and plain: what a delay means, in loops that share no line with `course_utils.delays`."""

import math

import torch
from hypothesis import strategies as st


def value_at(train, time):
    """Spikes at a real-valued `time`, linear between steps and silent outside the recording."""
    before = math.floor(time)
    share = time - before
    total = 0.0
    for step, part in ((before, 1 - share), (before + 1, share)):
        if part and 0 <= step < len(train):
            total += part * float(train[step])
    return total


def plain_shift(spikes, delays, first, count):
    """Spikes `(n, time, channel)` delayed, read on the input's clock from `first` on."""
    n, _, channels = spikes.shape
    delays = torch.as_tensor(delays).tolist()
    out = torch.zeros(n, count, channels, dtype=torch.float64)
    for i in range(n):
        for c in range(channels):
            for row in range(count):
                out[i, row, c] = value_at(spikes[i, :, c].tolist(), first + row - delays[c])
    return out


def method_b(spikes, delays, max_delay):
    return plain_shift(spikes, delays, max_delay, spikes.shape[1] - max_delay)


def method_a(spikes, delays, max_delay):
    return plain_shift(spikes, delays, 0, spikes.shape[1] + max_delay)


def central_difference(loss, delays, step):
    """Slope of `loss(delays)` in every delay, by moving one delay `step` up and down."""
    slopes = []
    for c in range(len(delays)):
        up, down = delays.clone(), delays.clone()
        up[c] += step
        down[c] -= step
        slopes.append((float(loss(up)) - float(loss(down))) / (2 * step))
    return torch.tensor(slopes, dtype=torch.float64)


def random_spikes(seed, n, steps, channels, dtype=torch.bool, share=0.4):
    generator = torch.Generator().manual_seed(seed)
    spikes = torch.rand(n, steps, channels, generator=generator) < share
    return spikes if dtype == torch.bool else spikes.to(dtype)


def random_values(seed, *shape, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@st.composite
def settings_of_a_shift(draw, fractional=True):
    """(spikes, delays, max_delay) of any small shape, dtype and memory layout."""
    steps = draw(st.integers(2, 12))
    max_delay = draw(st.sampled_from(sorted({0, 1, steps // 2, steps - 1})))
    n, channels = draw(st.sampled_from([0, 1, 2, 5])), draw(st.integers(1, 4))
    dtype = draw(st.sampled_from([torch.bool, torch.float32, torch.float64]))
    spikes = random_spikes(draw(st.integers(0, 999)), n, steps, channels, dtype)
    if draw(st.booleans()):  # the same values, laid out with the batch running fastest
        spikes = spikes.permute(2, 1, 0).contiguous().permute(2, 1, 0)
    if draw(st.booleans()):  # every second sample of a larger batch
        wide = torch.zeros(2 * n, steps, channels, dtype=spikes.dtype)
        wide[::2] = spikes
        spikes = wide[::2]
    whole = st.integers(0, max_delay).map(float)
    kinds = [whole, st.just(0.0), st.just(float(max_delay))]
    if fractional:
        # quarters are exact in float32, and the second kind is any number
        kinds += [st.integers(0, 4 * max_delay).map(lambda quarter: quarter / 4)]
        kinds += [st.floats(0, max_delay, width=32, allow_subnormal=False)]
    delays = draw(st.lists(st.one_of(kinds), min_size=channels, max_size=channels))
    return spikes, torch.tensor(delays, dtype=torch.float64), max_delay
