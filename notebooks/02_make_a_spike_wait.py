# %% [markdown]
# # What is lost when spikes wait?
#
# Three nerve fibres carry the same few spikes, and we make two of them wait. Before anything can
# learn a delay we need to know what waiting costs: a delay moves spikes *out of the window we
# look at*, and silence into it.
#
# **You will be able to**
# - delay a spike train in three lines, and check that it really is a delay;
# - say what padding does at both ends of a train, and what clipping costs in degrees;
# - work out how long a stimulus must be for several layers of delays.
#
# *20 minutes. Builds on [lesson 1](01_two_ears.ipynb).*

# %%
import torch

from course_utils import checks, delays, observer
from course_utils.drawings import course_map
from course_utils.drawings import lesson_2 as drawings
from course_utils.explore import explore, predict, reveal, review, slider
from course_utils.stimuli import Stimulus, sample

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
course_map.here(2)

# %% [markdown]
# Time runs in steps of 1 ms. We record for 12 ms; each fibre spikes at 2, 5 and 10 ms. Fibre 0
# does not wait, fibre 1 waits 2 ms and fibre 2 waits 4 ms.

# %%
recording = torch.zeros(12, 3)  # (time, fibre)
recording[[2, 5, 10]] = 1
wait = torch.tensor([0, 2, 4])  # ms

# %% [markdown]
# ### Predict
# We still look at 12 ms. **When do we see fibre 2 spike now, and what do we see before 4 ms?**

# %%
predict("2.1", "When do we see fibre 2 spike?", ["at 1, 6 ms", "at 6, 9 ms", "at 6, 9, 14 ms"])

# %%
late = torch.zeros_like(recording)
for fibre, d in enumerate(wait):
    late[d:, fibre] = recording[: 12 - d, fibre]  # out[t] = in[t - d]
seen = late[:, 2].nonzero().flatten().tolist()
reveal("2.1", f"at {str(seen).strip('[]')} ms")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Two of its three spikes, at 6 and 9 ms. The third would come at 14 ms, when we have stopped
# looking. And the first 4 ms of fibre 2 are **silence that nobody sent**: a zero there means "not
# arrived yet", not "no spike". Nothing in the numbers tells the two apart.
# </details>
#
# It is tempting to let `torch.roll` do the shifting: one call, no loop. It moves every row down by
# as many rows as we say, and gives back as many rows as it got: here 12, from 0 to 11 ms.
#
# ### Predict
# **Where does `torch.roll` put the spike from 10 ms when the fibre waits 4 ms?**

# %%
predict("2.2", "Where does it put the last spike?", ["at 2 ms", "at 11 ms", "nowhere, it is lost"])

# %%
rolled = torch.roll(recording[:, 2], 4).nonzero().flatten().tolist()
print("spikes at", *rolled, "ms")
at = torch.roll(torch.arange(12), 4).tolist().index(10)  # where it puts row 10
reveal("2.2", f"at {at} ms")

# %% [markdown]
# <details><summary>What happened</summary>
#
# At 2 ms. The late spike left at the end and came in again at the front: it is now heard **before
# it was sent**. The total number of spikes is right, which is why this mistake is easy to miss. A
# delay must never wrap round.
# </details>
#
# ## Method A: pad, then shift
# To lose no spike, we first append as much silence as the longest wait, `max_delay`. Then every
# fibre finds room to be late.

# %%
max_delay = 4
padded = torch.zeros(12 + max_delay, 3)
for fibre, d in enumerate(wait):
    padded[d : d + 12, fibre] = recording[:, fibre]
padded.T.int()

# %% [markdown]
# Nine spikes went in and nine come out. But the rows have different beginnings and different
# ends, and there is silence nobody sent on both sides.
#
# ## Method B: shift, then clip
# Look only where *every* fibre has something to say: from `max_delay` on, and no later than the
# recording lasted.

# %%
clipped = padded[max_delay:12]
clipped.T.int()

# %% [markdown]
# Eight steps are left, and all of them were recorded. Before we go on, we check that the course's
# functions do the same. They take many samples at once, a *batch*: `(sample, time, fibre)`.

# %%
assert torch.equal(delays.pad_then_shift(recording[None], wait.float(), max_delay)[0], padded)
assert torch.equal(delays.shift_then_clip(recording[None], wait.float(), max_delay)[0], clipped)
drawings.waiting(recording, wait, max_delay)

# %% [markdown]
# The dashed frame is the same in both methods: A keeps what lies outside it, B throws it away.
# From here on we use `pad_then_shift` for A and `shift_then_clip` for B.
#
# ### Is it really a delay?
# The test is a single spike, an *[impulse](glossary.ipynb#impulse)*: sent at $t$, it must arrive at
# $t + d$, for every fibre and every $d$. We try 200 fibres with random delays.

