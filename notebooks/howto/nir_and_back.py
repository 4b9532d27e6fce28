# %% [markdown]
# # How do I take delays to NIR and back?
#
# [NIR](https://neuroir.org) is a common language for spiking networks: simulators and chips read it
# (Pedersen et al. 2024). It has a word for a delay, for weights, and for a leaky neuron. `to_nir`
# says your network in these words, `from_nir` reads it back.
#
# *It runs in seconds and needs the small package `nir`, which `make lab` installs.*

# %%
import tempfile
from pathlib import Path

import torch
from torch import nn

from course_utils.delays import DelayLayer
from course_utils.exchange import Lif, from_nir, to_nir

generator = torch.Generator().manual_seed(0)
torch.manual_seed(0)  # for the weights of nn.Linear

# %% [markdown]
# ## Say it
#
# The network stands in a row: delays, weights, neurons, as often as you like. The delays are
# causal, because NIR knows only one clock, that of the input.

# %%
delay = DelayLayer(20, max_delay=40, generator=generator, padding="causal")
network = nn.Sequential(delay, nn.Linear(20, 8, bias=False), Lif(tau_ms=5, threshold=0.3))
delay.delays.detach()[:4]

# %% [markdown]
# These delays lie between two steps, and that is something NIR cannot say: its delay is a time, but
# what a simulator does between two of its steps is left open. So you get a sentence, not a guess.

# %%
try:
    to_nir(network)
except ValueError as error:
    print(error)

# %% [markdown]
# Rounding is up to you, and it changes what the network does. Measure the rounded one.

# %%
network[0] = delay.rounded()
graph = to_nir(network, dt_ms=1)
for name, node in graph.nodes.items():
    print(f"{name:8}{type(node).__name__}")

# %% [markdown]
# In NIR all times are in seconds, so `to_nir` has to know how long a step is: `dt_ms`.

# %%
graph.nodes["0"].delay[:4]

# %% [markdown]
# ## Write, read, compare
#
# Through a file and back, on random spikes. Whole delays: the same spikes, to the bit.

# %%
import nir

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "network.nir"
    nir.write(file, graph)
    back = from_nir(nir.read(file), dt_ms=1)
print(back)

# %%
spikes = torch.rand(64, 200, 20, generator=generator) < 0.1
assert torch.equal(back(spikes.float()), network(spikes.float()))
print(f"{int(network(spikes.float()).sum())} output spikes, all of them the same")

# %% [markdown]
# NIR has no word for what only training needs. A layer that was read has its own longest delay as
# `max_delay`, unless you give one, and neurons have the usual surrogate.

# %%
ready = from_nir(graph, dt_ms=1, max_delay=40)
ready(spikes.float()).sum().backward()
print(ready[0], ready[0].delays.grad.abs().sum() > 0)

# %% [markdown]
# ## What the words mean
#
# | here | in NIR |
# |---|---|
# | `DelayLayer`, $d$ steps | `Delay`, $d \cdot dt$ seconds |
# | `nn.Linear` | `Linear`, or `Affine` with a bias |
# | `Lif`, $\tau$ | `LIF`, $\tau \dot v = -v + R\,I$ with $R = \tau / dt$ |
#
# A spike is as high as 1 and as long as a step. In Euler's step $R = \tau / dt$ lifts the potential
# by just the weight; solved exactly, by $\frac{\tau}{dt}(1 - e^{-dt/\tau})$ of it. Ours lifts by
# the whole weight, at once, and keeps $e^{-dt/\tau}$; Euler's step keeps $1 - dt/\tau$. **So
# neither kind of simulator does just what ours does**; the smaller $dt/\tau$, the nearer they are:

# %%
import math

tau_ms = 5
for dt_ms in (1, 0.1):
    exact, euler = math.exp(-dt_ms / tau_ms), 1 - dt_ms / tau_ms
    lift = tau_ms / dt_ms * (1 - exact)
    print(f"dt {dt_ms} ms: {exact:.4f} is left after a step, {euler:.4f} by Euler's; "
          f"solved exactly, a weight of 1 lifts by {lift:.4f}")

# %% [markdown]
# ## What it can't say
#
# Each of these is refused in a sentence.

# %%
causal = dict(padding="causal", init=3)
cannot = [
    DelayLayer(4, 9, kind="synaptic", outputs=2, **causal),
    DelayLayer(4, 9, estimator="gaussian", **causal),
    DelayLayer(4, 9, init=3, padding="clip"),
    nn.ReLU(),
]
for layer in cannot:
    try:
        to_nir(nn.Sequential(layer))
    except ValueError as error:
        print("-", error)

# %% [markdown]
# The other way, `from_nir` reads one chain of delays, weights and leaky neurons that rest and reset
# at 0, all of one time constant. It says what else it met.

# %%
convolution = nir.Conv1d(20, torch.ones(1, 1, 3).numpy(), 1, 0, 1, 1, torch.zeros(1).numpy())
try:
    from_nir(nir.NIRGraph.from_list(convolution))
except ValueError as error:
    print(error)
