# %% [markdown]
# # Can it hear a word?
#
# So far our networks pointed at a sound. Now one has to tell twenty words apart, said by voices
# that it never heard. It is the last lesson, and it ends with a map of all the places where this
# course has asked whether learning a delay pays.
#
# **You will be able to**
# - test a network on voices that it never heard, and say what a word's timing adds to its sum;
# - tell apart what *having* delays buys, what *learning* them adds, and what else the same price
#   would buy;
# - read the map of the whole course, and say which control a claim of your own would need.
#
# *45 minutes. Builds on lessons 3, 5, 6 and 8.*

# %%
import copy
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from course_utils import checks, plots, tables
from course_utils.delay_optimizer import DelayOptimizer
from course_utils.delays import shift_causal
from course_utils.drawings import course_map
from course_utils.drawings import lesson_10 as drawings
from course_utils.drawings.verdicts import forest
from course_utils.explore import audio, choice, explore, predict, reveal, review, slider
from course_utils.neurons import leaky_readout, lif
from course_utils.words import shd, spoken
from course_utils.words.listener import Listener

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
generator = torch.Generator().manual_seed(0)
course_map.here(10)

# %% [markdown]
# ## Twenty words
#
# The words are the digits from zero to nine, in English and in German. Two programs that read
# aloud, [speech synthesizers](glossary.ipynb#speech-synthesizer), said them in many voices; we
# begin with one of the two, espeak-ng. What we keep is not the sound but what an ear makes of it,
# as in lesson 9: 40 bands from 80 to 7000 Hz, each with one fibre, and for each band and each 10 ms
# the chance of a spike. The spikes are drawn anew every time.

# %%
voices, unheard = spoken.load("training"), spoken.load("test")
print(f"to learn from: {len(voices)} words by {len(voices.voices)} voices")
print(f"to test on: {len(unheard)} words by {len(unheard.voices)} voices")
print(", ".join(voices.names))
assert not set(voices.voices) & set(unheard.voices)

# %% [markdown]
# Mind the last line: no voice stands on both sides. A network that is tested on the voices it
# learned from could know the *voice*, and look as if it knew the word. So we test on [held-out
# voices](glossary.ipynb#held-out-voice). (Ten more voices are there to choose settings by; these
# two sides never meet them.)
#
# Listen. After the hyphen stands the voice; slt is from the other synthesizer, and comes back
# at the end.

# %%
sounds = {}
for name in ("three-f3", "drei-f3", "nine-Andrea", "neun-Andrea", "three-slt"):
    samples, rate = spoken.audio(name)
    sounds[name] = np.stack([samples, samples])  # both ears hear the same
audio.play(
    sounds, "Nine and neun differ at their ends; three is another sound in each voice.",
    rate_hz=rate, bits=8,
)


# %% [markdown]
# And here are words as the network gets them, one by two voices. **Choose a word, and move through
# the voices. What do both have in common? What differs?**

# %%
def draw(word, voice):
    shown = unheard.of((word,))
    numbers = torch.tensor([0, voice])
    spikes = shown.draw(torch.Generator().manual_seed(1), numbers)
    titles = [f"{word}, {unheard.voices[v]}" for v in shown.voice[numbers]]
    return drawings.heard(dict(zip(titles, spikes, strict=True)), spoken.centres_hz())


explore(
    draw, word=choice("word", ["three", "six", "nine", "neun"]),
    voice=slider("another voice", 1, len(unheard.voices) - 1, 1, 1),
)


# %% [markdown]
# The order of events is the same: hissing in the upper bands, then a vowel in the lower ones, or
# the other way round. When they come, how long they last and where in the bands they lie is
# another matter for each voice.
#
# ### Exercise 10.1 — keep voices apart
# `voice` says for each of n words who said it, a number each. `kept` is a list of the voices to
# test on. Return two masks, n truth values each: the words to learn from, and those to test on.

# %%
def keep_apart(voice, kept):
    ...  # one or two lines; return learn, test


# %%
checks.exercise_10_1(keep_apart)

# %% [markdown]
# ([Solutions](solutions/10_a_word.ipynb))
#
# ## What counts alone can tell
#
# Does a word need time at all? First the rival that has none. It only counts: how many spikes came
# in each band, all in all, 40 numbers. Each word has a weight for each of them, and the word with
# the largest sum is the answer. (That is called [multinomial
# regression](glossary.ipynb#multinomial-regression).) It learns from cross
# entropy, as our readouts do.
#
# ### Predict
# **How many words of the held-out voices will it get wrong?** Who guesses gets 95 % wrong.

