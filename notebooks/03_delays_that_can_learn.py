# %% [markdown]
# # How can a shift have a gradient?
#
# A delay picks rows of a table: row $t - d$ for output $t$. Row numbers are whole, and nothing
# whole has a slope. Here we look at the trick that gives it one, at what happens at exactly the
# delays we care about, and at how far such a slope can see.
#
# **You will be able to**
# - delay a train by a part of a step, and say where the gradient of a delay comes from;
# - say what that gradient is at a whole delay, and from how far away it points home;
# - recognise a delay that can no longer learn, and bring it back.
#
# *35 minutes, half of them in a second part that may be skipped. Builds on
# [lesson 2](02_make_a_spike_wait.ipynb).*

# %%
import statistics
import time

import torch
import torch.nn.functional as F

from course_utils import checks, delays, plots
from course_utils.drawings import course_map
from course_utils.drawings import lesson_3 as drawings
from course_utils.explore import explore, live, predict, reveal, review, slider
from course_utils.stimuli import Stimulus, sample

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
generator = torch.Generator().manual_seed(10)
course_map.here(3)


# %% [markdown]
# ## Between two rows
# For a whole delay of $k$ steps, a train moves $k$ rows down. What shall a delay of $k + f$ do,
# with $f$ between 0 and 1? It mixes what $k$ and $k + 1$ would give, each by its nearness:
#
# $$\text{out}[t] = (1 - f)\,\text{in}[t - k] + f\,\text{in}[t - k - 1]$$

# %%
def late_by(train, k):  # a whole number of steps
    return F.pad(train, (k, 0))[: len(train)]


def delayed(train, d):
    k = int(d.detach())
    f = d - k
    return (1 - f) * late_by(train, k) + f * late_by(train, k + 1)


# %% [markdown]
# ### Predict
# One spike at row 2 of 8. It waits 3 steps, then 2.625, then 2.5. **What comes out, and where?**
# Guess for 2.625.

# %%
predict("3.1", "What comes out after 2.625 steps?", [
    "1 at row 5", "0.625 at row 4, 0.375 at row 5", "0.375 at row 4, 0.625 at row 5",
])

# %%
short = torch.zeros(8)
short[2] = 1
waits = torch.tensor([3.0, 2.625, 2.5])
by_hand = torch.stack([delayed(short, d) for d in waits])
by_hand

# %%
row_4, row_5 = by_hand[1, 4:6].tolist()
reveal("3.1", f"{row_4:g} at row 4, {row_5:g} at row 5")

# %% [markdown]
# <details><summary>What happened</summary>
#
# A whole spike at row 5; then a spike torn in two, 0.375 at row 4 and 0.625 at row 5; then two
# halves.
# </details>
#
# `shift_then_clip` computes exactly this line. Method B (lesson 2) has cut its first
# `max_delay = 3` rows, and so do we to compare.

# %%
three_fibres = short[None, :, None].expand(1, 8, 3)  # (sound, time, fibre)
by_course = delays.shift_then_clip(three_fibres, waits, 3)[0].T
assert torch.allclose(by_course, by_hand[:, 3:])

# %% [markdown]
# ### Try it
# **Move the delay by one tenth and follow a single spike.** Where are the values whole? How much
# does the sum of the two parts change on the way?

# %%
train = torch.zeros(24)
train[[2, 5, 6, 12, 16]] = 1


def draw(delay):
    return drawings.stems(train, delayed(train, torch.tensor(delay)), delay)


explore(draw, delay=slider("delay (steps)", 0.0, 6.0, 0.1, 2.3))

