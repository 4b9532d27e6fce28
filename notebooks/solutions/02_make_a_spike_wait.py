# %% [markdown]
# # Solutions to lesson 2
#
# Try first: the checks of
# [What is lost when spikes wait?](../02_make_a_spike_wait.ipynb)
# say what a wrong answer would mean.

# %%
import torch

from course_utils import checks, observer
from course_utils.stimuli import Stimulus


# %% [markdown]
# ## Exercise 2.1: a delay that never wraps
# What is sent at step 0 arrives at step d.

# %%
def delay_train(train, d):
    late = torch.zeros_like(train)
    late[d:] = train[: len(train) - d]
    return late


checks.exercise_2_1(delay_train)


# %% [markdown]
# `train[:-d]` looks shorter, but for `d = 0` it is empty.

# %% [markdown]
# ## Exercise 2.2: the length budget
# The layers share what the stimulus has beyond `effective`. What is left over is too little for one
# more step in each of them, so round down.

# %%
def longest_delay(stimulus, effective, n_layers):
    return (stimulus - effective) // n_layers


checks.exercise_2_2(longest_delay)

# %% [markdown]
# ## Exercise 2.3: how long may a fibre wait?
# The two lists of the lesson, once more, and then one line.

# %%
longest = range(0, 141, 10)
bounds = [observer.cramer_rao(Stimulus(), window_ms=150 - m) for m in longest]


def longest_wait(limit_deg):
    return max(m for m, bound in zip(longest, bounds, strict=True) if bound < limit_deg)


checks.exercise_2_3(longest_wait)
