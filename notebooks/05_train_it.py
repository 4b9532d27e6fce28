# %% [markdown]
# # Does it find the sound?
#
# Delays that can learn, neurons that can learn, a readout that points: now we join them and let
# them learn from sounds. Then we ask what the network knows, and which part of it did the work.
#
# **You will be able to**
# - train a spiking network, and place its loss and its error between chance and what is possible;
# - look inside: what happened to delays, weights and hidden neurons;
# - test a claim about learning with a control and several seeds, including a claim you like.
#
# *40 minutes. Builds on lessons 1 to 4.*

# %%
import copy
import math

import torch

from course_utils import checks, observer, plots, tables
from course_utils.drawings import course_map
from course_utils.drawings import lesson_5 as drawings
from course_utils.explore import choice, explore, predict, reveal, review, slider
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
course_map.here(5)

# %% [markdown]
# ## The network, before it knows anything
#
# Two ears with 100 fibres each, a learnable delay of 0 to 50 ms for every fibre, 30 LIF neurons,
# and 12 readouts, one for every 15° of IPD. Every first value is drawn at random.

# %%
stimulus, classes = Stimulus(), Classes(12)
generator = torch.Generator().manual_seed(0)
network = Localiser(stimulus, classes, hidden=30, max_delay=50, generator=generator)
untrained = copy.deepcopy(network)
for name, parameter in network.named_parameters():
    print(f"{name:13s} {tuple(parameter.shape)}")

# %% [markdown]
# We need sounds that it will never train on: 4096 of them, each with its own IPD, its own phase and
# its own spikes. The generator is another one, so that nothing we do in training can touch them.

# %%
test_ipd, test_spikes = sample(4096, stimulus, torch.Generator().manual_seed(1000))
print(f"sounds, steps, fibres: {tuple(test_spikes.shape)}")

# %% [markdown]
# ### Predict
# The loss is the **[cross entropy](glossary.ipynb#cross-entropy)**: minus the logarithm of the
# probability that the network gave to the right class, averaged over sounds. The network knows
# nothing yet. **What will its loss be, about? And its error in degrees?**

# %%
predict("5.1", "What is the loss before training?", (0, 5), unit="nats", step=0.1)

# %%
report = evaluate(untrained, test_ipd, test_spikes)
print(f"loss {report.loss:.3f} nats, error {report.error_deg:.1f}°")
print(f"ln({classes.n}) = {math.log(classes.n):.3f} nats")
reveal("5.1", report.loss)

# %% [markdown]
# <details><summary>What happened</summary>
#
# Someone who gives all 12 classes the same probability has the loss $-\ln(1/12) = \ln 12$. The
# untrained network is close to that, and its error is about what "always straight ahead" would
# give. A loss far *above* $\ln 12$ at the start would mean a network that is sure of
# itself without reason: its weights are too large.
# </details>
#
# By hand, for the first 500 sounds, the cross entropy is three lines. `evaluate` must agree.

# %%
few_ipd, few_spikes = test_ipd[:500], test_spikes[:500]
with torch.no_grad():
    probability = torch.softmax(untrained(few_spikes), dim=1)
given_to_truth = probability[torch.arange(500), classes.index(few_ipd)]
loss = -given_to_truth.log().mean()
assert math.isclose(loss, evaluate(untrained, few_ipd, few_spikes).loss, rel_tol=1e-4)

# %% [markdown]
# ## Train
#
# Training makes 1280 updates, each on a batch of 64 sounds, and every sound is new. After every 64
# updates we look how far it is: such a round is called an **epoch**, so there are twenty. The
# weights follow Adam, and the delays an Adam of their own that keeps them between 0 and 50 ms. The
# labels are *soft*: a bell around the true IPD, half a class wide, instead of the bare name of the
# class. More on that below.
#
# ### Predict
# If it always named the right class, and we took the middle of the class as its answer, it would
# be 3.75° wrong on average: a quarter of a class. **What error will it reach? Can it be less?**

# %%
predict("5.2", "What error will it reach?", (0, 15), unit="°", step=0.1)

# %%
history = fit(network, generator, epochs=20, lr=0.02, soft_labels=0.5)
print(f"{history.seconds:.0f} seconds; best epoch: {history.best_epoch}")
plots.history(history)

# %%
report = evaluate(network, test_ipd, test_spikes)
print(report)  # argmax: middle of the likeliest class; softmax mean: all middles, weighted
print("softmax mean: {:.2f}° to {:.2f}° (95 %)".format(*report.error_interval_deg))

# %% [markdown]
# The last line is an **interval**: with other test sounds the error would be a little different.
# An interval that is made like this one holds the mean over all possible sounds 95 times in 100.
#
# In the picture above, on the left, the fresh curve lies *below* the training curve, and that isn't
# luck. The training loss is measured against soft labels, and even a perfect answer to a soft label
# costs its entropy. The fresh curve is measured against the bare class.
#
# How good is this? We put it on one scale with what we know from lesson 1. The network listens to
# the 100 ms that Method B leaves (lesson 2), so that is the bound which counts.

