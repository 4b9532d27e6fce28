# %% [markdown]
# # Solutions to lesson 3
#
# Try first: the checks of
# [How can a shift have a gradient?](../03_delays_that_can_learn.ipynb)
# say what a wrong answer would mean.

# %%
from course_utils import checks


# %% [markdown]
# ## Exercise 3.1: the right number in the matrix
# The grid is told where to *read*: `d` rows earlier, each of them 2 / `steps` wide.

# %%
def translation(d, steps):
    return -2 * d / steps


checks.exercise_3_1(translation)


# %% [markdown]
# ## Exercise 3.2: one slope for every delay
# Between rows there is one slope. At a kink there are two, `row - newer` on the left and
# `older - row` on the right, and the course takes their mean.

# %%
def slope_of(newer, row, older, f):
    if f == 0:
        return (older - newer) / 2
    return older - row


checks.exercise_3_2(slope_of)


# %% [markdown]
# ## Exercise 3.3: a step that cannot die
# Step first, then go to the nearest allowed value.

# %%
def careful_step(delay, gradient, rate, max_delay):
    return (delay - rate * gradient).clamp(0, max_delay)


checks.exercise_3_3(careful_step)
