# %% [markdown]
# # How do I put these delays into an snnTorch, SpikingJelly or norse network?
#
# They have neurons, encoders and much else, but no delay that learns. Ours goes between their
# neurons: it takes and gives plain tensors `(batch, time, channel)`. Here each library's neurons
# stand behind our delays, the whole is trained for seconds, and the gradient of the delays is
# checked.
#
# *snnTorch comes with `make lab`. SpikingJelly and norse ask for torchvision, and on Linux with it
# for gigabytes of graphics libraries, so they do not. If you have them, their part runs too:*
# `pip install --no-deps spikingjelly loguru norse nirtorch` *is enough for what stands here.*

# %%
import logging
import math

import torch
from torch import nn

from course_utils.delays import DelayLayer, shift_then_clip
from course_utils.stimuli import Classes, Stimulus

logging.disable(logging.WARNING)  # SpikingJelly looks for Triton, and says that it is not there
torch.set_num_threads(1)
task, directions = Stimulus(fibres_per_ear=10), Classes(12)
leak = math.exp(-1 / 5)  # what is left of a potential after 1 ms, with a time constant of 5 ms


# %% [markdown]
# ## Their neurons
#
# One function for each: a current `(batch, time, neuron)` in, spikes of the same shape out. The
# neuron is the same in all three: it leaks, adds its input as it is, fires at 1, and starts again
# from 0.
#
# **snnTorch** takes one step at a time, and gives single precision whatever it was given.

# %%
def snntorch_neurons(current):
    import snntorch

    cell = snntorch.Leaky(leak, reset_mechanism="zero", reset_delay=False)
    potential, spikes = cell.reset_mem(), []
    for now in current.unbind(1):
        spike, potential = cell(now, potential)
        spikes.append(spike)
    return torch.stack(spikes, 1).to(current.dtype)


# %% [markdown]
# **SpikingJelly** takes a whole sequence, time first. Its time constant says `1 - 1/tau`.

# %%
def spikingjelly_neurons(current):
    from spikingjelly.activation_based import neuron

    how = dict(decay_input=False, v_reset=0.0, step_mode="m", detach_reset=True)
    cell = neuron.LIFNode(tau=1 / (1 - leak), **how)
    return cell(current.transpose(0, 1).contiguous()).transpose(0, 1)


# %% [markdown]
# **norse** scales its input by `dt / tau`, so we give it more.

# %%
def norse_neurons(current):
    from norse.torch import LIFBoxCell, LIFBoxParameters

    rate, dt = torch.tensor((1 - leak) / 0.001), 0.001
    cell = LIFBoxCell(LIFBoxParameters(tau_mem_inv=rate), dt=dt)
    state, spikes = None, []
    for now in current.unbind(1):
        spike, state = cell(now / (1 - leak), state)
        spikes.append(spike)
    return torch.stack(spikes, 1)


# %%
every = {
    "snntorch": snntorch_neurons,
    "spikingjelly": spikingjelly_neurons,
    "norse": norse_neurons,
}


# %%
def works(neurons):
    try:
        return neurons(torch.zeros(1, 2, 1)).shape == (1, 2, 1)
    except (ImportError, AttributeError, TypeError):
        return False


# %%
there = {name: neurons for name, neurons in every.items() if works(neurons)}
for name in every:
    print(f"{name:14}{'is here' if name in there else 'is not here (or in another version)'}")

# %% [markdown]
# The same current, and the same spikes as ours? Their step is written in another order of
# operations, so a potential may differ in its last digit, and with it, once in a long while, a
# spike.

# %%
from course_utils.neurons import lif

current = 0.6 * torch.rand(16, 100, 30, generator=torch.Generator().manual_seed(0))
ours = lif(current, tau_ms=5)
for name, neurons in there.items():
    same = float((neurons(current) == ours).float().mean())
    print(f"{name:14}{same:.2%} of the steps are the same")


