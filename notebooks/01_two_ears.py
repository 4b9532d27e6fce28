# %% [markdown]
# # What reaches the two nerves?
#
# Between the sound and the first neuron of any network lie two ears. Here we build what they
# send, spike by spike, and then ask how well *anyone* could tell the direction from it.
#
# **You will be able to**
# - turn a tone and an IPD into spikes of two nerves, in a few lines;
# - say why every sound needs its own random phase, and show what happens if it has none;
# - say where in the wave the information lies, and how near to the truth anyone could come.
#
# *35 minutes. Builds on [lesson 0](00_where_is_that_sound.ipynb).*

# %%
import math

import torch
from torch import nn

from course_utils import checks, observer, plots, tables
from course_utils.drawings import course_map
from course_utils.drawings import lesson_1 as drawings
from course_utils.explore import audio, live, predict, reveal, review
from course_utils.stimuli import Classes, Stimulus, sample

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
generator = torch.Generator().manual_seed(1)
course_map.here(1)

# %% [markdown]
# ## From a wave to a probability
# A tone of 20 Hz lasts 150 ms, in steps of 1 ms; one cycle takes 50 ms. Its **phase** says how far
# the wave is along in its cycle, as an angle: 360° is a whole one. At the left ear the tone starts
# at some phase; at the right ear we add the **interaural phase difference**, the IPD. Angles are
# radians inside, and degrees where we look at them.

# %%
frequency_hz, ipd, phase = 20, math.radians(40), 0.0
time_ms = torch.arange(150, dtype=torch.float64)
left = 2 * math.pi * frequency_hz * time_ms / 1000 + phase
right = left + ipd

# %% [markdown]
# ### Predict
# The IPD is +40° and is *added* at the right ear. **Which ear hears each peak first, and
# by how many ms?** Guess how far the right ear is ahead, below 0 if it is behind.

# %%
predict("1.1", "How far is the right ear ahead?", (-25, 25), unit="ms")

# %%
first_peak = [int(wave[:50].sin().argmax()) for wave in (left, right)]
cycle_ms = 1000 / frequency_hz
print(f"first peak: left ear at {first_peak[0]} ms, right ear at {first_peak[1]} ms")
print(f"the right ear leads by {40 / 360 * cycle_ms:.1f} ms")
reveal("1.1", 40 / 360 * cycle_ms)

# %% [markdown]
# <details><summary>What happened</summary>
#
# The right ear is *further along* in its cycle, so each peak comes **earlier** there, by 40/360 of
# a cycle (the printed peaks fall on whole steps). Sound reaches the near ear first: a positive IPD
# is a source on the right. This holds in the whole course.
# </details>
#
# Is that a human head? Its two ears lie close together. For a high tone from the side, the way
# round a sphere is longer by its radius times (π/2 + 1) (Woodworth, 1938); a low tone bends round
# the head and comes later still, by 3 radii (Kuhn, 1977).

# %%
radius_ms = 0.0875 / 343 * 1000  # 8.75 cm, at the speed of sound in m/s
print(f"our ±90° at {frequency_hz} Hz: up to {cycle_ms / 4:.1f} ms")
print(f"about a human head: up to {(math.pi / 2 + 1) * radius_ms:.2f} ms for high tones, "
      f"{3 * radius_ms:.2f} ms for low ones")

# %% [markdown]
# Such a difference you can hear: put on headphones. Each of these is equally loud at both ears, and
# 0.5 ms earlier at one of them. **Do you hear one sound or two? Which ear is first in A, which in
# B?**

# %%
lag_ms, tone_hz = 0.5, 500
both = {"A": lag_ms, "B": -lag_ms}
clicks = {f"click {name}": audio.click(lag) for name, lag in both.items()}
tones = {f"tone {name}": audio.tone(lag, tone_hz) for name, lag in both.items()}
audio.play(clicks | tones, "The answer, below, says in words what most people hear.")

# %%
print(f"{lag_ms} ms of a tone of {tone_hz} Hz: an IPD of {0.360 * lag_ms * tone_hz:.0f}°")