# %%
generator = torch.Generator().manual_seed(2)
random_waits = torch.randint(0, 51, (200,), generator=generator).float()
random_waits[[0, -1]] = torch.tensor([0.0, 50.0])  # one doesn't wait, one waits longest
impulse = torch.zeros(1, 150, 200)
impulse[0, 70] = 1
arrived = delays.pad_then_shift(impulse, random_waits, 50)[0].argmax(0)
assert torch.equal(arrived, 70 + random_waits.long())
print(f"sent at 70 ms; the first arrives at {arrived.min()} ms, the last at {arrived.max()} ms")

# %% [markdown]
# On real spikes, too, A and B must agree wherever B looks at all: B is A with both ends cut off.

# %%
stimulus = Stimulus()  # 20 Hz, 150 ms, 100 fibres per ear, as in lesson 1
ipd, spikes = sample(200, stimulus, generator)
method_a = delays.pad_then_shift(spikes, random_waits, 50)
method_b = delays.shift_then_clip(spikes, random_waits, 50)
slowest, end = int(random_waits.max()), stimulus.steps
assert torch.equal(method_a[:, slowest:end], method_b)
tuple(method_a.shape), tuple(method_b.shape)

# %% [markdown]
# ### Try it
# Two fibres, two delays, both methods at once. **Set both delays to 8, then to 0, and watch the
# frame.** Where would it have to be if we knew the delays in advance?

# %%
two = torch.zeros(20, 2)
two[[1, 6, 11, 16], 0] = two[[3, 8, 13, 18], 1] = 1


def draw(first_ms, second_ms):
    return drawings.waiting(two, (first_ms, second_ms), max_delay=8)


explore(draw, first_ms=slider("delay of fibre 0 (ms)", 0, 8, 1, 2),
        second_ms=slider("delay of fibre 1 (ms)", 0, 8, 1, 0))

# %% [markdown]
# The frame never moves. If we knew the delays, it could be as long as the recording: from 0 to 20
# for two delays of 0, from 8 to 28 for two of 8. But it is cut for the *longest wait allowed*, not
# for the waits in use, so that delays can change during learning while every tensor keeps its
# shape. Notice also that adding the same delay to both fibres changes nothing about how far apart
# their spikes are.
#
# ## What a neuron hears
#
# ### Predict
# All 200 fibres wait, each for its own random time up to 50 ms, by [Method
# A](glossary.ipynb#Method-A). **From which ms to which ms do all of them carry the recording, and
# what does the raster look like outside?**

# %%
predict("2.3", "From when to when do all carry the recording?", [
    "0 to 149 ms", "50 to 149 ms", "50 to 199 ms", "0 to 199 ms",
])

# %%
filled = delays.pad_then_shift(torch.ones(1, 150, 200), random_waits, 50)[0].mean(1)
complete = (filled == 1).nonzero()
print(f"all fibres are filled from {complete.min()} to {complete.max()} ms; "
      f"{1 - filled.mean():.0%} of Method A's picture is silence nobody sent")
drawings.arrivals(method_a[0], random_waits, stimulus.steps)

# %%
reveal("2.3", f"{complete.min()} to {complete.max()} ms")


# %% [markdown]
# <details><summary>What happened</summary>
#
# From 50 to 149 ms, as the printed line says: after the slowest has begun and before the fastest
# has ended. Outside, two triangles of silence cut into the raster. Inside the triangles a zero says
# something about *delays*; outside them it says something about the *sound*. Only from 50 to 149 ms
# is that so for all fibres at once.
# </details>
#
# Now listen as a neuron would. A [coincidence](glossary.ipynb#coincidence) detector counts pairs:
# one spike from the left ear and one from the right in the same ms. We average over 200 sounds, so
# the tone's own ups and downs nearly average out: every sound has its own phase.

# %%
def pairs(spikes):  # left spikes times right spikes in each ms, mean over the sounds
    left, right = spikes.unflatten(2, (2, 100)).float().sum(3).unbind(2)
    return (left * right).mean(0)


heard, sent = pairs(method_a), pairs(spikes)
drawings.coincidences(heard, sent, (50, 150))

# %% [markdown]
# The same in numbers, averaged before, in and after the grey window:

# %%
print(f"coincidences in a step: {heard[:50].mean():.0f} before the window, "
      f"{heard[50:150].mean():.0f} in it, {heard[150:].mean():.0f} after it")