# %% [markdown]
# ## A network with our delays in front

# %%
class Pointer(nn.Module):
    def __init__(self, neurons, generator):
        super().__init__()
        self.delay = DelayLayer(task.channels, max_delay=50, generator=generator)
        self.into = nn.Linear(task.channels, 30, bias=False)
        self.neurons, self.out = neurons, nn.Linear(30, directions.n)

    def after(self, delayed):
        return self.out(self.neurons(self.into(delayed)).mean(1))

    def forward(self, spikes):
        return self.after(self.delay(spikes))


# %% [markdown]
# ## Is the gradient right?
#
# A spike has no slope, and each library puts its own surrogate there; no finite difference can
# follow that. But the delays can be checked exactly: let $g$ be what arrives from the library at
# the delayed spikes. Then the gradient of a delay has to be $g$ times the change of these spikes
# when the delay is a little longer, measured by moving it by a thousandth of a step both ways.

# %%
def gradient_is_off_by(model, spikes, label, small=1e-3):
    delayed = model.delay(spikes)
    delayed.retain_grad()
    nn.functional.cross_entropy(model.after(delayed), label).backward()
    d, longest = model.delay.delays.detach(), model.delay.max_delay
    later, sooner = (shift_then_clip(spikes, d + h, longest) for h in (small, -small))
    measured = (delayed.grad * (later - sooner) / (2 * small)).sum((0, 1))
    found = model.delay.delays.grad
    return float((found - measured).norm() / found.norm())


# %% [markdown]
# Everything here in double precision, so that the difference means something, and with delays in
# the middle between two steps, where interpolation has no corner.

# %%
angle, sounds = task.sample(16, torch.Generator().manual_seed(2))
for name, neurons in there.items():
    model = Pointer(neurons, torch.Generator().manual_seed(0)).double()
    model.delay.delays.data.floor_().clamp_(max=49).add_(0.5)
    off = gradient_is_off_by(model, sounds.double(), directions.index(angle))
    print(f"{name:14}gradient of the delays off by {off:.0e}")
    assert off < 1e-6


# %% [markdown]
# ## Train it
#
# Sixty updates, each on fresh sounds; then the loss on a thousand others.

# %%
def train(model, generator, updates=60):
    weights = [*model.into.parameters(), *model.out.parameters()]
    groups = [{"params": weights}, {"params": model.delay.parameters(), "lr": 0.1}]
    optimiser = torch.optim.Adam(groups, lr=0.02)
    for _ in range(updates):
        angle, spikes = task.sample(64, generator)
        loss = nn.functional.cross_entropy(model(spikes), directions.index(angle))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        model.delay.project_()


# %%
@torch.no_grad()
def loss_on_fresh_sounds(model):
    angle, spikes = task.sample(1000, torch.Generator().manual_seed(1))
    return float(nn.functional.cross_entropy(model(spikes), directions.index(angle)))


# %%
for name, neurons in there.items():
    generator = torch.Generator().manual_seed(0)
    torch.manual_seed(0)  # for the weights of nn.Linear
    model = Pointer(neurons, generator)
    before = loss_on_fresh_sounds(model)
    train(model, generator)
    print(f"{name:14}loss {before:.2f} before, {loss_on_fresh_sounds(model):.2f} after")

# %% [markdown]
# To guess costs $\ln 12$ = 2.48. How much the losses differ here says nothing about the libraries:
# each has another surrogate, with another width, and this is one seed.
#
# Two things to keep in mind:
#
# - `project_()` after each step of *your* optimiser; nothing in these libraries does it.
# - `"clip"` padding shortens the sequence. In a library that keeps one clock for all layers, make
#   the layer with `padding="causal"`.
#
# A delay layer step by step, for a library's own loop: `DelayLayer.step`, in
# [a plain PyTorch module](plain_pytorch.ipynb). How other delay layers compare:
# [Which delay layer?](which_delay_layer.ipynb)
