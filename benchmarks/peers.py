"""Delay layers side by side: are their gradients right, do delays die, how long does a step take?

    python benchmarks/peers.py [--rounds N]

All of them delay the same spikes. What counts as right is the course's definition: the shift itself
for values, and at whole delays the central difference of the shift for gradients. A layer that is
not installed is left out. Writes `figures/peers.csv` and, for our bell against that of DCLS,
`figures/dcls_bell.csv`.
"""

import argparse
import csv
import importlib
import importlib.util
import statistics
import time
from pathlib import Path

import torch
from train_step import allocated_mb, interleaved_ms
from variants import dcls_layer, grid_delay, indexed_delay

from course_utils.delays import Bell, DelayLayer, Tent, shift_then_clip

FIGURES = Path(__file__).resolve().parent.parent / "figures"
MAX_DELAY, STEPS, CHANNELS, HIDDEN, BATCH = 50, 150, 200, 30, 64
SIGMAS = (0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
LIBRARIES = ("snntorch", "spikingjelly", "norse")


class Ours:
    """A `DelayLayer`, with `project_` after each step."""

    def __init__(self, first, estimator):
        self.layer = DelayLayer(len(first), MAX_DELAY, estimator, init=first)
        self.delays = self.layer.delays

    def __call__(self, spikes):
        return self.layer(spikes)

    def gradient(self):
        return self.delays.grad

    def outside(self, delays):
        """Delays as an optimiser may leave them, and then what the layer does about it."""
        self.delays.data.copy_(delays)
        self.layer.project_()

    def linear(self, spikes, weight):
        return self.layer.then_linear(spikes, weight)

    def stepwise(self, spikes):
        """The sequence, a step at a time; None where there is no such thing."""
        if self.layer.rule.acting(self.delays) is None:
            return None
        state = self.layer.initial_state(len(spikes))
        return torch.stack([self.layer.step(now, state) for now in spikes.unbind(1)], 1)


class Plain:
    """A function of spikes and delays, as a user would write it."""

    def __init__(self, first, shift, remedy=lambda delays: delays):
        self.delays = first.clone().requires_grad_()
        self.shift, self.remedy = shift, remedy

    def __call__(self, spikes):
        return self.shift(spikes, self.delays)

    def gradient(self):
        return self.delays.grad

    def outside(self, delays):
        self.delays.data.copy_(self.remedy(delays))

    def linear(self, spikes, weight):
        return self(spikes) @ weight

    def stepwise(self, spikes):
        return None


class Dcls(Plain):
    """DCLS's grouped convolution; its positions count backwards from the middle of the kernel."""

    def __init__(self, first, version, sigma=None):
        self.layer = dcls_layer(len(first), version).to(first.dtype)
        self.layer.weight.requires_grad_(False)
        if sigma is not None:
            self.layer.SIG.data.fill_(sigma)
            self.layer.SIG.requires_grad_(False)
        self.delays = self.layer.P
        self.set(first)

    def set(self, delays):
        self.layer.P.data.copy_((MAX_DELAY - delays).view(1, -1, 1, 1) - (MAX_DELAY + 1) // 2)

    def __call__(self, spikes):
        return self.layer(spikes.transpose(1, 2)).transpose(1, 2)

    def gradient(self):
        return -self.layer.P.grad.flatten()

    def outside(self, delays):
        self.set(delays)
        self.layer.clamp_parameters()


def two_gathers(spikes, delays):
    """Linear interpolation of two whole shifts, with the gradient that autograd finds."""
    held = delays.clamp(0, MAX_DELAY)
    whole = held.detach().floor().clamp(max=MAX_DELAY - 1)
    part = held - whole
    return (1 - part) * indexed_delay(spikes, whole) + part * indexed_delay(spikes, whole + 1)


def spikingjelly_steps(spikes):
    """SpikingJelly's delay, one whole number for all channels; does a step give the sequence?"""
    from spikingjelly.activation_based.layer import Delay

    whole, one = Delay(3, step_mode="m"), Delay(3)
    stepwise = torch.stack([one(now) for now in spikes.unbind(1)])
    return float((whole(spikes.transpose(0, 1)) - stepwise).abs().max())


def peers(first):
    """Every layer that is here, by name."""
    found = {
        "ours, linear": Ours(first, "linear"),
        "ours, straight_through": Ours(first, "straight_through"),
        "ours, gaussian of 2 steps": Ours(first, Bell(2.0)),
        "ours, triangle of 2 steps": Ours(first, Tent(2.0)),
        "two gathers, clamped": Plain(first, two_gathers),
        "affine_grid and grid_sample": Plain(first, grid_delay),
    }
    if importlib.util.find_spec("DCLS"):
        found["DCLS v1, linear"] = Dcls(first, "v1")
        found["DCLS gauss of 2 steps"] = Dcls(first, "gauss", 2 - 0.27)
        found["DCLS max, triangle of 2 steps"] = Dcls(first, "max", 1.0)
    return found


def at_whole_delays(layer, spikes, delays, toward):
    """How far values and gradients are off, relative to the largest; and the gradients' size."""
    layer.outside(delays)
    out = layer(spikes)
    exact = shift_then_clip(spikes, delays, MAX_DELAY)
    (out * toward).sum().backward()
    later = shift_then_clip(spikes, (delays + 1).clamp(max=MAX_DELAY), MAX_DELAY)
    sooner = shift_then_clip(spikes, (delays - 1).clamp(min=0), MAX_DELAY)
    central = ((later - sooner) / 2 * toward).sum((0, 1))
    found = layer.gradient()
    share = float((found @ central) / (central @ central))
    off = float((found - central).norm() / central.norm())
    return float((out - exact).abs().max()), share, off


def dead_share(layer, spikes, toward):
    """Share of delays without any gradient after a step of the optimiser took them outside."""
    half = CHANNELS // 2
    layer.outside(torch.cat([torch.full((half,), -1.5), torch.full((half,), MAX_DELAY + 1.5)]))
    layer.delays.grad = None
    (layer(spikes) * toward).sum().backward()
    gradient = layer.gradient()
    return float((gradient.abs() <= 1e-9 * toward.abs().sum()).float().mean())


def rows(rounds):
    """One row for each layer."""
    generator = torch.Generator().manual_seed(0)
    spikes = (torch.rand(BATCH, STEPS, CHANNELS, generator=generator) < 0.2).float()
    toward = torch.randn(BATCH, STEPS - MAX_DELAY, CHANNELS, generator=generator)
    whole = torch.randint(1, MAX_DELAY, (CHANNELS,), generator=generator).float()
    weight = torch.randn(CHANNELS, HIDDEN, generator=generator).requires_grad_()
    table, runs, layers = [], {}, peers(whole)
    for name, layer in layers.items():
        value_off, share, off = at_whole_delays(layer, spikes, whole, toward)
        dead = dead_share(layer, spikes, toward)
        layer.outside(whole + 0.5)
        stepwise = layer.stepwise(spikes)
        clipped = None if stepwise is None else stepwise[:, MAX_DELAY:]
        step_off = "" if clipped is None else float((clipped - layer(spikes)).abs().max())
        table.append([name, value_off, share, off, dead, step_off])
        runs[name] = lambda layer=layer: layer.linear(spikes, weight).square().sum().backward()
    for row, times in zip(
        table, interleaved_ms(runs, rounds, time.process_time).values(), strict=True
    ):
        row += [statistics.median(times), allocated_mb(runs[row[0]])]
    for name in filter(importlib.util.find_spec, LIBRARIES):
        step_off = spikingjelly_steps(spikes) if name == "spikingjelly" else ""
        what = "one whole delay for all channels" if name == "spikingjelly" else "no delay layer"
        if name != "spikingjelly" and any("delay" in n.lower() for n in delay_names(name)):
            raise AssertionError(f"{name} has a delay layer now: {delay_names(name)}")
        table.append([f"{name}: {what}", "", "", "", "", step_off, "", ""])
    return table


def delay_names(library):
    """Classes of a library whose name says that they delay."""
    place = {"snntorch": "snntorch", "norse": "norse.torch"}[library]
    module = importlib.import_module(place)
    return [n for n in dir(module) if "Delay" in n and isinstance(getattr(module, n), type)]


def bells():
    """Our bell and that of DCLS in double precision: largest relative differences.

    The width of DCLS is 0.27 more than its parameter `SIG`.
    """
    from DCLS.construct.modules import Dcls1d

    longest, channels, outputs = 20, 6, 4
    generator = torch.Generator().manual_seed(0)
    options = dict(generator=generator, dtype=torch.float64)
    spikes = (torch.rand(4, 80, channels, **options) < 0.3).double()
    for kind in ("axonal", "synaptic"):
        shape = (channels, channels if kind == "axonal" else outputs)
        groups = channels if kind == "axonal" else 1
        for sigma in SIGMAS:
            worst = [0.0, 0.0, 0.0]
            for part in (0.0, 0.25, 0.5, 0.9):
                delays = torch.randint(0, longest, shape, generator=generator) + part
                delays[0, 0], delays[1, 0] = 0, longest
                weight = torch.randn(shape, **options)
                if kind == "axonal":
                    delays, weight = delays[:, 0], weight[:, 0]
                how = dict(kernel_count=1, groups=groups, bias=False, version="gauss")
                theirs = Dcls1d(channels, shape[1], dilated_kernel_size=longest + 1, **how).double()
                as_theirs = (1, *theirs.weight.shape)
                places = (longest - delays - (longest + 1) // 2).double()
                theirs.P.data.copy_(places.t().reshape(as_theirs))
                theirs.weight.data.copy_(weight.t().reshape(theirs.weight.shape))
                theirs.SIG.data.fill_(sigma - 0.27)
                found = ours_and_gradients(spikes, delays, weight, sigma, longest, kind, generator)
                out = theirs(spikes.transpose(1, 2)).transpose(1, 2)
                out.backward(found[3])
                back = [-theirs.P.grad, theirs.weight.grad]
                back = [g.reshape(weight.t().shape).t() for g in back]
                for k, (a, b) in enumerate(zip(found[:3], [out.detach(), *back], strict=True)):
                    worst[k] = max(worst[k], float((a - b).abs().max() / b.abs().max()))
            yield [kind, sigma, *(f"{w:.1e}" for w in worst)]


def ours_and_gradients(spikes, delays, weight, sigma, longest, kind, generator):
    """Output, gradients of delays and weights, and what was sent back."""
    outputs = weight.shape[1] if kind == "synaptic" else None
    layer = DelayLayer(
        spikes.shape[2], longest, Bell(sigma), init=delays.double(), kind=kind, outputs=outputs
    ).double()
    weight = weight.clone().requires_grad_()
    out = layer(spikes) * weight if kind == "axonal" else layer.then_linear(spikes, weight)
    sent = torch.randn(out.shape, generator=generator, dtype=torch.float64)
    out.backward(sent)
    return out.detach(), layer.delays.grad, weight.grad, sent


def write(name, header, table):
    with (FIGURES / name).open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        for row in table:
            out.writerow([f"{cell:.3g}" if isinstance(cell, float) else cell for cell in row])
            print(*out_words(row))


def out_words(row):
    return (f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row)


def main(rounds):
    """Measure, print, write."""
    torch.set_num_threads(1)
    header = ["layer", "value_off", "gradient_share", "gradient_off", "dead_share", "step_off"]
    write("peers.csv", [*header, "ms", "peak_mb"], rows(rounds))
    if importlib.util.find_spec("DCLS"):
        write("dcls_bell.csv", ["kind", "sigma", "output", "delays", "weights"], bells())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    main(parser.parse_args().rounds)