# %%
chance = observer.chance(classes)
bound = observer.cramer_rao(stimulus, window_ms=100)
assert math.isclose(chance.class_floor_deg, 3.75)
rungs = {
    "always straight ahead": chance.straight_ahead_deg,
    "network, argmax": report.argmax_error_deg,
    "right class, always": chance.class_floor_deg,
    "network, softmax mean": report.error_deg,
    "Cramér–Rao bound, 100 ms": bound,
}
plots.bars(list(rungs), list(rungs.values()), ylabel="mean error (degrees)", log=True)

# %%
reveal("5.2", rungs["network, softmax mean"])


# %% [markdown]
# <details><summary>What happened</summary>
#
# Read by **argmax** (the middle of the class with the largest readout), the network sits just
# above the floor that twelve classes allow; it cannot get below it. Read by the **[softmax
# mean](glossary.ipynb#softmax-mean)** (the middles of all classes, weighted by their
# probabilities), it goes well below, because probabilities say *where within the class*: a sound
# near an edge makes two classes likely.
# </details>
#
# Move the source in steps of one degree, from one class into the next; they meet at 45°. Watch
# which of the two answers follows. Then keep the source and change the sound: same place, other
# spikes.

# %%
def answer(ipd_deg, sound):
    noise = torch.Generator().manual_seed(sound)
    _, spikes = sample(1, stimulus, noise, ipd=math.radians(ipd_deg))
    with torch.no_grad():
        logits = network(spikes)
    mean, winner = (math.degrees(network.decode(logits, rule)) for rule in ("mean", "argmax"))
    return torch.softmax(logits[0], 0), mean, winner


# %%
def draw(ipd_deg, sound):
    share, mean, winner = answer(ipd_deg, sound)
    return drawings.probabilities(torch.rad2deg(classes.midpoints), share, ipd_deg, mean, winner)


explore(draw, ipd_deg=slider("IPD (degrees)", 36, 54, 1, 42), sound=choice("sound", [1, 2]))


# %% [markdown]
# ### Exercise 5.1 — read the answer yourself
# Write the softmax mean: the class midpoints (radians), weighted by the softmax of the
# [logits](glossary.ipynb#logits) `(n, classes)`. It should return `(n,)` radians.

# %%
def softmax_mean(logits, midpoints):
    ...  # one line


# %%
checks.exercise_5_1(softmax_mean)

# %% [markdown]
# [Solution](solutions/05_train_it.ipynb)
#
# ## Where is it wrong?

# %%
near = (report.label - report.winner).abs() <= 1
to_edge = 7.5 - torch.rad2deg((report.angle - classes.midpoint(report.label)).abs())
wrong = report.label != report.winner
print(f"median distance to an edge: {to_edge[wrong].median():.1f}° where it is wrong, "
      f"{to_edge.median():.1f}° for all sounds")
print(f"right class: {report.accuracy:.1%}, right or next to it: {float(near.float().mean()):.1%}")
drawings.confusion(report.confusion)

# %%
error_deg = torch.rad2deg(report.softmax_mean - report.angle)
drawings.error_by_ipd(torch.rad2deg(report.angle), error_deg, bound_deg=bound)

# %% [markdown]
# Almost all mistakes go to the neighbour: they are sounds near an edge between two classes. By
# direction, the error lies a little above the bound, except at the two ends. There the answers must
# bend inwards: a mean of midpoints never points beyond the outermost midpoint, half a class from
# 90°.

# %%
furthest = float(torch.rad2deg(report.softmax_mean.abs().max()))
outermost = math.degrees(classes.midpoint(11))
print(f"outermost midpoint {outermost:.1f}°, furthest answer {furthest:.1f}°")

# %% [markdown]
# That can be helped, in part: by one more class beyond each end, where no sound ever is, but where
# probability can lie. A script, `figures/lesson_5.py`, has trained this network and its variants
# from five seeds each. Two networks with one seed share their luck: the same first weights and the
# same sounds. Their difference, seed by seed, says what the two further classes bring:

# %%
rows = tables.read("../figures/lesson_5.csv")


def difference(first, second, column="error_deg"):
    """Mean of one setting minus another, seed by seed, with its 95 % interval over seeds."""
    pair = dict(setting=first), dict(setting=second)
    return "{:+.2f}° ({:+.2f}° to {:+.2f}°)".format(*tables.paired_interval(rows, column, *pair))


print("12 classes: {:.2f}° ({:.2f}° to {:.2f}°)".format(
    *tables.mean_interval(rows, "error_deg", setting="learned")))
print("with one more beyond each end:", difference("classes beyond the ends", "learned"))


# %% [markdown]
# ## What happened to the delays?
#
# One sound, three times: as it arrives, after the delays it was born with, and after the learned
# ones. Within each ear we sort the fibres by their delay, so that a short wait lies on top.

# %%
def waiting(net, sound):
    order = net.delay.delays.detach().view(2, -1).argsort(dim=1)
    order[1] += stimulus.fibres_per_ear
    return net.delay.rounded()(sound)[0][:, order.flatten()]


_, sound = sample(1, stimulus, torch.Generator().manual_seed(5), ipd=math.radians(60), phase=0)
trains = [sound[0, 50:], waiting(untrained, sound), waiting(network, sound)]
titles = ["as it arrives", "delays before", "delays after"]
plots.rasters(trains, titles, start_ms=50, ylabel="fibre, by delay", cycle_ms=50)

