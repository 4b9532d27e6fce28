# %% [markdown]
# # Which delay layer should I take?
#
# There are a few ways to give a spike train a delay that learns. They agree on what a delay does,
# and differ in the gradient at whole delays, in what becomes of a delay that leaves its range, and
# in what a step costs. Here is what we measured, with the course's own layer among them: judge it
# as you would judge the others.
#
# *`make bench` measures it all again, with whatever is installed; the table is
# `figures/peers.csv`.*

# %%
from course_utils import plots, tables

rows = tables.read("../../figures/peers.csv")
layers = [row for row in rows if row["ms"] != ""]


# %% [markdown]
# ## What was asked
#
# 200 channels, 150 steps, 64 trains, delays up to 50 steps, and weights to 30 neurons behind them.
#
# - **value**: at whole delays, how far is the result from the spikes simply shifted? A layer that
#   *spreads* a delay over several steps is far away on purpose.
# - **slope**: the gradient at whole delays, as a multiple of the central difference of the shift: 1
#   is right. **off** is the length of the difference, relative to the central difference: what the
#   multiple leaves over.
# - **dead**: half the delays were sent one and a half steps below the range, half above it, and the
#   layer's own remedy was applied, if it has one. Which share has no gradient any more?
# - **step**: can it run a step at a time, and how far is that from the whole sequence?

# %%
def shown(value):
    return "-" if value == "" else f"{value:.3g}"


print(f"{'':32}{'value':>10}{'slope':>10}{'off':>10}{'dead':>8}{'step':>8}")
for row in layers:
    asked = [row[k] for k in ("value_off", "gradient_share", "gradient_off")]
    line = "".join(f"{shown(value):>10}" for value in asked)
    print(f"{row['layer']:32}{line}{row['dead_share']:8.0%}{shown(row['step_off']):>8}")

# %% [markdown]
# Some libraries have no row of numbers, since nothing in them learns a delay.

# %%
for row in rows:
    if row["ms"] == "":
        print(row["layer"])

# %% [markdown]
# How to read it:
#
# - **Two whole shifts, mixed** are what one writes first. The slope that automatic differentiation
#   finds at a whole delay is that of one side; *off* says how much it has in common with the
#   central one. Clamping on the way forward is what kills: a delay outside stays there.
# - **`grid_sample`** at a whole delay lies on a corner as well, and takes whatever side its
#   rounding error is on. Its delays do not die outside the range, but they do not stay in it
#   either: a negative one advances.
# - **DCLS v1** has no gradient at a whole delay, and its remedy puts delays on the edge, which is
#   one. A spread kernel (*gauss*, *max*) has none of this trouble, and that is what its authors
#   use.
# - A layer that **spreads** answers another question: how the loss changes when the whole bump
#   moves. That reaches further, and is smaller; narrow it as training goes on, and measure the
#   rounded delays ([lesson 7](../07_how_should_a_delay_learn.ipynb)).

# %% [markdown]
# ## What a step costs
#
# Delays and the weights behind them, forward and back, in milliseconds of one processor, and the
# memory that a step asks for at its peak. Ours does both together (`then_linear`); the others
# shift, then multiply.

# %%
plots.bars(
    [row["layer"] for row in layers],
    [row["ms"] for row in layers],
    ylabel="delays and weights, forward and back (ms)",
    log=True,
)

# %%
for row in layers:
    print(f"{row['layer']:32}{row['ms']:8.0f} ms{row['peak_mb']:8.0f} MB")

# %% [markdown]
# Whole training steps, with neurons and a readout, are in
# `figures/train_step.csv`.
#
# ## Is our bell the one of DCLS?
#
# Ours is `DelayLayer(..., estimator=Bell(sigma))`, theirs `Dcls1d(..., version="gauss")`. Both in
# double precision, at several widths and fractions of a step, delays at both ends of the range
# among them. The largest relative differences:

# %%
print(f"{'':12}{'sigma':>6}{'output':>12}{'delays':>12}{'weights':>12}")
for row in tables.read("../../figures/dcls_bell.csv"):
    numbers = "".join(f"{row[k]:12.1e}" for k in ("output", "delays", "weights"))
    print(f"{row['kind']:12}{row['sigma']:6g}{numbers}")

# %% [markdown]
# It is the same kernel. What is left comes from a $10^{-7}$ that they add to the sum they divide
# by. Two things to mind when you compare numbers with theirs:
#
# - their width is `SIG.abs() + 0.27`: a `SIG` of 0.23, where their training ends, is a width of 0.5
#   steps, and ours of 0.5 is that one;
# - their positions count backwards from the middle of the kernel: `P = (max_delay - d) - K // 2`
#   with `K = max_delay + 1`, and the gradient of `P` is minus that of `d`.
#
# ## So, which?
#
# - Delays for each channel, whole or fractional, in plain PyTorch: ours, with the usual estimator.
# - Delays that start far away where spikes are few: a spread one that narrows, ours or DCLS. In our
#   tuned study it gained nothing with one fibre, and with many synaptic delays ours was 9 % behind
#   ([lesson 7](../07_how_should_a_delay_learn.ipynb)).
# - Delays that never learn: an index is all you need.
#
