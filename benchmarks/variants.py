"""The same training step in several hands: delay, weights, LIF, leaky readout, loss, gradient.

Whole delays, so that all of them compute the same numbers. `Problem.checked_variants` compares
every loss with the plain reference before anything is timed.
"""

import importlib.util
import math

import torch
import torch.nn.functional as F

from course_utils import delays, neurons, stimuli

MAX_DELAY, TAU_MS, CLASSES, SLOPE = 50, 5.0, 12, 5.0
PEERS = {"dcls": "DCLS", "snntorch": "snntorch", "spikingjelly": "spikingjelly"}
DECAY = math.exp(-1 / TAU_MS)


def problem(batch, steps, channels, hidden):
    """Spikes, labels and parameters of one step of the given size."""
    generator = torch.Generator().manual_seed(0)
    stimulus = stimuli.Stimulus(duration_ms=steps, fibres_per_ear=channels // 2)
    ipd, spikes = stimuli.sample(batch, stimulus, generator)
    first = torch.randint(0, MAX_DELAY + 1, (channels,), generator=generator).float()
    w_hidden = (2 * torch.rand(channels, hidden, generator=generator) - 1) / channels**0.5
    w_out = (2 * torch.rand(hidden, CLASSES, generator=generator) - 1) / hidden**0.5
    # The peers and the prototype read (batch, time, channel) floats; ours reads its own bools.
    floats = spikes.contiguous().float()
    return Problem(spikes, floats, stimuli.Classes(CLASSES).index(ipd), first, w_hidden, w_out)


class Problem:
    """One training step and the variants of it."""

    def __init__(self, spikes, floats, label, *parameters):
        self.spikes, self.floats, self.label = spikes, floats, label
        self.d, self.w_hidden, self.w_out = (p.requires_grad_() for p in parameters)

    def finish(self, hidden_spikes, readout) -> float:
        """Readout, loss and backward pass; gradients land in the parameters."""
        for p in (self.d, self.w_hidden, self.w_out):
            p.grad = None
        loss = F.cross_entropy(readout(hidden_spikes, self.w_out), self.label)
        loss.backward()
        return float(loss.detach())

    def ours(self, detach_reset=True) -> float:
        """The course's own path."""
        current = delays.delayed_linear(self.spikes, self.d, self.w_hidden, MAX_DELAY)
        hidden = neurons.lif(current, TAU_MS, slope=SLOPE, detach_reset=detach_reset)
        return self.finish(hidden, lambda s, w: neurons.leaky_readout(s, w, TAU_MS))

    def plain(self) -> float:
        """The readable reference: shift, multiply, two loops over time."""
        shifted = delays.shift_then_clip(self.floats, self.d, MAX_DELAY)
        return self.finish(lif_loop(shifted @ self.w_hidden), readout_loop)

    def prototype(self) -> float:
        """The prototype's operations, its advance corrected, its neurons ours."""
        return self.finish(lif_loop(grid_delay(self.floats, self.d) @ self.w_hidden), readout_loop)

    def dcls(self) -> float:
        """DCLS, axonal: a grouped convolution with one learnable position per channel."""
        with torch.no_grad():  # its positions count backwards from the middle of the kernel
            self.dcls_layer.P.copy_((MAX_DELAY - self.d).view(1, -1, 1, 1) - (MAX_DELAY + 1) // 2)
        shifted = self.dcls_layer(self.floats.transpose(1, 2)).transpose(1, 2)
        return self.finish(lif_loop(shifted @ self.w_hidden), readout_loop)

    def snntorch(self) -> float:
        """snnTorch's neurons behind an indexed whole delay (no delay gradient).

        Its reset is differentiated.
        """
        import snntorch

        surrogate = snntorch.surrogate.sigmoid(slope=SLOPE)
        options = dict(reset_delay=False, init_hidden=False)
        cell = snntorch.Leaky(DECAY, spike_grad=surrogate, reset_mechanism="zero", **options)
        out_cell = snntorch.Leaky(DECAY, reset_mechanism="none", **options)
        current = indexed_delay(self.floats, self.d) @ self.w_hidden
        v, u, total = cell.init_leaky(), out_cell.init_leaky(), 0
        for t in range(current.shape[1]):
            s, v = cell(current[:, t], v)
            _, u = out_cell(s @ self.w_out, u)
            total = total + u
        return self.finish(total / current.shape[1], lambda mean, _: mean)

    def spikingjelly(self) -> float:
        """SpikingJelly's multi-step neurons behind an indexed whole delay (no delay gradient)."""
        from spikingjelly.activation_based import neuron, surrogate

        tau = 1 / (1 - DECAY)
        options = dict(decay_input=False, detach_reset=True, step_mode="m", v_reset=0.0)
        cell = neuron.LIFNode(tau, surrogate_function=surrogate.Sigmoid(SLOPE), **options)
        current = indexed_delay(self.floats, self.d) @ self.w_hidden
        hidden = cell(current.transpose(0, 1).contiguous()).transpose(0, 1)
        return self.finish(hidden, readout_loop)

    def checked_variants(self):
        """Name and function of every variant that runs here and computes the same loss."""
        names = {
            "prototype": "prototype",
            "ours": "ours",
            "plain reference": "plain",
            "DCLS axonal": "dcls",
            "snnTorch neurons, no delay gradient": "snntorch",
            "SpikingJelly neurons, no delay gradient": "spikingjelly",
        }
        loss = self.plain()
        detached = self.w_hidden.grad.clone()
        self.ours(detach_reset=False)
        attached = self.w_hidden.grad.clone()
        runs = {}
        for name, method in names.items():
            if method in PEERS and not importlib.util.find_spec(PEERS[method]):
                print(f"{name}: not installed")
                continue
            if method == "dcls":
                self.dcls_layer = dcls_layer(len(self.d))
            run = getattr(self, method)
            found = run()
            wanted = attached if method == "snntorch" else detached
            off = float((self.w_hidden.grad - wanted).norm() / wanted.norm())
            if abs(found - loss) > 1e-4 * loss or not off < 1e-2:
                raise AssertionError(f"{name}: loss {found}, not {loss}; gradient off by {off}")
            print(f"{name}: loss {found:.6f} (plain {loss:.6f}), weight gradient off by {off:.1e}")
            runs[name] = run
        return runs


def lif_loop(current):
    """LIF neurons step by step; the reset is not differentiated."""
    v, out = torch.zeros_like(current[:, 0]), []
    for t in range(current.shape[1]):
        v = DECAY * v + current[:, t]
        out.append(neurons.spike(v - 1, "sigmoid", SLOPE))
        v = v * (1 - out[-1].detach())
    return torch.stack(out, dim=1)


def readout_loop(spikes, weight):
    """Leaky readout step by step, and its mean over time."""
    current = spikes @ weight
    v, out = torch.zeros_like(current[:, 0]), []
    for t in range(current.shape[1]):
        v = DECAY * v + current[:, t]
        out.append(v)
    return torch.stack(out, dim=1).mean(1)


def grid_delay(spikes, d):
    """Pad, affine grid, grid sample, clip: the prototype's layer, with the sign that delays."""
    padded = F.pad(spikes, (0, 0, MAX_DELAY, 0)).permute(2, 0, 1)[:, :, :, None]
    images = padded.permute(0, 3, 2, 1)  # (channel, 1, time, batch), as the prototype had them
    affine = torch.zeros(len(d), 2, 3)
    affine[:, 0, 0] = affine[:, 1, 1] = 1
    affine[:, 1, 2] = -2 * d / images.shape[2]
    grid = F.affine_grid(affine, images.shape, align_corners=False)
    moved = F.grid_sample(images, grid, align_corners=False)
    return moved[:, 0, 2 * MAX_DELAY :].permute(2, 1, 0)


def indexed_delay(spikes, d):
    """Whole delays by an index, as a user without a delay layer would write them."""
    steps = spikes.shape[1]
    at = torch.arange(MAX_DELAY, steps)[:, None] - d.detach().long()
    return spikes.gather(1, at.expand(len(spikes), -1, -1))


def dcls_layer(channels, version="v1"):
    """A DCLS layer with one position of weight 1 for each channel."""
    from DCLS.construct.modules import Dcls1d

    layer = Dcls1d(
        channels, channels, kernel_count=1, groups=channels, dilated_kernel_size=MAX_DELAY + 1,
        bias=False, version=version,
    )  # fmt: skip
    torch.nn.init.ones_(layer.weight)
    return layer