# %% [markdown]
# The sum of all values stays 5 as long as no spike leaves the picture. Only at whole delays do
# spikes come out as spikes. (A value of 1 between whole delays is no spike: it is a part of one and
# the rest of its neighbour.) In between, the network is fed *parts* of spikes, which no nerve
# sends: lesson 5 therefore also tests its trained delays rounded.
#
# ## Where the gradient comes from
# Now the reward for all this. Differentiate the line above by $d$: on the way from one whole delay
# to the next only $f$ changes, and what is left is the
# *[gradient](glossary.ipynb#gradient)*
#
# $$\frac{\partial\,\text{out}[t]}{\partial d} = \text{in}[t - k - 1] - \text{in}[t - k]$$
#
# It is the **difference of two neighbouring rows**. We let a loss reward overlap with a
# target, the same train delayed by 4 steps, and draw it.

# %%
target = late_by(train, 4)


def loss(d, shift=delayed):
    return -(shift(train, d) * target).sum()


fine, whole = torch.linspace(1, 7, 241), torch.arange(1.0, 8)
drawings.kinks(fine, [loss(d) for d in fine], whole, [loss(d) for d in whole])


# %% [markdown]
# Straight pieces between whole delays, a kink at each of them. In the middle of a piece there is
# one slope, and everyone agrees about it: [autograd](glossary.ipynb#autograd), which is PyTorch's
# calculus, and the [finite difference](glossary.ipynb#finite-difference) that needs none at all.

# %%
def slope(at, shift=delayed):
    d = torch.tensor(at, requires_grad=True)
    loss(d, shift).backward()
    return float(d.grad)


difference = float(loss(torch.tensor(2.4)) - loss(torch.tensor(2.2))) / 0.2
print(f"at 2.3 steps: autograd {slope(2.3):.3f}, finite difference {difference:.3f}")
assert abs(slope(2.3) - difference) < 1e-3

# %% [markdown]
# At a kink there are two slopes, one on the left and one on the right. A rounded delay sits on a
# kink *always*.
#
# ### Predict
# At exactly 3 steps, the loss falls gently on the left and steeply on the right. **What does
# autograd say there about our `delayed`: the left slope, the right one, or something between?**

# %%
predict("3.2", "What does autograd say at 3 steps?", [
    "the left slope", "something between", "the right slope",
])


# %%
def course_delayed(train, d):  # the course's function, with room for eight steps
    return delays.shift_then_clip(F.pad(train, (8, 0))[None, :, None], d[None], 8)[0, :, 0]


left, right = (float(loss(torch.tensor(b)) - loss(torch.tensor(b - 1))) for b in (3.0, 4.0))
print(f"at 3 steps: left {left:.2f}, right {right:.2f}; our `delayed` {slope(3.0):.2f}, "
      f"the course's {slope(3.0, course_delayed):.2f}")

# %%
said = {"the left slope": left, "something between": (left + right) / 2, "the right slope": right}
reveal("3.2", min(said, key=lambda words: abs(said[words] - slope(3.0))))

# %% [markdown]
# <details><summary>What happened</summary>
#
# Ours says the right slope: at $f = 0$ it already stands on the piece to the right. It is as true
# as the left one, and no truer; at the very best delay, 4, it would say *wait less*. The course has
# decided, once: **at a whole delay the gradient is the central difference**, the mean of left and
# right. At 4 that is zero: stay. The `assert` below holds us to it.
# </details>

# %%
for k in range(1, 8):
    sides = loss(torch.tensor(k + 1.0)) - loss(torch.tensor(k - 1.0))
    assert abs(slope(float(k), course_delayed) - sides / 2) < 1e-5

# %% [markdown]
# ## A delay that leaves its range
# A delay below 0 would let spikes arrive before they were sent, and one above `max_delay` finds no
# rows. But an [optimiser](glossary.ipynb#optimiser), which moves parameters against their
# gradients, takes its step without asking. One way out is to `clamp` the delay in the *forward
# pass*, the way from spikes to loss (the *backward pass* brings the gradients back): what is
# outside counts as the nearest end. The course instead steps, then
# **[projects](glossary.ipynb#projection)**: after each step, it moves the delay itself to the
# nearest allowed value.
#
# ### Predict
# Four delays start at −2, 0, 1 and 45 steps, all best at 5, under the same
# [Adam](glossary.ipynb#Adam). The first is outside, as if the last step had pushed it there.
# **Which of them come home with a clamp, and which with a projection?** Guess for the clamp.