# %% [markdown]
# The sound was equally loud all the time, but the neuron is told that it swells and dies away.
# At both ends some fibres carry nothing: they have not begun, or they have ended. A network would
# have to find one set of weights for both situations. Inside the window the level is steady.
#
# That level lies below *as sent* for another reason. Random delays up to a whole cycle smear the
# 20 Hz wave, until the pairs of all fibres together meet only as often as by accident:

# %%
by_accident = (100 * spikes.float().mean()) ** 2
print(f"two ears that know nothing of each other: {by_accident:.1f} pairs in a step; "
      f"in the window: {heard[50:150].mean():.1f}")

# %% [markdown]
# Better delays can raise that level for some pairs of fibres; but as long as fibres wait for
# different times, the ends slope.
#
# ## What clipping costs
# [Method B](glossary.ipynb#Method-B) pays in length. Our 150 ms become 100 ms. Lesson 1's
# Cramér–Rao bound says what no unbiased observer can beat, and with 100 fibres hardly anybody does.
# It can be asked for any window.
#
# ### Predict
# A third of the time is gone. **By how many percent does the smallest possible error grow?**

# %%
predict("2.4", "By how much does the error grow?", (0, 100), unit="%")

# %%
whole, window = observer.cramer_rao(stimulus), observer.cramer_rao(stimulus, window_ms=100)
print(f"150 ms: {whole:.3f}°   100 ms: {window:.3f}°   ratio {window / whole:.3f}")
reveal("2.4", 100 * (window / whole - 1))

# %% [markdown]
# <details><summary>What happened</summary>
#
# By a factor of $\sqrt{150 / 100}$, a little over a fifth. Information adds up with time, and the
# error falls with the square root of information. Halving the window would cost a factor of
# $\sqrt 2$, not 2.
# </details>
#
# A bound is a promise about the best observer. Does a real one pay the same? Maximum likelihood
# decodes 1000 fresh sounds twice, from the whole recording and from 100 ms of it. After ± stands
# half a 95 % interval.

# %%
truth, fresh = sample(1000, stimulus, generator)
for steps, bound in ((150, whole), (100, window)):
    guess = observer.maximum_likelihood(fresh[:, :steps], stimulus)
    error = torch.rad2deg((guess - truth).abs())
    half = 1.96 * error.std() / 1000**0.5  # half a 95 % interval of the mean
    print(f"{steps} ms: mean error {error.mean():.2f}° ± {half:.2f}°, bound {bound:.2f}°")

# %% [markdown]
# Such an observer lies as near to the bound of its window as 1000 sounds can tell, before and
# after. Clipping to 100 ms is affordable here: the price is a fraction of a degree, far below the
# width of a class. It becomes dear when `max_delay` eats most of the recording, or when several
# layers each take their share.
#
# ### Predict
# The prototype stops with *Duration too short* if the recording does not last about three times as
# long as `max_delay`. Our 150 ms and 50 ms just keep that rule. What if a recording lasts only
# twice as long, or one and a half times? Clipping still takes 50 ms. **Of 75 ms, 25 are left: how
# many times as large as before clipping is the bound?**

# %%
predict("2.5", "75 ms are clipped to 25. How many times as large is the bound?", (1, 10),
        unit="times", step=0.1)

# %%
costs = {}
for times in (4, 3, 2, 1.5, 1.2):
    sound = Stimulus(duration_ms=50 * times)
    sent, left = (observer.cramer_rao(sound, sound.duration_ms - m) for m in (0, 50))
    costs[times] = left / sent
    print(f"{times:3g} × 50 ms: {sound.duration_ms - 50:3.0f} ms are left, "
          f"the bound is {left:.2f}°, {costs[times]:.2f} times that of the recording")

# %%
longest = range(0, 141, 10)
bounds = [observer.cramer_rao(stimulus, window_ms=150 - m) for m in longest]
drawings.price(longest, bounds, stimulus.duration_ms)

# %%
reveal("2.5", costs[1.5])

# %% [markdown]
# <details><summary>What happened</summary>
#
# Nothing breaks, at three or at two. The price follows the root of what is left (dotted) and rises
# smoothly: a little over a fifth at three times `max_delay`, two fifths at twice, nearly three
# quarters at one and a half. Only when less than half a cycle is left, here 25 ms, it is worse than
# the root says: of some sounds only the silent half is heard. So the rule names a price that is
# comfortable to pay, not a law. The course checks only that anything is left at all.
# </details>
#
# (The figure lets every fibre hear the same window. With different delays each hears other parts of
# the sound, which softens the steep end.)
#
# ## Several layers
# In a network several layers may delay, each by up to 50 ms and each by Method B.
#
# ### Predict
# **How long must the sound be for the last of three such layers to see 100 ms?** And what becomes
# of our 150 ms?