# %%
predict("10.1", "How many words are wrong by counts alone?", (0, 100), unit="%")


# %%
def counts(spikes):
    return spikes.sum(1) / 10  # (word, band)


by_counts = torch.zeros(40, 20, requires_grad=True)
optimiser = torch.optim.Adam([by_counts], lr=0.1)
for _ in range(300):
    word, spikes = voices.sample(64, generator)
    optimiser.zero_grad()
    F.cross_entropy(counts(spikes) @ by_counts, word).backward()
    optimiser.step()

# %% [markdown]
# Every word of a held-out voice is spoken four times, so that luck in its spikes counts for little:

# %%
often = torch.arange(len(unheard)).repeat(4)
said, test_spikes = unheard.word[often], unheard.draw(generator, often)


@torch.no_grad()
def wrong(answer, spikes=test_spikes, said=said):
    """Wrong words in per cent."""
    return 100 * float((answer(spikes).argmax(1) != said).double().mean())


by_counts_wrong = wrong(lambda spikes: counts(spikes) @ by_counts)
print(f"by counts alone: {by_counts_wrong:.0f} % wrong")

# %%
reveal("10.1", by_counts_wrong)


# %% [markdown]
# <details><summary>What happened</summary>
#
# About half are right, ten times as many as by guessing. A hissing *s* or a dark *o* is there or it
# isn't, whenever it comes. So whoever shows that a network can tell words has not shown that it
# uses time; this rival is the floor from which we count.
# </details>
#
# ## A network that waits
#
# The network is the one you know: spikes wait, neurons fire, a readout adds up. What is new: its
# delays keep the input's clock (*causal*, lesson 8), and reach 250 ms, which is half a word. No
# single fibre is that slow; take it for what a chip can offer, or a chain of neurons (lesson 8).
# Steps are 10 ms, and neurons forget in 20 ms.
# And the readout counts ten times, since a mean over 800 ms, most of them silent, is small: the
# softmax would hardly see it. By hand, neuron by neuron, with one delay for each connection
# (synaptic):

# %%
def by_hand(spikes, delays, weight, w_out):
    current = torch.zeros(*spikes.shape[:2], weight.shape[1])
    for neuron in range(weight.shape[1]):
        late = shift_causal(spikes, delays[:, neuron], 25)
        current[..., neuron] = late @ weight[:, neuron]
    return 10 * leaky_readout(lif(current, 20, dt_ms=10), w_out, 20, dt_ms=10)


# %%
network = Listener(
    40, 20, hidden=32, max_delay=25, generator=torch.Generator().manual_seed(0)
)
mine = by_hand(test_spikes[:8], network.delays[0].delays, network.weights[0], network.w_out)
assert torch.allclose(mine, network(test_spikes[:8]), atol=1e-5)
first_delays = network.delays[0].delays.detach().clone()
first_weights = network.weights[0].detach().clone()
print(f"{sum(p.numel() for p in network.parameters())} numbers that learn")


# %% [markdown]
# Training is Adam for the weights, and our optimiser for the delays (lesson 7). Both slow down to
# the end. The common mode is left free: a word begins when it begins, so here it matters *when* all
# of them arrive.

# %%
def train(network, updates=600, lr=0.03, delay_lr=0.3):
    draws = torch.Generator().manual_seed(0)
    delays = DelayOptimizer([network.delays[0].delays], 25, remove_common_mode=False)
    weights = torch.optim.Adam([network.weights[0], network.w_out])
    for update in range(updates):
        for optimiser, most in ((weights, lr), (delays, delay_lr)):
            optimiser.param_groups[0]["lr"] = most * (1 - update / updates)
        word, spikes = voices.sample(64, draws)
        network.zero_grad()
        F.cross_entropy(network(spikes), word).backward()
        weights.step()
        delays.step()  # delays without a gradient stay where they are


# %% [markdown]
# ### Predict
# 32 neurons, 600 updates of 64 words, in less time than it takes to read this section. **How many
# words of the held-out voices will be wrong?**

# %%
predict("10.2", "How many words does the network get wrong?", (0, 100), unit="%")

# %%
train(network)
network_wrong = wrong(network)
print(f"before: 95 % by luck; after: {network_wrong:.0f} % wrong")
print(f"with delays rounded to whole steps: {wrong(network.rounded()):.0f} % wrong")

# %%
reveal("10.2", network_wrong)

