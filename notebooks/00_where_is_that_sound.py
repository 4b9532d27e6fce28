# %% [markdown]
# # Can thirty spiking neurons point at a sound?
#
# A sound comes from somewhere in front of you. You get nothing but the spikes of two nerves, and
# thirty neurons to make sense of them: we train them here, in seconds, and then move the sound.
#
# **You will be able to**
# - see where a sound is from the spikes of two ears, without a network;
# - train a small spiking network that points at it, and tell its error from luck;
# - say what it means for a nerve fibre to wait, and why that helps.
#
# *15 minutes. Builds on nothing but a little Python.*

# %%
import copy
import math

import torch

from course_utils import checks, observer, plots
from course_utils.drawings import course_map
from course_utils.drawings import lesson_0 as drawings
from course_utils.explore import audio, live, predict, reveal, review
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
generator = torch.Generator().manual_seed(0)
course_map.here(0)

# %% [markdown]
# ## Hear two sounds
# Each ear has 100 nerve [fibres](glossary.ipynb#fibre), and each fibre fires at random, more often
# when the sound wave is high. A [raster](glossary.ipynb#raster) has one row for each fibre and one
# mark for each spike.

# %%
stimulus = Stimulus(frequency_hz=20, duration_ms=150, fibres_per_ear=100)
ipds = torch.tensor([70.0, -70.0])  # degrees
_, two_sounds = sample(2, stimulus, generator, ipd=torch.deg2rad(ipds))
plots.rasters(two_sounds, ["sound A", "sound B"], cycle_ms=50)

# %% [markdown]
# Now with your own ears: put on headphones. Each spike is a soft click at its ear, six times slower
# than above, so that you can tell which burst comes first. (In a room, the two ears are apart by
# less than a millisecond; you will hear such a sound in lesson 1.)

# %%
audio.play(
    {f"sound {'AB'[k]}": audio.rain(ears, slow=6) for k, ears in enumerate(two_sounds)},
    "At each ear three bursts like rain, in turns with the other ear, as in the rasters above.",
    bits=8,
)

# %% [markdown]
# ### Predict
# The left ear is above, the right ear below. One of these sounds comes from the right. A wave
# reaches the near ear first, by no more than a quarter of a cycle: compare each burst with the
# *nearest* one of the other ear. **Which picture is the sound from the right?** Make your guess
# first: what tells the answer stays folded until you have, or until you run its cell.

# %%
predict("0.1", "Which sound comes from the right?", ["sound A", "sound B"])

# %%
where = ["right" if ipd > 0 else "left" for ipd in ipds]
print(f"sound A comes from the {where[0]}, sound B from the {where[1]}")
reveal("0.1", "sound A" if where[0] == "right" else "sound B")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Follow one burst from ear to ear. In sound A the lower half, the right ear, is the first to
# burst, and the left ear follows: that sound is on the right. The shift between the two is called
# the *interaural phase difference*, **[IPD](glossary.ipynb#IPD)**. We write positive IPDs for
# sounds on the right and measure them in degrees of one cycle. From here on we call the IPD the
# direction, and draw it on a dial from −90° to +90°. It is not the angle in the room: +40° means
# that the right ear leads by 40/360 of a cycle.
# </details>
#
# ## A fibre that waits
# Here is an old idea of how nerves could measure a shift: let the ear that leads **wait**, by a
# longer way to travel. If it waits just long enough, the spikes of both ears arrive together,
# and a neuron that likes company fires.

# %%
_, (spikes,) = sample(1, stimulus, generator, ipd=math.radians(40))
left, right = spikes[:, :100].sum(1), spikes[:, 100:].sum(1)  # spikes in each millisecond
meetings = [int((left[50:] * right[50 - wait : 150 - wait]).sum()) for wait in range(26)]

# %% [markdown]
# ### Predict
# One cycle of this sound lasts 50 ms, and the sound is at +40°, so 40/360 of a cycle.
# **How long must the right ear wait until most spikes meet?**

# %%
predict("0.2", "How long must the right ear wait?", (0, 25), unit="ms")

# %%
curve = drawings.meetings(meetings)
live("meetings", curve, left=left, right=right, longest_ms=25, from_ms=50)

# %% [markdown]
# Pull the right ear's line upwards where it says *↕ wait*, so that it makes a detour, or move the
# slider. The *detector* in the middle counts the spikes that meet there, in two whole cycles from
# 50 ms on. Each wait that you try leaves a dot. **Find the
# peak.**

