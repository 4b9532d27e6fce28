# %% [markdown]
# # Solutions to lesson 8
#
# Try first: the checks of
# [What about deeper?](../08_delays_everywhere.ipynb)
# say what a wrong answer would mean.

# %%
from course_utils import checks


# %% [markdown]
# ## Exercise 8.1: how far it reaches
# What one layer brings together, the next one can delay again.

# %%
def reach(max_delays, memory):
    return sum(longest + memory for longest in max_delays)


checks.exercise_8_1(reach)


# %% [markdown]
# ## Exercise 8.2: what it costs
# The weights in front are always there.

# %%
def parameters(inputs, hidden, kind):
    delays = {"axonal": inputs, "dendritic": hidden, "synaptic": inputs * hidden}
    return inputs * hidden + (hidden * hidden if kind == "recurrent" else delays[kind])


checks.exercise_8_2(parameters)


# %% [markdown]
# ## Exercise 8.3: one step of recurrence
# What is left of the old potential, what comes from outside, and what the neurons said one step
# ago.

# %%
def next_potential(v, s, current, weight, decay):
    return decay * v * (1 - s) + current + s @ weight


checks.exercise_8_3(next_potential)