# %% [markdown]
# <details><summary>What happened</summary>
#
# It gets most words right that counts alone get wrong. But this is one network, with one seed. And
# what did it: that it has neurons, that it has delays, or that these have learned? You know by now
# what has to be asked.
# </details>
#
# ## Having and learning
#
# `figures/studies/words` asked it by the rules of lesson 6, written down before any test voice was
# used. Both sides get four settings, among which the ten voices kept for that choose; both train
# for 1000 updates (and one comparison asks whether that is enough); ten new seeds are tested once,
# on the fifteen held-out voices. The outcome is the share of wrong words, in per cent, **with
# delays rounded to whole steps**; a difference below 5 % of the control's share would not matter.
# (What was changed in the plan, and when, stands in it: some comparisons were left out for want of
# time, and one family, which you will meet below, was added after first results had been seen.)

# %%
tested = tables.read("../figures/studies/words/test.csv")
verdicts = tables.read("../figures/studies/words/verdicts.csv")
print(f"{len(tested)} networks, {len(verdicts)} comparisons")

# %% [markdown]
# ### Predict
# **Put four in order, the most wrong words first:** counts alone; neurons without delays; with
# random delays that stay frozen; with delays that learn.

# %%
predict("10.3", "Most wrong words first", order=["learned", "none", "counts", "frozen"])

# %%
four = ["counts", "none", "frozen", "learned"]
results = {name: tables.mean_interval(tested, "whole_wrong", setting=name) for name in four}
plots.bars(
    four, [mean for mean, *_ in results.values()], [ends for _, *ends in results.values()],
    ylabel="wrong words (%), 95 % over seeds",
)


# %%
def told(row):
    return ("{condition} minus {control}:\n    {difference:+.1f} ({low:+.1f} to {high:+.1f}) "
            "words in 100, {difference_percent:+.0f} % of {control_mean:.1f}: {verdict}"
            .format(**row))


for row in verdicts:
    if row["family"] == "having":
        print(told(row))

# %%
reveal("10.3", sorted(four, key=lambda name: -results[name][0]))

# %% [markdown]
# <details><summary>What it says</summary>
#
# Having delays takes away half of the wrong words, though nobody trained them; with reversals, of
# which you will hear below, even six in ten.
#
# An interval over seeds says how much luck in the first weights, delays and spikes matters. It says
# nothing about fifteen *other* voices.
# </details>
#
# Now the question of this course. Where is learning worth its while? In the list, *fan-in* is how
# many of the forty bands a neuron hears: 40 if nothing is said. *Reversals* are another task, and
# you will hear them below.
#
# ### Predict
# Eight places: as above; with a fan-in of 10, and of 4; one delay for each band instead of each
# connection (axonal); 64 neurons; delays of at most 100 ms; twice as many updates; reversals. **In
# how many is learned surely ahead of frozen?**

# %%
predict("10.4", "In how many of eight does learning pay?", (0, 8), unit="places")

# %%
learning = [row for row in verdicts if row["family"] == "learning"]
names = {"learned": "fan-in 40, 32 neurons, 250 ms", "learned, 64 hidden": "64 neurons"}
where = [names.get(r["condition"], r["condition"].removeprefix("learned, ")) for r in learning]
forest([r | dict(where=w) for r, w in zip(learning, where, strict=True)], 5, by="where")

# %%
for row in learning:
    print(told(row))

# %%
ahead = [row["verdict"] == "differs" and row["difference"] < 0 for row in learning]
reveal("10.4", sum(ahead))

# %% [markdown]
# <details><summary>What it says</summary>
#
# In two. Where delays reach no further than 100 ms, learning takes away a seventh of the wrong
# words; with reversals, an eighth. The other six are *open*. Four of them lean to the learned side,
# by 3 to 6 %, and two to the other (axonal, and 64 neurons, by 4 and 5 %). And few connections do
# not make learning pay: with a fan-in of 4 all is open as well.
#
# Open is not alike. With 32 neurons and all bands, ten seeds allow for an eighth fewer wrong words,
# and for none. And each bar that looks clear of zero by a hair is one of eight. (Two limits: in
# four of the five places that were tuned, the learned side took the fastest weights that it was
# offered; the other three took their twin's. And twice as many updates take another tenth of the
# wrong words off both sides.)
# </details>
#
# ## What others say
#
# The first two stand in the list of lesson 5. The third takes delays for something to *choose*: the
# weakest connections are given up, and others grow in their place, each with a delay of its own.
#
# | who | what they say |
# |---|---|
# | Hammouamri et al. (2023) | fixed random delays help, learned ones help more |
# | Sun et al. (2025) | with delays that learn, weights of three values keep up with the best |
# | Mészáros et al. (2024) | with few connections, choosing delays is better than learning them |
#
# For the first, you have just seen what our words say. Weights of three values were asked about in
# lesson 6, with another task. For the third, the study has networks in which no delay has a
# gradient: after every twenty of the first 600 updates the tenth of a neuron's connections with the
# smallest weights is given up, and starts again from weight 0 with another delay, drawn by chance.
#
# ### Predict
# Ten bands for each neuron. **Selected delays against learned ones: how do they compare?**