# %% [markdown]
# <details><summary>What most people hear</summary>
#
# One sound, never two: on the right in A, where the right ear is first, and on the left in B. The
# brain turns the difference into a *place*. Yet the place is inside your head, since this is all
# we made. A real head also makes the far ear fainter, and colours the sound; lesson 9
# has both. Loudspeakers send each sound to both ears, and spoil it.
# </details>
#
# Ours is a **scaled toy**: everything is slower, so that steps of 1 ms are fine enough. Questions
# and controls carry over to a head; the numbers do not. Lesson 9 asks again, with a measured head.
#
# Next, the nerve. A fibre is most likely to fire at the peak of the wave, at up to 600
# spikes per second. The curve that its firing follows is called the
# **[envelope](glossary.ipynb#envelope)**. We take the wave's height, from 0 to 1, to a power: a
# power of 2 makes the bursts sharper.

# %%
rate_max_hz, envelope_power = 600, 2
loudness = (1 + torch.stack([left, right], dim=1).sin()) / 2  # (time, ear), 0 to 1
probability = rate_max_hz / 1000 * loudness**envelope_power  # in each step of 1 ms

# %% [markdown]
# `Stimulus` holds exactly these numbers, and computes the same. From now on we use it.

# %%
stimulus = Stimulus(
    frequency_hz=20, duration_ms=150, dt_ms=1,
    fibres_per_ear=100, rate_max_hz=600, envelope_power=2,
)
phases = stimulus.phases(ipd, phase)  # (sound, time, ear)
torch.testing.assert_close(phases[0], torch.stack([left, right], dim=1))
torch.testing.assert_close(stimulus.firing_probability(phases)[0], probability)

# %% [markdown]
# ## From a probability to spikes
# In each step every fibre throws its own dice. Nothing else is shared: two fibres of one ear have
# the same probability, not the same spikes.
#
# ### Predict
# **How many spikes does one fibre fire in 150 ms, on average, and do they tell where the peaks
# are?**

# %%
predict("1.2", "How many spikes does a fibre fire?", (0, 150), unit="spikes")

# %%
dice = torch.rand(150, 200, generator=generator)
by_hand = dice < probability.repeat_interleave(100, dim=1)  # (time, fibre), left ear first
print(f"expected in a fibre: {probability[:, 0].sum():.1f} spikes, "
      f"{probability[:50, 0].sum():.0f} in each cycle")
print(f"the first fibre fired {by_hand[:, 0].sum()}, the second {by_hand[:, 1].sum()}")
fired = by_hand[:, 0].nonzero().flatten()
print("the first one fired at", *fired.tolist(), "ms")
from_peak = ((fired - cycle_ms / 4 + cycle_ms / 2) % cycle_ms - cycle_ms / 2).abs().max()
print(f"up to {from_peak:.1f} ms away from a peak, and a cycle lasts {cycle_ms:.0f} ms")
reveal("1.2", probability[:, 0].sum())

# %% [markdown]
# <details><summary>What happened</summary>
#
# At 600 spikes per second all the time it would be 90. But the wave is at its peak only for a
# moment: its height, squared, is 3/8 on average, and that leaves about 34. One fibre alone is a
# rough witness: it misses steps near the peak, and fires up to about a quarter
# of a cycle away from it. A hundred of them draw the wave quite well. What a spike is worth we
# count later.
# </details>
#
# The dice, too, are a toy. A fibre of a real ear fires about once in a cycle, or not at all, and
# rests for a millisecond or so after each spike (it is *refractory*). Ours fires many times in each
# cycle, and forgets what it did a step ago.
#
# `sample` draws many sounds at once, left ear first. Random numbers can't be equal, so we compare
# means over 500 sounds, wherever spikes are not too rare to count. All must agree with the
# probability within five standard errors, and only about one in twenty may be more than two away.

# %%
_, spikes = sample(500, stimulus, generator, ipd=ipd, phase=phase)
mean_count = spikes.double().mean(0).unflatten(1, (2, 100)).sum(2)  # (time, ear)
standard_error = (100 * probability * (1 - probability) / 500).sqrt()
away = ((mean_count - 100 * probability).abs() / standard_error)[probability > 0.01]
assert away.max() < 5
print(f"{100 * (away > 2).double().mean():.0f} % of {len(away)} means are more than two away")

