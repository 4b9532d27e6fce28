# %% [markdown]
# # Solutions to lesson 1
#
# Try first: the checks of
# [What reaches the two nerves?](../01_two_ears.ipynb)
# say what a wrong answer would mean.

# %%
import math

import torch

from course_utils import checks


# %% [markdown]
# ## Exercise 1.1: degrees to milliseconds
# A share of the cycle, times the length of the cycle. The sign comes along by itself.

# %%
def lead_ms(ipd_deg, frequency_hz):
    return ipd_deg / 360 * 1000 / frequency_hz


checks.exercise_1_1(lead_ms)


# %% [markdown]
# ## Exercise 1.2: mend it
# Draw as many phases as there are sounds.

# %%
def draw_phases(n, generator):
    return 2 * math.pi * torch.rand(n, generator=generator)


checks.exercise_1_2(draw_phases)


# %% [markdown]
# Forget the factor 2π and phases cover a sixth of a circle: the score falls, but not to chance.

# %% [markdown]
# ## Exercise 1.3: enough classes
# The floor is a quarter of a class, 180° / n / 4. Solve for n, and round up.

# %%
def classes_needed(bound_deg):
    return math.ceil(180 / 4 / bound_deg)


checks.exercise_1_3(classes_needed)

# %% [markdown]
# There is another way out: keep few classes, and answer with a *mean* of their midpoints. Lesson 5
# takes it.