# %% [markdown]
# The delays turn bursts in time into a wave across fibres: at each moment, *some* fibre of each ear
# speaks of every phase of the cycle. Time has become space. And before training and after it,
# the picture is much the same. For the hidden neurons it is not:

# %%
with torch.no_grad():
    hidden = [net.hidden_spikes(sound)[0] for net in (untrained, network)]
plots.rasters(hidden, ["before", "after"], start_ms=50, two_ears=False, ylabel="hidden neuron")

# %% [markdown]
# The delays themselves, all 200 of them, before and after, and then epoch by epoch:

# %%
first, last = history.delays[0], network.delay.delays.detach()
drawings.delay_histogram(first, last, max_delay=50)

# %%
drawings.delay_paths(torch.stack(history.delays))

# %%
moved = last - first
print(f"all together: {float(moved.mean()):+.1f} ms; around that, each by itself: "
      f"{float(moved.std()):.1f} ms (standard deviation)")

# %% [markdown]
# Each goes its own way, and all together they stay where they were. That is no luck: `fit` takes
# out of every update what all delays would do together, their *[common
# mode](glossary.ipynb#common-mode)*. What would it cost to leave that in?
#
# ### Predict
# We take the trained network and let **all 200 fibres wait 10 ms longer**. Then, instead, we let
# only the **right ear wait 1 ms longer**. **Which of the two hurts, and by how many degrees?**
# (At 20 Hz, 1 ms is 7.2° of phase.)

# %%
predict("5.3", "Which hurts more?",
        ["all by 10 ms", "the right ear by 1 ms", "alike, within half a degree"])

# %% [markdown]
# There must be room for longer delays, so our twin has a range of 70 ms and hears 170 ms: its
# window is 100 ms long, as before.

# %%
longer = Stimulus(duration_ms=170)
more_ipd, more_spikes = sample(512, longer, torch.Generator().manual_seed(7))


def shifted(everyone_ms, right_ms):
    delays = last + everyone_ms
    delays[stimulus.fibres_per_ear :] += right_ms
    twin = Localiser(longer, classes, 30, 70, init=delays.clamp(0, 70), generator=generator)
    twin.w_hidden, twin.w_out = network.w_hidden, network.w_out
    return evaluate(twin, more_ipd, more_spikes)


# %%
errors = {}
for everyone, right in ((0, 0), (10, 0), (0, 1)):
    moved_report = shifted(everyone, right)
    errors[everyone, right] = moved_report.error_deg
    bias = float(torch.rad2deg(moved_report.softmax_mean - moved_report.angle).mean())
    print(f"all +{everyone:2d} ms, right +{right} ms: error {moved_report.error_deg:.2f}°, "
          f"pointer off by {bias:+.1f}° on average")

# %%
more = errors[10, 0] - errors[0, 1]
reveal("5.3", "alike, within half a degree" if abs(more) < 0.5 else "all by 10 ms" if more > 0
       else "the right ear by 1 ms")


# %% [markdown]
# Try it: shift everyone from end to end. Then find out which way the cloud goes when the right ear
# waits, and say why.

# %%
def draw(everyone_ms, right_ms):
    result = shifted(everyone_ms, right_ms)
    truth_deg, answers_deg = map(torch.rad2deg, (result.angle, result.softmax_mean))
    return drawings.estimates(truth_deg, answers_deg, everyone_ms, right_ms)


