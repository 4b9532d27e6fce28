# %% [markdown]
# # Solutions to lesson 9
#
# Try first: the checks of
# [Does it work on a measured head?](../09_a_real_head.ipynb)
# say what a wrong answer would mean.

# %%
import torch

from course_utils import checks
from course_utils.head import binaural, cochlea, heads
from course_utils.head.listening import Listener


# %% [markdown]
# ## Exercise 9.1: how long must it wait?
# Microseconds to milliseconds, then to steps; the fraction stays.

# %%
def wait_in_steps(itd_us, dt_ms):
    return itd_us / 1000 / dt_ms


checks.exercise_9_1(wait_in_steps)


# %% [markdown]
# ## Exercise 9.2: front and side
# Here with the answers of the engineer who correlates spikes: they need no training.

# %%
def front_and_side(azimuth_deg, error_deg):
    where, off = azimuth_deg.abs(), error_deg.abs()
    return off[where <= 30].mean(), off[where >= 60].mean()


head, nerve = heads.load(), cochlea.Nerve()
truth, spikes = Listener(head, nerve).sample(1000, torch.Generator().manual_seed(0))
answers = binaural.SpikeCorrelator(head, nerve).estimate(spikes)
azimuth = torch.rad2deg(truth).round()  # from radians, 30 comes back as 30.000002
checks.exercise_9_2(front_and_side, azimuth, torch.rad2deg(answers - truth))
