# %% [markdown]
# # Which of the two did the work?
#
# Our network learned weights *and* delays, and lesson 5 ended on a doubt: delays that nobody
# trained did about as well. Here we take the two apart, fibre by fibre, until we know where
# learning a delay pays.
#
# **You will be able to**
# - set up a fair comparison of weights and delays: what learns, what is frozen, what is shuffled;
# - say how many different lags a network has on offer, and where learning can pay;
# - build a network that has nothing but delays, and see what it finds.
#
# *45 minutes. Builds on lessons 3 and 5.*

# %%
import math

import torch

from course_utils import checks, observer, plots, tables
from course_utils.coincidence import CoincidenceNetwork, jeffress_delays
from course_utils.drawings import course_map
from course_utils.drawings import lesson_6 as drawings
from course_utils.drawings.verdicts import forest
from course_utils.explore import choice, explore, predict, reveal, review, slider
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import evaluate, fit

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
course_map.here(6)

# %% [markdown]
# ## A table of networks
#
# `figures/studies/weights_or_delays.py` has trained many combinations with five seeds: how many
# fibres, how many hidden neurons, which delays, and what may learn. Every network hears 100 ms, has
# 768 updates of 64 fresh sounds, 36 classes of 5° each, and is tested on 4096 others. One line
# reads it, and gives the mean over the seeds with its 95 % interval (lesson 5):

# %%
rows = tables.read("../figures/studies/weights_or_delays.csv")


def error(delays, fibres, hidden=30, kind="axonal", max_delay=50, column="error_deg"):
    where = dict(delays=delays, fibres=fibres, hidden=hidden, kind=kind, max_delay=max_delay)
    return tables.mean_interval(rows, column, **where)  # mean, low, high


print(f"{len(rows)} networks")

# %% [markdown]
# ### Predict
# A hundred fibres per ear, thirty hidden neurons. *None*: all delays are 0, weights learn.
# *Frozen random* and *frozen even*: delays are drawn, or spread evenly, and only the weights learn.
# *Delays only*: the weights into the hidden neurons stay as drawn, delays and readout learn.
# *Readout only*: delays *and* hidden weights stay as drawn. *Learned*: all of it learns. **Put the
# six in order. Where is the largest gap?** (Here we ask for three of them.)

# %%
predict("6.1", "From the largest error to the smallest",
        order=["delays only", "frozen random", "none"])

# %%
conditions = ["none", "readout only", "delays only", "frozen random", "frozen even", "learned"]
results = [error(name, 100) for name in conditions]
bound = observer.cramer_rao(Stimulus(), window_ms=100)
plots.bars(
    conditions, [mean for mean, *_ in results], [interval for _, *interval in results],
    ylabel="mean error (degrees), 95 % over seeds", lines=[(bound, "bound")], log=True,
)

# %%
for name in conditions:
    print(f"{name:13s} argmax {error(name, 100, column='argmax_error_deg')[0]:.2f}°")
three = ("none", "delays only", "frozen random")
reveal("6.1", sorted(three, key=lambda name: -error(name, 100)[0]))

# %% [markdown]
# <details><summary>What happened</summary>
#
# *Having* delays matters: without them the error is many times larger (and still more than three
# times, if read by argmax). *Learning* them as well, beside the weights, changes little: with a
# hundred fibres, frozen random, frozen even and learned lie within a fifth of a degree. Here the
# weights do most of the work, and the delays are a shelf from which they take what they need.
#
# That does not make delays poor learners. *Readout only* is where both of them start from, and the
# delays alone take most of its error away. The weights alone take more.
# </details>
#
# Is that a fair fight? With one delay for each fibre, few delays stand against many weights. Delays
# can also belong to each *connection*: a **[synaptic](glossary.ipynb#synaptic-delay)** delay for
# each fibre and each hidden neuron, as many as there are weights. The other kind, which we had so
# far, is called **[axonal](glossary.ipynb#axonal-delay)**.

# %%
for kind, fibres in (("axonal", 100), ("axonal", 10), ("synaptic", 10)):
    what_learns = ("readout only", "delays only", "frozen random")
    neither, delays, weights = (error(name, fibres, kind=kind)[0] for name in what_learns)
    count = 2 * fibres * (1 if kind == "axonal" else 30)
    print(f"{kind:8s} {count:3d} delays alone: {neither:.1f}° falls to {delays:.2f}°, "
          f"{60 * fibres:4d} weights alone: to {weights:.2f}°")

# %% [markdown]
# At equal numbers the two come much closer, and the weights are still ahead.
#
# One ear is the control of controls: with only one, there is nothing to learn.

# %%
for fibres in (1, 100):
    print(f"one ear, {fibres:3d} fibres: {error('learned, one ear', fibres)[0]:.1f}° "
          f"(straight ahead: {observer.chance(Classes(36)).straight_ahead_deg:.0f}°)")

# %% [markdown]
# ## An empty shelf: one fibre per ear
#
# Now the opposite. One fibre from each ear, each with one delay: two numbers. And a common shift
# changes nothing (lesson 5), so only **one number** counts: how much longer the right ear waits.
#
# ### Predict
# We set that number by hand, freeze it, and train the weights. At 20 Hz, a cycle lasts 50 ms, and
# the sounds lead by up to 12.5 ms on either side. **Which number is best?** (Left and right are
# alike, so leave out its sign.)