# %% [markdown]
# Now play. The chain has three rows: wave, probability, spikes. Time runs through them. **Turn the
# IPD to 0°, then make the bursts sharp with a high envelope power. Which setting would you like to
# listen to, if you had to find the sound?** (Leave *fibres per ear*: a later question asks for it.)

# %%
best = observer.cramer_rao(stimulus)
picture = drawings.chain(phases[0], probability, spikes[0], 40, 40 / 360 * cycle_ms, best)
live("information", picture, stimulus=stimulus, ipd_deg=40, phase_deg=0, listens=False)

# %% [markdown]
# The sentence below the rows answers: nobody who is right on average could have a smaller mean
# error. At the end of this lesson you will compute it. A higher rate helps, and so do sharper
# bursts, though they hold fewer spikes: it can't be the number of spikes that counts. The IPD
# itself makes no difference.
#
# Eight IPDs over the whole range, all with the same phase at the left ear, and with 25 fibres per
# ear so that single spikes show. Read them like a film: what moves, and what stays?

# %%
eight = torch.linspace(-90, 90, 8)
few = Stimulus(fibres_per_ear=25)
_, trains = sample(8, few, generator, ipd=torch.deg2rad(eight), phase=phase)
plots.rasters(trains, [f"IPD {degrees:+.0f}°" for degrees in eight], cycle_ms=cycle_ms)


# %% [markdown]
# The left ear (above) stays and the right ear (below) slides. Hold that thought.
#
# ### Exercise 1.1 — degrees to milliseconds
# Write the lead of the right ear in ms for any IPD and frequency. It must be negative if the left
# ear leads.

# %%
def lead_ms(ipd_deg, frequency_hz):
    ...  # one line


# %%
checks.exercise_1_1(lead_ms)


# %% [markdown]
# [Solution](solutions/01_two_ears.ipynb)
#
# ## A phase for each sound
# In nature nobody tells us when a wave began. In the eight rasters, somebody did. To see what that
# is worth we need a learner: a plain network without spikes, which reads how many fibres of an
# ear fire in each step.

# %%
def draw_counts(n, phase=None):
    """IPDs, and the share of an ear's fibres that fire, `(n, time, ear)`."""
    ipd, spikes = sample(n, stimulus, generator, phase=phase)
    by_fibre = spikes.permute(2, 1, 0).unflatten(0, (2, 100))  # (ear, fibre, time, n)
    bytes_ = by_fibre.view(torch.uint8)  # True as 1, without a copy: small and fast
    return ipd, bytes_.sum(1, dtype=torch.uint8).permute(2, 1, 0) / 100


# %% [markdown]
# It learns to name one of twelve directions, each 15° wide. It sees its training sounds ten
# times over.

# %%
classes = Classes(12)


def learn(ipd, counts):
    inputs, label = counts.flatten(1), classes.index(ipd)
    net = nn.Sequential(nn.Linear(inputs.shape[1], 100), nn.ReLU(), nn.Linear(100, 12))
    for first in net.parameters():
        nn.init.uniform_(first, -0.08, 0.08, generator=generator)
    adam = torch.optim.Adam(net.parameters(), lr=0.005)
    rounds = [torch.randperm(len(ipd), generator=generator) for _ in range(10)]
    for chosen in torch.cat(rounds).split(64):
        adam.zero_grad()
        nn.functional.cross_entropy(net(inputs[chosen]), label[chosen]).backward()
        adam.step()
    return net


# %%
def accuracy(net, ipd, counts):
    """Percent of sounds whose direction is named."""
    right_ones = net(counts.flatten(1)).argmax(1) == classes.index(ipd)
    return 100 * float(right_ones.double().mean())


# %% [markdown]
# ### Predict
# We draw one phase and use it for all sounds, to learn and to test. The learner hears **only the
# right ear**. [Chance](glossary.ipynb#chance) is one in twelve. **How often can one ear name the
# direction?**

# %%
predict("1.3", "How often does one ear name the direction?", (0, 100), unit="%")

