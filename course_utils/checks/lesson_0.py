"""Checks of lesson 0: exchange the ears, and silence one of them."""

import math

import torch
from torch import Tensor

from ..network import DirectionNetwork
from ._answers import Answer, Function, ask_spikes, check, not_yet, right, shape_of

_SLICE = "A slice ends *before* its last number: `0:99` are channels 0 to 98, `:100` are 0 to 99."


def _degrees(network: DirectionNetwork, spikes: Tensor) -> Tensor:
    """Where `network` points for each sound of `spikes` `(n, time, channel)`, in degrees."""
    with torch.no_grad():
        return torch.rad2deg(network.decode(network(spikes)))


@check
def exercise_0_1(swap_ears: Function, spikes: Tensor, network: DirectionNetwork) -> Answer:
    """Exchange the ears of one sound, `spikes` `(time, 200)`, and ask `network` about it."""
    ears = spikes.shape[1] // 2
    left, right_ear = spikes[:, :ears], spikes[:, ears:]
    answer = ask_spikes(swap_ears, spikes)
    if answer.shape == (2 * len(spikes), ears):
        return not_yet(
            "you put one ear after the other in time (dim=0); fibres lie side by side in dim=1."
        )
    if answer.shape != spikes.shape:
        return not_yet(
            f"two nerves with {ears} fibres each go on to the network, so the shape stays "
            f"{tuple(spikes.shape)}; yours is {shape_of(answer)}.{_cut(answer, 2 * ears)}"
        )
    if torch.equal(answer, spikes):
        return not_yet("these are the spikes you were given: nobody has changed places.")
    if torch.equal(answer, spikes.flip(1)):
        return not_yet(
            "the ears have changed places, but the fibres of each ear now stand in reverse order. "
            "Every fibre has a delay of its own, so its place matters."
        )
    if torch.equal(answer, spikes.flip(0)):
        return not_yet("you let time run backwards; each ear still hears with its own fibres.")
    if torch.equal(answer[:, :ears], answer[:, ears:]):
        return not_yet("both nerves now carry the same ear: no shift is left between them.")
    if not torch.equal(answer, torch.cat([right_ear, left], dim=1)):
        return not_yet(
            f"these are not the same spikes with ears exchanged: the first {ears} channels "
            f"should be what channels {ears} to {2 * ears - 1} were, and the other way round."
        )
    before, after = _degrees(network, torch.stack([spikes, answer])).tolist()
    return right(
        f"the network pointed to {before:+.0f}° and now points to {after:+.0f}°. "
        "You have mirrored the world."
    )


def _cut(answer, channels):
    """What to say about an answer that lacks one channel, or one of each ear."""
    short = answer.ndim and 0 < channels - answer.shape[-1] <= 2
    return f" {_SLICE}" if short else ""


def _still_speaks(left, answer):
    """What it means that some channels of the `left` ear are heard in the `answer`."""
    still, last = left.nonzero().flatten().tolist(), len(left) - 1
    if not answer[:, : len(left)].any():
        return f"you silenced the first {len(left)} ms of both ears: channels are the last axis."
    if still == [last]:
        return f"channel {last} of the left ear still speaks. {_SLICE}"
    if len(still) <= last:
        few = ", ".join(map(str, still[:3])) + (", ..." if len(still) > 3 else "")
        return f"a part of the left ear still speaks, channels {few}: it has channels 0 to {last}."
    return f"the left ear still speaks: channels 0 to {last} of every sound, at all times."


@check
def exercise_0_2(
    silence_left: Function, sounds: tuple[Tensor, Tensor], network: DirectionNetwork
) -> Answer:
    """Silence the left ear of `sounds`, `(ipd (n,), spikes (n, time, 200))`, and ask `network`."""
    ipd, spikes = sounds
    ears = spikes.shape[2] // 2
    answer = ask_spikes(
        silence_left, spikes,
        untouched="you silenced the recording itself, and every later cell would hear it so: "
        "begin with spikes = spikes.clone().",
    )  # fmt: skip
    if answer.shape != spikes.shape:
        return not_yet(
            "a deaf ear still has its fibres, they only stay silent: the shape should be "
            f"{tuple(spikes.shape)}, and yours is {shape_of(answer)}."
        )
    speaks = answer.flatten(0, 1).any(0)
    left, others = speaks[:ears], speaks[ears:]
    if not speaks.any():
        return not_yet("now both ears are deaf. Leave the right one, channels 100 to 199, alone.")
    if not others.any():
        return not_yet("you silenced the right ear: the left one has channels 0 to 99.")
    if left.any():
        return not_yet(_still_speaks(left, answer))
    if not torch.equal(answer[..., ears:], spikes[..., ears:]):
        return not_yet("the left ear is silent, but spikes of the right ear have changed as well.")
    off = float((_degrees(network, answer) - torch.rad2deg(ipd)).abs().mean())
    ahead = float(torch.rad2deg(ipd).abs().mean())
    return right(
        f"with one ear the network is wrong by {off:.0f}° on average, and always pointing "
        f"straight ahead is wrong by {math.floor(ahead + 0.5)}°. This network is lost with one "
        "ear. Whether any learner would be: lesson 1."
    )