# %%
predict("6.2", "How much longer should one ear wait?", (0, 25), unit="ms")

# %%
lag_rows = tables.read("../figures/studies/one_number.csv")
lags_ms = sorted({row["lag_ms"] for row in lag_rows})
by_lag = [tables.mean_interval(lag_rows, "error_deg", lag_ms=lag) for lag in lags_ms]


def first_lag(seed):  # what a network with this seed draws for itself
    generator = torch.Generator().manual_seed(seed)
    network = Localiser(Stimulus(fibres_per_ear=1), Classes(36), generator=generator)
    left, right = network.delay.delays.tolist()
    return right - left


# %% [markdown]
# The line is set by hand. The squares are five networks of the table whose random delays were
# frozen; each stands where its draw fell.

# %%
alone = dict(kind="axonal", fibres=1, hidden=30, max_delay=50)
frozen = [r for r in rows if r["delays"] == "frozen random" and alone.items() <= r.items()]
frozen.sort(key=lambda row: row["seed"])
dots = [(first_lag(int(r["seed"])), r["error_deg"]) for r in frozen]
drawings.valley(lags_ms, by_lag, dots)

# %%
lowest = min(zip(by_lag, lags_ms, strict=True))[1]
reveal("6.2", abs(lowest))

# %% [markdown]
# <details><summary>What happened</summary>
#
# Waiting equally long (0) is bad: the bursts overlap by the same amount whichever ear leads. Not
# all is lost (that would be 45°), for a leaky neuron also hears in which order spikes come. (There
# is nothing else to hear: play a sound backwards, and its IPD changes sign, and nothing more.)
# Nearly half a cycle (24 of 25 ms) is no better. The best lags are on the sides, about a quarter of
# a cycle, where the overlap rises all the way from one end of the range to the other. A frozen
# network is as good as its draw. Here luck matters, so here learning can help. </details>
#
# We let one learn, from a seed with a bad draw.

# %%
unlucky = max(range(len(dots)), key=lambda seed: dots[seed][1])
stimulus = Stimulus(fibres_per_ear=1)
generator = torch.Generator().manual_seed(unlucky)
network = Localiser(stimulus, Classes(36), generator=generator)
as_in_the_table = dict(delay_lr=0.5, remove_common_mode=False)
history = fit(network, generator, epochs=12, soft_labels=1.0, **as_in_the_table)

# %%
fresh = sample(4096, stimulus, torch.Generator().manual_seed(1000 + unlucky))
learned = evaluate(network, *fresh).error_deg
path = [float(d[1] - d[0]) for d in history.delays]
print(f"seed {unlucky}: from {path[0]:+.1f} to {path[-1]:+.1f} ms; frozen {dots[unlucky][1]:.1f}°, "
      f"learned {learned:.1f}°")
drawings.valley(
    lags_ms, by_lag, dots, arrows=[((path[0], dots[unlucky][1]), (path[-1], learned))]
)

# %% [markdown]
# It walked downhill. That is one seed, and we chose it. What do all five gain? We take the
# difference of each pair, frozen minus learned from the same first delays
# ([paired differences](glossary.ipynb#paired-difference)). And we do the same for 2, 10 and 100
# fibres per ear.
#
# ### Predict
# **In how many of the four places will the interval of the gain be clear of zero, with five
# seeds?**

# %%
predict("6.3", "In how many of four is the gain clear of zero?", [0, 1, 2, 3, 4])


# %%
def gain(fibres, hidden=30, kind="axonal", max_delay=50):
    """Frozen minus learned, in degrees, with its interval."""
    here = dict(fibres=fibres, hidden=hidden, kind=kind, max_delay=max_delay)
    frozen, learned = ({"delays": name} | here for name in ("frozen random", "learned"))
    return tables.paired_interval(rows, "error_deg", frozen, learned)


for fibres in (1, 2, 10, 100):
    print("{:3d} fibres: learning gains {:+.2f}° ({:+.2f}° to {:+.2f}°)".format(
        fibres, *gain(fibres)))

# %%
ranges = [gain(fibres)[1:] for fibres in (1, 2, 10, 100)]
reveal("6.3", sum(low > 0 or high < 0 for low, high in ranges))

# %% [markdown]
# <details><summary>What it says</summary>
#
# All four intervals hold zero. Is there no gain, then? For ten fibres there is none beyond a
# quarter of a degree, and no loss; for a hundred, none beyond a tenth. For one fibre the interval
# is so wide that a large gain fits in as well as none. **Not having seen a gain is not having seen
# that there is none.**
# </details>
#
# And there is a catch. With one fibre all the luck is one number, the first lag, and seeds 0 to 4
# draw the same five lags wherever they are used: with ten hidden neurons or thirty, here and in
# lesson 7. Those tables are one experiment, told several times. So `figures/studies/first_lag.py`
# took 25 other seeds. An arrow leads from each first lag, frozen, to the last one, learned.