# %%
ipd, counts = draw_counts(4096, phase=phase)
fresh_ipd, fresh_counts = draw_counts(2048, phase=phase)
one_ear = learn(ipd, counts[:, :, 1:])
scores = {"one ear, one phase": accuracy(one_ear, fresh_ipd, fresh_counts[:, :, 1:])}
print(f"the right ear alone names {scores['one ear, one phase']:.0f} %, chance is {100 / 12:.0f} %")
reveal("1.3", scores["one ear, one phase"])

# %% [markdown]
# <details><summary>What happened</summary>
#
# Nearly always, and on fresh spikes. With the phase at the left ear fixed, the phase at the
# right ear *is* the IPD plus a constant. The learner needs no second ear: it reads the clock, not
# the direction.
# </details>
#
# This course grew from an unpublished notebook, the *[prototype](glossary.ipynb#prototype)*. It
# drew one phase in each call: one for all the sounds it trained on, and another one for all sounds
# of the next call; but it never tested on those. We do, and we also train with a phase for each
# sound.
#
# ### Predict
# A learner with **both ears** trains on one phase, and then meets new phases, one for each sound.
# **How often does it name the direction?**

# %%
predict("1.4", "How often do both ears name it, in new phases?", (0, 100), unit="%")

# %%
ipd_each, counts_each = draw_counts(4096)
fresh_each = draw_counts(2048)
net = learn(ipd_each, counts_each[:, :, 1:])
scores["one ear, a phase each"] = accuracy(net, fresh_each[0], fresh_each[1][:, :, 1:])
scores["both ears, one phase, tested on new phases"] = accuracy(learn(ipd, counts), *fresh_each)
scores["both ears, a phase each"] = accuracy(learn(ipd_each, counts_each), *fresh_each)


# %%
def interval(percent):
    """95 % interval of a share of 2048 sounds, in percent: it holds the truth 95 times in 100."""
    half = 1.96 * math.sqrt(percent * (100 - percent) / 2048)
    return percent - half, percent + half


named = list(scores.values())
intervals = [interval(percent) for percent in named]
levels = [(100 / 12, "chance")]
plots.bars(list(scores), named, intervals, ylabel="directions named (%)", lines=levels)

# %%
reveal("1.4", scores["both ears, one phase, tested on new phases"])

# %% [markdown]
# <details><summary>What happened</summary>
#
# With a phase for each sound **one ear is at chance**: no learner can do better, because a random
# phase plus an IPD is just another random phase. And the learner that trained with both ears but
# one phase is at chance as well in this run: it never had to compare them. The last bar is our
# [control](glossary.ipynb#control): the same learner can do it, once the data ask for it.
# </details>
#
# Did that trap catch spiking networks too? We trained the prototype's network by its own recipe: on
# one ear, with one phase and with a phase for each sound, and, as it was written, on both ears with
# one phase, but tested on new phases. `figures/prototype_recipe.py` made the table.

# %%
rows = tables.read("../figures/prototype_recipe.csv")
both = "both ears, one phase, tested on new phases"
for setting in ("one ear, one phase", "one ear, a phase each", "as printed"):
    mean, low, high = (100 * x for x in tables.mean_interval(rows, "accuracy", setting=setting))
    seeds = sum(row["setting"] == setting for row in rows)
    name = both if setting == "as printed" else setting
    print(f"{name}: {mean:.1f} % named (95 % interval {low:.1f} to {high:.1f}, {seeds} seeds)")


# %% [markdown]
# So it did: a spiking network with one ear seems to find the sound, far above chance, until each
# sound has its own phase. With both ears it did learn to compare, unlike our plain network, though
# nothing in its data forced it to; only a test with new phases could tell. From here on, `sample`
# draws **a phase for each sound** unless told otherwise.
#
# ### Exercise 1.2 — mend it
# These phases are all the same. Mend the function, so that one ear can't know the direction.

# %%
def draw_phases(n, generator):
    one = 2 * math.pi * torch.rand(1, generator=generator)
    return one.expand(n)  # change this line, or both


# %%
checks.exercise_1_2(draw_phases)

# %% [markdown]
# [Solution](solutions/01_two_ears.ipynb)
#
# ## What a class can't say
# Naming a class is coarse: the answer is its midpoint, wherever in it the sound is. To see how
# coarse, we ask an **[observer](glossary.ipynb#observer)**: anyone or anything that gets the spikes
# and gives an answer, a person, a network or a formula.
#
# ### Predict
# A class is 15° wide. An observer *always* names the right one. **What is its mean error in
# degrees?**

