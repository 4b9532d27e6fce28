# %% [markdown]
# # What does that word mean?
#
# The words of this course, each in a sentence or two. In the lessons, a word leads here where it is
# used for the first time.
#
# ## Adam
# An optimiser that divides each gradient by its own recent size, so that the first step is the
# learning rate, whatever the gradient's scale. Compare *SGD*, which moves in proportion to the
# gradient.
#
# ## annealing
# Starting with a wide bell, or a long trace, and narrowing it as training goes on. First find the
# valley, then its floor.
#
# ## argmax
# Naming the class with the largest output. Read so, an answer is always the middle of a class.
#
# ## autograd
# PyTorch's own calculus: it remembers what was computed from what, and follows gradients back.
#
# ## axon
# The long thin part of a nerve cell along which its spikes run to others. What lessons call a fibre
# is an axon.
#
# ## axonal delay
# One delay for each fibre that comes in, the same for all neurons that hear it. What we train
# unless we say otherwise. Compare *dendritic* and *synaptic delay*.
#
# ## azimuth
# The direction of a source around the head, in degrees: 0 is straight ahead, and positive is to the
# right.
#
# ## backpropagation through time
# Following a gradient from the end of a sequence back to its start. For a leaky neuron it is one
# recurrence: leak, cut at resets, add what arrives.
#
# ## bias
# How far an estimate leans away from the truth on average. One that does not lean is *unbiased*;
# only of those does the Cramér–Rao bound speak.
#
# ## bound
# The Cramér–Rao bound: the smallest variance that any unbiased estimate can have, given these
# spikes. We quote it as a mean error in degrees, which is right for bell-shaped errors, and always
# for a window of so many ms. With few fibres the best observer, who is biased, gets below it.
#
# ## bundle
# Fibres that share a band, a delay and a weight. All that counts is how many of them fire in a
# step.
#
# ## carry
# What rounding took away from a delay in one update, kept for the next one. So small steps add up,
# although the delay is whole all along.
#
# ## causal
# A way to delay that keeps the input's clock and length: each train begins with silence that
# nobody sent, and what would arrive after the end is gone. Compare *Method A* and *Method B*.
#
# ## chance
# What luck alone would reach: one class in twelve, or 45° for always pointing straight ahead (in
# lessons 0 to 8; a little more in lesson 9). Every result stands beside it.
#
# ## channel
# The place of one fibre in a tensor of spikes, `(batch, time, channel)`. The left ear's channels
# come first.
#
# ## class floor
# The mean error of someone who always names the right class and answers with its middle: a quarter
# of a class, 3.75° for 12 classes.
#
# ## coincidence
# Spikes that arrive in the same step. A leaky neuron fires for those that come together, so delays
# decide what it hears.
#
# ## common mode
# What all delays do together: the mean of their movements. Nobody hears it, so an optimiser may
# take it out. Compare *gauge freedom*.
#
# ## confusion matrix
# What was there against what was answered: a row for each true class, a column for each answer. On
# its diagonal lies what is right.
#
# ## control
# The same run without the thing that you believe in: frozen delays beside learned ones, one ear
# beside two. Without it a claim is a wish.
#
# ## convolution
# Laying one short pattern over a signal at every moment, and adding up the products. A network of
# convolutions looks for the same patterns wherever they come.
#
# ## cross entropy
# Minus the logarithm of the probability that was given to the right class, averaged over sounds.
# In nats; a guesser has ln(classes).
#
# ## dead delay
# A delay that got where its gradient is zero, and so stays there for good.
#
# ## delay
# A wait: `out[t] = in[t - d]`, with `d` in steps, never negative. What is sent at `t` arrives at
# `t + d`. A step is 1 ms in lessons 0 to 8, 0.1 ms in lesson 9, and 10 ms in lesson 10.
#
# ## dendritic delay
# One delay for each neuron that hears, after all its inputs have been added up.
#
# ## envelope
# The curve that the firing of a fibre follows within each cycle: how probable a spike is at each
# phase of the wave. Its power says how sharp the bursts are.
#
# ## epoch
# One round of training: a number of updates, after which we look how far it is.
#
# ## estimator
# The rule by which a layer shifts spikes and finds the gradient of its delays: interpolation,
# rounding, a bell, a triangle.
#
# ## fan-in
# How many inputs a neuron has; its *fan-out* is to how many it sends. The more inputs
# there are to add up, the smaller the first weights should be.
#
# ## fibre
# One line of a nerve. In lessons 0 to 8 our ears have up to 100 of them each, and every fibre has
# its own delay. In lesson 9 those of a *bundle* share one.
#
# ## finite difference
# A slope without calculus: change the input a little, and see how much the output changes. A
# *central* one looks to both sides.
#
# ## Fisher information
# How much the spikes can tell about a phase: how steeply the firing probability changes with it,
# squared, over the variance of a spike. It adds up over fibres and steps.
#
# ## gammatone
# A filter that lets one band of frequencies through, as one place of the cochlea does. A click
# makes it ring for a few cycles.
#
# ## gauge freedom
# Something you can change without changing anything that can be measured. If all fibres wait
# longer by the same time, only the moment of the answer changes.
#
# ## gradient
# The slope of the loss with respect to a parameter: how much it would change for a little more of
# it. Learning walks against it.
#
# ## GRU
# Gated recurrent unit (Cho et al. 2014): a unit without spikes that learns what to keep of its past
# and what to let go.
#
# ## held-out voice
# A voice that a network has never heard while it learned. Tested with others, it might know who
# speaks instead of what is said.
#
# ## hidden neuron
# A neuron between the fibres and the readouts. Nobody tells it what to listen for.
#
# ## implicit function theorem
# If two things must stay in balance while one of them is moved, it says how far the other moves:
# minus the ratio of their slopes. Here: a weight or a delay, and the moment of a spike.
#
# ## impulse
# A train with a single spike. It shows what a delay really does.
#
# ## impulse response
# What comes out if a single click goes in. Every sound is a row of small clicks, so it tells what
# becomes of any sound.
#
# ## inhibition
# What a spike does that lowers the potential of another neuron, as a negative weight does.
#
# ## interval
# A range that says how sure a number is. A 95 % interval is made so that, if everything were done
# again and again, it would hold the true mean 95 times in 100.
#
# ## IPD
# Interaural phase difference: how much further the wave at the right ear is in its cycle than at
# the left. In degrees of a cycle, positive for a sound on the right.
#
# ## ITD
# Interaural time difference: how much earlier a sound reaches the right ear than the left, in
# microseconds. Positive for a source on the right, below a millisecond for a head.
#
# ## Jeffress model
# A row of coincidence detectors, each with its own pair of waits for the two ears, so that each
# answers to one direction. Which one answers most is the direction: a map made of delays.
#
# ## lag
# How much longer the right ear waits than the left one: right delay minus left delay, in ms. A
# neuron can only use the lags that its delays put on offer.
#
# ## length budget
# How long a stimulus must be, so that after several layers of delays enough of it is left:
# `effective + layers * max_delay`.
#
# ## level difference
# How much louder a sound is at the right ear than at the left, in decibels (dB): 10 dB are ten
# times the power.
#
# ## LIF neuron
# Leaky integrate-and-fire. In each step: *update* (keep a share of the potential, add what
# arrives), *compare* with the threshold, *reset* if it fired.
#
# ## logits
# The readouts before the softmax, one number for each class, of any size and sign. The softmax
# makes probabilities of them.
#
# ## maximum likelihood
# Choosing the answer that makes the spikes just heard most probable. With many fibres no unbiased
# observer does better; with few, the *posterior* does.
#
# ## Method A
# Pad, then shift. No spike is lost, but there is silence around them that nobody sent.
#
# ## Method B
# Shift, then clip. Only the window in which every fibre has arrived is kept, `max_delay` steps
# shorter than the stimulus.
#
# ## multinomial regression
# One weighted sum for each class, and a softmax over them: a network without a hidden layer. Here a
# rival that hears how many spikes came, and not when.
#
# ## myelin
# A fatty wrap around an axon, with gaps. It makes spikes run faster, and where it changes, so does
# their delay.
#
# ## nat
# The unit of a natural logarithm: being surprised by one nat is what happens when something had a
# probability of 37 %. Someone who guesses among n classes has a loss of ln(n) nats.
#
# ## observer
# Anyone or anything that gets the spikes, and nothing else, and gives an answer: a person, a
# network, a formula. The *best* one answers with the posterior's median.
#
# ## optimiser
# What moves the parameters after each gradient, such as *Adam*. One such move is an *update*, and
# how far it may go is the *learning rate*.
#
# ## paired difference
# The difference between two runs with the same seed, and so with the same first weights, delays
# and sounds. Their shared luck cancels.
#
# ## phase-locked
# Spikes that keep to one part of each cycle of a wave. Only then do they tell when it came. In our
# nerves that is lost far above 1 kHz.
#
# ## posterior
# How probable each IPD is once the spikes are heard, if all were equally probable before. Its
# median has the smallest mean error that any observer can have, its mean the smallest mean squared
# error. Both lean inwards at the ends of the range: they are biased.
#
# ## potential
# What a neuron has added up from its inputs, less what has leaked away.
#
# ## projection
# After a step of the optimiser, moving each delay to the nearest allowed value, in [0,
# `max_delay`].
#
# ## prototype
# The unpublished notebook this course grew from. The lessons take up its rules one by one, and
# test them.
#
# ## raster
# A picture of spikes: a row for each fibre or neuron, time to the right, a mark for each spike.
#
# ## readout
# The last layer: a leaky integrator for each direction, which never fires. Its answer is the mean
# of its potential over time.
#
# ## receptive field
# What a neuron listens for: a weight for each input and each moment of the past. With synaptic
# delays, one weight for each input, placed at its delay.
#
# ## recurrent network
# A network whose neurons also hear each other's spikes, one step late. A spike that goes round in
# it is a memory, and a delay that is made of neurons.
#
# ## reset
# What a neuron does after a spike: its potential goes to zero. *Detached*, learning ignores how a
# current changes the resets.
#
# ## seed
# The number that a generator of random numbers starts from. With the same one all draws are the
# same; so a result is tried with several, and comparisons are made seed by seed.
#
# ## signal-to-noise ratio
# How much stronger a sound is than the noise around it, in dB. At 0 dB both are equally strong.
#
# ## soft label
# Instead of one right class, a bell of probabilities around the true direction. Neighbours share
# the credit.
#
# ## softmax mean
# The middles of all classes, weighted by their probabilities. It can point between classes.
#
# ## speech synthesizer
# A program that reads aloud. Its voices differ in pitch, speed and colour, and share the rules by
# which a word is said.
#
# ## spike-timing-dependent plasticity
# A rule for one synapse: its weight grows if its input arrives shortly before the neuron fires, and
# shrinks if it arrives shortly after. STDP for short.
#
# ## standard error
# How far a mean would typically lie from the truth if everything were done again: the standard
# deviation of the n runs (where the sum of squares is divided by n - 1), over the root of n.
#
# ## stochastic rounding
# Rounding up or down at random, to the nearer number more often, so that it is right on average:
# 2.25 becomes 2 three times out of four.
#
# ## surrogate gradient
# A slope that is lent to a step which has none: the step is kept on the way forward, the slope of
# something smooth is used on the way back. Its *width* says who learns, its *height* how fast,
# unless the optimiser divides that out, as Adam does.
#
# ## synaptic delay
# One delay for each connection, beside its weight. Every neuron then has lags of its own.
#
# ## threshold
# The potential at which a neuron fires.
#
# ## time constant
# How long a leaky neuron remembers, in ms: after one of it, 37 % of a potential is left.
#
# ## trace
# What a spike leaves behind: a value that rises with it and then decays with a time constant. Two
# traces can meet although their spikes do not.
#
# ## vector strength
# How well times keep to one phase of a cycle: the length of the mean of arrows that point at their
# phases. 0: any phase, 1: always the same one.
#
# ## verdict
# *Alike*, *differs* or *open*: what a comparison says that was planned before it was run. *Alike*:
# the difference is surely smaller than a margin named before, whether it is zero or not. *Differs*:
# it isn't alike, and surely not zero. *Open*: neither.
#
# ## weight
# By how much a neuron counts the spikes of one fibre, or an output those of one neuron. A positive
# one excites, a negative one holds back.