# %%
lags = tables.read("../figures/studies/first_lag.csv")
starts = [(r["lag_ms"], r["error_deg"]) for r in lags if r["delays"] == "frozen random"]
ends = [(r["last_lag_ms"], r["error_deg"]) for r in lags if r["delays"] == "learned"]
drawings.valley(lags_ms, by_lag, starts, arrows=list(zip(starts, ends, strict=True)))

# %%
pair = dict(delays="frozen random"), dict(delays="learned")
print("25 fresh seeds, 1 fibre: learning gains {:+.2f}° ({:+.2f}° to {:+.2f}°)".format(
    *tables.paired_interval(lags, "error_deg", *pair)))
lost = [after - before for (_, before), (_, after) in zip(starts, ends, strict=True)]
print(f"worse than frozen: {sum(gap > 0 for gap in lost)} seeds, by {max(lost):.1f}° at most")

# %% [markdown]
# <details><summary>What it says</summary>
#
# With one fibre, learning pays: from nearly every draw the delays come into or near one of the two
# valleys, and the interval is well clear of zero. A bad draw gains a lot; one that fell into a
# valley has nothing to gain, and may lose a little. Five seeds could not tell.
# </details>
#
# ### Predict
# Let the 25 seeds come in one by one, and draw the interval of learned minus frozen anew after
# each. **From how many seeds on is it clear of zero, and stays so? Would that be so in another
# order?**

# %%
predict("6.4", "Clear of zero from how many seeds on?", (2, 25), unit="seeds")


# %%
def so_far(order):
    """The interval after two seeds of this order, after three, and so on."""
    chosen = [[row for row in lags if row["seed"] in order[:n]] for n in range(2, len(order) + 1)]
    return [tables.paired_interval(some, "error_deg", *reversed(pair)) for some in chosen]


as_run = sorted({row["seed"] for row in lags})
mixed = torch.randperm(len(as_run), generator=torch.Generator().manual_seed(0)).tolist()
orders = {"as they ran": as_run, "mixed": [as_run[k] for k in mixed]}
by_seed = dict(zip(as_run, lost, strict=True))
arriving = {name: ([by_seed[k] for k in order], so_far(order)) for name, order in orders.items()}


# %%
def draw(n, order):
    gaps, intervals = arriving[order]
    return drawings.how_many_seeds(gaps, intervals[: n - 1])


explore(
    draw, n=slider("seeds", 2, 25, 1, 5, keep=[3, 8, 12, 16, 20]),
    order=choice("order", list(orders)),
)

# %%
since = {}
for name, (_, found) in arriving.items():
    clear = [high < 0 for _, _, high in found]
    since[name] = max(n for n, yes in enumerate([False, *clear], start=1) if not yes) + 1
    early = sum(clear[: since[name] - 2])
    print(f"{name}: clear of zero from {since[name]} seeds on; alarms before that: {early}")
reveal("6.4", since["as they ran"])

# %% [markdown]
# <details><summary>What happened</summary>
#
# The interval shrinks, but not evenly: one bad draw that is rescued pulls the mean down and widens
# it at once. In which order the seeds come is luck, and so is the number from which on the interval
# is clear of zero. In the mixed order it is clear once before, and then again not (an *alarm*). So
# the number of seeds has to be fixed **before** one looks. Whoever adds seeds until the interval is
# clear, and stops there, finds an effect too often where there is none.
# </details>
#
# ## From one fibre to a hundred
#
# ### Predict
# With axonal delays all neurons share one lag, if there is one fibre. With synaptic delays even one
# fibre per ear reaches thirty neurons with thirty different lags. **What will that do to the gap
# between frozen and learned?**

# %%
predict("6.5", "The gap of one fibre, with synaptic delays", ["grows", "stays", "shrinks"])

# %% [markdown]
# Choose *synaptic* to see. With few fibres the Cramér–Rao bound is none, since it speaks of
# unbiased observers only (lesson 1). So we draw what the *best observer* reaches: it knows how the
# sounds were made, works out how probable each IPD is, given the spikes, and answers with the
# median. No answer to these spikes has a smaller mean error.

# %%
observer_rows = tables.read("../figures/studies/best_observer.csv")


def best(fibres):
    return tables.mean_interval(observer_rows, "error_deg", fibres=fibres)


looks = dict(zip([*conditions, "best observer"], plots.LOOKS, strict=True))


def draw(kind, hidden):
    fibres = (1, 2, 10, 100) if (kind, hidden) == ("axonal", 30) else (1, 2, 10)
    names = conditions if kind == "axonal" else conditions[1:4] + conditions[5:]
    curves = {name: [error(name, f, hidden, kind) for f in fibres] for name in names}
    curves["best observer"] = [best(f) for f in fibres]
    figure = plots.lines(
        fibres, curves, "fibres per ear", "mean error (degrees)", log_x=True, log_y=True,
        title=f"{kind} delays, {hidden} hidden neurons", looks=[looks[name] for name in curves],
    )
    figure.axes[0].set(xlim=(0.9, 111), ylim=(0.9, 60))  # the same for all
    plots.plain_log_labels(figure.axes[0].yaxis)
    return figure


