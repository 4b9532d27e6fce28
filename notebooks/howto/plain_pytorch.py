# %% [markdown]
# # How do I use `DelayLayer` in a PyTorch module?
#
# Like any other layer: it is an `nn.Module` with one parameter, the delays. Two things are its own:
# it shortens the time axis unless you tell it not to, and after each step of the optimiser the
# delays have to be put back into their range.
#
# *It runs in seconds and needs nothing but PyTorch and this course.*

# %%
import torch
from torch import nn

from course_utils import plots
from course_utils.delays import DelayLayer
from course_utils.neurons import lif
from course_utils.stimuli import Classes, Stimulus

torch.set_num_threads(1)
generator = torch.Generator().manual_seed(0)

# %% [markdown]
# ## The layer alone
#
# Spikes go in as `(batch, time, channel)`, boolean or floating. A delay of `d` steps gives
# `out[t] = in[t - d]`.

# %%
layer = DelayLayer(channels=4, max_delay=10, init=torch.tensor([0.0, 1.0, 2.5, 10.0]))
spikes = torch.zeros(1, 30, 4)
spikes[0, 10] = 1
layer(spikes).shape

# %% [markdown]
# Thirty steps went in and twenty came out. The layer keeps those steps that every channel can fill,
# even with the longest delay: row 0 of the result is time 10 of the input. So the spikes of time 10
# arrive in row 0, in row 1, half in row 2 and half in row 3, and in row 10.

# %%
for channel, row in enumerate(layer(spikes)[0].T):
    print(f"channel {channel}:", {int(t): round(float(row[t]), 2) for t in row.nonzero()})

# %% [markdown]
# Three kinds of padding, to choose by name:
#
# | `padding` | length of the result | row 0 is |
# |---|---|---|
# | `"clip"`, the usual one | time - max_delay | time `max_delay` of the input |
# | `"causal"` | time | time 0 of the input; what has not arrived yet is silence |
# | `"full"` | time + max_delay | time 0 of the input; late spikes are kept too |
#
# Several layers in a row want `"causal"`, or an input that is long enough for all
# ([lesson 2](../02_make_a_spike_wait.ipynb)).

# %%
for padding in ("clip", "causal", "full"):
    print(padding, tuple(DelayLayer(4, 10, init=3, padding=padding)(spikes).shape))


# %% [markdown]
# ## Between your own layers
#
# A small network that points at a sound: delays, weights, neurons, weights. What comes out is the
# mean over time, one number for each direction.

# %%
class Pointer(nn.Module):
    def __init__(self, channels, hidden, directions, max_delay, generator):
        super().__init__()
        self.delay = DelayLayer(channels, max_delay, generator=generator)
        self.into = nn.Linear(channels, hidden, bias=False)
        self.out = nn.Linear(hidden, directions)

    def forward(self, spikes):
        current = self.into(self.delay(spikes))
        return self.out(lif(current, tau_ms=5).mean(1))


# %%
task, directions = Stimulus(fibres_per_ear=10), Classes(12)
torch.manual_seed(0)  # for the weights of nn.Linear
network = Pointer(task.channels, 30, directions.n, max_delay=50, generator=generator)
print(network)

# %% [markdown]
# The delays are in steps, the weights are small numbers: give each its own learning rate. After
# `optimiser.step()`, `project_()` puts delays that left `[0, max_delay]` back to its edge.
# (Clamping them on the way forward instead would leave a delay outside without a gradient, for
# ever.)

# %%
optimiser = torch.optim.Adam(
    [
        {"params": [*network.into.parameters(), *network.out.parameters()], "lr": 0.01},
        {"params": network.delay.parameters(), "lr": 0.1},  # steps per update
    ]
)


def update():
    angle, spikes = task.sample(64, generator)
    loss = nn.functional.cross_entropy(network(spikes), directions.index(angle))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    network.delay.project_()


# %%
angle, fresh = task.sample(1024, torch.Generator().manual_seed(1))


@torch.no_grad()
def right(model):
    return float((model(fresh).argmax(1) == directions.index(angle)).float().mean())


# %% [markdown]
# Two hundred updates, on sounds that are drawn fresh each time. In between we keep the delays.

# %%
kept, before = [], right(network)
for number in range(200):
    if number % 10 == 0:
        kept.append(network.delay.delays.detach().clone())
    update()

print(f"right before: {before:.0%}, after: {right(network):.0%}, by chance: {1 / 12:.0%}")

# %% [markdown]
# That it learns does not say that the *delays* had to: frozen ones are the control
# ([lesson 6](../06_weights_or_delays.ipynb)). Here are six of them on their way.

# %%
paths = torch.stack(kept)[:, :6].T
plots.lines(
    range(0, 200, 10),
    {f"fibre {n}": [(d, d, d) for d in path.tolist()] for n, path in enumerate(paths)},
    "updates",
    "delay (steps of 1 ms)",
)

# %% [markdown]
# ## Whole delays, saved and loaded
#
# Hardware, and most simulators, want whole steps. `rounded()` is a copy of the layer with them:
# measure that copy too.

# %%
import copy

twin = copy.deepcopy(network)
twin.delay = network.delay.rounded()
print(f"right with rounded delays: {right(twin):.0%}")
twin.delay.delays.data[:6]

# %% [markdown]
# A `state_dict` holds the delays like any other parameter.

# %%
another = Pointer(task.channels, 30, directions.n, 50, torch.Generator().manual_seed(7))
another.load_state_dict(network.state_dict())
assert torch.equal(another(fresh[:8]), network(fresh[:8]))

# %% [markdown]
# ## One step at a time
#
# A stream has no end: give the layer one step after the other, and a state that remembers. It
# answers as the whole sequence does with causal padding.

# %%
streaming = DelayLayer(task.channels, 50, init=network.delay.delays, padding="causal")
state = streaming.initial_state(n=2)
steps = [streaming.step(now, state) for now in fresh[:2].unbind(1)]
whole = streaming(fresh[:2])
assert torch.allclose(torch.stack(steps, 1), whole, atol=1e-6)
tuple(whole.shape)

# %% [markdown]
# ## What it refuses
#
# It says so in one sentence.

# %%
for wrong in (torch.zeros(2, 30), torch.zeros(2, 30, 5), torch.zeros(2, 8, 4)):
    try:
        layer(wrong)
    except ValueError as error:
        print(error)

# %% [markdown]
# ## Next
#
# - Other gradients for a delay: `DelayLayer(..., estimator="gaussian")`, compared in
#   [Which delay layer?](which_delay_layer.ipynb)
# - One delay for each connection: `kind="synaptic"`, and `layer.then_linear(spikes, weight)`
#   ([lesson 8](../08_delays_everywhere.ipynb)).
# - Neurons of another library: [in other libraries](other_libraries.ipynb). Another simulator:
#   [NIR and back](nir_and_back.ipynb).