# %%
predict("1.5", "How far off is who always names the right class?", (0, 15), unit="°", step=0.5)

# %%
ipd = (torch.rand(100_000, generator=generator) - 0.5) * math.pi
perfect = classes.midpoint(classes.index(ipd))
floor_deg = math.degrees((perfect - ipd).abs().mean())
chance = observer.chance(classes)
print(f"always the right class: {floor_deg:.2f}° here, {chance.class_floor_deg:.2f}° exactly")
print(f"a class at random: {chance.random_class_deg:.0f}°")
print(f"always straight ahead: {chance.straight_ahead_deg:.0f}°")
assert abs(floor_deg - chance.class_floor_deg) < 0.03
reveal("1.5", chance.class_floor_deg)


# %% [markdown]
# <details><summary>What happened</summary>
#
# Within a class the distance to its middle is anything from 0° to half a width, so a quarter of the
# width on average. This is the **[class floor](glossary.ipynb#class-floor)**: no answer in
# midpoints gets below it. (Lesson 0's network could: its answer was a *mean* of midpoints, so it
# could point between them.) From now on we always report an error in degrees, beside chance and
# beside the floor.
# </details>
#
# ## How well could anyone do?
# The spikes are random, so even the best observer errs. How much a step can tell about the
# phase is its **[Fisher information](glossary.ipynb#Fisher-information)**: how steeply the
# probability changes with the phase, squared, over the variance of a spike, $p'^2 / (p (1 - p))$.

# %%
def information(phases, h=1e-4):
    """Fisher information of one fibre in one step, at these phases of the wave (radians)."""
    later, p, earlier = (stimulus.firing_probability(phases + move) for move in (h, 0, -h))
    variance = (p * (1 - p)).clamp(min=1e-12)  # it is 0 at the bottom of the wave
    return ((later - earlier) / (2 * h)) ** 2 / variance


# %% [markdown]
# ### Predict
# A fibre fires most at the peak of the wave. **Where does it tell most about the phase: at the
# peak, on the slopes, or in the half of the cycle in which it is nearly silent?** Guess how far
# from the peak: the silent half begins at 90°, and 180° is the bottom of the wave.

# %%
predict("1.6", "How far from the peak does a fibre tell most?", (0, 180), unit="°")

# %%
from_peak_deg = torch.arange(-179.75, 180, 0.5, dtype=torch.float64)
wave = torch.deg2rad(from_peak_deg + 90)  # the peak of a sine is at 90°
fires, tells = stimulus.firing_probability(wave), information(wave)
near, silent = from_peak_deg.abs() < 20, from_peak_deg.abs() > 90
for name, part in (("within 20° of the peak", near), ("the silent half", silent)):
    spikes_there, told_there = (float(x[part].sum() / x.sum()) for x in (fires, tells))
    print(f"{name}: {spikes_there:.0%} of the spikes, {told_there:.0%} of the information")

# %%
print(f"most of all tells a step {from_peak_deg[tells.argmax()].abs():.0f}° from the peak")
drawings.information(from_peak_deg, fires, tells)

# %%
reveal("1.6", from_peak_deg[tells.argmax()].abs())

# %% [markdown]
# <details><summary>What happened</summary>
#
# At the peak, where the bursts are, almost nothing: the curve is flat there, so a wave that is a
# little further along makes the same spikes. Most lies low on the slopes, where the curve is steep
# and spikes are rare enough to say something. So the nearly silent half, with few of the spikes,
# holds a large part of the information. Who wants to know *when* listens to the edges of a burst,
# not to its middle. (Sharper bursts have steeper edges: that is why they helped above.)
# </details>
#
# Independent fibres and steps add up. We take many sounds, each with its own IPD and phase.

# %%
ipd = (torch.rand(500, generator=generator) - 0.5) * math.pi
waves = stimulus.phases(ipd, 2 * math.pi * torch.rand(500, generator=generator))
by_ear = 100 * information(waves).sum(1)  # (sound, ear), 100 fibres

