# %% [markdown]
# # How does a gradient pass a spike?
#
# A spike is a yes or a no. Learning asks "how much more, if I change a little?", and a yes or a
# no has nothing to answer. This lesson finds an answer that works, and follows it back through
# time.
#
# **You will be able to**
# - show that a spike has no usable slope, and choose a stand-in for it;
# - write a leaky integrate-and-fire neuron in five lines, with its reset in the right place;
# - write backpropagation through time as one recurrence, and see how far back it reaches.
#
# *20 minutes. Builds on [lesson 3](03_delays_that_can_learn.ipynb).*

# %%
import itertools
import math
from timeit import timeit

import torch

from course_utils import checks, neurons, plots
from course_utils.explore import explore, slider

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine

# %% [markdown]
# ## The step that has no slope
#
# Forty neurons receive forty different currents, and one weight `w` multiplies them all. A neuron
# fires when its potential reaches the threshold, 1. We want half of them to fire, so the loss is
# the squared distance from that.

# %%
currents = torch.rand(40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def loss(w):
    fired = (w * currents >= 1).double()
    return float((fired.mean() - 0.5) ** 2)


# %% [markdown]
# ### Predict
# We stand at `w = 1.5`, change it by a millionth, and look at the loss. Then we do the same at a
# thousand other weights. **At how many of them does the loss change at all?** Decide, then run.

# %%
weights = torch.linspace(0.5, 5, 1000, dtype=torch.float64)
slopes = torch.tensor([(loss(w + 1e-6) - loss(w - 1e-6)) / 2e-6 for w in weights])
changed = int((slopes != 0).sum())
print(f"slope at w = 1.5: {(loss(1.5 + 1e-6) - loss(1.5 - 1e-6)) / 2e-6}")
print(f"the loss changed at {changed} of {len(weights)} weights")

# %%
figure, axes = plots.canvas(
    f"The loss against the weight is a staircase; its slope is zero at "
    f"{len(weights) - changed} of {len(weights)} weights.", width=6.5, height=2.6,
)  # fmt: skip
axes.plot(weights, [loss(w) for w in weights], drawstyle="steps-post")
axes.set(xlabel="weight w", ylabel="loss")
figure

# %% [markdown]
# <details><summary>What happened</summary>
#
# The loss is a staircase. On a stair its slope is exactly zero, and at an edge it is infinite.
# A finite difference almost never meets an edge, and autograd would return the zero of the
# stairs. The valley is plain to see, yet nothing local points to it.
# </details>
#
# ## A slope that we lend it
#
# Keep the step on the way forward. On the way back, pretend it had been a smooth ramp: multiply
# the gradient by the slope of a sigmoid around the threshold. Such a stand-in is a **surrogate
# gradient**. In PyTorch that is a function with a `backward` of its own.

# %%
class SigmoidStep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, u):  # u: potential above threshold
        ctx.save_for_backward(u)
        return (u >= 0).to(u.dtype)

    @staticmethod
    def backward(ctx, gradient):
        ramp = torch.sigmoid(5 * ctx.saved_tensors[0])
        return gradient * 5 * ramp * (1 - ramp)


# %% [markdown]
# `neurons.spike` is the same, with a choice of surrogates. We check both directions: the spikes
# forward, and the gradient backward.

# %%
u = torch.linspace(-2, 2, 401)
ours, course = u.clone().requires_grad_(), u.clone().requires_grad_()
by_hand, by_course = SigmoidStep.apply(ours), neurons.spike(course, "sigmoid", slope=5)
by_hand.sum().backward()
by_course.sum().backward()
assert torch.equal(by_hand, by_course)
assert torch.allclose(ours.grad, course.grad, atol=1e-6)

# %% [markdown]
# Two other shapes are common. **SuperSpike** (Zenke & Ganguli 2018) is $1/(1+b\,|u|)^2$, and
# **atan**, the slope of an arctangent, is $\frac{b}{2}/(1+(\frac{\pi}{2} b u)^2)$. Here $u$ is the
# potential above threshold, and $b$ the **steepness** (`slope` in the code). Move $b$ from one end
# to the other, and watch the neurons far from threshold.