# %%
predict("2.6", "How long must the sound be?", (100, 500), unit="ms", step=10)

# %%
layer_waits = torch.randint(0, 51, (3, 200), generator=generator).float()
_, passing = sample(2, Stimulus(duration_ms=500), generator)
for layer in range(3):
    passing = delays.shift_then_clip(passing, layer_waits[layer], 50)
    print(f"after layer {layer + 1}: {passing.shape[1]} ms of 500")
reveal("2.6", 500 - passing.shape[1] + 100)

# %% [markdown]
# <details><summary>What happened</summary>
#
# Each layer clips 50 ms of what it gets, so 100 + 3 × 50 = 250 ms are just enough for three. Of
# our usual 150 ms, two layers would leave 50, one cycle of the tone, and the third would have
# nothing to look at.
# </details>
#
# In general, `stimulus = effective + layers * max_delay`: that is the
# [length budget](glossary.ipynb#length-budget). The prototype gives this very rule for several
# layers in a remark, but never tests it. We do, for one to four layers: the remark is right.

# %%
for layers in (1, 2, 3, 4):
    steps = delays.length_budget(effective_steps=100, max_delay=50, layers=layers)
    passing = torch.ones(1, steps, 200)
    for _ in range(layers):
        passing = delays.shift_then_clip(passing, random_waits, 50)
    assert passing.shape[1] == 100 and passing.min() == 1  # every step left was recorded
    print(f"layers: {layers}   {steps} ms in, {passing.shape[1]} ms out")

# %%
drawings.staircase(100, 50, layers=4)

# %% [markdown]
# Hatched is what clipping has taken. On the clock of *arrivals* it is always the beginning: the
# last layer's first step is the one for which even the slowest chain of delays has arrived. On
# the sender's clock it depends on the fibre: one that doesn't wait loses its beginning, one that
# waits longest loses its end, like fibre 2 above. Ask for too much and you are told so, in place
# of a result full of silence:

# %%
try:
    delays.shift_then_clip(torch.ones(1, 50, 200), random_waits, 50)
except ValueError as error:
    print(error)


# %% [markdown]
# ### Exercise 2.1 — a delay that never wraps
# Delay one train by `d` steps, and keep its length. What leaves at the end is gone; what enters
# at the start is silence. The stub returns `None` until you fill it.

# %%
def delay_train(train, d):
    ...  # two or three lines; torch.zeros_like helps


# %%
checks.exercise_2_1(delay_train)


# %% [markdown]
# [Solution](solutions/02_make_a_spike_wait.ipynb)
#
# ### Exercise 2.2 — the length budget
# A stimulus has `stimulus` steps, and a network has `n_layers` layers. The last of them shall see
# at least `effective` steps. By how many whole steps may each layer delay?

# %%
def longest_delay(stimulus, effective, n_layers):
    ...  # one line


# %%
checks.exercise_2_2(longest_delay)


# %% [markdown]
# [Solution](solutions/02_make_a_spike_wait.ipynb)
#
# ### Exercise 2.3 — how long may a fibre wait?
# The sound lasts 150 ms and cannot be made longer. What is the longest `max_delay`, in multiples
# of 10 ms, for which the bound stays below `limit_deg`? The lists `longest` and `bounds` above
# hold what you need.

# %%
def longest_wait(limit_deg):
    ...  # one or two lines


# %%
checks.exercise_2_3(longest_wait)

# %% [markdown]
# [Solution](solutions/02_make_a_spike_wait.ipynb)

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A delay is `out[t] = in[t - d]`, and an impulse checks it; `torch.roll` is not a delay.
# - Padding (Method A) keeps every spike but surrounds them with silence nobody sent, so fibres
#   with different delays no longer cover the same time.
# - Clipping (Method B) raises the bound by a factor of about `sqrt(T / (T - max_delay))`: a
#   fraction of a degree for our 150 ms and a `max_delay` of 50 ms.
# - Every further layer with delays needs another `max_delay` of stimulus.
#
# *References.* L. A. Jeffress (1948), A place theory of sound localization. Journal of
# Comparative and Physiological Psychology. — C. R. Rao (1945), Information and the accuracy
# attainable in the estimation of statistical parameters. Bulletin of the Calcutta Mathematical
# Society.
#
# *Next door:* [How can a shift have a gradient?](03_delays_that_can_learn.ipynb) We have shifted
# by whole steps; to learn a delay we need to know what happens between two steps.
