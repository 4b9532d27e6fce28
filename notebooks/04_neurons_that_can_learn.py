# %% [markdown]
# # How does a gradient pass a spike?
#
# A spike is a yes or a no. Learning asks "how much more, if I change a little?", and a yes or a
# no has nothing to answer. This lesson finds an answer that works, and follows it back through
# time.
#
# **You will be able to**
# - find the slope of a spike, lend it a better one, and tell its width from its height;
# - write a leaky integrate-and-fire neuron in five lines, with its reset in the right place;
# - derive backpropagation through time as one recurrence, and see how far back it reaches.
#
# *30 minutes. Builds on [lesson 3](03_delays_that_can_learn.ipynb).*

# %%
import itertools
import math
from functools import partial

import torch

from course_utils import checks, neurons, plots, tables
from course_utils.drawings import course_map
from course_utils.drawings import lesson_4 as drawings
from course_utils.explore import explore, live, predict, reveal, review, slider
from course_utils.neurons import recurrent_lif

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine
course_map.here(4)

# %% [markdown]
# ## Forty neurons and one weight
#
# A neuron adds up what it receives; the sum is its **[potential](glossary.ipynb#potential)**. When
# the potential reaches a fixed value, the **[threshold](glossary.ipynb#threshold)**, it fires a
# spike. Forty neurons receive forty different currents,
# one weight `w` multiplies them all, and the threshold is 1. We want half of them to fire, so the
# loss is the squared distance from that.

