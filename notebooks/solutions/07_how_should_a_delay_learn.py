# %% [markdown]
# # Solutions to lesson 7
#
# Try first: the checks of
# [How should a delay learn?](../07_how_should_a_delay_learn.ipynb)
# say what a wrong answer would mean.

# %%
from course_utils import checks


# %% [markdown]
# ## Exercise 7.1: whole, bounded, and nothing lost
# First the wish, within the range; then its nearest whole step; the rest is carried over.

# %%
def whole_step(delay, carry, move, max_delay):
    wanted = min(max(delay + carry + move, 0), max_delay)
    return round(wanted), wanted - round(wanted)


checks.exercise_7_1(whole_step)


# %% [markdown]
# The order matters. Rounded first and clamped later, a delay at an edge would save up wishes to go
# further, and have to pay them back before it can return.

# %% [markdown]
# ## Exercise 7.2: hold the common mode
# The mean of what has *moved*.

# %%
def without_common_mode(before, after):
    return after - (after - before).mean()


checks.exercise_7_2(without_common_mode)


# %% [markdown]
# ## Exercise 7.3: the other gradient
# $V(t^*, w) = \theta$ stays true when a weight grows, so $\partial t^* / \partial w_i$ is
# $-(\partial V / \partial w_i) / (\partial V / \partial t)$. Above stands the pulse, and below the
# slope of the whole potential, as for the delays.

# %%
def weight_gradient(weights, pulses, slopes):
    return -pulses / (weights * slopes).sum()


checks.exercise_7_3(weight_gradient)
