# %% [markdown]
# # Solutions to lesson 0
#
# Try first: the checks of
# [Can thirty spiking neurons point at a sound?](../00_where_is_that_sound.ipynb)
# say what a wrong answer would mean.

# %%
import math

import torch

from course_utils import checks
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import fit

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
generator = torch.Generator().manual_seed(0)
stimulus = Stimulus()
network = Localiser(stimulus, Classes(12), hidden=30, generator=generator)
fit(network, generator, epochs=8, soft_labels=0.5)
_, (spikes,) = sample(1, stimulus, generator, ipd=math.radians(40))
fresh = sample(2048, stimulus, generator)


# %% [markdown]
# ## Exercise 0.1: mirror the world
# Everything from channel 100 on, the right ear, goes first.

# %%
def swap_ears(spikes):
    return torch.cat([spikes[:, 100:], spikes[:, :100]], dim=1)


checks.exercise_0_1(swap_ears, spikes, network)


# %% [markdown]
# The fibres of the two ears have different delays and weights, and yet the answer is mirrored: for
# this sound the network compares the ears, whichever of them leads.

# %% [markdown]
# ## Exercise 0.2: deaf in one ear
# Without `clone` we would silence the recording itself, for every cell that comes after.

# %%
def silence_left(spikes):
    spikes = spikes.clone()
    spikes[:, :, :100] = False
    return spikes


checks.exercise_0_2(silence_left, fresh, network)

# %% [markdown]
# Direction lies in neither ear. It lies *between* them.
