# %% [markdown]
# # How would a brain do it?
#
# In this course delays follow gradients, or weights do. Nobody has seen a gradient in a brain. So
# here is what nature has: axons of all lengths, animals that point by them, and a rule that needs
# no teacher.
#
# **You will be able to**
# - work out how long an axon must be, and how exact its speed, for a wait of 10 µs;
# - say how an owl and a gerbil find left and right, and what is still argued about;
# - let the timing of spikes select delays from a random variety, and say how well that points.
#
# *20 minutes. Builds on lessons 4 and 6.*

# %%
import math

import torch

from course_utils import observer, plots, tables
from course_utils.delays import shift_then_clip
from course_utils.drawings import brain as drawings
from course_utils.explore import choice, explore, predict, reveal, review, slider
from course_utils.neurons import recurrent_lif
from course_utils.stimuli import Stimulus, sample

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine


# %% [markdown]
# ## A wait is a length over a speed
#
# A spike runs along an [axon](glossary.ipynb#axon). A thin bare one conducts at 0.5 to 2 m/s.
# Wrapped in [myelin](glossary.ipynb#myelin), it is faster: in the nerves of a cat, about 6 m/s for
# each µm of its diameter (Hursh 1939), up to some 100 m/s.

# %%
def travel_time_us(length_mm, speed_m_per_s):
    return 1000 * length_mm / speed_m_per_s


for speed in drawings.SPEEDS:
    print(
        f"{speed:3d} m/s: 1 mm takes {travel_time_us(1, speed):4.0f} µs; "
        f"for 10 µs the axon must be {10 * speed} µm longer"
    )

# %% [markdown]
# How fine must it be? People notice an interaural time difference of 10 µs (Klumpp and Eady 1956).
#
# ### Predict
# An axon is 5 mm long and conducts at 10 m/s. **By how much must it become faster, so that its
# spikes come 10 µs earlier?**

# %%
predict("brain.1", "How much faster, for 10 µs?", (0, 50), unit="%")

# %%
now_us = travel_time_us(5, 10)
faster = 1000 * 5 / (now_us - 10)  # m/s
print(f"{now_us:.0f} µs at 10 m/s, {now_us - 10:.0f} µs at {faster:.2f} m/s")
reveal("brain.1", 100 * (faster / 10 - 1))

# %% [markdown]
# <details><summary>What it says</summary>
#
# By two per cent. If speed goes with diameter, an axon of 1.7 µm would have to be thicker by 0.03
# µm. No plan in the genes is known to be that exact. Two ways are left: to *adjust* each axon while
# it is in use, or to make many axons that differ, and *choose*.
# </details>
#
# Move the length. Where do 700 µs come from, the largest time difference of a human head?

# %%
explore(
    drawings.travel_times,
    length_mm=slider("length (mm)", 1, 40, 1, 5),
    speed=choice("speed (m/s)", list(drawings.SPEEDS), 5),
)

# %% [markdown]
# Adjusting is real. Myelin grows where axons are active, and changes when their activity does
# (Fields 2015). In gerbils, axons that carry time from the ears have wraps and gaps whose sizes fit
# the time they must keep (Ford and others 2015). Whether an axon *learns* its delay in this way, as
# our layer does, nobody has shown yet.
#
# ## An owl and a gerbil
#
# In a barn owl, axons of the two ears run towards each other, along a row of neurons. Each neuron
# meets both where its place decides how long they have run: Jeffress's map of lesson 6, in flesh
# (Carr and Konishi 1990). In a gerbil, nobody found such a map. On either side of the brain,
# neurons fire most for sounds of the *other* side, at or beyond the largest difference of its head.
# When [inhibition](glossary.ipynb#inhibition) was blocked with a drug, those peaks moved to the
# middle (Brand and others 2002). So inhibition, too, may make a delay; others doubt it.

# %%
itd_us = torch.linspace(-120, 120, 121)


def tuning(best_us, frequency_hz, power):
    turn = 2 * math.pi * frequency_hz * 1e-6 * (itd_us - best_us)
    return ((1 + torch.cos(turn)) / 2) ** power


owl = [tuning(best, 5000, 4) for best in range(-90, 91, 30)]
gerbil = [tuning(best, 1000, 1) for best in (-125, 125)]  # an eighth of a cycle
drawings.two_plans(itd_us, torch.stack(owl), torch.stack(gerbil))

# %% [markdown]
# The owl asks *who* fires most. The gerbil, it is thought, asks *how much* two broad channels fire:
# their slopes are steepest where sounds are (measured in guinea pigs: McAlpine, Jiang and Palmer
# 2001). How its neurons come by their delays is argued about to this day (Grothe, Pecka and
# McAlpine 2010). Which plan would our network choose, if it had one lag only? Lesson 6 has the
# table:

# %%
one_lag = tables.read("../figures/studies/one_number.csv")
lags_ms = sorted({row["lag_ms"] for row in one_lag})
error = {lag: tables.mean_interval(one_lag, "error_deg", lag_ms=lag)[0] for lag in lags_ms}
best = abs(min(error, key=error.get))
print(f"smallest error with a lag of {best:g} ms, {360 * best / 50:.0f}° of a cycle")
print(f"with no lag: {error[0]:.0f}° instead of {min(error.values()):.0f}°")

# %% [markdown]
# At the side, as in a gerbil, though at a quarter of a cycle, not an eighth: the slope lies in the
# middle.
#
# ## A rule that selects
#
# Now the other way: many axons that differ, and a choice among them. A synapse knows only two
# things: when its own spikes arrive, and when its neuron fires. In many brains, a synapse grows if
# its spike arrives shortly *before* the neuron fires, and shrinks if it arrives shortly *after*:
# [spike-timing-dependent plasticity](glossary.ipynb#spike-timing-dependent-plasticity). By hand it
# takes two traces (lesson 6), one of arrivals and one of spikes:

# %%
UP_MS, DOWN_MS = 5.0, 10.0
ks = torch.arange(1000.0)
COST = float(1.4 * torch.exp(-ks / UP_MS).sum() / torch.exp(-ks[1:] / DOWN_MS).sum())


def change_by_hand(arrivals, spikes):
    early = late = total = 0.0
    for arrives, fires in zip(arrivals, spikes, strict=True):
        early = math.exp(-1 / UP_MS) * early + arrives
        late = math.exp(-1 / DOWN_MS) * late
        total += early * fires  # it came in time: grow
        total -= COST * late * arrives  # too late: shrink
        late += fires
    return total


# %% [markdown]
# `COST` says that all in all, more is taken than given: 1.4 times as much. So an input that comes
# at any time, whatever the neuron does, loses. The same for all pairs at once is one matrix:

# %%
steps = torch.arange(100.0)
lead = steps[:, None] - steps  # the spike's step (row) minus the arrival's (column)
grow = torch.exp(-lead / UP_MS) * (lead >= 0)
window = grow - COST * torch.exp(lead / DOWN_MS) * (lead < 0)

trains = torch.rand(2, 100, generator=torch.Generator().manual_seed(1)) < 0.2
arrivals, spikes = trains.float()
by_hand = change_by_hand(arrivals.tolist(), spikes.tolist())
assert math.isclose(by_hand, float(spikes @ window @ arrivals), rel_tol=1e-3, abs_tol=1e-3)
drawings.window(lead[50], window[50])

# %% [markdown]
# Now lesson 6's shelf: 100 fibres per ear, whose delays are random and stay as they are. Thirty
# neurons hear them all, and first all weights are much alike.

# %%
stimulus, generator = Stimulus(), torch.Generator().manual_seed(0)
delays = torch.randint(0, 51, (200,), generator=generator).float()
first = 0.006 * (0.5 + torch.rand(200, 30, generator=generator))


def change(arriving, fired):  # mean over sounds, (fibre, neuron)
    wanted = torch.einsum("ts,ntk->nsk", window, fired)
    return arriving.flatten(0, 1).T @ wanted.flatten(0, 1) / len(arriving)


# %% [markdown]
# A neuron's life is a loop: 200 times 32 sounds, a little change after each, and weights kept
# between 0 and a largest one. No label, no loss, no gradient. (`holding` comes later.)

# %%
def mature(weights, ipd=None, holding=0.0):
    looks, hold = [weights], -holding * (1 - torch.eye(weights.shape[1]))
    for _ in range(200):
        _, heard = sample(32, stimulus, generator, ipd=ipd)
        arriving = shift_then_clip(heard.float(), delays, 50)
        fired = recurrent_lif(arriving @ weights, hold, 5)
        weights = (weights + 6e-5 * change(arriving, fired)).clamp(0, 0.02)
        looks.append(weights)
    return torch.stack(looks)  # (look, fibre, neuron)


# %% [markdown]
# ### Predict
# One neuron grows up where all sounds come from the right, with an IPD of +45°: an eighth of a
# cycle of 50 ms. **How much longer (below zero: shorter) do the surviving fibres of its right ear
# wait than those of its left?** Then the same neuron again, from the same first weights, with all
# sounds at -45°.

# %%
predict("brain.2", "The survivors' lag", (-25, 25), unit="ms")

# %%
alone = mature(first[:, :1], ipd=math.pi / 4)
drawings.selection(delays, alone[:, :, 0], range(0, 32 * len(alone), 32))