# %%
predict("3.3", "Which come home with a clamp?", [
    "all four", "all but -2", "all but -2 and 0", "all but 45",
])


# %%
def learn(apply, project, updates=60):
    d = torch.tensor([-2.0, 0.0, 1.0, 45.0], requires_grad=True)
    adam, path = torch.optim.Adam([d], lr=1.0), [d.tolist()]
    for _ in range(updates):
        adam.zero_grad()
        ((apply(d) - 5) ** 2).sum().backward()
        adam.step()
        project(d.data)
        path.append(d.tolist())
    return path


# %%
rules = {
    "clamp in forward": (lambda d: d.clamp(0, 49), lambda d: d),
    "project after the step": (lambda d: d, lambda d: d.clamp_(0, 49)),
}
runs = {name: learn(*rule) for name, rule in rules.items()}
drawings.paths(list(runs.values()), list(runs), goal=5)

# %%
start, *_, end = runs["clamp in forward"]
lost = [f"{a:g}" for a, b in zip(start, end, strict=True) if abs(b - 5) > 2]
reveal("3.3", f"all but {' and '.join(lost)}" if lost else "all four")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Under the clamp, the gradient outside of the range is 0: a delay that got out is
# [dead](glossary.ipynb#dead-delay), for good. Just on the end, as at 0, PyTorch 2.13 lets the
# gradient pass and 2.14 does not: there the delay at 0 is dead as well. With the projection
# everybody is inside after one update, and everybody learns.
# </details>
#
# The course's `DelayLayer` holds one delay for each fibre, and shifts by it. It has no clamp; after
# each update we make two calls: `optimiser.step()` and `layer.project_()`:

# %%
layer = delays.DelayLayer(3, max_delay=50, init=1.0)
layer.delays.data -= torch.tensor([0.0, 3.0, -70.0])  # as a step might: to 1, -2 and 71
print(layer.project_().delays.tolist())

# %% [markdown]
# ## How far can a delay see?
# The gradient compares *neighbouring* rows. If the right delay is ten steps away, does it point
# there? A fibre with five spikes; the target is the same fibre, 30 steps late. The loss is the
# part of the target that is missed. We ask a `DelayLayer` for its loss at 251 delays at once. The
# rule by which it shifts and finds its gradient is called its
# **[estimator](glossary.ipynb#estimator)**; so far ours was `Interpolate` ("linear" for short).

# %%
GOAL, candidates = 30, torch.linspace(0, 50, 251)


def sparse_fibre():
    fibre = torch.zeros(1, 200, 1)
    fibre[0, 50 + torch.randperm(100, generator=generator)[:5]] = 1
    return fibre


def landscape(fibre, rule, source=None):  # loss and slope
    wanted = delays.shift_then_clip(fibre, torch.tensor([float(GOAL)]), 50)
    layer = delays.DelayLayer(251, max_delay=50, estimator=rule, init=candidates)
    sent = fibre if source is None else source
    missed = 1 - (layer(sent.expand(-1, -1, 251)) * wanted).sum((0, 1)) / wanted.sum()
    missed.sum().backward()
    return missed.detach(), layer.delays.grad


# %% [markdown]
# Two more are at hand. `Round` ("straight_through") rounds forward, so that spikes stay spikes, and
# backward it hands on the central difference, as if nothing had been rounded. `Bell` is a Gaussian
# of width sigma: each spike is spread over many delays at once, so it feels what lies further away.
#
# ### Try it
# One delay, three rules. The ring is where you put it; the arrow and the dashed line are the slope
# that each rule hands on, and a ball rolls down it. Pull the ring, and pull the bell wider. **Start
# at 10 steps with the narrowest bell and widen it until its arrow points to the best delay. Then go
# to 28 and narrow it again. And where does each rule point from 29.5?**