explore(
    draw,
    everyone_ms=slider("everyone waits longer (ms)", 0, 15, 1, 10),
    right_ms=slider("right ear waits longer (ms)", -5, 5, 1, 0),
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# If everyone waits 10 ms longer, the network hears what it would have heard 10 ms earlier: the same
# sound at another phase, and every phase is equally likely. So nothing changes, but for the luck of
# 512 sounds, which are now heard at other phases. Physicists call that a **[gauge
# freedom](glossary.ipynb#gauge-freedom)**. The loss does not care, so nothing would stop the common
# part from drifting, in the worst case to an end of the range. That is why `fit` holds it, unless
# told otherwise. (Lesson 7 lets it go, looks where it drifts, and asks what that costs.)
#
# If the right ear waits longer, its phase falls back, and that *is* a smaller IPD: the pointer
# goes to the left, by almost 7.2° per millisecond. What matters is differences of delays.
# </details>

# %% [markdown]
# A machine with a clock of 1 ms cannot wait 12.4 ms. So we also round every delay, and test the
# same weights on the same sounds. The tables below hold both numbers; exercise 5.2 compares them.

# %%
rounded = evaluate(network.rounded(), test_ipd, test_spikes)
print(f"continuous delays {report.error_deg:.2f}°, rounded delays {rounded.error_deg:.2f}°")

# %% [markdown]
# ## What happened to the neurons and weights?
#
# We play every direction 64 times and count the spikes of each hidden neuron. We even go where no
# source can be: if the right ear hears its half of a sound 25 ms later, half a cycle, the IPD
# changes by 180°. So we come all the way round. One row is one neuron; neurons are sorted by the
# direction where they are quiet, and sources lie between the white lines.

# %%
ipd = torch.deg2rad(torch.arange(-90, 90, 7.5)).repeat_interleave(64)
half_more = Stimulus(duration_ms=175)
_, spikes = sample(len(ipd), half_more, torch.Generator().manual_seed(8), ipd=ipd)
opposite = torch.cat([spikes[:, 25:, :100], spikes[:, :-25, 100:]], dim=2)
with torch.no_grad():
    heard = [network.hidden_spikes(s).mean(dim=1) for s in (spikes[:, 25:], opposite)]
directions = torch.arange(-180, 180, 7.5)
curves = 1000 * torch.cat(heard).view(48, 64, 30).mean(dim=1)  # spikes/s, (direction, neuron)
curves = curves.roll(12, dims=0)  # from -180 on, instead of from -90
drawings.tuning_curves(directions, curves)

# %%
top, least = curves.amax(dim=0), curves.amin(dim=0)
choosy = top > 2 * least + 1  # the others are silent, or fire at everything
wide = (curves >= top / 2).float().mean(dim=0)[choosy]
print(f"{int(choosy.sum())} neurons prefer a direction; half of their top rate or more over "
      f"{wide.min():.0%} to {wide.max():.0%} of the circle, median {wide.median():.0%}")


# %% [markdown]
# These aren't narrow bumps, one for each direction. The typical neuron fires nearly everywhere, and
# it is easier to say where it is *quiet*.
#
# Why does a neuron like what it likes? It has a weight for each fibre, and each fibre waits. We add
# up how much weight waits about how long, in each ear; a bell of 1.5 ms makes it smooth.

# %%
def weights_by_delay(ear):
    waits, weights = (part.view(2, 100, -1)[ear] for part in (last, network.w_hidden.detach()))
    near = torch.exp(-(((waits - torch.arange(51)) / 1.5) ** 2) / 2)  # (fibre, delay)
    return weights.T @ (near / near.sum(dim=1, keepdim=True))  # (neuron, delay), weight per ms


# %% [markdown]
# Now take a left fibre and a right one. If the right one waits 10 ms longer, the two fire together
# for a sound that leads by 10 ms in the right ear: a [lag](glossary.ipynb#lag) of 10 ms is worth
# 72°. For an IPD half a cycle away they miss each other; between, it is nearly a cosine. How much
# does a neuron want that pair? As much as the product of its two weights. So each pair gives a
# cosine over direction. Add 10 000 cosines of one length, and you get a single cosine again, with
# one peak, and half a circle away one low. It is called the **cross-correlation** of the two ears
# (as this tone hears it).

# %%
lag_deg = 7.2 * (last[None, 100:] - last[:100, None])  # (left fibre, right fibre)
grid = torch.arange(-180, 180.0)
together = torch.cos(torch.deg2rad(grid - lag_deg[..., None]))
left, right = network.w_hidden.detach().view(2, 100, 30)
wanted = torch.einsum("lrd,ln,rn->dn", together, left, right)  # (direction, neuron)

# %% [markdown]
# ### Predict
# That sum has heard no sound. It knows of no threshold and no reset. **Will its peak lie where the
# neuron fires most? How far off, in the median over neurons? And will the peaks lie where sources
# can be, between −90° and 90°?** (By luck alone it would be off by 90°.)

# %%
predict("5.4", "How far off is the peak?", (0, 180), unit="°", step=1)


# %% [markdown]
# The middle of a curve on a circle: lay an arrow in each direction, as long as the rate there, and
# look where all of them together lead.

# %%
def middle(curves, directions):
    angle = torch.deg2rad(directions)[:, None]
    x, y = (curves * angle.cos()).sum(dim=0), (curves * angle.sin()).sum(dim=0)
    return torch.rad2deg(torch.atan2(y, x))


measured, predicted = middle(curves, directions)[choosy], middle(wanted, grid)[choosy]
off = ((measured - predicted + 180) % 360 - 180).abs()
print(f"predicted to within {off.median():.0f}° (median), {off.max():.0f}° at worst; "
      f"{int((measured.abs() > 90).sum())} of {len(off)} like a direction beyond ±90° best")
reveal("5.4", off.median())

# %% [markdown]
# One neuron at a time, sorted by where the sum says that it is quiet. What does it give weight to,
# and what does it answer to? No source lies in the grey.

# %%
profiles = torch.stack([weights_by_delay(ear) for ear in (0, 1)])  # (ear, neuron, delay)
order = middle(-wanted, grid).argsort()


def draw(place):
    k = int(order[place])
    return drawings.listens(profiles, directions, curves, grid, wanted, k)


explore(draw, place=slider("neuron (sorted)", 0, 29, 1, 8, keep=[15, 22]))

# %% [markdown]
# <details><summary>What happened</summary>
#
# In each ear the weights form a wave over the delays, as long as the sound's own cycle of 50 ms. So
# each ear's spikes add up to a wave in time, and the neuron hears the sum of two waves. Where the
# right ear's lead makes up for the lag between its two patterns, they meet and it fires; half a
# circle away they cancel and it falls silent. The place of the peak is in the weights and delays
# alone. Its shape is not: a threshold cuts off what is small, and a reset flattens what is large.
#
# And most of the peaks lie where no source is. A peak is a poor place to tell directions apart: a
# small step changes next to nothing there. The rate changes most beside the *quiet* place opposite,
# and that lies among the sources.
#
# The network need not move a fibre to the right lag. It can also **choose** the fibres that have it
# already, by their weights. Hold that thought.
# </details>
#
# ## Did learning the delays do it?
#
# Here is the claim we would all like to make: *the network learned its delays, and so it finds the
# sound*. The control is a network whose random delays stay as they were drawn, trained for just
# as long. And two more: no delays at all, and one ear that is silent. The table has five seeds of
# each, with the budget of the run above.
#
# ### Predict
# Our network learned its delays. **How far from it is one with frozen random delays? One without
# delays? One with one ear?** Put the four in order, and guess the error of the frozen one.

# %%
predict("5.5", "How wrong is it with frozen random delays?", (0, 45), unit="°", step=0.2)

# %%
names = ["learned", "frozen random delays", "no delays", "one ear"]
results = [tables.mean_interval(rows, "error_deg", setting=name) for name in names]
plots.bars(
    names, [mean for mean, *_ in results], [interval for _, *interval in results],
    ylabel="mean error of the softmax mean (degrees), 95 % over seeds", log=True,
    lines=[(chance.straight_ahead_deg, "straight ahead"), (bound, "bound")],
)

# %% [markdown]
# Without delays the error is that large partly because of how we read the answer. By argmax:

# %%
for name in names:
    right, *_ = tables.mean_interval(rows, "accuracy", setting=name)
    argmax, *_ = tables.mean_interval(rows, "argmax_error_deg", setting=name)
    print(f"{name:21s} {right:.1%} right, argmax {argmax:.1f}°")

# %% [markdown]
# Where probability lies on two distant classes, their mean falls between them, where neither is.
#
# And why is argmax with one ear worse than naming a class by chance? A network that knows nothing
# gives all directions nearly the same probability, and then one and the same class is nearly always
# a hair ahead. In most seeds it lies near an end, far from most sounds. Seed by seed:

# %%
for row in rows:
    if row["setting"] == "one ear":
        print(f"seed {row['seed']:.0f}: argmax {row['argmax_error_deg']:.1f}°")
for name, k in (("in the middle", 6), ("at an end", 11)):
    off = torch.rad2deg((test_ipd - classes.midpoint(k)).abs()).mean()
    print(f"always the class {name}: {off:.1f}°")
print(f"a class by chance: {chance.random_class_deg:.1f}°")

# %% [markdown]
# Back to the figure: its first two errors, learned and frozen, are hard to tell apart. Each seed
# gives a pair of them, with the same first weights and delays. So we look at the difference in
# each pair.

# %%
print("learned minus frozen:", difference("learned", "frozen random delays"))
frozen, *_ = tables.mean_interval(rows, "error_deg", setting="frozen random delays")
print(f"5 % of the frozen network's error: {0.05 * frozen:.2f}°")
reveal("5.5", frozen)

# %% [markdown]
# <details><summary>What happened</summary>
#
# With one ear, nothing: there is no difference to hear. Without delays, a good part is lost. With
# random delays almost everything is there, **learned or not**: the interval of the difference holds
# zero, and reaches less than a tenth of a degree to either side. With 100 fibres per ear,
# many lags are on offer already. Our training moved the delays, and our error fell; with delays
# that never move, it comes down to much the same place. With many random delays there is a lag near
# every one that could be wanted, and weights can pick it, all the time.
#
# Is there *no* difference, then? That is more than the table says. It says that a difference is
# smaller than 5 % of the error, with one setting of the rates, tuned for neither side, with twenty
# epochs and five seeds. Lesson 6 tunes both sides alike, and trains until they rest.
#
# It is a result about *this* task, too, and for learned delays a hard one. Our sound is a tone that
# never changes, and the readout takes a mean over time, so it does not matter *when* anything
# happens. A word would be another matter: there each event comes once, and in its order. (Lesson 8
# tries it with two clicks.) And give the network fewer fibres, and variety runs out:
# [lesson 6](06_weights_or_delays.ipynb) takes weights and delays apart, with more seeds.
# </details>
#
# ### What others find
#
# Others have asked the same of other tasks. Digits and words are spoken, and turned into spikes:
#
# | who | task | what they say |
# |---|---|---|
# | Hammouamri et al. (2023) | digits, words | fixed random delays help, learned ones help more |
# | Sun et al. (2023) | digits | with one learned delay per neuron, 92.45 % right: the best then |
# | Sun et al. (2025) | rich in time | weights of three values (1.58 bits) keep up if delays learn |
# | Grappolini, Subramoney (2023) | images | delays alone do about as well as weights alone |
# | Mészáros et al. (2025) | digits, words | recurrent delays help, above all small networks |
# | Göltz et al. (2025) | on a noisy chip | delays make it more accurate, and steadier |
#
# (On arXiv: 2306.17670, 2302.08607, 2510.27434, 2306.06237, 2501.07331, 2404.19165.) None of this
# is an error in degrees, so compare the direction of each claim. What do our tables say to the same
# questions? Here, and in the study that lesson 6 explains (its word *differs* means surely not
# zero):

# %%
for name in ("no delays", "frozen random delays", "learned"):
    mean, low, high = tables.mean_interval(rows, "error_deg", setting=name)
    print(f"{name:21s} {mean:5.2f}° ({low:.2f}° to {high:.2f}°), this page")

# %%
verdicts = tables.read("../figures/studies/compared/verdicts.csv")
for row in verdicts:
    if (row["condition"], row["control"]) == ("delays only", "frozen"):
        print("{place}: {condition} minus {control}".format(**row))
        print("    {difference_percent:+.0f} % ({low_percent:+.0f} to {high_percent:+.0f} %), "
              "{n:.0f} seeds: {verdict}".format(**row))

# %% [markdown]
# *Having* delays helps here as it does there. That learned ones help *more*, our table of 100
# fibres does not show. Delays alone are behind weights alone in both places: by some 11 % in the
# first, where each *connection* has a delay of its own (there, a quarter of the runs with delays
# alone were still getting better when they were stopped), and by a lot in the second, where each
# fibre has one. Lesson 6 asks about coarse and noisy weights. Delays in recurrent
# connections are nowhere in our tables.
#
# ## Other first delays
#
# So far, all delays began at random. The prototype asks for other ways. Before its delays could
# learn, it had a **fixed bank**: the fibres of each ear waited evenly from 0 to 12.5 ms, a quarter
# of a cycle, "so that the differences between the two ears can cover the full range". *Even* does
# the same over the whole range of 50 ms. And *zero* lets no fibre wait, until it learns to.
#
# ### Predict
# **Frozen, is the bank that someone has thought about better than random delays? And which first
# delays are the best to learn from?**

# %%
predict("5.6", "Frozen, is the bank ahead of random delays?",
        ["ahead", "too close to call", "behind"])

# %%
firsts = {
    "random": ("frozen random delays", "learned"),
    "bank": ("frozen bank", "learned from the bank"),
    "even": ("frozen even delays", "learned from even"),
    "zero": ("no delays", "learned from zero"),
}
for first, pair in firsts.items():
    frozen, learned = (tables.mean_interval(rows, "error_deg", setting=name)[0] for name in pair)
    print(f"{first:6s} frozen {frozen:5.2f}°, learned {learned:.2f}°, difference",
          difference(*reversed(pair)))

# %%
print("bank minus random, frozen:", difference("frozen bank", "frozen random delays"))
print("even minus random, frozen:", difference("frozen even delays", "frozen random delays"))
print("zero minus random, learned:", difference("learned from zero", "learned"))

# %%
pair = dict(setting="frozen bank"), dict(setting="frozen random delays")
_, low, high = tables.paired_interval(rows, "error_deg", *pair)
reveal("5.6", "behind" if low > 0 else "ahead" if high < 0 else "too close to call")


# %% [markdown]
# <details><summary>What happened</summary>
#
# Frozen, the bank is *behind* random delays, by about a fifth of a degree, although it has each lag
# on offer by which the sounds can lead. Even delays are as good as random ones, to within a tenth
# of a degree, here where fibres are many. Without any delays it still learns something (the
# prototype found that "weird"): leaky neurons hear which spikes meet, and in which order.
#
# From random, bank or even, learning changes the error by less than a tenth of a degree. Only from
# zero it changes a lot, and then does not arrive where random delays begin. What the bank lacks,
# and what zero lacks, learning did not make up for, at this rate and in these twenty epochs: here
# it matters *where to begin*.
# </details>
#
# ### Exercise 5.2 — does rounding cost anything?
# Each row of the table is a dictionary, such as `rows[0]`. Beside its `setting` and its `error_deg`
# it has a `rounded_error_deg`. Return, for one setting, the list of differences (rounded minus
# continuous), one for each seed.

# %%
def rounding_costs(rows, setting):
    ...  # one line


# %%
checks.exercise_5_2(rounding_costs, rows)

# %% [markdown]
# [Solution](solutions/05_train_it.ipynb)
#
# ## Whole steps from the start
#
# Rounding at the end surprises the weights. `DelayOptimizer` can keep the delays whole in every
# update (`fit(..., whole_delays="nearest")`) and hand what rounding takes away on to the next one,
# so that small gradients add up. *Nearest* takes the nearest whole step, and *stochastic* stands
# for [stochastic rounding](glossary.ipynb#stochastic-rounding): up or down at random. All errors
# here are with whole delays:

# %%
for name in ("learned", "whole steps, nearest", "whole steps, stochastic"):
    mean, low, high = tables.mean_interval(rows, "rounded_error_deg", setting=name)
    print(f"{name:23s} {mean:.2f}° ({low:.2f}° to {high:.2f}°)")

# %%
print("nearest minus rounded at the end:",
      difference("whole steps, nearest", "learned", "rounded_error_deg"))

# %% [markdown]
# As pairs, the difference isn't clear of zero, and the interval is narrow: if delays that are whole
# all along cost or gain anything, it is hardly more than a tenth of a degree.
#
# ## Soft labels, and a larger network
#
# A hard label says "class 7" whether the sound is in the middle of class 7 or at its edge. So a
# network that is trained on hard labels is paid to forget where inside the class the sound was. A
# soft label keeps it. Same network, same budget:

# %%
for name in ("learned", "hard labels"):
    right, *_ = tables.mean_interval(rows, "accuracy", setting=name)
    argmax, *_ = tables.mean_interval(rows, "argmax_error_deg", setting=name)
    mean, low, high = tables.mean_interval(rows, "error_deg", setting=name)
    print(f"{name:11s} {right:.1%} right, argmax {argmax:.2f}°, softmax mean {mean:.2f}° "
          f"({low:.2f}° to {high:.2f}°)")

# %% [markdown]
# The share of right classes differs little, the error of the mean a lot. How far can we go? The
# same script trains 100 hidden neurons on 36 classes, with soft labels one class wide, for twice as
# many epochs. The seconds are the time of one thread on a shared machine. (A graphics card pays
# where each time step is a lot of work. Our neurons take many small steps in order, and each costs
# a card more to start than to compute.)

# %%
for name in ("larger, learned", "larger, frozen random delays"):
    mean, low, high = tables.mean_interval(rows, "error_deg", setting=name)
    rounded_mean, *_ = tables.mean_interval(rows, "rounded_error_deg", setting=name)
    seconds, *_ = tables.mean_interval(rows, "seconds", setting=name)
    print(f"{name}: {mean:.2f}° ({low:.2f}° to {high:.2f}°), rounded {rounded_mean:.2f}°, "
          f"{seconds:.0f} s")
    assert mean <= 1.35
print(f"bound {bound:.2f}°")

# %% [markdown]
# That is close to the bound, which no unbiased reader of these spikes can pass. And again, look at
# the frozen delays beside the learned ones before you credit the delays.
#
# ## The recipe that this course grew from (optional)
#
# Nothing later needs this section; a reader in a hurry goes on to *What you now know*.
#
# The prototype trained a similar network, showed a falling loss and moved delays, and never ran it
# on a test sound. `figures/prototype_recipe.py` follows its recipe, mistakes included, and tests
# it. Six of them we have met: one phase for a whole data set (lesson 1); delays that advance, a
# gradient times five times the delay, and no way back from below 0 (lesson 3); comparing the old
# potential, and a reset that, like the spike itself, comes a step late (lesson 4). Two more belong
# to training.
#
# **Its [fan-in](glossary.ipynb#fan-in) is the fan-out.** Weights should start within
# $\pm 1/\sqrt{\text{fan-in}}$. It asked PyTorch for the fan-in of an `(in, out)` matrix, but
# PyTorch stores weights as `(out, in)`.

# %%
fan_in, _ = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(200, 30))
print(f"PyTorch's fan-in of a 200 × 30 matrix: {fan_in}")
print(f"limit: its {1 / fan_in**0.5:.2f}, ours {1 / 200**0.5:.2f}")
assert untrained.w_hidden.detach().abs().max() <= 1 / 200**0.5

