# %% [markdown]
# # Solutions to lesson 10
#
# Try first: the checks of
# [Can it hear a word?](../10_a_word.ipynb)
# say what a wrong answer would mean.

# %%
import torch

from course_utils import checks


# %% [markdown]
# ## Exercise 10.1: keep voices apart
# Ask of each word whether its voice is one of those that are kept.

# %%
def keep_apart(voice, kept):
    test = torch.isin(voice, torch.tensor(kept))
    return ~test, test


checks.exercise_10_1(keep_apart)


# %% [markdown]
# ## Exercise 10.2: a fair price
# A weight, a delay and a readout on one side, a weight and a readout on the other.

# %%
def as_many(bands, words, neurons):
    return neurons * (2 * bands + words) // (bands + words)


checks.exercise_10_2(as_many)


# %% [markdown]
# ## Exercise 10.3: a popular test, by yourself
# Random numbers, sorted, are an order; each column has its own.

# %%
def change_places(delays, generator):
    order = torch.rand(delays.shape, generator=generator).argsort(0)
    return delays.gather(0, order)


checks.exercise_10_3(change_places)