explore(draw, kind=choice("delays", ["axonal", "synaptic"]), hidden=choice("hidden", [30, 10]))

# %%
for kind in ("axonal", "synaptic"):
    before, after = (error(d, 1, 30, kind)[0] for d in ("frozen random", "learned"))
    print(f"1 fibre per ear, {kind:8s}: frozen {before:.1f}°, learned {after:.1f}°, ", end="")
    print("gain {:+.2f}° ({:+.2f}° to {:+.2f}°)".format(*gain(1, 30, kind)))
share = gain(1, 30, "synaptic")[0] / gain(1, 30)[0]
reveal("6.5", "grows" if share > 1.25 else "stays" if share > 0.75 else "shrinks")

# %% [markdown]
# <details><summary>What happened</summary>
#
# With synaptic delays the gap all but closes, even for one fibre per ear: thirty neurons, each with
# a lag of its own, are a shelf again. In these five seeds the frozen synaptic network is ahead of
# the *learned* axonal one, too. **With thirty neurons, variety of delays can stand in for learning
# them.** (With ten it does not: you will see below.)
#
# *Frozen even* is bad with one fibre: "even" then means a single lag of 31 ms, which at 20 Hz is as
# good as −19 ms, far from the valley. With ten fibres, axonal delays and thirty neurons it is ahead
# of the other five, and to that we turn now.
# </details>
#
# ## Worse by learning
#
# With ten fibres per ear, thirty hidden neurons and axonal delays, *learned* is behind *frozen
# even* in all seeds. How can learning make it worse, when it could have left everything as it was?
#
# ### Predict
# The delays of these tables learned at a rate of 0.5, with their common
# mode free, which is what all of them do together (lesson 5: nobody
# hears it). There is a gentler way: a fifth of the rate, and the common mode removed. **If even
# delays learn so, will they be behind the even delays that never learned?**

# %%
predict("6.6", "Even delays that learn gently, against frozen even",
        ["behind", "ahead", "neither, to within 0.1°"])


# %%
def minus(first, second):
    """Mean error of one kind of network minus another, by pairs, with its interval."""
    pair = (alone | dict(fibres=10, delays=name) for name in (first, second))
    return tables.paired_interval(rows, "error_deg", *pair)


for first, second in (
    ("learned", "frozen even"), ("frozen random", "frozen even"), ("learned", "frozen random"),
    ("learned, gently", "frozen random"), ("learned from even", "frozen even"),
    ("learned from even, gently", "frozen even"),
):
    gap = "{:+.2f}° ({:+.2f}° to {:+.2f}°)".format(*minus(first, second))
    print(f"{first:25s} minus {second:13s} {gap}")

# %%
mean, low, high = minus("learned from even, gently", "frozen even")
near = -0.1 < low and high < 0.1
reveal("6.6", "neither, to within 0.1°" if near else "behind" if mean > 0 else "ahead")

# %% [markdown]
# <details><summary>What it says</summary>
#
# Most of the gap was there before anything had learned: with ten fibres, even delays are better to
# *have* than random ones, and learning from random ones doesn't make up for it. But a network that
# begins with even delays and learns at that rate does lose, most of that lead. Gently, it
# keeps what it has: no gain or loss beyond a tenth of a degree. From random delays the gentle
# optimiser even gains, but only some hundredths of a degree.
#
# So when learned delays are behind frozen ones, another optimiser may not lose: here one with a
# smaller rate and no common mode did not. (Which of the two mended it, the table doesn't say.) By
# itself, `fit` takes the gentle way.
# </details>
#
# ## Tuned alike, and decided
#
# One rate for the frozen network and one for the learned; 768 updates and no more; five seeds; and
# whoever looks at many intervals finds one that is clear of zero. A fair question deserves a study
# that can fail. Its rules stand in `figures/studies/PLAN.md`, written down before any of its test
# seeds was run, and after some trial runs:
#
# - **tuned alike**: both sides get six settings of their learning rates (frozen networks have a
#   rate for weights, learned ones another for delays), tried on seeds 0 to 2;
# - **trained until it rests**: until the loss on sounds kept aside for that stops falling, or after
#   3072 updates; we say where many runs were stopped by that;
# - **judged once**, on fresh sounds and on 10 to 25 seeds that had no part in the tuning, whose
#   first lags are spread evenly over the cycle: no five draws that happen to be alike, as above;
# - **a margin, named before**: less than 5 % of the error would not matter.
#
# Each place then gets one of three *[verdicts](glossary.ipynb#verdict)*. Picture its interval as a
# bar, and a grey band from -5 % to +5 %. If the bar lies inside the band: *alike*, too little to
# matter, even if it is clear of zero. If not, but the bar is clear of zero: *differs*, though
# perhaps by less than the margin. If neither: *open*. And since among several bars one looks clear
# by luck, each word asks for a little more than its bar shows (Holm, 1979).
#
# ### Predict
# Ten places: axonal delays with 1 or 10 fibres per ear, each with 10 and with 30 hidden neurons;
# axonal with 2 fibres and 10 hidden, and with 100 and 30; synaptic with 1, 4 or 10 fibres and 10
# hidden, and with 10 and 30. **In how many does learning the delays make a difference? In how many
# is it alike? Which ones?**