# %%
fibre = sparse_fibre()
narrow, _ = landscape(fibre, delays.Interpolate())
wide, slopes = landscape(fibre, delays.Bell(5.0))
picture = drawings.reach(candidates, narrow, wide, 5.0, 20, slopes[100], GOAL)  # 100: 20 steps
live("slopes", picture, train=fibre[0, :, 0], goal=GOAL, max_delay=50, delay=20, sigma=5.0)


# %% [markdown]
# A narrow bell is exact and short-sighted; a wide one sees far, but its valley is shallow, and its
# floor need not be at the best delay. So a good plan is to start wide and to narrow as learning
# goes on. From how many delays does the gradient point home? One fibre may be lucky, so we ask
# forty.

# %%
def points_home(slopes):  # share of delays, two steps or more from the best, with a right slope
    away = (candidates - GOAL).abs() >= 2
    return 100 * float(((slopes * (candidates - GOAL).sign())[away] > 1e-4).float().mean())


many = [sparse_fibre() for _ in range(40)]
for rule in (delays.Interpolate(), *map(delays.Bell, (0.5, 2.0, 5.0, 12.0))):
    home = [points_home(landscape(each, rule)[1]) for each in many]
    print(f"{rule!s:15} {statistics.mean(home):3.0f} % of the delays point to the best one "
          f"(from {min(home):.0f} to {max(home):.0f} %, fibre by fibre)")

# %% [markdown]
# On average, wider is better here. But not every fibre sees home from everywhere, even with the
# widest bell: had we asked a single one, luck would have answered.
#
# A single sparse fibre is the hardest case. A crowd of fibres that hear the same 20 Hz wave makes
# a smooth valley of its own. Here 50 fibres in 64 sounds shall match 50 others, 30 steps late,
# with plain linear interpolation:

# %%
_, spikes = sample(64, Stimulus(), generator)
crowd = spikes[:, :, :50].float().mean(2, keepdim=True)
others = spikes[:, :, 50:100].float().mean(2, keepdim=True)
_, slopes = landscape(others, delays.Interpolate(), source=crowd)
home = (slopes * (candidates - GOAL) > 0).float()
near = (candidates - GOAL).abs() < 25  # half a cycle of the tone
far = candidates[~near]
print(f"less than half a cycle away {home[near].mean():.0%} point home, further away (here only "
      f"delays from {far.min():.0f} to {far.max():.0f}) {home[~near].mean():.0%}")

# %% [markdown]
# Within half a cycle a short-sighted gradient can do, when spikes are many. Further off the
# wave's neighbouring cycle lies nearer. [Lesson 7](07_how_should_a_delay_learn.ipynb)
# sets the estimators side by side on the real task.
#
# ## Second part: a shift as a picture
# *From here to the [exercises](#Exercises) the page digs in the prototype, the notebook this course
# grew from: how it shifts, what goes wrong there, and what is faster. You may skip it.*
#
# Networks that learn to move *pictures* sample them at points that need not be pixels, and a spike
# train is a very narrow picture. `affine_grid` says where to read, in coordinates that run from
# −1 to 1 whatever the size; `grid_sample` reads there. Pictures have the shape (picture, layer,
# row, column), and a place is a pair (x, y). Our time runs down the rows, so we read y.

# %%
steps = 8
identity = torch.eye(2, 3)[None]  # rows: x stays, y stays
where = F.affine_grid(identity, (1, 1, steps, 1), align_corners=False)[0, :, 0, 1]
assert torch.allclose((2 * torch.arange(steps) + 1) / steps - 1, where)  # by hand
drawings.pixel_centres(steps)