# %%
def draw(slope):
    said = ", ".join(
        f"{name} {float(neurons.surrogate_slope(torch.tensor(-0.5), name, slope)):.2g}"
        for name in neurons.SURROGATES
    )
    alt = f"Three surrogate gradients at steepness {slope}; half a unit below threshold: {said}."
    figure, axes = plots.canvas(alt, width=6.5, height=3.0)
    for name in neurons.SURROGATES:
        axes.plot(u, neurons.surrogate_slope(u, name, slope), label=name)
    axes.axvline(0, color=plots.GREY, ls=":", lw=1)
    axes.set(xlabel="potential above threshold", ylabel="lent slope")
    axes.set(yscale="log", ylim=(1e-5, 30))
    axes.set_title(f"lent at −0.5: {said}")
    axes.legend()
    return figure


explore(draw, slope=slider("steepness b", 1, 25, 1, 25))

# %% [markdown]
# The title says how much each lends to a neuron that is half a unit short of threshold. A steep
# sigmoid is honest about the step, and forgets that neuron. SuperSpike and atan have long
# tails: they always whisper something.
#
# ### Predict
# Back to the forty neurons. We start at `w = 0.5`, where **nobody fires**, and follow the lent
# slope downhill for 200 steps. The sigmoid's steepness is 2, then 5, then 25. **Which of them make
# half of the neurons fire?**

# %%
def descend(slope, w=0.5, rate=0.5):
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    for _ in range(200):
        fired = neurons.spike(w * currents - 1, "sigmoid", slope).mean()
        (gradient,) = torch.autograd.grad((fired - 0.5) ** 2, w)
        w.data -= rate * gradient
    return w.item(), fired.item()


for slope in (2, 5, 25):
    print("steepness {:2d}: w = {:.2f}, {:.0%} of the neurons fire".format(slope, *descend(slope)))

# %% [markdown]
# <details><summary>What happened</summary>
#
# The two wide ones walk into the valley. The steep one hardly moves: every neuron is too far
# from threshold for it, and a gradient close to zero teaches nothing. Wide means that
# everybody learns, from a picture that is a little wrong; steep means that few learn, from a
# better picture. The course uses the sigmoid with steepness 5 unless it says otherwise.
# </details>

# %%
assert abs(descend(5)[1] - 0.5) < 0.05 and descend(25)[1] < 0.05
assert neurons.DEFAULT_SLOPE["sigmoid"] == 5

# %% [markdown]
# ### Exercise 4.1 — SuperSpike
# Write Zenke and Ganguli's surrogate, $1/(1+b\,|u|)^2$, for a tensor `u` and a steepness `b`.

# %%
def superspike(u, b):
    ...  # one line


# %%
checks.exercise_4_1(superspike)

# %% [markdown]
# [Solution](solutions/04_neurons_that_can_learn.ipynb)
#
# ## A neuron that leaks
#
# A **leaky integrate-and-fire neuron** ([LIF](glossary.ipynb#LIF-neuron)) does three things in each
# step, in this order: *update* (what is left of the potential, plus what arrives), *compare* with
# the threshold, and *[reset](glossary.ipynb#reset)* to zero if it fired. In each step it keeps the
# share $a = e^{-dt/\tau}$ of its potential.

# %%
def lif_by_hand(current, tau_ms=5, threshold=1, detach_reset=True):
    a, v, spikes = math.exp(-1 / tau_ms), 0.0, []  # steps of 1 ms
    for arriving in current:
        v = a * v + arriving  # update
        s = neurons.spike(v - threshold)  # compare
        v = v * (1 - (s.detach() if detach_reset else s))  # reset, in the same step
        spikes.append(s)
    return torch.stack(spikes)


# %% [markdown]
# `neurons.lif` takes `(sound, time, neuron)`. For one sound and fifty neurons with noisy currents,
# both must give the same spikes, every one of them.

# %%
noisy = 0.25 * torch.randn(100, 50, generator=torch.Generator().manual_seed(1)) + 0.2
spikes = lif_by_hand(noisy)
assert torch.equal(spikes, neurons.lif(noisy[None], tau_ms=5)[0])
print(f"{int(spikes.sum())} spikes, all of them equal")

