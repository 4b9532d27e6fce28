# %% [markdown]
# # What do thirty seeds say?
#
# For whoever stands in front: the lines of a class become rows, an interval that shrinks, and a
# verdict by the rule that was named before. The students' page is `one_seed`.
#
# *20 minutes, together.*

# %%
from course_utils import tables
from course_utils.drawings.verdicts import arriving, forest
from course_utils.explore import collect, explore, predict, reveal, slider

# %% [markdown]
# Put the lines of your class between the quotes, as they came. As long as none is there,
# seeds of the course stand in (from 200 on, which no student has). They are the **key**: this is
# what to expect.

# %%
lines = """
"""

# %%
key = tables.read("../../figures/studies/class_experiment.csv")
handed_in, trouble = collect(lines)
rows = handed_in or key
print(f"{len(rows) // 2} pairs:", "of the class" if handed_in else "the key")
print(*trouble, sep="\n")

# %% [markdown]
# A line that can't be read, a seed that nobody has, a seed that came twice: each gets a sentence,
# and is left out. Ask for it again; don't mend it yourself.

# %%
seeds = [row["seed"] for row in rows if row["setting"] == "frozen"]
sides = [
    {row["seed"]: row["error_deg"] for row in rows if row["setting"] == name}
    for name in ("learned", "frozen")
]
seeds = [seed for seed in seeds if seed in sides[0]]
gaps = [sides[0][seed] - sides[1][seed] for seed in seeds]
control = sum(sides[1][seed] for seed in seeds) / max(len(seeds), 1)
print(f"{sum(gap < 0 for gap in gaps)} of {len(gaps)} pairs have learned delays ahead")

# %% [markdown]
# ### Predict
# Hands up, before anything is drawn. **Which word will the rule give?** *Alike* if the mean
# difference surely lies within 5 % of the frozen error; else *differs* if it surely isn't zero;
# else *open*.

# %%
words = ["alike", "learned is ahead", "frozen is ahead", "open"]
predict("30.2", "The verdict on all pairs", words)

# %% [markdown]
# Let the pairs come in, in the order in which they were handed in. Ask at 5, at 10 and at 20:
# *would you stop here? What would you say?* Then go on: the number of pairs was fixed before.

# %%
percent = [100 * gap / control for gap in gaps]
pairs = [{"gap": gap} for gap in percent]
so_far = [tables.mean_interval(pairs[:n], "gap") for n in range(2, len(pairs) + 1)]


def draw(n):
    return arriving(percent[:n], so_far[: n - 1], 5, len(percent))


if len(percent) > 3:
    last = len(percent)
    keep = [n for n in (5, 10, 20) if n < last]
    explore(draw, n=slider("pairs handed in", 2, last, 1, 2, keep=keep))


# %% [markdown]
# ## The verdict
#
# Two tests, each at 5 %: is the mean difference within the margin, and is it other than zero?
# Beside it stands what the course found with fifteen seeds and longer training. (There it was one
# of six questions, so each word asked for a little more: Holm, 1979.)

# %%
def judged(gaps, control, margin=0.05):
    """A row for the forest: numbers of the pairs, and their verdict."""
    p_values = tables.p_differs(gaps), tables.p_alike(gaps, margin * control)
    return tables.gap_numbers(gaps, control) | {"verdict": tables.verdict(*p_values)}


compared = tables.read("../../figures/studies/compared/verdicts.csv")
course = [row for row in compared if row["condition"] == "learned, fixed signs"]
who = "the class" if handed_in else "the key"
found = []
if len(gaps) > 1:
    found = [judged(gaps, control) | {"who": f"{who}, {len(gaps)} pairs"}]
forest([row | {"who": f"lesson 6, {row['n']:.0f} pairs"} for row in course] + found, 5, by="who")

# %%
for row in found:
    print("{who}: {difference_percent:+.1f} % ({low_percent:+.1f} to {high_percent:+.1f}): "
          "{verdict}".format(**row))
    ahead = "learned is ahead" if row["difference"] < 0 else "frozen is ahead"
    reveal("30.2", ahead if row["verdict"] == "differs" else row["verdict"])

# %% [markdown]
# <details><summary>What each word allows you to say</summary>
#
# - *Alike*: with these networks, and trained for so long, learning the delays changes the mean
#   error by less than 5 %. It does not say that nothing changes, and the interval may even be clear
#   of zero.
# - *Differs*: the mean difference isn't zero. By how much, the interval says; if it reaches into
#   the grey, the difference may be too small to matter.
# - *Open*: this many pairs can't tell. That is a result too: it says how many more would be needed,
#   since half of the interval needs four times as many pairs.
#
# And two classes may get two words without either having made a mistake: ask how far apart their
# intervals lie, not their words. Two things differ from lesson 6 besides the seeds: fewer updates,
# and first delays that are drawn freely instead of being spread over the seeds.
# </details>