# %%
loud = copy.deepcopy(untrained)
loud.w_hidden.data *= (200 / fan_in) ** 0.5
with torch.no_grad():
    rates = [1000 * float(n.hidden_spikes(test_spikes[:256]).mean()) for n in (untrained, loud)]
print("untrained hidden neurons fire at {:.0f} Hz, with its limit at {:.0f} Hz".format(*rates))

# %% [markdown]
# **Its "SGD" is Adam.** A comment says that delays move by the learning rate times the gradient.
# The code has Adam, at a rate of 0.001 s.
#
# ### Predict
# A delay of 20 ms has a gradient of 0.0001, and another one of 1. The rate is 1 ms. **How far does
# each of them move in a first step of SGD? Of Adam?**

# %%
predict("5.7", "Adam, gradient 0.0001: how far?", (0, 2), unit="ms", step=0.01)

# %%
by = {}
for optimiser in (torch.optim.SGD, torch.optim.Adam):
    for gradient in (1e-4, 1.0):
        delay = torch.tensor([20.0], requires_grad=True)
        delay.grad = torch.tensor([gradient])
        optimiser([delay], lr=1.0).step()
        by[optimiser, gradient] = 20 - delay.item()
        print(f"{optimiser.__name__:4s} gradient {gradient:g}: moved {20 - delay.item():.4f} ms")