# %% [markdown]
# [Cramér and Rao](glossary.ipynb#bound): no [unbiased](glossary.ipynb#bias) estimate (one that is
# right on average) of an ear's phase has a variance below one over its information. The IPD is the
# difference of two such phases, so the variances add. That is a bound on the *variance* of the
# errors. We report their mean size. For bell-shaped errors that is $\sqrt{2/\pi}$ of the standard
# deviation, and with this factor we quote the bound.

# %%
deviation = (1 / by_ear).sum(1).sqrt()
bound_deg = math.degrees(math.sqrt(2 / math.pi) * deviation.mean())
print(f"by hand {bound_deg:.3f}°, observer.cramer_rao {observer.cramer_rao(stimulus):.3f}°")
assert math.isclose(bound_deg, observer.cramer_rao(stimulus), rel_tol=0.01)

# %% [markdown]
# The bound lies well below the floor of twelve classes: there is much more in the spikes than
# twelve midpoints can say. In the course we use `observer.cramer_rao` for any stimulus.
#
# ### Predict
# **With 1 fibre per ear instead of 100, how many times larger is the bound?**

# %%
predict("1.7", "How many times larger is the bound with 1 fibre?", (1, 200), unit="times")

# %%
fibres = [1, 2, 5, 10, 20, 50, 100]
bounds = [observer.cramer_rao(Stimulus(fibres_per_ear=f)) for f in fibres]
print(f"{bounds[0]:.2f}° with 1, {bounds[-1]:.2f}° with 100: {bounds[0] / bounds[-1]:.1f} times")
drawings.bound(fibres, bounds, levels=[(chance.class_floor_deg, "floor of 12 classes")])

# %%
reveal("1.7", bounds[0] / bounds[-1])


# %% [markdown]
# <details><summary>What happened</summary>
#
# Ten times. Information adds up over fibres, and the bound falls with its square root: a straight
# line when both axes are logarithmic. To halve it you need four times the fibres, or four times the
# listening.
# </details>
#
# ### Exercise 1.3 — enough classes
# With 12 classes, a perfect [argmax](glossary.ipynb#argmax) is much coarser than the spikes. How
# many classes do you need for a floor no higher than a given bound?

# %%
def classes_needed(bound_deg):
    ...  # one line: the floor is a quarter of 180° / n


# %%
checks.exercise_1_3(classes_needed)

# %% [markdown]
# [Solution](solutions/01_two_ears.ipynb)
#
# ## An observer that gets there
# A bound is only a promise. Is there an observer that keeps it? For every phase we ask: how
# probable are just these spikes? Probabilities of independent fibres and steps multiply, so their
# logarithms add. A step in which $c$ of an ear's $n$ fibres fire adds
# $c \log p + (n - c) \log (1 - p)$.

# %%
grid_deg = torch.arange(0, 360, 0.5, dtype=torch.float64)


def log_likelihood(spikes, n):
    """Of one sound's spikes `(time, fibre)`, `n` fibres per ear, for each phase: `(ear, 720)`."""
    c = spikes.unflatten(1, (2, n)).sum(2).double()  # (time, ear)
    p = stimulus.firing_probability(stimulus.phases(0, torch.deg2rad(grid_deg))[:, :, 0])
    p = p.clamp(min=1e-12)  # log 0 would spoil the sum
    return (p.log() @ c + (1 - p).log() @ (n - c)).T


# %% [markdown]
# One sound may be a lucky draw. So we draw 21 of one direction, and show the one whose error is in
# the middle. The course's own function looks between the points of the grid.

# %%
_, spikes = sample(21, stimulus, generator, ipd=math.radians(40), phase=math.radians(100))
off_deg = (observer.maximum_likelihood(spikes, stimulus).rad2deg() - 40).abs()
typical = int(off_deg.argsort()[10])
scores = log_likelihood(spikes[typical], 100)
best_deg = grid_deg[scores.argmax(1)]
assert abs(off_deg[typical] - (best_deg[1] - best_deg[0] - 40).abs()) <= 1  # the grid is coarse
print(f"21 errors, from {off_deg.min():.1f}° to {off_deg.max():.1f}°; this sound's is "
      f"{off_deg[typical]:.1f}°, the bound {bound_deg:.1f}°")