# %% [markdown]
# Row 0 is not at −1. With `align_corners=False`, −1 and 1 are the outer *edges* of the picture,
# a row sits at the middle of its pixel, and a step of one row is 2 / 8, or `2 / steps` in general.
# With `align_corners=True` it would be `2 / (steps - 1)`. Now the reading itself. (We make the
# picture two pixels wide, both alike: `affine_grid` grumbles about a single one.)

# %%
def read_at(train, shift, align_corners=False):
    affine = torch.eye(2, 3)[None].clone()
    affine[0, 1, 2] = 2 * shift / len(train)  # move the reading points by `shift` rows
    picture = train.view(1, 1, -1, 1).expand(1, 1, -1, 2)
    grid = F.affine_grid(affine, picture.shape, align_corners=align_corners)
    return F.grid_sample(picture, grid, align_corners=align_corners)[0, 0, :, 0]


# %% [markdown]
# ### Predict
# One spike at row 80 of 200. The prototype adds `+(2 / height) * delay`, here with a delay of 49.
# **At which row does the spike come out?**

# %%
predict("3.4", "At which row does it come out?", (0, 199))

# %%
impulse = torch.zeros(200)
impulse[80] = 1
found = int(read_at(impulse, +49.0).argmax())
print(f"sent at 80, found at {found}")
reveal("3.4", found)


# %% [markdown]
# <details><summary>What happened</summary>
#
# At 31: it arrives 49 steps **before** it was sent. The grid answers "where do I *read*?", not
# "where do I *put*?". Output row $t$ reads row $t + 49$, so everything moves to the front. A
# network can live with that (delays by $-d$, all moved by `max_delay`, are still different for
# each fibre), but it is not a delay, and any delay you read off it is upside down.
# </details>
#
# The cure is one sign. From here on:

# %%
def grid_delayed(train, d, align_corners=False):
    return read_at(train, -d, align_corners)  # out[t] = in[t - d]


assert torch.allclose(grid_delayed(impulse, 49.0), late_by(impulse, 49), atol=1e-4)

# %% [markdown]
# ### Predict
# A spike at row 2 of 8 waits 3 steps. **Does it matter for the result whether `align_corners` is
# `False` or `True`, if both calls get the same value?**

# %%
predict("3.5", "What does True change?", ["nothing", "the row", "the spike: it is torn in two"])

# %%
torch.set_printoptions(precision=3, sci_mode=False)
corners = {on: grid_delayed(short, 3.0, align_corners=on) for on in (False, True)}
print("False:", corners[False])
print("True: ", corners[True])

# %%
same, torn = torch.allclose(*corners.values(), atol=0.01), corners[True].max() < 0.99
reveal("3.5", "the spike: it is torn in two" if torn else "nothing" if same else "the row")


# %% [markdown]
# <details><summary>What happened</summary>
#
# With `False` the spike sits at row 5. With `True` it is torn in two: we moved by `3 * 2 / 8`,
# but a step is now `2 / 7`, so the shift is 3 × 7 / 8 of a row: 2.625 steps, our second delay
# above. For a long train the mistake is small, and it grows with the delay. Whichever you choose,
# the step must match it.
# </details>
#
# ## Second part: whole delays through the grid
# The prototype rounds its delays before the grid, so that spikes stay spikes. Here is its way of
# shifting (a picture per fibre: 200 rows high after padding, one column for each sound).

# %%
def prototype_shift(spikes, delay):  # (sound, time, fibre) and whole steps, in float32
    padded = F.pad(spikes.float(), (0, 0, 50, 0))[:, None].transpose(0, 3)
    affine = torch.eye(2, 3).repeat(len(padded), 1, 1)
    affine[:, 1, 2] = (2 / padded.shape[2]) * delay
    grid = F.affine_grid(affine, padded.shape, align_corners=False)
    return F.grid_sample(padded, grid, align_corners=False).transpose(0, 3)[:, 0]


# %% [markdown]
# ### Predict
# All spikes are 0 or 1, all delays are whole, all numbers have 32 bits (float32). **Which part of
# the outputs is neither 0 nor 1?**