reveal("5.7", by[torch.optim.Adam, 1e-4])

# %% [markdown]
# <details><summary>What happened</summary>
#
# SGD moves in proportion to the gradient. Adam divides by the gradient's own size, so its first
# step is the learning rate, *whatever the gradient's scale*: 1 ms. A delay whose gradient keeps its
# sign crosses the whole range of 50 ms in some fifty of its 1600 updates (25 epochs of 64 batches).
# So a factor like "times five" did nothing, and a delay is quick to reach an end of its range. What
# lesson 3 showed, no way back from below 0, can keep it there.
# </details>
#
# ### Predict
# The recipe as printed, tested on fresh sounds. Then with its delays frozen at random values. Then
# both again, with one mistake mended: training sounds with a phase each. Of its learned delays, 154
# of 200 lay at an end of their range; *frozen at the ends* puts as many there, before training.
# **Do its learned delays beat its frozen ones?** Errors are by argmax, as there.

# %%
predict("5.8", "As printed, are its learned delays ahead?",
        ["ahead", "behind", "too close to call"])

# %%
recipe = tables.read("../figures/prototype_recipe.csv")
names = ["as printed", "as printed, delays frozen", "a phase each", "a phase each, delays frozen",
         "a phase each, frozen at the ends", "a phase each, no delays"]