# %% [markdown]
# Now be the observer yourself. Nothing is played here: you see other spikes of the same sound, and
# under them the Fisher information of each ms. Lowest stands how likely each phase is, given the
# spikes so far (its *likelihood*), a hill for each ear; small triangles mark the true phases.
# **Pull *heard so far* to 0, tick *slow motion* and let it play. The sentence under the picture
# tells the bound: when does it fall, at the height of a burst or at its edges? Then choose 1 fibre
# per ear, and move the sound.**

# %%
peaks = drawings.likelihood(grid_deg, scores, best_deg.tolist(), (100, 140))
live("information", peaks, stimulus=stimulus, ipd_deg=40, phase_deg=100, listens=True)


# %% [markdown]
# It falls at the edges, where the information lies. In the end each ear has one sharp peak (with
# one fibre, a hill), and the distance between the peaks is the estimate. (Read from the grid of
# half degrees in the code, it can be off by a few tenths.) That is **[maximum
# likelihood](glossary.ipynb#maximum-likelihood)**. How sharply a peak is bent at its top is the
# Fisher information again. Where it has fallen to six tenths of its height, you are one standard
# deviation from the top. (Its logarithm has then fallen by half a nat, the unit of the loss in
# lesson 0.)
#
# One sound says little, so this observer now listens to many, each with its own phase.

# %%
def listen(count, n):
    """`n` sounds for `count` fibres per ear: who makes them, their IPDs, their spikes."""
    ears = Stimulus(fibres_per_ear=count)
    return ears, *sample(n, ears, generator)


def errors_deg(answer, ipd):
    return torch.rad2deg(answer - ipd).double()


def mean_and_half(values):
    """Mean, and half the width of its 95 % interval."""
    return values.mean().item(), 1.96 * values.std().item() / math.sqrt(len(values))


# %%
heard = {1: listen(1, 2500), 10: listen(10, 1000), 100: listen(100, 1000)}
limits = {count: observer.cramer_rao(ears) for count, (ears, _, _) in heard.items()}
likeliest = {}
for count, (ears, ipd, spikes) in heard.items():
    likeliest[count] = errors_deg(observer.maximum_likelihood(spikes, ears), ipd)
    mean, half = mean_and_half(likeliest[count].abs())
    print(f"{count:3d} per ear: {mean:.2f}° ± {half:.2f}°, bound {limits[count]:.2f}°")

# %% [markdown]
# After each ± stands half a 95 % interval: as far as these sounds can tell, the observer is at the
# bound or close to it. Is there a better one still?
#
# ## The best answer there is
# Maximum likelihood trusts the most probable pair of phases. But many pairs are nearly as probable.
# Let us weigh them all. For each IPD we add up, over all phases at the left ear, how probable the
# spikes are. This, divided by its sum, says how probable each IPD within ±90° is once the spikes
# are heard: the **[posterior](glossary.ipynb#posterior)** (Bayes, 1763). Nobody with the same
# spikes has a smaller mean error than its middle, the *median*, nor a smaller mean *squared* error
# than its mean. One fibre per ear hears 21 sounds at +80°; again we take the one in the middle:

# %%
one = Stimulus(fibres_per_ear=1)
_, spikes = sample(21, one, generator, ipd=math.radians(80))
answers = observer.maximum_likelihood(spikes, one)
spikes = spikes[answers.argsort()[10:11]]
left, right = log_likelihood(spikes[0], 1).softmax(1)  # in parts of a whole
ipd_deg = torch.arange(-90, 90.5, 0.5, dtype=torch.float64)
probable = torch.stack([(left * right.roll(-shift)).sum() for shift in range(-180, 181)])
probable /= probable.sum()

# %%
by_hand = {
    "mean": (probable * ipd_deg).sum(),
    "median": ipd_deg[(probable.cumsum(0) < 0.5).sum()],
}
for rule, answer in by_hand.items():
    assert abs(observer.posterior(spikes, one, rule).rad2deg() - answer) < 1  # two grid steps
by_hand["maximum likelihood"] = observer.maximum_likelihood(spikes, one).rad2deg()
drawings.posterior(ipd_deg, probable, by_hand, 80)