# %%
predict("3.6", "What part is neither 0 nor 1?", [
    "none", "a few in a million", "a few in a thousand", "more than 1 in a hundred",
])

# %%
whole_waits = torch.randint(1, 50, (200,), generator=generator).float()
shifted = prototype_shift(spikes, whole_waits)[:, 50:150]
broken = (shifted != 0) & (shifted != 1)
worst = float((shifted - shifted.round()).abs().max())
print(f"{broken.float().mean():.1%} of the outputs are not binary; the worst is off by {worst:.1e}")
assert worst < 1e-4

# %%
share = float(broken.float().mean())
reveal("3.6", "none" if share == 0 else "a few in a million" if share < 1e-4
       else "a few in a thousand" if share < 1e-2 else "more than 1 in a hundred")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Many more than a few in a million, as the printed share says. A coordinate such as `2 / 200 * 17`
# has no exact binary form; the reading points miss the rows by some hundred-thousandths of a step,
# and a little of a neighbour leaks in. As a *value* this is harmless. As a *gradient* it is not:
# at a kink, a reading point that misses its row to one side takes the slope of that side. One that
# hits its row is counted with the *newer* neighbour, which gives the left slope.
# </details>
#
# So a gradient through the grid is a sum of left slopes here and right slopes there, chosen by the
# last bits of float32. We look at 24 whole delays of one fibre. A random weight for each step
# stands for the gradient that comes from the neurons above.

# %%
whole_24 = torch.arange(1.0, 25)
same = spikes[:1, :, :1].expand(1, 150, 24).float()  # one train, 24 copies
above = torch.randn(1, 100, 1, generator=generator)


def weighed(shift, waits):
    return (shift(same, waits, 50) * above).sum((0, 1))


def slopes_of(shift):
    at = whole_24.clone().requires_grad_()
    weighed(shift, at).sum().backward()
    return at.grad


# %% [markdown]
# The grey bar joins the two one-sided slopes. The cross is what autograd makes of `grid_sample`,
# the dash what it makes of `shift_then_clip`.

# %%
here = weighed(delays.shift_then_clip, whole_24)
lefts = here - weighed(delays.shift_then_clip, whole_24 - 1)
rights = weighed(delays.shift_then_clip, whole_24 + 1) - here
by_grid, ours = slopes_of(delays.shift_by_grid_sample), slopes_of(delays.shift_then_clip)
assert torch.allclose(ours, (lefts + rights) / 2, atol=1e-4)
drawings.slopes_at_whole(whole_24, lefts, rights, by_grid, ours)


# %% [markdown]
# The crosses follow rounding noise. They need not even lie *between* the two slopes, since each
# time step has chosen for itself.
#
# ## Second part: a surrogate that goes astray
# Rounding has no slope, so the prototype replaces it in the backward pass. It hands the gradient
# on, times 5, *times the delay itself*. A `torch.autograd.Function` lets us write both directions:
# `forward` computes, and keeps in `ctx` what `backward` needs; `backward` gets the gradient of the
# output and returns that of the input. One that isn't the true derivative is called a
# *[surrogate](glossary.ipynb#surrogate-gradient)*.

# %%
class Surrogate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, d):
        ctx.save_for_backward(d)
        return d.clamp(0, 49).round()

    @staticmethod
    def backward(ctx, gradient):
        return 5 * gradient * ctx.saved_tensors[0]


# %% [markdown]
# ### Predict
# A gradient of 1 arrives. **What does it become for a delay of 49, of 1, of 0, and for one that
# the last step has pushed to −3?** Guess for −3.

# %%
predict("3.7", "What does a gradient of 1 become at a delay of −3?", (-50, 50))

# %%
raw = torch.tensor([-3.0, 0.0, 1.0, 49.0, 60.0], requires_grad=True)
Surrogate.apply(raw).sum().backward()
for delay, gradient in zip(raw.tolist(), raw.grad.tolist(), strict=True):
    print(f"delay {delay:3.0f}: a gradient of 1 becomes {gradient:4.0f}")