# %%
predict("6.7", "In how many of the ten do they differ?", (0, 10), unit="places")

# %%
verdicts = tables.read("../figures/studies/compared/verdicts.csv")
decided = [row for row in verdicts if row["family"] in "AD"]
for row in decided:
    print("{place:32s} {difference:+.2f}° ({low:+.2f}° to {high:+.2f}°), "
          "{difference_percent:+.0f} %, {n:.0f} seeds: {verdict}".format(**row))

# %%
forest(decided, margin_percent=5)
reveal("6.7", sum(row["verdict"] == "differs" for row in decided))

# %% [markdown]
# <details><summary>What it says</summary>
#
# - **Ahead** in five places of ten, by 8 to 15 % on average: the three with one fibre per ear, and
#   synaptic delays with ten hidden neurons and four or ten fibres.
# - **Alike** in three, all with ten fibres: axonal, and synaptic with thirty hidden neurons. (There
#   learned delays are surely ahead, but by 4 %.)
# - **Open**: two axonal fibres, from 2 % better to 6 % worse, even after 25 seeds.
# - **Behind**, by 4 %: a hundred axonal fibres.
#
# Two of the bars that differ reach into the grey band: there we know that it differs, not that it
# matters. With one axonal fibre and ten hidden neurons the frozen network did best with the fastest
# rate that we had offered; with a faster one still, the gain may be smaller. And all this is with
# delays as they are; lesson 7 judges them when rounded.
#
# So *which of the two did the work?* has no short answer. With ten axonal fibres the weights can do
# it with whatever delays they find. With one, or with synaptic delays and ten hidden neurons,
# learning the delays pays.
# </details>
#
# ### Predict
# Two of these answers wanted another look. *Open* is no answer, so two axonal fibres were asked
# again, with fifty new seeds. And with a hundred fibres the frozen network did best with the
# slowest weights that we had offered; the learned one was never offered weights that slow. So both
# were tuned once more, among six slower settings, and judged on ten new seeds. **What do you
# expect of each?**

# %%
predict("6.8", "A hundred fibres: learned against frozen, once more",
        ["behind again", "alike", "ahead", "open"])

# %%
for row in verdicts:
    if row["family"] in "ZL":
        print("{place}\n    {condition} minus {control}: {difference_percent:+.1f} % "
              "({low_percent:+.1f} to {high_percent:+.1f}): {verdict}".format(**row))


# %%
def outcome(row, behind="behind"):
    """The verdict in a word, with its sign where there is one."""
    ahead = "ahead" if row["difference"] < 0 else behind
    return ahead if row["verdict"] == "differs" else row["verdict"]


reveal("6.8", *(outcome(row, "behind again") for row in verdicts if row["family"] == "L"))

# %% [markdown]
# <details><summary>What it says</summary>
#
# Both are *alike*. For two axonal fibres the fifty new seeds decide it. And with a hundred fibres,
# what learning had lost is gone as soon as both sides may go slower. A network that could have left
# its delays alone can't lose by learning them: if it does, that is news about the optimiser, and
# here about what we had offered it. (At such slow rates eight runs in ten of one side were stopped
# at 3072 updates, so the last word on it is not said.)
# </details>
#
# ### Predict
# Two more questions were in the plan: what if the weights may not learn, and what if the first
# delays are others? And a third: with ten synaptic fibres and ten hidden neurons the learned
# network is ahead, but it has more numbers that learn. **Is that all?** So a frozen one got as
# many: further hidden neurons, until the numbers are equal.

# %%
predict("6.9", "Learned against frozen with as many numbers", ["ahead", "alike", "behind", "open"])

# %%
for row in verdicts:
    if row["family"] in "BF":
        print("{place}: {condition} minus {control}".format(**row))
        print("    {difference:+.2f}° ({low:+.2f}° to {high:+.2f}°), {difference_percent:+.0f} %, "
              "{n:.0f} seeds: {verdict}".format(**row))
reveal("6.9", *(outcome(row) for row in verdicts if "as many" in row["control"]))

# %% [markdown]
# <details><summary>What it says</summary>
#
# With as many numbers that learn, the two are *alike*: there, two hundred delays do for the error
# what as many further weights do. Where the weights into the hidden neurons may not learn, learning
# the delays takes away a third of what the readout alone leaves (axonal), or three quarters
# (synaptic); weights alone do better still. (Some of the runs with delays only were still getting
# better when they were stopped.) And other first delays? From even ones and from the bank, learned
# and frozen are *alike*. Which ones one *has* does differ: even are ahead of random, the bank is
# behind, and delays that start at zero and learn are furthest behind.
# </details>
#
# ## When weights are poor
#
# So far a weight could become whatever served best. On a chip, and in a brain, it can't: it has few
# values or a fixed sign, a neuron has few synapses, nothing is exact. So back to ten axonal fibres
# and ten hidden neurons, where learned and frozen are alike, and now the weights into the hidden
# neurons are held, for both in the same way:
#
# - *ternary weights*: each is -s, 0 or s, with one s for all;
# - *fixed signs*: each keeps the sign that it was drawn with, and learns its size only;
# - *1* or *2 synapses per ear*: each neuron hears one or two fibres of either ear, drawn once;
# - *noise*: in each pass every weight is off by 30 %, and every threshold by 10 %.
#
# ### Predict
# **Where will learning the delays pay now? And if the delays learn first, and the weights only when
# the delays have come to rest: is that better than both at once?**

