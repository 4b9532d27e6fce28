# %% [markdown]
# # What does your seed say?
#
# One comparison of lesson 6 was left *open*: networks whose weights must keep their signs. Your
# class asks it again. Each of you runs one seed, which nobody has run before, and hands in one
# line.
#
# **You will be able to**
# - run one pair of a paired comparison, both sides by one rule;
# - say why your pair alone decides nothing;
# - name the rule that will judge all pairs, before the first of them is run.
#
# *15 minutes. Builds on lesson 6. It runs in half a minute.*

# %%
import torch
from torch import nn
from torch.nn.utils.parametrize import register_parametrization

from course_utils.explore import hand_in, predict, reveal, review
from course_utils.network import Localiser
from course_utils.stimuli import Classes, Stimulus
from course_utils.training import evaluate, fit

torch.set_num_threads(1)  # repeatable, and as fast on a busy machine

# %% [markdown]
# ## The rule, before any seed
#
# - **The question.** Ten fibres per ear, one delay for each, ten hidden neurons. Each weight into
#   them keeps the sign that it was drawn with. Does the network point better if its delays learn,
#   or as well if they stay as they were drawn?
# - **Pairs.** Your two networks share their first weights, their first delays and all their sounds.
# - **Alike treatment.** Both get 768 updates, and then they stop. Each side has the best of six
#   settings of its rates, chosen on three other seeds. (The offers were those of lesson 6: weights
#   at rates of up to 0.16 beside frozen delays, and of up to 0.04 beside learned ones. Each best
#   one is the fastest of its offer, so faster ones might do better still. In lesson 6 both were
#   trained until they rested, after 3072 updates at most.)
# - **Seeds.** Yours is 100 and your number on the list. You run it once, and hand it in, whatever
#   comes out.
# - **The margin.** The mean difference of all pairs will be *alike* if it surely lies within 5 % of
#   the frozen error, else *differs* if it surely isn't zero, else *open*.
#
# Your number, from 1 to 99:

# %%
number = 1
seed = 100 + number


# %% [markdown]
# ## Signs that stay
#
# A weight is its first sign times a size, and only the size learns. PyTorch calls this a
# *parametrisation*: whoever reads `w_hidden` gets what `forward` makes of the number that learns.

# %%
class FixedSign(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.register_buffer("sign", weight.detach().sign())

    def forward(self, weight):
        return self.sign * weight.abs()


# %%
def error_deg(seed, learn_delays, **rates):
    """Train with this seed, and test on fresh sounds."""
    generator = torch.Generator().manual_seed(seed)
    network = Localiser(
        Stimulus(fibres_per_ear=10), Classes(36), hidden=10,
        learn_delays=learn_delays, generator=generator,
    )
    register_parametrization(network, "w_hidden", FixedSign(network.w_hidden))
    fit(network, generator, epochs=12, soft_labels=1.0, **rates)
    sounds = network.task.sample(4096, torch.Generator().manual_seed(1000 + seed))
    return evaluate(network, *sounds).error_deg


# %% [markdown]
# ### Predict
# **By how many per cent will the error with learned delays differ from the one with frozen delays,
# in your pair?** Below zero: learned is ahead. And write down what you expect of all pairs
# together: *alike*, *differs* or *open*?

# %%
predict("30.1", "Learned minus frozen in my pair", (-20, 20), unit="%")

# %%
frozen = error_deg(seed, learn_delays=False, lr=0.16)

# %%
learned = error_deg(seed, learn_delays=True, lr=0.04, delay_lr=0.25)

# %%
difference = 100 * (learned / frozen - 1)
print(f"seed {seed}: frozen {frozen:.2f}°, learned {learned:.2f}°, {difference:+.1f} %")
reveal("30.1", difference)

# %% [markdown]
# <details><summary>What it says</summary>
#
# Very little, by itself. You know how this one draw of weights, delays and sounds came out. Whether
# learning did it, or luck, one pair can't tell: your neighbour's may well have the other sign. So
# nobody runs a second seed because the first one looked odd, and nobody keeps a line back. Whoever
# chooses among lines chooses the verdict.
# </details>
#
# ## Hand it in
#
# Send this line to your teacher, once and not broken in two. A name before it does no harm.

# %%
print(hand_in(seed, frozen, learned))

# %%
review()

# %% [markdown]
# **What you now know**
# - A pair shares everything but what is compared.
# - Question, margin, seeds and stop were named before anybody ran anything.
# - A pair is one row. Thirty of them make an interval, and the interval gets the verdict.
