# %% [markdown]
# # Solutions to lesson 4
#
# Try first: the checks of
# [How does a gradient pass a spike?](../04_neurons_that_can_learn.ipynb)
# say what a wrong answer would mean.

# %%
import math

from course_utils import checks


# %% [markdown]
# ## Exercise 4.1: SuperSpike

# %%
def superspike(u, b):
    return 1 / (1 + b * u.abs()) ** 2


checks.exercise_4_1(superspike)


# %% [markdown]
# ## Exercise 4.2: the smallest current
# Where $i / (1 - a)$ just reaches the threshold.

# %%
def smallest_current(tau_ms, threshold=1):
    return threshold * (1 - math.exp(-1 / tau_ms))


checks.exercise_4_2(smallest_current)


# %% [markdown]
# ## Exercise 4.3: when is a spike half heard?
# From $e^{-k / \tau} = 1/2$.

# %%
def steps_to_half(tau_ms):
    return tau_ms * math.log(2)


checks.exercise_4_3(steps_to_half)