# %%
predict("10.5", "Selected against learned, fan-in 10", ["ahead", "alike", "behind", "open"])

# %%
selected = [row for row in verdicts if row["family"] == "selection"]
pairs = ["{condition} minus {control}".format(**row).replace(", fan-in", "") for row in selected]
forest([r | dict(pair=p) for r, p in zip(selected, pairs, strict=True)], 5, by="pair",
       minus=("selected", "the other"))


# %%
def outcome(row):
    """The verdict in a word, with its sign where there is one."""
    if row["verdict"] == "differs":
        return "ahead" if row["difference"] < 0 else "behind"
    return row["verdict"]


for row in selected:
    print(told(row))
(ten,) = [row for row in selected if row["control"] == "learned, fan-in 10"]
reveal("10.5", outcome(ten))


# %% [markdown]
# <details><summary>What it says</summary>
#
# With ten bands, to choose is better: 11 % fewer wrong words than with frozen delays, 7 % fewer
# than with learned ones, and no gradient has touched a delay. With four bands both are open. (A
# connection that grows again may also hear another band, which a learned delay can't give it; and
# those that learn lose something by being rounded, as you will see.)
#
# Their networks are larger, their words are said by people, and their errors are smaller than ours:
# compare the direction, not the size.
# </details>
#
# ## What else the same would buy
#
# A delay that learns is one more number for each connection. Let the frozen network have as many
# numbers, in further neurons; is it then as good? And do frozen delays still pay if the network
# without any gets more neurons, a longer memory (tau 80 ms), or neurons that hear each other?
#
# ### Exercise 10.2 — a fair price
# Count what learns between the nerve and the readout. With learned synaptic delays, each connection
# from `bands` to `neurons` has a weight and a delay, and each neuron has a weight for each of
# `words`. **How many neurons may a network have whose delays are frozen, for no more numbers than
# that?** Return a whole number.

# %%
def as_many(bands, words, neurons):
    ...  # one or two lines


# %%
checks.exercise_10_2(as_many)

# %% [markdown]
# ### Predict
# **With as many numbers that learn: learned delays against frozen ones?**

# %%
predict("10.6", "Learned against frozen with as many numbers", ["ahead", "alike", "behind", "open"])

# %%
prices = [row for row in verdicts if row["family"] == "prices"]
pairs = ["{condition} minus {control}".format(**row) for row in prices]
forest([r | dict(pair=p) for r, p in zip(prices, pairs, strict=True)], 5, by="pair",
       minus=("the first", "the second"))

# %%
for row in prices:
    print(told(row))
(price,) = [row for row in prices if row["condition"] == "learned"]
reveal("10.6", outcome(price))

# %% [markdown]
# <details><summary>What it says</summary>
#
# With as many numbers that learn it is *open*, and leans to the frozen side: two thirds more
# neurons may do what 1280 learned delays do, or better. (That is for delays that are rounded at the
# end. The study didn't ask it of delays that are whole all along, which you will meet below.)
#
# What *having* delays buys, none of these three replaced. Frozen ones are ahead of as many more
# neurons by 44 %, of neurons that hear each other by 38 %, and of a longer memory by 54 %. (The
# last is even behind the network with a short memory. And neurons that hear each other learn by the
# steep surrogate of lesson 8, the others by the wide one: that difference is of both together.)
# </details>
#
# ### And without any spikes?
# More rivals from the engineer's shelf, which nobody asks to spike. *Every bin* is the regression
# of above, with a weight for each band *and* each 10 ms. A
# [convolution](glossary.ipynb#convolution) has 64 filters that look for a pattern of 250 ms in all
# bands at once. A [GRU](glossary.ipynb#GRU) is a recurrent network of 64 units that learn what to
# keep and what to forget. No verdict; here is what all of them need, and what they get wrong:

# %%
names = ["counts", "every bin", "none", "none, recurrent", "frozen", "learned",
         "frozen, as many parameters", "convolution", "GRU"]  # fmt: skip
for name in names:
    mean, low, high = tables.mean_interval(tested, "whole_wrong", setting=name)
    (numbers,) = {row["parameters"] for row in tested if row["setting"] == name}
    print(f"{name:27s} {numbers:6.0f} numbers, {mean:4.1f} % wrong ({low:.1f} to {high:.1f})")

