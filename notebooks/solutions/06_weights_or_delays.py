# %% [markdown]
# # Solutions to lesson 6
#
# Try first: the checks of
# [Which of the two did the work?](../06_weights_or_delays.ipynb)
# say what a wrong answer would mean.

# %%
import math

import torch

from course_utils import checks


# %% [markdown]
# ## Exercise 6.1: count the shelf
# Every left fibre pairs with every right one. With synaptic delays, each neuron has pairs of its
# own.

# %%
def count_lags(fibres_per_ear, hidden, kind):
    pairs = fibres_per_ear**2
    return hidden * pairs if kind == "synaptic" else pairs


checks.exercise_6_1(count_lags)


# %% [markdown]
# ## Exercise 6.2: is it the learning?
# Subtract first, seed by seed, and do statistics with the differences. `std` divides by n - 1.

# %%
def paired_gain(frozen, learned):
    gains = torch.tensor(frozen) - torch.tensor(learned)
    return gains.mean(), gains.std() / math.sqrt(len(gains))


checks.exercise_6_2(paired_gain)


# %% [markdown]
# ## Exercise 6.3: align a pattern
# The last spike need not wait, and everyone else waits for it.

# %%
def aligning_delays(times):
    return times.max() - times


checks.exercise_6_3(aligning_delays)