# %%
predict("6.10", "In how many of the five does it pay?", [0, 1, 2, 3, 4, 5])

# %%
poor = [row for row in verdicts if row["family"] == "X"]
for row in poor:
    print("{condition} minus {control}".format(**row))
    print("    {control_mean:.1f}° {difference:+.2f}° ({low:+.2f}° to {high:+.2f}°), "
          "{difference_percent:+.0f} %, {n:.0f} seeds: {verdict}".format(**row))

# %%
held = [row for row in poor if row["control"].startswith("frozen")]
names = [row["condition"].removeprefix("learned, ") for row in held]
forest([row | dict(held=name) for name, row in zip(names, held, strict=True)], 5, by="held")
reveal("6.10", sum(outcome(row) == "ahead" for row in held))


# %% [markdown]
# <details><summary>What it says</summary>
#
# With poor weights learning the delays pays where it did not before: 14 % on average with one
# synapse per ear, 11 % with ternary weights, 7 % with two synapses per ear, 6 % with noise. (All
# four intervals reach into the grey band: it differs, but by how much we know less well.) With
# fixed signs the question stays open: the interval lies within the band, but asked beside five
# other questions that is not sure enough, and an eighth of these runs was still getting better when
# it was stopped. It fits what others find where weights are coarse or a chip is noisy (lesson 5):
# what a weight can no longer say, a delay can.
#
# One synapse per ear takes us back to the empty shelf: a neuron with one left and one right fibre
# has one lag, and if it drew a poor one, no weight can help. (There the frozen network took the
# slowest rate on offer; with a slower one still, the gain may be smaller.) And the order? Delays
# first, weights second is *alike*: neither better nor worse by more than 5 %.
# </details>
#
# ## How full is the shelf?
#
# A hidden neuron compares left fibres with right ones: each pair offers a lag. With axonal delays
# all neurons share the same lags; with synaptic ones every neuron has its own.

# %%
def lags_on_offer(fibres, hidden, kind, generator):
    copies = 1 if kind == "axonal" else hidden
    left, right = 50 * torch.rand(2, copies, fibres, generator=generator)
    return right[:, :, None] - left[:, None, :]


lags_on_offer(2, 30, "synaptic", torch.Generator().manual_seed(0)).shape


# %% [markdown]
# ### Try it
# Grey is what the sounds can ask for. A single lag in its middle is of little use, as the valley
# showed; many that cover it are of much. And a whole cycle (50 ms) more or less is the same lag, so
# the picture shows one cycle. **Find two different networks whose shelf has no hole wider
# than 2 ms, one axonal, one synaptic.**

# %%
def draw(fibres, hidden, kind):
    values = lags_on_offer(fibres, hidden, kind, torch.Generator().manual_seed(0))
    return drawings.lags(values, f"{kind}, fibres per ear: {fibres}, hidden neurons: {hidden}")


explore(
    draw, fibres=slider("fibres per ear", 1, 20, 1, 1),
    hidden=slider("hidden neurons", 3, 30, 1, 30),
    kind=choice("delays", ["axonal", "synaptic"]),
)


# %% [markdown]
# ### Exercise 6.1 — count the shelf
# How many lags (right delay minus left delay) does a network have on offer?

# %%
def count_lags(fibres_per_ear, hidden, kind):
    ...  # two lines; kind is "axonal" or "synaptic"


# %%
checks.exercise_6_1(count_lags)


# %% [markdown]
# ([A solution](solutions/06_weights_or_delays.ipynb))
#
# ## The boundary
#
# The more lags on offer, the less learning gains? You know the verdicts: here are the first ones,
# sorted by the number of lags on offer. (The second look made two of them *alike*: those with 4
# lags and with 10 000.)

# %%
def parts(place):
    kind, fibres, hidden = place.split(", ")
    return kind, int(fibres.split()[0]), int(hidden.split()[0])


places = [parts(row["place"]) for row in decided]
variety = [f * f * (1 if kind == "axonal" else h) for kind, f, h in places]
gains = [tuple(-row[f"{k}_percent"] for k in ("difference", "high", "low")) for row in decided]
drawings.gain_by_variety(variety, gains, [(h, kind) for kind, _, h in places])

# %%
for lags_there, row in sorted(zip(variety, decided, strict=True), key=lambda both: both[0]):
    print("{:5d} lags: {place}: {difference_percent:+.0f} %, {verdict}".format(lags_there, **row))