# %% [markdown]
# The hill is broad: one fibre knows little. Now the median answers for the same sounds as before:

# %%
median = {}
for count, (ears, ipd, spikes) in heard.items():
    median[count] = errors_deg(observer.posterior(spikes, ears, "median"), ipd)
    gain, half = mean_and_half(likeliest[count].abs() - median[count].abs())
    print(f"{count:3d} per ear: {median[count].abs().mean():.2f}°, bound {limits[count]:.2f}°, "
          f"nearer than maximum likelihood by {gain:.3f}° ± {half:.3f}°")

# %% [markdown]
# With one fibre it is nearer, and *under* the bound; the many sounds at the end of this page bear
# that out. With a hundred there is next to nothing to gain, since the peaks are sharp.
#
# ### Predict
# Is that allowed? The bound speaks of answers that are right on average. We call how far they lean
# on average their *bias*: below 0 if inwards (towards straight ahead), above 0 if outwards. **With
# one fibre, how far does the median lean for sounds beyond ±80°? And for those within ±60°?** Guess
# for those beyond ±80°.

# %%
predict("1.8", "How far does the median lean beyond ±80°?", (-10, 10), unit="°", step=0.5)

# %%
error, truth_deg, lean = median[1], torch.rad2deg(heard[1][1]), {}
for name, part in (("within ±60°", truth_deg.abs() < 60), ("beyond ±80°", truth_deg.abs() > 80)):
    mean, half = mean_and_half(error[part].abs())
    lean[name], bias_half = mean_and_half((error * truth_deg.sign())[part])
    print(f"{name}: error {mean:.1f}° ± {half:.1f}°, bias {lean[name]:+.1f}° ± {bias_half:.1f}°")
print(f"bound: {limits[1]:.1f}°")

# %%
reveal("1.8", lean["beyond ±80°"])

# %% [markdown]
# <details><summary>What happened</summary>
#
# Near the ends, inwards. This observer knows that no sound lies beyond ±90°. There that cuts off
# its largest errors and makes its answers lean inwards: it is **biased**, and of biased answers the
# bound says nothing. In the middle of the range there is nothing to know beforehand, and there the
# bound is a fair limit. The fewer the fibres, the larger the errors, and the more of them are cut.
# </details>
#
# So for networks with few fibres it is no bound at all, and the course draws what the best observer
# reaches. `figures/studies/best_observer.py` asked it about many more sounds, and let it hear 100
# ms of each, as our networks will:

# %%
rows = tables.read("../figures/studies/best_observer.csv")
observers = {"maximum likelihood": "likelihood_error_deg", "posterior median": "error_deg"}
counts, curves = (1, 2, 4, 10, 100), {name: [] for name in observers}
for count in counts:
    limit, *_ = tables.mean_interval(rows, "bound_deg", fibres=count)
    for name, column in observers.items():
        found = tables.mean_interval(rows, column, fibres=count)
        curves[name].append([value / limit for value in found])
    print(f"{count:3d} per ear: best {found[0]:.2f}°, bound {limit:.2f}°")

# %%
plots.lines(counts, curves, "fibres per ear", "mean error (times the bound)", log_x=True,
             levels=[(1, "Cramér–Rao bound")])

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A tone and an IPD become two waves, two firing probabilities and two hundred spike trains;
#   a positive IPD means that the right ear leads, a source on the right.
# - Every sound needs its own random phase. Otherwise one ear alone seems to find the direction,
#   and nothing forces a learner to compare the two.
# - Spikes at the peak of a wave tell next to nothing about its phase; the edges of a burst do.
# - An error in degrees stands beside chance, the class floor and the Cramér–Rao bound, which
#   maximum likelihood reaches with many fibres. With few, what counts is the best observer.
#
# **To read on**
# - H. Cramér (1946), *Mathematical Methods of Statistics*, Princeton University Press.
# - C. R. Rao (1945), *Information and the accuracy attainable in the estimation of statistical
#   parameters*, Bulletin of the Calcutta Mathematical Society.
# - G. F. Kuhn (1977), *Model for the interaural time differences in the azimuthal plane*, Journal
#   of the Acoustical Society of America.
#
# Next door: [What is lost when spikes wait?](02_make_a_spike_wait.ipynb)