results = [tables.mean_interval(recipe, "error_deg", setting=name) for name in names]
results.append(tables.mean_interval(rows, "argmax_error_deg", setting="learned"))
plots.bars(
    [*names, "lesson 5, learned"], [mean for mean, *_ in results],
    [interval for _, *interval in results],
    ylabel="mean error of argmax (degrees), 95 % over seeds",
    lines=[(chance.class_floor_deg, "right class, always")],
)

# %%
for name in names[:5]:
    right, *_ = tables.mean_interval(recipe, "accuracy", setting=name)
    stuck, *_ = tables.mean_interval(recipe, "at_bound", setting=name)
    last_loss, *_ = tables.mean_interval(recipe, "last_loss", setting=name)
    print(f"{name:32s} {right:.1%} right, {stuck:.0%} of the delays at an end, "
          f"last loss {last_loss:.2f}")

# %% [markdown]
# With so few seeds the intervals are wide. Pairs are sharper: same seed, same sounds, same first
# delays, once learned and once frozen.

# %%
for name in ("as printed", "a phase each", "a phase each, frozen at the ends"):
    control = "as printed, delays frozen" if name == "as printed" else "a phase each, delays frozen"
    pair = dict(setting=name), dict(setting=control)
    gap = tables.paired_interval(recipe, "error_deg", *pair)
    print("{:32s} minus {:27s} {:+.2f}° ({:+.2f}° to {:+.2f}°)".format(name, control, *gap))