reveal("3.7", raw.grad[0])

# %% [markdown]
# <details><summary>What happened</summary>
#
# At 0 it vanishes, so a delay that gets there never leaves; below 0 it changes **sign**, so a delay
# that overshot is pushed further out by the very gradient that wants it back. And at 60, where
# longer waiting changes nothing because of the clamp, it is largest of all.
#
# The 245 at 49 depends on the unit. Here delays are in steps, and the honest factor is 1. The
# prototype keeps its delays in seconds, where a step is a thousandth and the honest factor is 1000:
# there 245 is too little. What no unit changes: zero at 0, the wrong sign below, and a factor that
# grows with the delay.
# </details>

# %%
axis = torch.linspace(-10, 60, 71, requires_grad=True)
Surrogate.apply(axis).sum().backward()
drawings.factor(axis.detach(), axis.grad, 49)

# %% [markdown]
# Adam rescales every gradient, so it forgives a *constant* factor. It forgives neither a zero nor a
# wrong sign, and a factor that shrinks with the delay slows it down. The four delays from above:

# %%
astray = {
    "surrogate × delay": learn(Surrogate.apply, lambda d: d),
    "project after the step": runs["project after the step"],
}
assert astray["surrogate × delay"][-1][0] < -20 and astray["surrogate × delay"][-1][1] == 0
drawings.paths(list(astray.values()), list(astray), goal=5)


# %% [markdown]
# The delay at 0 is dead, the one below 0 runs away.
#
# ## Second part: the same without a grid
# For whole delays all of this is only row-picking. In Method B, fibre `c` shows the rows from
# `max_delay - d[c]` on. Three lines:

# %%
def gather(spikes, whole_delays, max_delay):
    first = max_delay - whole_delays.long()  # (fibre,)
    rows = first + torch.arange(spikes.shape[1] - max_delay)[:, None]  # (time, fibre)
    return spikes[:, rows, torch.arange(spikes.shape[2])].float()


picked = gather(spikes, whole_waits, 50)
assert torch.equal(picked, delays.shift_then_clip(spikes, whole_waits, 50))
assert torch.allclose(picked, delays.shift_by_grid_sample(spikes, whole_waits, 50), atol=1e-4)
picked.shape

# %% [markdown]
# Equal to the course's function bit by bit, and to the grid up to its rounding. A fractional
# delay needs the next row as well, and its gradient is the difference of the two rows already at
# hand. There are no coordinates to compute, and nothing to leak.
#
# ### Predict
# A training step delays 64 sounds, multiplies by the weights of 30 neurons, and goes back for all
# gradients. We do it in four ways: with the prototype's grid, with a grid of ours, by picking rows,
# and with `delayed_linear`, which never builds the interpolated spikes. **What share of the
# prototype's time does each take?** Guess for `delayed_linear`.

# %%
predict("3.8", "What share does delayed_linear take?", (0, 150), unit="%")

# %%
parts = torch.rand(200, generator=generator) * 50  # delays, no longer whole
weight = torch.randn(200, 30, generator=generator) / 10
plain = spikes.float().contiguous()  # as the prototype keeps its spikes
ways = {
    "grid_sample, prototype": lambda d, w: prototype_shift(plain, -d)[:, 100:] @ w,
    "grid_sample, ours": lambda d, w: delays.shift_by_grid_sample(spikes, d, 50) @ w,
    "shift_then_clip": lambda d, w: delays.shift_then_clip(spikes, d, 50) @ w,
    "delayed_linear": lambda d, w: delays.delayed_linear(spikes, d, w, 50),
}
results = [way(parts, weight) for way in ways.values()]
assert all(torch.allclose(result, results[-1], atol=1e-3) for result in results)


# %% [markdown]
# Four ways to one result. The first is the prototype's shift, with its sign cured. We time them in
# turn, eleven rounds, forward and back.