# %% [markdown]
# ### Predict
# Every millisecond brings a neuron 0.15. After 100 ms that is fifteen times its threshold of 1,
# and its [time constant](glossary.ipynb#time-constant) is 5 ms. **How many spikes does it fire?**

# %%
steady = torch.full((1, 100, 1), 0.15)
fired, potential = neurons.lif(steady, tau_ms=5, return_potential=True)
print(f"{int(fired.sum())} spikes, last potential {float(potential[0, -1, 0]):.3f}")
assert math.isclose(potential[0, -1, 0], 0.15 / (1 - math.exp(-1 / 5)), rel_tol=1e-5)

# %% [markdown]
# <details><summary>What happened</summary>
#
# None. A leaky neuron forgets as fast as it gains: its potential settles where the leak equals
# the input, at $i/(1-a)$, and here that is below 1. Spikes need current that arrives
# *together*. That makes this neuron a detector of coincidences, and delays decide
# what coincides.
# </details>
#
# Try the smallest current that fires, for a short and a long time constant. Then lower the
# threshold instead: what is the difference?

# %%
def draw(current, tau_ms, threshold):
    arriving = torch.full((1, 60, 1), current)
    s, v = neurons.lif(arriving, tau_ms, threshold=threshold, return_potential=True)
    count, s, v = int(s.sum()), s[0, :, 0], v[0, :, 0]
    alt = f"Potential over 60 ms at current {current}, time constant {tau_ms} ms, threshold "
    figure, axes = plots.canvas(alt + f"{threshold}: {count} spikes.", width=7, height=2.8)
    axes.plot(v, drawstyle="steps-post", label="potential before the reset")
    axes.axhline(threshold, color=plots.GREY, ls=":", label="threshold")
    fired = s.nonzero().flatten()
    axes.plot(fired, v[fired], "o", color=plots.RIGHT, ms=5, label="spike")
    axes.set(xlabel="time (ms)", ylabel="potential", ylim=(0, None), title=f"{count} spikes")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