# %%
best = max(range(26), key=lambda wait: meetings[wait])
print(f"Most spikes meet when the right ear waits {best} ms.")
print(f"That is {best / 50 * 360:.0f}° of a cycle; the sound is at 40°.")
reveal("0.2", best)

# %% [markdown]
# <details><summary>What happened</summary>
#
# The wait that makes the ears agree *is* the answer, to within a millisecond. A brain could
# keep many neurons, each fed through its own waits, and ask which one fires most (Jeffress, 1948).
# </details>
#
# ## Thirty neurons
# Our network gives every fibre its own wait, a *[delay](glossary.ipynb#delay)*, drawn at random and
# then learned. Behind them sit thirty neurons. Each multiplies every spike that reaches it by a
# number of its own, a *[weight](glossary.ipynb#weight)*, also learned: some spikes count much, some
# little, some against. It fires when enough of that comes together. And there are twelve outputs,
# one for each direction of 15° width.

# %%
classes = Classes(12)
network = Localiser(stimulus, classes, hidden=30, generator=generator)
untrained = copy.deepcopy(network)  # our control: it will never learn

# %% [markdown]
# ### Predict
# We now train it on sounds from all directions; `soft_labels` lets neighbouring directions share
# the credit. Always pointing straight ahead would be wrong by 45° on average. **How far off will
# the network be, on average, after a few seconds?**

# %%
predict("0.3", "How far off will the network be?", (0, 45), unit="°")

# %%
history = fit(network, generator, epochs=8, soft_labels=0.5)
plots.history(history)

# %% [markdown]
# On the left is the loss: how little the network expected the right direction, in
# [nats](glossary.ipynb#nat), the unit of natural logarithms. Someone who only guesses among the
# twelve would stay at the dotted line. (The training loss stays above the other because it is
# measured against [soft labels](glossary.ipynb#soft-label), which are never certain.) The *fresh
# sounds* of the figure were never trained on, but `fit` looks at them after each round of training,
# each *[epoch](glossary.ipynb#epoch)*, and keeps the best one, and that may flatter. So we ask
# again, with 2048 sounds that played no part at all, and put both networks to the same test.

# %%
fresh = sample(2048, stimulus, generator)
before, after = evaluate(untrained, *fresh), evaluate(network, *fresh)
chance = observer.chance(classes)
low, high = after.error_interval_deg
print(f"untrained: wrong by {before.error_deg:.1f}° on average")
print(f"trained:   wrong by {after.error_deg:.2f}° (95 % interval {low:.2f}° to {high:.2f}°)")
print(f"luck:      {chance.straight_ahead_deg:.0f}° for always pointing straight ahead")
print(f"training:  {history.seconds:.0f} seconds")

# %%
drawings.estimates(
    torch.rad2deg(after.angle),
    untrained=torch.rad2deg(before.softmax_mean),
    trained=torch.rad2deg(after.softmax_mean),
)

# %%
reveal("0.3", after.error_deg)

# %% [markdown]
# <details><summary>What happened</summary>
#
# A perfect network would put every dot on the dotted diagonal. Before training the pointer hardly
# depends on the sound; afterwards it follows. Only at the far sides it bends inwards: the answer
# is a mean of the twelve directions' middles, and it can't pass the outermost of them. The 95 %
# *[interval](glossary.ipynb#interval)* says how far other test sounds might move the mean error.
# This is one run; how close anyone could come, you will compute in lesson 1.
# </details>
#
# ## Move the sound
# Now it is your turn. Drag the ring on the dial, or the slider: the network that you have just
# trained answers, with the same luck in every place.

# %%
sound = sample(1, stimulus, generator, ipd=math.radians(40))
picture = drawings.scene(sound[1][0], 40, math.degrees(evaluate(network, *sound).softmax_mean))
live("network", picture, trained=network, untrained=untrained, ipd_deg=40)

# %% [markdown]
# Each row is a fibre, in each ear the slowest one last. A spike needs its delay to run from left to
# right. There it meets others at the thirty neurons, which light up when they fire. The dial is the
# network's answer to the last 150 ms, in slices its share for each of the twelve directions. One
# second of yours is 60 ms of the sound, or 10 ms in slow motion.
#
# **Try the far sides,** and leave the other switches for a moment.

# %% [markdown]
# ### Predict
# Now we spoil the trained network: its delays are shuffled among the fibres, so that each fibre
# waits as long as another one should. Its weights stay. **How far off will it be, on average?**

# %%
predict("0.4", "How far off are shuffled delays?", (0, 90), unit="°")