# %% [markdown]
# *Every bin*, the plainest rival that knows *when*, is wrong less often than any network of spikes
# on this page, and the convolution is ahead of it. They have some twenty times as many numbers,
# nothing in them has to fire, and all our words begin in the first bin, so that a bin says what
# time it is. So these words need no spikes, and no delay either. What our networks can show is what
# having and learning delays does *to them*, with a few thousand numbers; not that they beat an
# engineer.
#
# ## In which order?
#
# Here is a word that has kept all its spikes, and lost its order: time runs backwards from its last
# bin to its first. Every band fires as often as before.

# %%
backwards = {}
for name in ("nine-Andrea", "three-f3"):
    samples, rate = spoken.audio(name)
    backwards[name] = np.stack([samples, samples])
    backwards[f"{name}, reversed"] = np.stack([samples[::-1], samples[::-1]])
audio.play(
    backwards, "Reversed, three begins with its vowel and ends in a hiss.", rate_hz=rate, bits=8
)

# %%
both = unheard.of(("three",)).forwards_and_backwards()
one_voice = torch.tensor([0, len(both) // 2])
spikes = both.draw(torch.Generator().manual_seed(1), one_voice)
drawings.heard(dict(zip(both.names, spikes, strict=True)), spoken.centres_hz())

# %% [markdown]
# ### Predict
# Our network has learned words that run forwards. Now all run backwards, and the right answer is
# still the word that was said. **How many will it get wrong? And counts alone?**

# %%
predict("10.7", "How many reversed words does the network get wrong?", (0, 100), unit="%")

# %%
turned = unheard.forwards_and_backwards().draw(generator, len(unheard) + often)
reversed_wrong = wrong(network, turned)
print(f"the network: {network_wrong:.0f} % forwards, {reversed_wrong:.0f} % backwards")
by_counts_turned = wrong(lambda spikes: counts(spikes) @ by_counts, turned)
print(f"counts alone: {by_counts_wrong:.0f} % forwards, {by_counts_turned:.0f} % backwards")

# %%
reveal("10.7", reversed_wrong)

# %% [markdown]
# <details><summary>What happened</summary>
#
# Counts alone can't tell that anything happened. The network is lost with most words: what it knows
# is an order. Such pairs make the hardest of our tasks, forty classes: each word *and* its own
# reversal, so that nobody can do without time.
# </details>
#
# ### The verdicts on reversals

# %%
for row in verdicts:
    if row["place"] == "reversals":
        print(told(row))

# %% [markdown]
# Where order is all there is, both count for more: having delays takes away six wrong words in ten,
# and learning them is surely ahead, by an eighth of what is left.
#
# ## What was learned?
#
# Back to our own network. A twin goes beside it that begins with the same weights and the same
# delays, hears the same words, and never moves a delay.

# %%
twin = Listener(
    40, 20, hidden=32, max_delay=25, learn_delays=False,
    generator=torch.Generator().manual_seed(0),
)  # fmt: skip
train(twin)
print(f"one seed: learned {network_wrong:.0f} % wrong, frozen {wrong(twin):.0f} %")

# %% [markdown]
# A neuron listens for something: a weight for each band, placed at that connection's delay. What is
# far to the right waits long, and so it came early in the word. **Move through the neurons. Which
# ones have gathered dots of one kind?**

# %%
ends = {
    "before": (10 * first_delays, first_weights),
    "after": (10 * network.delays[0].delays.detach(), network.weights[0].detach()),
}


def draw(neuron):
    fields = {name: (d[:, neuron], w[:, neuron]) for name, (d, w) in ends.items()}
    return drawings.listens_for(fields, spoken.centres_hz(), f"neuron {neuron}")


explore(draw, neuron=slider("neuron", 0, 31, 1, 0))

# %%
drawings.moved(ends["after"][0] - ends["before"][0])

# %% [markdown]
# ### Predict
# The verdicts are for whole steps of 10 ms. Now every delay goes to the nearest multiple of 50 ms,
# with the weights as they are. **How many wrong words in 100 does that add to a network that has
# learned its delays?**

# %%
predict("10.8", "How many more words in 100 are wrong?", (0, 100), unit="words")

# %%
columns = {"as they are": "wrong", "10 ms": "whole_wrong", "20 ms": "whole_20_ms_wrong",
           "50 ms": "whole_50_ms_wrong", "shuffled": "shuffled_wrong"}  # fmt: skip
by_step = {}
for name in ("learned", "frozen"):
    for step, column in columns.items():
        by_step[name, step] = tables.mean_interval(tested, column, setting=name)
        print("{:7s} {:11s} {:5.1f} % wrong ({:.1f} to {:.1f})".format(
            name, step, *by_step[name, step]))

# %%
added = by_step["learned", "50 ms"][0] - by_step["learned", "10 ms"][0]
reveal("10.8", added)

# %% [markdown]
# <details><summary>What it says</summary>
#
# Next to nothing: one wrong word in a hundred or less, learned or frozen. What a neuron waits for
# is not exact to a step. But it is no matter of chance, either: when the delays of a neuron change
# places, seven words in ten are wrong. We come back to that below.
#
# But look at the first step. Learned delays lose when they are rounded, and frozen ones lose
# nothing, because they were drawn whole.
# </details>
#
# ### Whole all along
# How much is that? Learned minus frozen, seed by seed, with delays as they are and in whole steps
# (no verdicts, these are looks at the same networks):

# %%
for fan_in in ("", ", fan-in 10", ", fan-in 4"):
    sides = [dict(setting=f"{delays}{fan_in}") for delays in ("learned", "frozen")]
    for step in ("as they are", "10 ms"):
        gap = tables.paired_interval(tested, columns[step], *sides)
        print("{:11s} {:11s} {:+.1f} ({:+.1f} to {:+.1f}) words in 100".format(
            fan_in.strip(", ") or "fan-in 40", step, *gap))

# %% [markdown]
# More than half of the lead is gone when the delays are rounded. Two things go at once, and the
# table can't tell them apart: the delays are moved a little, and each spike, which a delay between
# the steps sends to two bins, a part to either, arrives in one. (So as they are, learned delays
# have something that the frozen ones were never given.)
#
# Why not be whole all along (lesson 7)? The study asked that when it had seen this loss in its
# first rows, so it was no part of the first plan. A look gives a hint, and a hint is tested on new
# seeds (lesson 9). So the first two of these comparisons were run *again*, with ten others.
#
# ### Predict
# **With new seeds: how do delays that are whole all along compare with frozen ones, at a fan-in of
# 10?**

# %%
predict("10.9", "Whole all along against frozen, new seeds, fan-in 10",
        ["ahead", "alike", "behind", "open"])

# %%
for row in verdicts:
    if row["family"] in ("whole", "again"):
        print(told(row))

# %%
(new,) = [row for row in verdicts if row["condition"] == "whole, fan-in 10, again"]
reveal("10.9", outcome(new))

# %% [markdown]
# <details><summary>What it says</summary>
#
# The hint holds. Delays that are whole all along are ahead of frozen ones in the new seeds, too: by
# 16 % with all bands, and by 6 % with ten (an interval that reaches into the grey band). With a
# fan-in of 4 it was 11 %, which nobody asked again.
#
# So learning a delay did pay here. What did not pay was to learn it in a form in which it is not
# used afterwards. That is lesson 7 once more, and it could pass for *learning does not pay*.
# </details>
#
# ### And a bell?
# Hammouamri et al. learn with a bell that narrows (lesson 7), here to half a step; in the place of
# linear interpolation:

# %%
for row in verdicts:
    if row["family"] == "rules":
        print(told(row))


# %% [markdown]
# Ten seeds leave it *open*: from a tenth fewer wrong words to a few per cent more. (It was rounded
# at the end, like the others.)
#
# ### Exercise 10.3 — a popular test, by yourself
# The last line of that table was the shuffle of lesson 6. `delays` are `(band, neuron)`. Let those
# of *each neuron* change places among its bands, each neuron in its own way, and return the new
# tensor. (Hint: `torch.rand(..., generator=generator).argsort(0)` is an order for each column.)

# %%
def change_places(delays, generator):
    ...  # two lines


# %%
checks.exercise_10_3(change_places)

# %%
for name, trained in (("learned", network), ("frozen", twin)):
    mixed = copy.deepcopy(trained)
    delays = change_places(mixed.delays[0].delays.detach().clone(), generator)
    if delays is not None:  # as soon as you have written it
        mixed.delays[0].delays.data = delays
        print(f"{name}: {wrong(trained):.0f} % wrong, shuffled {wrong(mixed):.0f} %")

# %% [markdown]
# If both are lost, a shuffle shows that both *use* their delays, whoever made them. It doesn't show
# that learning them was worth it (lesson 6).
#
# ## Which words, which voices?
#
# Rows are what was said, columns are what was understood: a [confusion
# matrix](glossary.ipynb#confusion-matrix), as in lesson 5.
# (Our own network, one seed.) Before you look: which words would *you* confuse?

# %%
with torch.no_grad():
    understood = network(test_spikes).argmax(1)
confused = torch.zeros(20, 20).index_put((said, understood), torch.ones(1), accumulate=True)
drawings.understood(confused, unheard.names)

# %%
speaker = unheard.voice[often]
missed = (understood != said).double()
by_voice = [100 * float(missed[speaker == v].mean()) for v in range(len(unheard.voices))]
best_first = sorted(zip(by_voice, unheard.voices, strict=True))
plots.bars([name for _, name in best_first], [share for share, _ in best_first],
           ylabel="wrong words (%), one seed")

# %% [markdown]
# The voices differ far more than the seeds do. So a result on fifteen voices is a result on *these*
# voices, however many seeds it has.
#
# ### Predict
# And another synthesizer? flite says the ten English digits in four voices, each in three manners;
# you heard one of them. **How many words will a network get wrong that has only heard espeak-ng?**

# %%
predict("10.10", "How many words of the other synthesizer are wrong?", (0, 100), unit="%")

# %%
elsewhere = {}
for name in ("counts", "every bin", "none", "frozen", "learned", "convolution", "GRU"):
    elsewhere[name], *ends_of = tables.mean_interval(tested, "other_whole_wrong", setting=name)
    print("{:11s} {:.0f} % wrong ({:.0f} to {:.0f})".format(name, elsewhere[name], *ends_of))

# %%
reveal("10.10", elsewhere["learned"])

# %% [markdown]
# <details><summary>What happened</summary>
#
# About a third, where the held-out voices of the first program got a tenth wrong. *Having* and
# *learning* stand in the same order as at home. *Every bin*, which was ahead of all networks of
# spikes there, falls behind those that learn their delays: the other program does not keep to its
# clock. (No verdicts here, and only four voices.) What all of them know is for a good part how
# *espeak-ng* talks: held-out voices of one program are less far away than they sound. A network
# that is to hear *people* must learn from people.
# </details>
#
# ## Where learning a delay pays: the map
#
# Every place where this course has compared learned delays with frozen ones that had the same first
# weights and delays, task by task. Where a place was asked twice, the second look stands. The head
# of lesson 9 was not tuned, so it gets no verdict; and of delays that are whole all along, the new
# seeds count.

# %%
compared = tables.read("../figures/studies/compared/verdicts.csv")
families = {
    "angle of a tone": "AZDL", "the same, with poor weights": "X",
    "the same, in two layers or a loop": "HV", "two clicks": "K",
}  # fmt: skip
twice = {row["place"] for row in compared if row["family"] in "ZL"}
not_said = ("axonal, 10 per ear, 10 hidden, ", "clicks, ", ", 30 hidden")


def called(row):
    """A place and what is special there, in few words."""
    words = ", ".join([row["place"], *row["condition"].split(", ")[1:]])
    for said_already in not_said if row["family"] in "XVKH" else ():
        words = words.replace(said_already, "")
    return words.replace(", slower", "")


# %%
groups = {}
for task, letters in families.items():
    groups[task] = [
        row | dict(place=called(row))
        for row in compared
        if row["family"] in letters and row["control"].startswith("frozen")
        and not (row["family"] in "AD" and row["place"] in twice)
    ]  # fmt: skip

# %%
head_rows = tables.read("../figures/studies/real_head.csv")
groups["a measured head"] = []
for cues in ("both cues", "time only"):
    before = "" if cues == "both cues" else "time only, "
    sides = [dict(setting=f"{before}{delays}") for delays in ("learned", "frozen random")]
    frozen, *_ = tables.mean_interval(head_rows, "noise_deg", **sides[1])
    gap = tables.paired_interval(head_rows, "noise_deg", *sides)
    numbers = (100 * value / frozen for value in gap)
    names = ("difference_percent", "low_percent", "high_percent")
    percent = dict(zip(names, numbers, strict=True))
    groups["a measured head"].append(percent | dict(place=cues, verdict="not tuned"))
groups["words, rounded at the end"] = [
    row | dict(place=w) for row, w in zip(learning, where, strict=True) if w != "twice as long"
]
groups["words, whole all along (new seeds)"] = [
    row | dict(place=place)
    for row, place in zip(
        (row for row in verdicts if row["family"] == "again"), ("fan-in 40", "fan-in 10"),
        strict=True,
    )
]  # fmt: skip
judged = [row for rows in groups.values() for row in rows if row["verdict"] != "not tuned"]
print(f"{len(judged)} places with a verdict")

# %% [markdown]
# ### Predict
# **In how many of these places is learned surely ahead? And what do they have in common?**

# %%
predict("10.11", "In how many of the places is learned surely ahead?", (0, 28), unit="places")

# %%
drawings.the_map(groups, margin_percent=5)

# %%
by_verdict = {"ahead": 0, "alike": 0, "behind": 0, "open": 0}
for row in judged:
    by_verdict[outcome(row)] += 1
print(", ".join(f"{word}: {number}" for word, number in by_verdict.items()))
gains = [-row["difference_percent"] for row in judged if outcome(row) == "ahead"]
print(f"where it is ahead, by {min(gains):.0f} to {max(gains):.0f} %")

# %%
reveal("10.11", by_verdict["ahead"])

# %% [markdown]
# <details><summary>What it says</summary>
#
# In about half of the places learned delays are surely ahead, by some 6 to 27 %; in none are they
# surely behind. In the other half they are alike or open. If one sentence is to survive:
#
# **Have delays; learn them where a neuron can't find what it needs among those it was dealt, or
# where each moment comes once and in order; and learn them in the form in which they will be
# used.**
#
# The first half of that is where most is to be had: in words, half of the errors and more. The
# middle is a reading of this map, made when we had seen it: one fibre, ten neurons, poor weights
# and a short range on one side, clicks and reversals on the other. Nothing here tested it, and
# words with few connections speak against the first part of it. The last was a hint, tested on new
# seeds, with words alone.
#
# And for a network of your own:
#
# - **Ask for the frozen twin,** with the same first weights and delays, tuned alike. A shuffle is
#   no such control, and a network without delays is none either.
# - **Say beforehand what would not matter,** and in which form the delays will be used.
# - **Keep two kinds of luck apart:** that of seeds, and that of voices, heads or sounds.
# </details>
#
# ## The field's own data
#
# Our words come from programs. The *Spiking Heidelberg Digits* come from people: twelve of them
# said the same twenty words, and two of them are heard in the test only (Cramer et al. 2022). The
# course doesn't hold these files, and it fetches nothing. Get `shd_train.h5.gz` and
# `shd_test.h5.gz` from zenkelab.org, unpack them beside this page, and install `h5py`. Then this
# cell finds them:

# %%
found = Path("shd_train.h5")
if found.exists():
    people = shd.read(found)
    print(f"{len(people)} words, {len(people.voices)} people, {people.channels} bands")
else:
    print(f"no {found} here: fetch it if you like, and run this cell again")

# %% [markdown]
# What comes back has all that our own words have: `people.sample` in the place of `voices.sample`,
# and a `Listener` with `people.channels` bands. Everything on this page can be asked again, of
# people. Numbers that are published for these data are from larger networks, most of them with two
# hidden layers.

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - Half of the words can be told by counting spikes, with no time at all. Reverse every word, and
#   the counts are the same, while a network with delays is lost.
# - Random frozen delays took away half of the wrong words. Learned ones were surely ahead of them
#   in two of eight places when rounded at the end, and in both that were asked on new seeds when
#   whole all along.
# - Seeds say how lucky a network was; voices say how far a result reaches. Ten seeds on fifteen
#   voices of one synthesizer say nothing about another one.
# - In the whole course, learned delays were surely ahead of frozen ones in about half of the
#   places, and in none behind.
#
# **Data.** The words were said by [espeak-ng](https://github.com/espeak-ng/espeak-ng) and
# [flite](https://github.com/festvox/flite), free programs; `tools/word_data.py` makes them again.
#
# **Read on.** I. Hammouamri, I. Khalfaoui-Hassani and T. Masquelier (2023), *Learning delays in
# spiking neural networks using dilated convolutions with learnable spacings*, arXiv 2306.17670. —
# P. Sun, J. Achterberg, Z. Su, D. F. M. Goodman and D. Akarca (2025), *Exploiting heterogeneous
# delays for efficient computation in low-bit neural networks*, arXiv 2510.27434. — B. Mészáros,
# J. C. Knight and T. Nowotny (2024), *Learning delays through gradients and structure*, Frontiers
# in Computational Neuroscience 18, 1460309. — B. Cramer, Y. Stradmann, J. Schemmel and F. Zenke
# (2022), *The Heidelberg spiking data sets for the systematic evaluation of spiking neural
# networks*, IEEE Transactions on Neural Networks and Learning Systems 33(7).
#
# **Next door:** this was the last lesson. [How would a brain do it?](how_a_brain_would.ipynb) Or
# back to [the first](00_where_is_that_sound.ipynb), with other ears.