# %%
def mean_phase(weights):
    """Mean phase of the delays by weight, left and right, as complex numbers."""
    turns = torch.exp(2j * math.pi * delays / 50)
    pull = (weights * turns[:, None]).unflatten(0, (2, 100)).sum(1)
    return pull / weights.unflatten(0, (2, 100)).sum(1).clamp(min=1e-9)


def lag_deg(weights):
    left, right = mean_phase(weights)
    return torch.rad2deg(torch.angle(right * left.conj()))


lag_ms = float(lag_deg(alone[-1])) * 50 / 360
strength = [float(mean_phase(weights).abs().mean()) for weights in (alone[0], alone[-1])]
print(f"lag {lag_ms:+.1f} ms; vector strength {strength[0]:.2f}, later {strength[1]:.2f}")
mirrored = mature(first[:, :1], ipd=-math.pi / 4)
print(f"with sounds at -45°: {float(lag_deg(mirrored[-1])) * 50 / 360:+.1f} ms")

# %%
reveal("brain.2", lag_ms)


# %% [markdown]
# <details><summary>What happened</summary>
#
# The neuron fires when many spikes meet. Synapses whose delay let them arrive in time grew, so that
# they meet even more, and the others shrank. Who survives shares one phase of the cycle: the
# [vector strength](glossary.ipynb#vector-strength) says how well, from 0 (any phase) to 1 (one
# phase). And which lag survives depends on where the sounds were: compare the two numbers. An
# eighth of a cycle would be 6.25 ms; one neuron comes near it by luck, more or less.
#
# The bands wander: who arrives a little early is always better off, so ever shorter delays win,
# until they are through, and the cycle begins anew. Both ears wander together, and a common shift
# is what nobody can hear: the gauge freedom of lesson 5.
# </details>
#
# Watch it grow up:

# %%
def draw(heard):
    weights = alone[heard // 32, :, 0]
    return drawings.survivors(delays, weights, float(alone.max()), f"after {heard} sounds")


explore(draw, heard=slider("sounds heard", 0, 6400, 320, 0, keep=[640, 1600, 3200]))

# %% [markdown]
# ## Who looks where?
#
# Now all thirty, and sounds from everywhere, as in the whole course. Nobody assigns directions.
#
# ### Predict
# **Where will the thirty look, if each learns by itself?**

# %%
predict(
    "brain.3",
    "Thirty neurons by themselves",
    [
        "in all directions",
        "near the middle, all of them",
        "to the sides",
    ],
)

# %% [markdown]
# And the same once more, with inhibition: each spike takes 0.2 from the potential of all the
# others, one step later.

# %%
apart = mature(first)[-1]
together = mature(first, holding=0.2)[-1]
drawings.looking(
    {
        "before": lag_deg(first),
        "by themselves": lag_deg(apart),
        "with inhibition": lag_deg(together),
    }
)

# %%
side = {
    name: float(lag_deg(w).abs().mean())
    for name, w in (("by themselves", apart), ("with inhibition", together))
}
for name, degrees in side.items():
    print(f"{name}: {degrees:.0f}° off the middle on average")
where = "near the middle, all of them" if side["by themselves"] < 15 else "in all directions"
reveal("brain.3", where if side["by themselves"] < 60 else "to the sides")

# %% [markdown]
# <details><summary>What happened</summary>
#
# By themselves all find much the same: a lag near the middle, which is not far from any sound. That
# is what fits *most* sounds. With inhibition, whoever fires first holds the rest back, who then
# have to make a living elsewhere: they look somewhat further apart. Whether they point better for
# it, the table must say.
# </details>
#
# ## How well does it point?
#
# `figures/studies/stdp.py` did this with five seeds, let the neurons rest, and fitted one readout
# to their spikes, with labels and alike for all. In front of the readout nobody was taught:
# - *random weights*: before the rule;
# - *selected*: after it, as you have just seen;
# - *selected, then shuffled*: the same weights, on the wrong fibres;
# - *selected, one lag*: the same rule with nothing to choose from, since all fibres of an ear wait
#   alike, the right ear's 12 ms longer: the best that one lag can do (above);
# - *selected, no inhibition*: they grew up without it (and hear with it, like all the others).
#
# *Taught* is lesson 6's network of as many neurons and frozen random delays, whose weights followed
# gradients.
#
# ### Predict
# Always straight ahead is 45° wrong; the bound is 1°. **How wrong is *selected*?**

# %%
predict("brain.4", "Mean error, delays selected by timing", (0, 45), unit="°")

# %%
study = tables.read("../figures/studies/stdp.csv")
ways = list(dict.fromkeys(row["way"] for row in study))
found = {way: tables.mean_interval(study, "error_deg", way=way) for way in ways}
lesson_6 = tables.read("../figures/studies/weights_or_delays.csv")
same = dict(kind="axonal", fibres=100, hidden=30, max_delay=50, delays="frozen random")
found["taught"] = tables.mean_interval(lesson_6, "error_deg", **same)

# %%
plots.bars(
    list(found),
    [mean for mean, *_ in found.values()],
    [ends for _, *ends in found.values()],
    ylabel="mean error (degrees), 95 % over seeds",
    log=True,
    lines=[(observer.cramer_rao(stimulus, window_ms=100), "bound")],
)

# %%
for way in ways:
    strength, *_ = tables.mean_interval(study, "strength", way=way)
    print(f"{way:24s} {found[way][0]:5.1f}°, vector strength {strength:.2f}")
print(f"taught: {found['taught'][0]:.1f}°")
for way in ("selected, no inhibition", "selected"):
    off, low, high = tables.mean_interval(study, "side_deg", way=way)
    print(f"{way}: {off:.0f}° off the middle ({low:.0f} to {high:.0f})")
reveal("brain.4", found["selected"][0])

# %%
for row in tables.read("../figures/results.csv"):
    if row["table"] == "studies/stdp.csv" and row["difference"] != "":
        print(
            "{claim}: {difference:+.1f}° ({difference_low:+.1f} to {difference_high:+.1f}), "
            "{verdict}".format(**row)
        )

# %% [markdown]
# <details><summary>What it says</summary>
#
# In front of the readout nobody taught these neurons, and they point with an error of 8°: far
# better than the 40° that they started from, and five times as wrong as the taught ones (which had
# another readout and training, too).
#
# That *selection* did most of it, the shuffle says: the same weights on the wrong fibres are 20°
# worse. (On average they are still better than random ones; a part may come from weights that are
# few and strong.) And the rule needs its variety. With *one lag*, though no single lag is better,
# it starves the ear that comes late: a vector strength of 0.5 says that of one ear nothing is left.
# And one ear knows no direction. Of inhibition, all five seeds say that it makes neurons look
# further to the sides; whether they point better for it is *open*.
# </details>
#
# ## What is not real here
# - **A tone of 20 Hz.** Its cycle of 50 ms stands for 200 µs at an owl's 5 kHz, and our window of 5
#   ms for 20 µs. Windows that were measured are longer than that, mostly tens of ms. Gerstner and
#   others (1996) showed that a far shorter one would do; that the owl has it is not known.
# - **One window, one inhibition.** We chose them by hand, on a seed that is not in the table. With
#   others it may point better or worse.
# - **The readout had a teacher.** Someone must still say what a neuron's firing means.
#
# ## The circle
#
# The course began with delays that learn, and found that a random variety often does as well, if
# something can choose from it (lesson 6). Here timing alone chose. Variety and selection: gradients
# can do the choosing, a synapse can, and learning a delay is what remains where the variety is
# poor.
#
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A wait is a length over a speed; 10 µs are 2 % of half a millisecond.
# - An owl has a map of delay lines. A gerbil seems to have two channels; whether inhibition makes
#   its delays is argued about.
# - Spike timing selects, from random delays, those that share a phase, with nobody to teach. Alone,
#   neurons all look near the middle; inhibition moves them somewhat apart.
# - Selected delays point, far from the bound and far from chance. The control: the same weights on
#   the wrong fibres.
#
# **Read on.** W. Gerstner, R. Kempter, J. L. van Hemmen and H. Wagner (1996), *A neuronal learning
# rule for sub-millisecond temporal coding*, Nature 383. — C. E. Carr and M. Konishi (1990), *A
# circuit for detection of interaural time differences in the brain stem of the barn owl*, Journal
# of Neuroscience 10. — A. Brand, O. Behrend, T. Marquardt, D. McAlpine and B. Grothe (2002),
# *Precise inhibition is essential for microsecond interaural time difference coding*, Nature 417. —
# D. McAlpine, D. Jiang and A. R. Palmer (2001), *A neural code for low-frequency sound localization
# in mammals*, Nature Neuroscience 4. — B. Grothe, M. Pecka and D. McAlpine (2010), *Mechanisms of
# sound localization in mammals*, Physiological Reviews 90. — R. D. Fields (2015), *A new mechanism
# of nervous system plasticity: activity-dependent myelination*, Nature Reviews Neuroscience 16. —
# M. C. Ford and others (2015), *Tuning of Ranvier node and internode properties in myelinated axons
# to adjust action potential timing*, Nature Communications 6. — J. B. Hursh (1939), *Conduction
# velocity and diameter of nerve fibers*, American Journal of Physiology 127. — R. G. Klumpp and H.
# R. Eady (1956), *Some measurements of interaural time difference thresholds*, Journal of the
# Acoustical Society of America 28.
#
# **Next door:** back to [the first lesson](00_where_is_that_sound.ipynb), or to [the shelf of
# delays](06_weights_or_delays.ipynb).