# %%
currents = torch.rand(40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def loss(w):
    fired = (w * currents >= 1).double()
    return (fired.mean() - 0.5) ** 2


# %% [markdown]
# ### Predict
# We stand at `w = 1.5`, change it by a millionth, and look at the loss. Then we do the same at a
# thousand other weights. **At how many of them does the loss change at all?**

# %%
predict("4.1", "At how many of 1000 weights does the loss change?",
        ["at none", "at a few", "at about half", "at nearly all"])

# %%
weights = torch.linspace(0.5, 5, 1000, dtype=torch.float64)
slopes = torch.stack([(loss(w + 1e-6) - loss(w - 1e-6)) / 2e-6 for w in weights])
changed = int((slopes != 0).sum())
print(f"slope at w = 1.5: {float((loss(1.5 + 1e-6) - loss(1.5 - 1e-6)) / 2e-6)}")
print(f"the loss changed at {changed} of {len(weights)} weights")
drawings.stairs(weights, [loss(w) for w in weights], len(weights) - changed)

# %%
reveal("4.1", "at none" if changed == 0 else "at a few" if changed < 250
       else "at about half" if changed < 750 else "at nearly all")

# %% [markdown]
# <details><summary>What happened</summary>
#
# The loss is a staircase. On a stair its slope is exactly zero, and at an edge it is infinite.
# A finite difference almost never meets an edge. The valley is plain to see, yet nothing local
# points to it.
# </details>
#
# And autograd? It does not even answer zero:

# %%
w = torch.tensor(1.5, requires_grad=True)
try:
    loss(w).backward()
except RuntimeError as error:
    print(f"autograd: {error}")


# %% [markdown]
# A comparison cuts the chain: what comes out of `>=` no longer knows that it came from `w`. (Other
# steps, such as `round`, keep the link and answer with the zero of the stairs. For learning both
# are of no use.)
#
# ## A slope that we lend it
#
# Keep the step on the way forward. On the way back, pretend it had been a smooth ramp: multiply
# the gradient by the slope of a sigmoid around the threshold. Such a stand-in is a **surrogate
# gradient**. In PyTorch that is a function with a `backward` of its own, which gets the gradient
# of the output and returns that of the input; `ctx` keeps what it needs.

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
# `neurons.spike` is the same, with a choice of surrogates. We check both directions.

# %%
u = torch.linspace(-2, 2, 401)
ours, course = u.clone().requires_grad_(), u.clone().requires_grad_()
by_hand, by_course = SigmoidStep.apply(ours), neurons.spike(course, "sigmoid", slope=5)
(by_hand + by_course).sum().backward()
assert torch.equal(by_hand, by_course)
assert torch.allclose(ours.grad, course.grad, atol=1e-6)


# %% [markdown]
# ## Width and height
#
# Two other shapes are common. **SuperSpike** (Zenke & Ganguli 2018) is $1/(1+b\,|u|)^2$, and
# **atan**, the slope of an arctangent, is $\frac{b}{2}/(1+(\frac{\pi}{2} b u)^2)$. Here $u$ is the
# potential above threshold, and $b$ the **steepness** (`slope` in the code). Their peaks are
# $b/4$ for the sigmoid, 1 for SuperSpike, $b/2$ for atan. So for two of them, turning $b$ changes
# two things at once: how *wide* the slope is, and how *high*.
#
# We take the two apart. Each curve is divided by its own peak: steepness changes the width alone.
# The second slider multiplies all of them: height alone. **What does each slider do to a neuron
# that is half a unit short of threshold?**

# %%
def draw(steepness, height):
    at_peak = torch.zeros(())
    slopes = {
        name: height
        * neurons.surrogate_slope(u, name, steepness)
        / neurons.surrogate_slope(at_peak, name, steepness)
        for name in neurons.SURROGATES
    }
    return drawings.lent(u, slopes, steepness, height)


explore(
    draw,
    steepness=slider("steepness b", 1, 25, 1, 5),
    height=slider("height of the peak", 0.5, 5.0, 0.5, 1.0),
)

# %% [markdown]
# Height moves all curves up and down together, and their shapes stay. Width decides who is
# remembered: a narrow sigmoid forgets a neuron half a unit away almost completely, while SuperSpike
# and atan have long tails and always whisper something.
#
# ### Predict
# Back to the forty neurons. We start at `w = 0.5`, where **nobody fires**, and follow the lent
# slope downhill for 200 steps: once in proportion to the gradient (plain gradient descent, SGD),
# once with Adam, which divides each gradient by its own recent size. The sigmoid's steepness is 2,
# 5, 25, 100. **Which of them make half of the neurons fire, with SGD and with Adam?** Guess for 25,
# a slope that is high at the threshold, and nearly nothing where these neurons are.

# %%
predict("4.2", "Which gets there with steepness 25?", ["both", "only SGD", "only Adam", "neither"])

# %%
rules = {"SGD": partial(torch.optim.SGD, lr=0.5), "Adam": partial(torch.optim.Adam, lr=0.05)}


def descend(rule, steepness, height=1.0):
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    optimiser = rules[rule]([w])
    for _ in range(200):
        optimiser.zero_grad()
        fired = neurons.spike(w * currents - 1, "sigmoid", steepness).mean()
        (height * (fired - 0.5) ** 2).backward()  # a higher slope makes a larger gradient
        optimiser.step()
    return w.item(), fired.item()


def which(happened):  # one True or False for each rule
    names = [f"only {rule}" for rule, so in zip(rules, happened, strict=True) if so]
    return names[0] if len(names) == 1 else "both" if names else "neither"


# %%
for steepness in (2, 5, 25, 100):
    for rule in rules:
        w_end, fired = descend(rule, steepness)
        print(f"steepness {steepness:3d}   {rule:4s}: w = {w_end:.2f}, {fired:.0%} fire")

# %%
reveal("4.2", which([abs(descend(rule, 25)[1] - 0.5) < 0.1 for rule in rules]))

# %% [markdown]
# <details><summary>What happened</summary>
#
# With SGD the two wide ones walk into the valley, and steepness 25 does not move. It would be easy
# to conclude that steep slopes teach nothing. But with Adam it arrives like the others: its
# gradient is tiny, yet it has the right *sign*, and Adam divides the size away. What stopped it was
# a rate that was right for other gradients. Only at 100 has Adam an end too: it adds $10^{-8}$ to
# what it divides by, and what is lent there is far smaller.
# </details>
#
# ### Predict
# Now the shape stays as it is, steepness 5, and we lend a hundred times as much. **What changes
# with SGD, and what with Adam?**

# %%
predict("4.3", "Whose w ends elsewhere?", ["both", "only SGD", "only Adam", "neither"])

# %%
ends = {}
for height, rule in itertools.product((1, 100), rules):
    ends[height, rule], fired = descend(rule, 5, height)
    print(f"height × {height:3d}   {rule:4s}: w = {ends[height, rule]:.2f}, {fired:.0%} fire")
reveal("4.3", which([abs(ends[100, rule] - ends[1, rule]) > 0.01 for rule in rules]))

# %% [markdown]
# <details><summary>What happened</summary>
#
# Under SGD, a hundred times the height is a hundred times the rate, and where it ends is a matter
# of luck: steps that large can leap over the valley. Under Adam nothing changes. So before you
# compare two surrogates, ask whether you compare shapes, or only rates.
# </details>
#
# ## Does it matter to the network?
#
# Forty neurons on one weight are a toy. `figures/studies/surrogates.py` trained the course's
# network (100 fibres for each ear, thirty [hidden neurons](glossary.ipynb#hidden-neuron) between
# them and the readouts, Adam) with two shapes and four steepnesses, from five
# **[seeds](glossary.ipynb#seed)** each, and tested it on fresh sounds. (A seed is the number that a
# generator of random numbers starts from: another seed, other luck.) As a control it left the
# delays and the hidden layer as they were drawn and let the readout learn alone: then nothing is
# lent at all. Upright bars, and the numbers in brackets, are 95 % intervals: done again and again
# with other seeds, nineteen of twenty of them would hold the true mean.
#
# ### Predict
# At steepness 5 the network is wrong by 1.6 degrees on average; always pointing straight ahead, by
# 45. **How wrong is it at 100, where the forty neurons did not move at all?**

# %%
predict("4.4", "How wrong is the sigmoid at steepness 100?", (0, 45), unit="°", step=0.2)

# %%
rows, steepnesses = tables.read("../figures/studies/surrogates.csv"), (1, 5, 25, 100)
network = dict(delays="learned")
curves = {
    f"{name}, {peak}": [
        tables.mean_interval(rows, "error_deg", surrogate=name, steepness=b, **network)
        for b in steepnesses
    ]
    for name, peak in (("sigmoid", "peak b/4"), ("superspike", "peak 1"))
}
bound = [(rows[0]["bound_deg"], "bound (lesson 1)")]
plots.lines(steepnesses, curves, "steepness b", "mean error (degrees)", log_x=True, levels=bound)


# %%
def worse(than, **setting):  # paired by seed, with a 95 % interval
    gap, low, high = tables.paired_interval(rows, "error_deg", setting, than)
    return f"{gap:+6.2f}° ({low:+.2f}° to {high:+.2f}°)"


usual = dict(surrogate="sigmoid", steepness=5, **network)
for name, b in itertools.product(("sigmoid", "superspike"), steepnesses):
    if (name, b) != ("sigmoid", 5):
        print(f"{name:10} {b:3d}: {worse(usual, surrogate=name, steepness=b, **network)}")
print(f"readout only  : {worse(usual, delays='readout only')}, all against sigmoid 5")
low, high = (dict(surrogate=name, steepness=100, **network) for name in ("superspike", "sigmoid"))
print(f"at 100, sigmoid against SuperSpike: {worse(low, **high)}")
reveal("4.4", tables.mean_interval(rows, "error_deg", **high)[0])

# %% [markdown]
# <details><summary>What happened</summary>
#
# It still learns. Twenty times as narrow as usual, it loses about a third of a degree; a hidden
# layer that learns nothing loses ten and more. From 1 to 25 every interval stays within a fifth of
# a degree of the usual one. So width matters, but little. And height? At steepness 100 the
# sigmoid's peak is 25 times as high as SuperSpike's, and the two end within a fifth of a degree of
# each other, as one expects of Adam after the forty neurons.
# </details>
#
# ### A typo that is none
# The prototype has another surrogate, switched off, with the remark "this seems to be a typo or
# error? But it works well": `grad_output / (100 * abs(u) + 1)**2`. What does it compute?

# %%
v = u.clone().requires_grad_()
(v / (1 + 100 * v.abs())).sum().backward()  # a "fast sigmoid"
line = 1 / (100 * u.abs() + 1) ** 2
assert torch.allclose(line, v.grad)
assert torch.allclose(line, neurons.surrogate_slope(u, "superspike", 100))
print(f"at threshold {float(line[200]):.2f}, 0.01 away {float(line[201]):.2f}, "
      f"half a unit away {float(line[250]):.5f}")

# %% [markdown]
# It is neither. It is the exact slope of the *fast sigmoid* $u/(1+100\,|u|)$: SuperSpike with
# steepness 100. What looks like a mistake is a missing factor of 100 in front, but without it the
# peak is 1, and Adam would divide the factor out again. So it works, as the last point of the
# dashed curve shows, and a little worse than a wider one.
#
# ### Around a loop it is different
# Our gradient passes one spike on its way to a weight or a delay. In a network whose neurons hear
# each other, it passes one in every step back, and what is lent **multiplies itself**. Thirty such
# neurons, not yet trained; we compare the gradient 50 steps before the loss with the last one.

# %%
random = torch.Generator().manual_seed(4)
drive = 0.3 * torch.rand(32, 80, 30, generator=random)
loop = (2 * torch.rand(30, 30, generator=random) - 1) / 30**0.5
for name, b in itertools.product(("superspike", "sigmoid"), (1, 5, 25)):
    current = drive.clone().requires_grad_()
    recurrent_lif(current, loop, tau_ms=5, surrogate=name, slope=b)[:, -1].sum().backward()
    size = current.grad.abs().mean((0, 2))
    print(f"{name:10} {b:2d}: 50 steps back, {float(size[-51] / size[-1]):7.0e} times the last one")

# %% [markdown]
# Some explode and some fade, by many powers of ten. SuperSpike's peak is 1 in all three rows: a
# wide one lends enough to grow from step to step, a narrow one does not. The sigmoid grows with its
# height. And Adam does not mend it: it divides the sum over all steps by one number, and within
# that sum the far past shouts or is silent. [Lesson 8](08_delays_everywhere.ipynb) trains such a
# network. Zenke and Vogels (2021) report, over a range of tasks, that learning is robust to the
# *shape* of the surrogate, while its *scale* can matter much.
#
# The course uses the sigmoid with steepness 5 unless it says otherwise.

# %%
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
# the threshold, and *[reset](glossary.ipynb#reset)* to zero if it fired. In each step of length
# $dt$ it keeps the share $a = e^{-dt/\tau}$ of its potential, and the rest leaks away. $\tau$ is
# its
# [time constant](glossary.ipynb#time-constant): with 5 ms, a step of 1 ms leaves it 82 %.

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
# and its time constant is 5 ms. **How many spikes does it fire?**

# %%
predict("4.5", "How many spikes in 100 ms?", ["none", "1 to 5", "6 to 15", "more than 15"])

# %%
steady = torch.full((1, 100, 1), 0.15)
fired, potential = neurons.lif(steady, tau_ms=5, return_potential=True)
count = int(fired.sum())
print(f"{count} spikes, last potential {float(potential[0, -1, 0]):.3f}")
reveal("4.5", "none" if count == 0 else "1 to 5" if count < 6
       else "6 to 15" if count < 16 else "more than 15")

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
steady = torch.full((1, 60, 1), 0.19)
s, v = neurons.lif(steady, tau_ms=5, return_potential=True)
picture = drawings.membrane(s[0, :, 0], v[0, :, 0], 1, "current 0.19, time constant 5 ms")
live("neuron", picture, noise=torch.zeros(60), current=0.19, tau_ms=5, asked_ms=None)


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
predict("4.6", "The late neuron fires ...", ["fewer spikes", "as many", "more spikes"])

# %%
strong = torch.full((100,), 0.4)
right, late = lif_by_hand(strong), late_reset(strong)
double = int((late[1:] * late[:-1]).sum())
print(f"reset in the same step: {int(right.sum())} spikes, "
      f"{int((right[1:] * right[:-1]).sum())} right after another")
print(f"late reset:             {int(late.sum())} spikes, {double} right after another")
drawings.two_resets(right, late)

# %%
more = int(late.sum() - right.sum())
reveal("4.6", "more spikes" if more > 0 else "fewer spikes" if more < 0 else "as many")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Every spike of the late neuron comes twice, as long as the current is steady, but the pairs are
# rarer than single spikes would be. When the potential
# crosses threshold, the comparison still sees the old one; when the spike is out, the potential
# it is compared with has not been reset yet. The two neurons differ in their counts, and more in
# their timing: the late one says everything two times, and two steps late, one because it compares
# the old potential, and one because it hands on the spike of the step before. It isn't the neuron
# in the equation.
# </details>
#
# ## Backwards through time
#
# A spike at one time depends on all currents before it. Two steps of a neuron, with what each
# quantity passes on to which:

# %%
drawings.unrolled()


# %% [markdown]
# $v_t$ is the potential before the reset, $s_t$ the spike, $q_t$ the lent slope, $g_t$ the
# gradient that arrives at the spike from above. Two ways lead from $v_t$ to the next potential:
# straight along the leak, and through the spike and its reset. The chain rule adds them up. Three
# lines:
#
# $$v_{t+1} = a\,v_t\,(1 - s_t) + i_{t+1}$$
# $$\frac{\partial v_{t+1}}{\partial v_t} = a\,(1 - s_t) - a\,v_t\,q_t$$
# $$e_t = q_t\,g_t + \frac{\partial v_{t+1}}{\partial v_t}\,e_{t+1}
# = q_t\,g_t + a\,e_{t+1}\,(1 - s_t - q_t v_t)$$
#
# $e_t$ is the gradient of the loss with respect to $v_t$, and also to the current $i_t$, which is
# simply added. It is one recurrence, read from the last step to the first:
# [backpropagation through time](glossary.ipynb#backpropagation-through-time).

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
# ignore the dashed way, how a current changes the resets: the term $q_t v_t$ goes.

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
# recurrence written as one function for a whole sequence.
#
# ### Predict
# One neuron hears one noisy current for 60 ms. Choose one of these steps, and follow the gradient
# of its spike-or-not back. We say that it *listens* to a current whose gradient is not zero. **On
# which side of the step do these currents lie? How far do they reach? What does a reset do to
# them?** Guess for a detached reset.

# %%
predict("4.7", "Which currents does it listen to?",
        ["earlier and later ones", "all earlier ones, fading", "those since the last spike"])


# %%
def listens(slope, tau_ms, detach, steps=60):
    drive = 1.03 - math.exp(-1 / tau_ms) + 0.4 * (noisy[:steps, :1] - 0.2)
    copies = drive.expand(steps, steps, 1).clone().requires_grad_()
    s = neurons.lif(copies, tau_ms, slope=slope, detach_reset=detach)
    s[:, :, 0].diagonal().sum().backward()  # copy t is asked about spike t only
    return copies.grad[:, :, 0], s[0, :, 0].nonzero().flatten()


# %% [markdown]
# The current flows in from the left; then the gradient runs back from the upright dashed line, the
# step that you ask (orange and upwards is positive, blue and downwards negative). The lower picture
# has the step, the ramp (dashed), and the slope that is lent at the potential of that step. **Pull
# the upright line to other steps. Set the reset to *attached*. Take *steepness b* to 25, then to 1
# (a wide ramp). Then raise the time constant, so that the neuron forgets more slowly.**

# %%
resets = {f"reset {name}": name == "detached" for name in ("detached", "attached")}
pictures = {name: listens(5, 10, detach) for name, detach in resets.items()}
noise = 0.4 * (noisy[:60, 0] - 0.2)
everyone = drawings.listening(pictures)  # where no view can run: all 60 steps at once
live("neuron", everyone, noise=noise, current=0.12, tau_ms=10, asked_ms=57)

# %%
heard, fired_at = pictures["reset detached"]  # (step that is asked, current)
later = float(heard.triu(1).abs().sum())
past_a_spike = sum(float(heard[t + 1 :, : t + 1].abs().sum()) for t in fired_at)
print(f"sum of later entries {later}, of entries from before a spike {past_a_spike}")
reveal("4.7", "earlier and later ones" if later else "all earlier ones, fading" if past_a_spike
       else "those since the last spike")

# %% [markdown]
# <details><summary>What happened</summary>
#
# To the right lies the future, and it is empty: no spike listens to a later current. To the left
# the gradient fades with the time constant. With a detached reset it stops dead at the last spike:
# what came before a reset cannot matter after it.
#
# At steepness 5, with the reset attached, it fades faster, and it changes its sign at every spike
# that it passes: *more current here makes this spike surer, hence the reset, and a later spike
# less likely*. That is true, but it is lent slope multiplied by lent slope, as around a loop. With
# a steep sigmoid, which is also a high one, the factors are large and pile up from spike to spike:
# the gradient leaps over resets, as the numbers below show. Zenke and Vogels (2021) found
# learning more robust without that term, and the course detaches by default.
# </details>

# %%
for steepness, reset in itertools.product((5, 25), ("detached", "attached")):
    grad, _ = listens(steepness, 10, reset == "detached")
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
# **Which of them moves the answer more, and by what factor?** (A factor below 1 says that it is the
# last one.)

# %%
predict("4.8", "By what factor does the first move it more?", (0, 20), step=0.1)

# %%
print(f"first / last: {float(weighting[0] / weighting[-1]):.1f}")
drawings.share(weighting)

# %%
reveal("4.8", float(weighting[0] / weighting[-1]))


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

# %% [markdown]
# ## What you now know
# What you guessed, and what came out:

# %%
review()

# %% [markdown]
# - A spike has slope zero almost everywhere, so we lend it one. Its height is a rate, which Adam
#   divides away; its width decides who is remembered. Around a loop, what is lent
#   multiplies itself.
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