# %%
pair = dict(setting="as printed"), dict(setting="as printed, delays frozen")
_, low, high = tables.paired_interval(recipe, "error_deg", *pair)
reveal("5.8", "behind" if low > 0 else "ahead" if high < 0 else "too close to call")

# %% [markdown]
# <details><summary>What happened</summary>
#
# On average over the seeds, the network with *learned* delays is worse than the same network with
# delays that nobody touched; the interval says how sure we may be. Most of the learned ones are at
# an end of their range, and there they are all alike. Lost variety has a price of its own: *frozen
# at the ends* is clearly behind, too, though by less on average. Is it the whole price? Five seeds
# can't say. The loss fell all the same: the printed last losses are far below ln 12. With a phase
# for each sound, too, learned delays are behind frozen ones. A control would have told, and so
# would a test.
# </details>
#
# One of its mistakes, one phase for a whole data set (lesson 1), shows most plainly where there is
# nothing to hear: with one ear. There is no direction in one ear, so anything above chance is a
# leak.

# %%
for name in ("one ear, one phase", "one ear, a phase each"):
    right, low, high = tables.mean_interval(recipe, "accuracy", setting=name)
    print(f"{name}: {right:.1%} right ({low:.1%} to {high:.1%}), chance {chance.accuracy:.1%}")

# %% [markdown]
# ### Its two switches
#
# The prototype can switch its bank on or off, and let the delays learn or not. Without the bank, it
# notes, the network learns all the same, only less well; and it wants weights and delays taken
# apart. So we set its switches in all four ways, at its own place: 100 fibres per ear, twelve
# classes, and one phase for all sounds of a seed, those of the test, too. *None* begins at zero.
# The mistakes are mended, all four are tuned alike, and they train until they rest (lesson 6 says
# how).
#
# ### Predict
# With neither bank nor learning the mean error is more than twice that of the frozen bank. **Begin
# at zero, and let the delays learn. How near do they come to the frozen bank?**

# %%
predict("5.9", "Learned from zero, beside the frozen bank: the error is",
        ["larger", "alike, within 5 %", "smaller"])

# %%
switches = [row for row in verdicts if row["family"] in "PO"]
for row in switches:
    print("{condition} minus {control}\n    {difference:+.2f}° ({low:+.2f}° to {high:+.2f}°), "
          "{difference_percent:+.0f} %, {n:.0f} seeds: {verdict}".format(**row))
again = switches[-1]
reveal("5.9", "alike, within 5 %" if again["verdict"] == "alike" else
       "larger" if again["difference"] > 0 else "smaller")

# %% [markdown]
# <details><summary>What it says</summary>
#
# Of the two switches, one is enough. Ten seeds left open whether *learned from zero* falls behind
# the bank; twenty new ones (*again*) say that the two are *alike*. And on top of the bank learning
# changes the error by less than 5 %, up or down. So, in the mended network, the bank can stand in
# for learning, and learning for the bank. Without both, the ten seeds lie far apart; why, we did
# not ask.
#
# One warning. With one phase for all sounds, *when* a spike comes tells something, too (above, one
# ear alone is better than chance). These errors belong to that easier task, and are not those of
# the rest of the page.
# </details>

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A loss starts at ln(classes). An error means something beside chance, floor and bound, and the
#   softmax mean, taught with soft labels, goes below the floor of the classes.
# - Inside, only differences of delays matter. Their common part is free, so `fit` holds it.
#   A hidden neuron adds two waves: the cross-correlation of its ears says where it fires, and where
#   it is quiet.
# - With 100 fibres per ear and a steady tone, frozen random delays came within a tenth of a degree
#   of learned ones. If delays move and the loss falls, the one need not have caused the other.
#
# **Read on.** I. Hammouamri, I. Khalfaoui-Hassani and T. Masquelier (2023), *Learning delays in
# spiking neural networks using dilated convolutions with learnable spacings*, arXiv 2306.17670. —
# L. A. Jeffress (1948), *A place theory of sound localization*, Journal of Comparative and
# Physiological Psychology 41.
#
# **Next door:** [Which of the two did the work?](06_weights_or_delays.ipynb) Weights and delays,
# apart, and with few fibres.