# %%
shuffled = copy.deepcopy(network)
mixed = torch.randperm(200, generator=generator)
with torch.no_grad():
    shuffled.delay.delays.copy_(network.delay.delays[mixed])
spoilt = evaluate(shuffled, *fresh)
print(f"shuffled: wrong by {spoilt.error_deg:.0f}° on average")
print(f"luck:     {chance.straight_ahead_deg:.0f}° for always pointing straight ahead")
reveal("0.4", spoilt.error_deg)


# %% [markdown]
# <details><summary>What happened</summary>
#
# Compare with the 45° of always pointing straight ahead: nothing useful is left. The weights have
# learned what to make of spikes that wait *so* long; with other waits, they hear another sound. Now
# choose *no delays* in the view's menu. (Leave the deaf ears alone: exercise 0.2 asks about them.)
# </details>
#
# ### Exercise 0.1 — mirror the world
# How an exercise works: put your line in the place of the three dots, run the cell, then run the
# next one. It checks your answer, and says what a wrong one would mean.
#
# What should the network say if left and right nerve are exchanged? Each fibre is one column of
# `spikes`, a *[channel](glossary.ipynb#channel)*: 0 to 99 are the left ear, 100 to 199 the right.
# Swap them; `torch.cat([a, b], dim=1)` puts channels side by side.

# %%
def swap_ears(spikes):
    """Spikes `(time, 200)` with the ears exchanged."""
    ...  # one line


# %%
checks.exercise_0_1(swap_ears, spikes, network)


# %% [markdown]
# [Solution](solutions/00_where_is_that_sound.ipynb)
#
# ### Exercise 0.2 — deaf in one ear
# Silence the left ear. Will the network still be better than luck? Guess before you run the check,
# then choose *left ear deaf* in the view above.

# %%
def silence_left(spikes):
    """Spikes `(n, time, 200)` without those of the left ear."""
    ...  # three lines: spikes = spikes.clone(), then channels 0 to 99, and return


# %%
checks.exercise_0_2(silence_left, fresh, network)

# %% [markdown]
# [Solution](solutions/00_where_is_that_sound.ipynb)
#
# ## What the course opens
# A stimulus becomes spikes, spikes wait, neurons fire, a [readout](glossary.ipynb#readout) points.
# You have seen the whole house through the keyhole; each lesson opens one door.
#
# | lesson | the question | what you open |
# |---|---|---|
# | [1](01_two_ears.ipynb) | What reaches the two nerves? | the spikes, and what is in them |
# | [2](02_make_a_spike_wait.ipynb) | What is lost when spikes wait? | delays, and their price |
# | [3](03_delays_that_can_learn.ipynb) | How can a shift have a gradient? | learnable delays |
# | [4](04_neurons_that_can_learn.ipynb) | How does a gradient pass a spike? | trainable neurons |
# | [5](05_train_it.ipynb) | Does it find the sound? | the network of this page, step by step |
# | [6](06_weights_or_delays.ipynb) | Which of the two did the work? | weights and delays, apart |
# | [7](07_how_should_a_delay_learn.ipynb) | How should a delay learn? | ways to learn |
# | [8](08_delays_everywhere.ipynb) | What about deeper? | delays between neurons, and recurrence |
# | [9](09_a_real_head.ipynb) | Does it work on a measured head? | microseconds, and real sounds |
# | [10](10_a_word.ipynb) | Can it hear a word? | other voices, and a map of the whole course |
# | [+](how_a_brain_would.ipynb) | How would a brain do it? | nobody to teach |
#
# One question we left open on purpose: the network learned weights *and* delays. **Which of the two
# did the work?** This page can't tell; a fair comparison starts in lesson 5, and lesson 6
# takes the two apart.

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A sound on the right reaches the right ear first; the shift, in degrees of a cycle, is the IPD,
#   and you can see it in the spikes.
# - Thirty spiking neurons learn to point at a sound in seconds; fresh sounds, an untrained twin and
#   luck tell us what that is worth.
# - A fibre that waits turns *when* into *whether spikes meet*, and that is something a neuron can
#   feel.
#
# **To read on**
# - L. A. Jeffress (1948), *A place theory of sound localization*, Journal of Comparative and
#   Physiological Psychology.
# - F. Zenke and S. Ganguli (2018), *SuperSpike: supervised learning in multilayer spiking neural
#   networks*, Neural Computation.
#
# Next door: [What reaches the two nerves?](01_two_ears.ipynb)