# %% [markdown]
# <details><summary>What it says</summary>
#
# Not so simple. Where there is one lag, learning gains about a tenth or more of the error. At a
# hundred lags the two are alike. But with more than a hundred, synaptic and ten hidden neurons, it
# gains as much again. So the number of lags on offer does not tell where learning pays. What these
# places have in common with those of poor weights is this: a neuron that cannot pick what it needs.
# One lag is no choice; and ten neurons with a delay for each connection have a delay to learn where
# they lack further neurons.
#
# (That is a reading of a handful of places, not a law: nothing here tested it.)
# </details>
#
# ## A popular test
#
# Here is a popular argument: take the trained network, let its delays change places, and the error
# explodes; so the learned delays matter.
#
# ### Predict
# **What will the same shuffle do to a network whose delays were random and frozen?**

# %%
predict("6.11", "The same shuffle, on frozen random delays",
        ["next to no harm", "clearly less", "about as much harm"])

# %%
harm = {}
for delays in ("learned", "frozen random"):
    before, after = (error(delays, 10, column=c)[0] for c in ("error_deg", "shuffled_error_deg"))
    here = alone | dict(fibres=10, delays=delays)
    seeds = [r["shuffled_error_deg"] for r in rows if here.items() <= r.items()]
    print(f"10 fibres, {delays:13s}: {before:.1f}°, after shuffling {after:.1f}° "
          f"(seeds from {min(seeds):.0f}° to {max(seeds):.0f}°)")
    harm[delays] = after - before

# %%
share = harm["frozen random"] / harm["learned"]
less = "next to no harm" if share < 0.1 else "clearly less"
reveal("6.11", less if share < 0.75 else "about as much harm")


# %% [markdown]
# <details><summary>What happened</summary>
#
# The same: the error explodes, by more or less from seed to seed. It can even be worse than always
# straight ahead (45°): an answer that has nothing to do with the sound, but points here and there,
# is 60° off on average. The weights had learned to use the delays they were given, whoever made
# them. A shuffle shows that a network *uses* its delays. It doesn't show that *learning* them was
# worth it; for that, compare with delays that never learned.
# </details>
#
# ## Where delays are everything
#
# Take the weights away. Each of twelve outputs listens to one left and one right fibre, makes both
# wait, and scores how well they agree. This is [Jeffress's idea](glossary.ipynb#Jeffress-model) of
# 1948 with another detector: his cells wait for coincidences, ours subtract. Only delays can learn,
# and one common *loudness*, by which all scores are multiplied before the softmax. By hand, for one
# output, with a leaky [trace](glossary.ipynb#trace) of every spike:

# %%
def trace(train, tau_ms=5.0):
    leaky, decay, values = 0.0, math.exp(-1 / tau_ms), []
    for spike in train.tolist():
        leaky = decay * leaky + (1 - decay) * spike
        values.append(leaky)
    return torch.tensor(values)


def agreement(spikes, left_waits, right_waits, max_delay=30):
    left, right = (
        trace(spikes[max_delay - wait : len(spikes) - wait, ear])
        for ear, wait in enumerate((left_waits, right_waits))
    )
    return -(left - right).abs().mean()  # the subtractive synapse: 0 is perfect agreement


# %%
stimulus, twelve = Stimulus(duration_ms=130, fibres_per_ear=1), Classes(12)
starts = torch.full((1, 12), 15.0)  # the right ear waits as long as the left one, for all outputs
coincidence = CoincidenceNetwork(
    stimulus, twelve, 30, synapse="subtractive", init=starts, generator=generator
)
_, (spikes,) = sample(1, stimulus, generator)
mine, ours = agreement(spikes, 15, 15), coincidence.scores(spikes[None])[0, 0]
assert torch.isclose(mine, ours, atol=1e-6)

# %% [markdown]
# The left ear waits 15 ms for good: it is the clock, and so nothing drifts. The right ear waits 0
# to 30 ms.
#
# ### Predict
# All twelve start at equal waits, where they are of no use. **Will they spread by themselves?
# In which order?**

# %%
predict("6.12", "Where will the right ear wait longest?",
        ["nowhere: they stay equal", "no order", "far left", "far right"])

# %%
history = fit(coincidence, generator, epochs=8, lr=0.05, soft_labels=0.5, **as_in_the_table)
paths = [(delays - 15)[0] for delays in history.delays]
wanted = (jeffress_delays(stimulus, twelve, 30) - 15)[0]


# %%
def draw(epoch):
    return drawings.jeffress(wanted, paths[epoch], f"epoch {epoch}")


explore(draw, epoch=slider("epoch", 0, 8, 1, 1))

# %%
fresh = sample(4096, stimulus, torch.Generator().manual_seed(1))
print(f"delays only, 1 fibre per ear: {evaluate(coincidence, *fresh).error_deg:.1f}°")
print(f"best observer: {best(1)[0]:.1f}°")
correlation = float(torch.corrcoef(torch.stack([wanted, paths[-1]]))[0, 1])
print(f"correlation with Jeffress's line: {correlation:.4f}")

# %%
from_left_to_right = torch.arange(12.0)
trend = float(torch.corrcoef(torch.stack([from_left_to_right, paths[-1]]))[0, 1])
order = "no order" if abs(trend) < 0.9 else "far right" if trend > 0 else "far left"
reveal("6.12", order if paths[-1].std() > 1 else "nowhere: they stay equal")