# %%
def milliseconds(way):
    d, w = parts.clone().requires_grad_(), weight.clone().requires_grad_()
    start = time.perf_counter()
    way(d, w).square().sum().backward()
    return 1000 * (time.perf_counter() - start)


rounds = [[milliseconds(way) for way in ways.values()] for _ in range(11)]
medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
plots.bars(list(ways), medians, ylabel="forward and backward, median (ms)")

# %%
for name, median in zip(ways, medians, strict=True):
    print(f"{name:22} takes {median / medians[0]:4.0%} of the prototype's time")
reveal("3.8", 100 * medians[-1] / medians[0])


# %% [markdown]
# <details><summary>What happened</summary>
#
# It depends on which grid you mean. In the prototype's picture each sound is a *column*, so it
# computes a reading point for every sound, fibre and step. In ours the sounds are *layers* of one
# picture, like the colours of a photograph, and share their reading points. Whether picking rows
# then beats that grid depends on the machine: it too has to build a whole train of interpolated
# spikes. The large gain is not to build one.
#
# Read the ratios, not the milliseconds: those depend on your machine and on what else it is
# doing. All four ran on **one thread**, in turn, in one process, and each bar is a median. With
# more threads each gains by its own factor; on a busy machine more threads can even be slower.
# </details>
#
# ## Exercises
#
# ### Exercise 3.1 — the right number in the matrix
# (It belongs to the second part.)
# `affine_grid` wants the translation in normalised coordinates. Which number delays by `d` steps
# in a train of `steps` rows, with `align_corners=False`?

# %%
def translation(d, steps):
    ...  # one line


# %%
checks.exercise_3_1(translation)


# %% [markdown]
# [Solution](solutions/03_delays_that_can_learn.ipynb)
#
# ### Exercise 3.2 — one slope for every delay
# The delay is $d = k + f$. You get three neighbouring rows of the input: `newer` is
# $\text{in}[t-k+1]$, `row` is $\text{in}[t-k]$, `older` is $\text{in}[t-k-1]$. Return the
# gradient by the course's rule, for fractional and for whole delays.

# %%
def slope_of(newer, row, older, f):
    ...  # two or three lines


# %%
checks.exercise_3_2(slope_of)


# %% [markdown]
# [Solution](solutions/03_delays_that_can_learn.ipynb)
#
# ### Exercise 3.3 — a step that cannot die
# Take one step of gradient descent on a delay, and make sure that the next gradient can still act
# on it, wherever this one leads. `delay` and `gradient` are tensors with a single number.

# %%
def careful_step(delay, gradient, rate, max_delay):
    ...  # one or two lines


# %%
checks.exercise_3_3(careful_step)

# %% [markdown]
# [Solution](solutions/03_delays_that_can_learn.ipynb)

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - Between whole delays a shift mixes two rows, and its gradient is their difference. At a whole
#   delay there are two such differences; the course takes their mean.
# - A clamp in the forward pass leaves dead delays. Projecting after the step does not.
# - A narrow gradient is short-sighted: start wide, or let many fibres speak at once.
# - (Second part) `grid_sample` is told where to *read*: a delay is a translation by
#   $-2d$ / `steps`, and its gradient at whole delays follows rounding noise. Picking rows gives
#   the same result; `delayed_linear`, which never builds the shifted spikes, costs a fraction.
#
# *References.* M. Jaderberg, K. Simonyan, A. Zisserman and K. Kavukcuoglu (2015), Spatial
# transformer networks. — I. Hammouamri, I. Khalfaoui-Hassani and T. Masquelier (2023), Learning
# delays in spiking neural networks using dilated convolutions with learnable spacings. arXiv
# 2306.17670.
#
# *Next door:* [How does a gradient pass a spike?](04_neurons_that_can_learn.ipynb) The delays can
# learn now; the neurons that hear them still have a step without a slope.