explore(
    draw,
    current=slider("current (per ms)", 0.0, 0.5, 0.01, 0.19, keep=[0.06, 0.18]),
    tau_ms=slider("time constant (ms)", 2, 20, 1, 5),
    threshold=slider("threshold", 0.5, 1.0, 0.1, 1.0),
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# A longer time constant and a lower threshold both let a weaker current fire. The difference is in
# what the neuron remembers. A lower threshold leaves its leak as it is: with a short time constant
# the potential soon levels off, and only what arrives close together adds up. A longer time
# constant lets it go on climbing, and adds up what arrived far apart.
# </details>
#
# ### Exercise 4.2 — the smallest current
# Return the constant current (per step of 1 ms) above which a neuron fires.
# The potential settles at $i/(1-a)$.

# %%
def smallest_current(tau_ms, threshold=1):
    ...  # one line


# %%
checks.exercise_4_2(smallest_current)

# %% [markdown]
# [Solution](solutions/04_neurons_that_can_learn.ipynb)
#
# ## A reset that comes too late
#
# The prototype compared the potential *of the step before*, reset one step after that, and handed
# on each spike in the step after it was found. The same lines, in another order. Here it is, for
# one neuron.

# %%
def late_reset(current, tau_ms=5):
    a, v, s, spikes = math.exp(-1 / tau_ms), torch.tensor(0.0), torch.tensor(0.0), []
    for arriving in current:
        spikes.append(s)  # hands on the spike of the step before
        new_v = (a * v + arriving) * (1 - s)  # reset for the spike before
        s = neurons.spike(v - 1)  # compares the old potential
        v = new_v
    return torch.stack(spikes)


# %% [markdown]
# ### Predict
# A constant current of 0.4 flows for 100 ms. **Does the late neuron fire more or fewer spikes
# than ours? Are they in the same places?**

# %%
steady = torch.full((100,), 0.4)
right, late = lif_by_hand(steady), late_reset(steady)
double = int((late[1:] * late[:-1]).sum())
print(f"reset in the same step: {int(right.sum())} spikes, "
      f"{int((right[1:] * right[:-1]).sum())} right after another")
print(f"late reset:             {int(late.sum())} spikes, {double} right after another")

# %%
figure, axes = plots.canvas(
    f"First 40 ms: single spikes at even distances above, pairs below; in 100 ms "
    f"{int(right.sum())} against {int(late.sum())} spikes.", 2, 1, height=2.6, sharex=True,
)  # fmt: skip
for panel, train, name in zip(axes, (right, late), ("same step", "late"), strict=True):
    panel.vlines(train[:40].nonzero().flatten(), 0, 1, color=plots.LEFT, lw=2)
    panel.set(yticks=[], ylabel=name, ylim=(0, 1.1))
axes[1].set_xlabel("time (ms)")
figure

# %% [markdown]
# <details><summary>What happened</summary>
#
# Every spike of the late neuron comes twice, as long as the current is steady. When the potential
# crosses threshold, the comparison still sees the old one; when the spike is out, the potential
# it is compared with has not been reset yet. The two neurons differ in their counts, and more in
# their timing: the late one says everything two times, and two steps late, one because it compares
# the old potential, and one because it hands on the spike of the step before. Its weights can learn
# to live with that, but it isn't the neuron in the equation.
# </details>

# %%
assert (int(right.sum()), int(late.sum())) == (25, 28) and 2 * double == int(late.sum())
assert late.argmax() - right.argmax() == 2  # the first spike comes two steps late

# %% [markdown]
# ## Backwards through time
#
# A spike at one time depends on all currents before it. Call $g_t$ the gradient that arrives at
# spike $t$ from above, $q_t$ the lent slope there, $s_t$ the spike and $v_t$ the potential before
# the reset. Then the gradient $e_t$ of the loss with respect to the current is one recurrence,
# read from the last step to the first. That is
# [backpropagation through time](glossary.ipynb#backpropagation-through-time):
#
# $$e_t = q_t\,g_t + a\,e_{t+1}\,(1 - s_t - q_t v_t)$$
#
# The first term is what this spike is told directly. The second is what the potential hands on:
# it leaks ($a$), it is cut by a reset ($1 - s_t$), and it changes *whether* there is a reset
# ($q_t v_t$).

# %%
def error_by_hand(current, gradient, attached):
    s, v = neurons.lif(current[None], tau_ms=5, return_potential=True)
    q, s, v, a = neurons.surrogate_slope(v[0] - 1), s[0], v[0], math.exp(-1 / 5)
    error = q * gradient
    for t in range(len(current) - 2, -1, -1):
        error[t] += a * error[t + 1] * (1 - s[t] - attached * q[t] * v[t])
    return error


# %% [markdown]
# The test: let autograd walk back through our loop, one operation after the other, and compare.
# The gradient from above is random. With the reset **detached**, autograd is told to
# ignore how a current changes the resets: the term $q_t v_t$ goes.

# %%
gradient = torch.randn(100, 50, generator=torch.Generator().manual_seed(2))
for detach in (False, True):
    loop, whole = noisy.clone().requires_grad_(), noisy.clone().requires_grad_()
    lif_by_hand(loop, detach_reset=detach).backward(gradient)
    neurons.lif(whole[None], tau_ms=5, detach_reset=detach)[0].backward(gradient)
    by_hand = error_by_hand(noisy, gradient, attached=not detach)
    apart = max(float((by_hand - g).abs().max()) for g in (loop.grad, whole.grad))
    print(f"detached reset {detach!s:>5}: largest difference {apart:.0e}")
    assert apart < 1e-5

# %% [markdown]
# Three ways, one gradient: our loop with autograd, our recurrence, and `neurons.lif`, which is this
# recurrence written as one function for a whole sequence. Does that pay?

# %%
def through_the_loop():
    lif_by_hand(noisy.clone().requires_grad_()).backward(gradient)


def as_one_function():
    neurons.lif(noisy[None].clone().requires_grad_(), tau_ms=5)[0].backward(gradient)


ratio = timeit(through_the_loop, number=50) / timeit(as_one_function, number=50)
print(f"forward and backward, the loop takes {ratio:.0f} times as long")

# %% [markdown]
# That, and the gathered rows of lesson 3, make training in lesson 5 a matter of seconds.
#
# ### Predict
# One neuron hears one noisy current for 60 ms. Take each of its 60 spikes-or-not, and ask which of
# the 60 currents it listens to. That is a 60 × 60 picture. **Which half of it is empty? How far
# from the diagonal does it reach? What does a reset do to it?**

# %%
def listens(slope, tau_ms, detach, steps=60):
    drive = 1.03 - math.exp(-1 / tau_ms) + 0.4 * (noisy[:steps, :1] - 0.2)
    copies = drive.expand(steps, steps, 1).clone().requires_grad_()
    s = neurons.lif(copies, tau_ms, slope=slope, detach_reset=detach)
    s[:, :, 0].diagonal().sum().backward()  # copy t is asked about spike t only
    return copies.grad[:, :, 0], s[0, :, 0].nonzero().flatten()


# %% [markdown]
# Circles mark the spikes. Bright is positive, dark is negative, and the tone around them is zero.
# Make the surrogate steep, then wide; then let the neuron be slow. (The colours end at the largest
# entry of the left picture; what lies beyond has the colour of the end.)

# %%
def draw(slope, tau_ms):
    names = ("detached", "attached")
    pictures = {name: listens(slope, tau_ms, name == "detached") for name in names}
    said = ", ".join(f"{name} {int((g < -1e-3).sum())}" for name, (g, _) in pictures.items())
    alt = f"Gradient of each spike with respect to each current. Negative entries: {said}."
    figure, axes = plots.canvas(alt, 1, 2, width=8.5, height=3.9, sharey=True)
    top = float(pictures["detached"][0].abs().max())
    for panel, (name, (g, spikes_at)) in zip(axes, pictures.items(), strict=True):
        image = panel.imshow(g, vmin=-top, vmax=top, interpolation="none")
        panel.plot(spikes_at, spikes_at, "o", color="black", mfc="none", ms=6)
        panel.set(xlabel="current at (ms)", title=f"reset {name}")
    axes[0].set_ylabel("spike at (ms)")
    figure.colorbar(image, ax=axes, label="gradient", extend="both")
    return figure


explore(
    draw,
    slope=slider("steepness b", 1, 25, 1, 5),
    tau_ms=slider("time constant (ms)", 2, 30, 1, 10),
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# Above the diagonal lies the future, and it is empty: no spike listens to a later current. To the
# left of the diagonal the gradient fades with the time constant. With a detached reset it stops
# dead at every spike: what came before a reset cannot matter after it.
#
# At steepness 5, with the reset attached, it fades faster, and below each circle hangs a dark,
# negative column: *more current here makes this spike surer, hence the reset, and a later spike
# less likely*. That is true, but it is lent slope multiplied by lent slope. A wide surrogate smears
# the columns into a faint shadow. With a steep one the factors are large, and they pile up from
# spike to spike: the gradient leaps over resets, and some entries exceed everything in the left
# picture, as the printed numbers show; the largest need not lie below a circle. Zenke and Vogels
# (2021) found learning more robust without that term, and the course detaches by default.
# </details>

# %%
for steepness, reset in itertools.product((5, 25), ("detached", "attached")):
    grad, _ = listens(steepness, 10, reset == "detached")
    assert grad.triu(1).abs().max() == 0  # no spike listens to the future
    low, high = float(grad.min()), float(grad.max())
    print(f"steepness {steepness:2d}, {reset}: entries from {low:.2f} to {high:.2f}")

# %% [markdown]
# ## A readout without a loop
#
# After the hidden neurons comes one readout for each direction: a leaky integrator that never
# fires. Its answer is the mean of its potential over time. As a loop, for one sound:

# %%
def readout_by_hand(spikes, weight, tau_ms=5):
    a, v, total = math.exp(-1 / tau_ms), 0.0, 0.0
    for s in spikes:
        v = a * v + s @ weight
        total = total + v
    return total / len(spikes)


# %% [markdown]
# But this is linear. A spike with $k$ steps to go (its own included) adds
# $1 + a + \dots + a^{k-1}$ to the sum, so its share in the mean is $(1-a^k)/((1-a)\,T)$, whatever
# the other spikes do. One fixed weighting replaces the loop.

# %%
weight = torch.randn(50, 12, generator=torch.Generator().manual_seed(3)) / 50**0.5
a, steps_to_go = math.exp(-1 / 5), torch.arange(100, 0, -1)
weighting = (1 - a**steps_to_go) / ((1 - a) * 100)
looped = readout_by_hand(spikes, weight)
assert torch.allclose(weighting, neurons.readout_weighting(100, tau_ms=5), atol=1e-6)
assert torch.allclose(looped, weighting @ spikes @ weight, atol=1e-6)
assert torch.allclose(looped, neurons.leaky_readout(spikes[None], weight, 5)[0], atol=1e-6)

# %% [markdown]
# ### Predict
# A window has 100 steps. One spike arrives in its first step, another in its last.
# **Which of them moves the answer more, and by what factor?**

# %%
print(f"first / last: {float(weighting[0] / weighting[-1]):.1f}")
figure, axes = plots.canvas(
    f"Share of a spike in the mean potential: nearly flat at {float(weighting[0]):.3f}, then "
    f"falling to {float(weighting[-1]):.3f} in the last steps.", width=6.5, height=2.6,
)  # fmt: skip
axes.plot(weighting, drawstyle="steps-mid")
axes.set(xlabel="time of the spike (ms)", ylabel="share in the mean", ylim=(0, None))
figure

# %% [markdown]
# <details><summary>What happened</summary>
#
# The early spike counts more. Its effect has time to leak away inside the window, and all of it is
# counted; the last spike is counted for one step only. It isn't that early spikes are better:
# the last few time constants are simply cut off. A network that spreads its spikes late loses
# some of its voice.
# </details>
#
# ### Exercise 4.3 — when is a spike half heard?
# How many steps from the end does a spike have half of a full share? Solve
# $1 - a^k = \frac{1}{2}$ for $k$.

# %%
def steps_to_half(tau_ms):
    ...  # one line


# %%
checks.exercise_4_3(steps_to_half)

# %% [markdown]
# [Solution](solutions/04_neurons_that_can_learn.ipynb)
#
# ## All of it, as one picture
#
# Put the two together: a layer of neurons, and one readout on top. Which current, of which
# neuron, when, would raise this readout? The weights of the readout are sorted from the most
# negative to the most positive.

# %%
order = weight[:, 0].argsort()
current = noisy[None, :, order].clone().requires_grad_()
answer = neurons.leaky_readout(neurons.lif(current, tau_ms=5), weight[order], tau_ms=5)
answer[0, 0].backward()
grad = 1000 * current.grad[0].T
plots.matrix(
    grad, "time of the current (ms)", "neuron (sorted by weight)", "gradient (1/1000)",
    f"Gradient of one readout with respect to 50 neurons' currents over 100 ms, from "
    f"{float(grad.min()):.1f} to {float(grad.max()):.1f} thousandths; sign follows the weight.",
)  # fmt: skip

# %% [markdown]
# Each row is one neuron. Its sign is the sign of its weight; it is strong where the potential was
# near threshold, when a little more current would have made a difference; and all rows fade
# towards the end of the window, as the readout's weighting does. This is the signal that will
# reach the weights, and the delays of lesson 3, in training.
#
# ## What you now know
#
# - A spike has slope zero almost everywhere, so we lend it one; how wide it is decides who learns.
# - An LIF neuron is update, compare, reset, in one step; a late reset sends every spike twice when
#   the current is steady, and two steps late.
# - Backpropagation through time is one recurrence: leak, cut at resets, add what arrives.
# - A leaky readout's mean is a fixed weighting of spikes: no loop, and late spikes count less.
#
# **Read on.** Zenke, F. & Ganguli, S. (2018). *SuperSpike: supervised learning in multilayer
# spiking neural networks.* Neural Computation 30. — Neftci, E. O., Mostafa, H. & Zenke, F. (2019).
# *Surrogate gradient learning in spiking neural networks.* IEEE Signal Processing Magazine 36. —
# Zenke, F. & Vogels, T. P. (2021). *The remarkable robustness of surrogate gradient learning for
# instilling complex function in spiking neural networks.* Neural Computation 33.
#
# **Next door:** [Does it find the sound?](05_train_it.ipynb) Delays, neurons and readout come
# together, and learn.