# %% [markdown]
# (A correlation of 1 says that the learned waits lie on a straight line over the wanted ones; a
# slope of 1, below, that it is as steep as Jeffress's.) That is twelve delays and a loudness,
# against thirty neurons with over a thousand weights. Five seeds of each, and their controls;
# *hand-set* starts on Jeffress's line and learns only the loudness.

# %%
study = tables.read("../figures/studies/coincidence.csv")
ways = ["frozen random", "learned from random", "learned from the middle", "hand-set"]
plain = dict(fibres=1, synapse="subtractive", tau_ms=5)
results = [tables.mean_interval(study, "error_deg", way=way, **plain) for way in ways]
results += [error("learned", 1, kind=kind) for kind in ("axonal", "synaptic")]
plots.bars(
    [*ways, "30 neurons, axonal", "30 neurons, synaptic"],
    [mean for mean, *_ in results], [i for _, *i in results],
    ylabel="mean error (degrees), 95 % over seeds", log=True,
    lines=[(best(1)[0], "best observer")],
)

# %%
middle, hand = ({"way": way} | plain for way in ("learned from the middle", "hand-set"))
mean, low, high = tables.paired_interval(study, "error_deg", middle, hand)
print(f"learned minus hand-set: {mean:+.2f}° ({low:+.2f}° to {high:+.2f}°)")
for column in ("correlation", "slope"):
    mean, low, high = tables.mean_interval(study, column, **middle)
    print(f"{column} with Jeffress's line: {mean:.3f} ({low:.3f} to {high:.3f})")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Frozen random delays leave four seeds of five where "always straight ahead" would (45°): an output
# that is called "30° right" must wait for 30° right, and no weight can choose for it. One seed drew
# better. Learned from the middle, the delays lie on Jeffress's
# line, and the error is within a tenth of a degree of the hand-set one's. From random starts four
# seeds of five do as well; one strayed, hence the long interval. (It reaches below the best
# observer, but no seed does: an interval is symmetric, and a single stray widens it to both sides.)
#
# The network beats thirty neurons that share one lag (axonal). Thirty with lags of their own
# (synaptic) are better, but they have 36 classes instead of 12, and a thousand weights more.
# </details>
#
# With ten fibres for each output there are ten ways to go astray:

# %%
ways = [ways[1], "learned from random, gaussian", *ways[2:]]
for way in ways:
    where = dict(fibres=10, synapse="subtractive", tau_ms=5, way=way)
    mean, low, high = tables.mean_interval(study, "error_deg", **where)
    slope, *_ = tables.mean_interval(study, "slope", **where)
    print(f"{way:30s} {mean:.2f}° ({low:.2f}° to {high:.2f}°), slope {slope:.2f}")


# %% [markdown]
# From random starts all five seeds end with too small a slope, and near 1 from the middle. A wide
# Gaussian helps; lesson 7 looks at such remedies.
#
# ### Exercise 6.2 — is it the learning?
# `frozen` and `learned` are lists of errors, one for each seed, in the same order. Return the mean
# gain from learning and its [standard error](glossary.ipynb#standard-error), from *pairs*. (In the
# standard deviation of n gains, the sum of the squares is divided by n - 1.)

# %%
def paired_gain(frozen, learned):
    ...  # two or three lines; return mean, standard_error


# %%
checks.exercise_6_2(paired_gain)


# %% [markdown]
# ### Exercise 6.3 — align a pattern
# A neuron shall fire when fibre `i` spikes at `times[i]`, for all `i`. Which delays make all the
# spikes arrive together, and as early as possible?

# %%
def aligning_delays(times):
    ...  # one line; times is a tensor (fibre,), in ms


# %%
checks.exercise_6_3(aligning_delays)

# %% [markdown]
# ([Solutions](solutions/06_weights_or_delays.ipynb))
#
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A claim about learned delays needs delays that did *not* learn, with the same seeds. A shuffle
#   is no such control.
# - Tuned alike, learned and frozen delays are alike with ten axonal fibres, to within 5 %. With one
#   fibre per ear, or with synaptic delays and ten hidden neurons, learning took 8 to 15 % of the
#   error away; in the one place where a frozen network got as many numbers that learn, it was
#   alike. The number of lags on offer does not tell where.
# - Where weights are poor (few values, few synapses, noise), learning the delays pays with ten
#   axonal fibres, too: 6 to 14 %.
# - An interval that holds zero says *no effect* only if it is narrow. And if learning makes it
#   worse, look at the optimiser first.
# - Where nothing can choose, learned delays are everything: from equal waits, twelve of them found
#   Jeffress's line, and matched what one would set by hand. From random waits they can stray.
#
# **Read on.** L. A. Jeffress (1948), *A place theory of sound localization*, Journal of Comparative
# and Physiological Psychology 41. — B. Grothe, M. Pecka and D. McAlpine (2010), *Mechanisms of
# sound localization in mammals*, Physiological Reviews 90.
#
# **Next door:** [How should a delay learn?](07_how_should_a_delay_learn.ipynb)
