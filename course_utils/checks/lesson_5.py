"""Checks of lesson 5: read the answer as a mean, and the price of whole delays."""

from types import GeneratorType

import numpy as np
import torch

from ._answers import Answer, Function, ask, ask_tensor, check, close, first_hint, not_yet, right


@check
def exercise_5_1(softmax_mean: Function) -> Answer:
    """The class midpoints in radians, weighted by the softmax of logits `(n, classes)`."""
    logits = 2 * torch.randn(7, 12, generator=torch.Generator().manual_seed(0))
    middles = torch.linspace(-1.44, 1.44, 12)
    share = torch.softmax(logits, dim=1)
    answer = ask_tensor(softmax_mean, logits.clone(), middles.clone())
    if answer.shape == (12,) or answer.shape == (7, 12):
        return not_yet(
            f"seven sounds want seven answers, and the shape is {tuple(answer.shape)}: "
            "for each sound, weigh the midpoints and add them up."
        )
    if answer.shape != (7,):
        return not_yet(f"seven sounds want seven answers, shape (7,), not {tuple(answer.shape)}.")
    if close(answer, share @ middles, 1e-5):
        return right("neighbouring classes share the vote, and the mean falls between them.")
    mistakes = [
        (torch.softmax(logits, dim=0) @ middles,
         "the probabilities of one *sound* must add up to 1. With dim=0 the sounds compete."),
        (middles[logits.argmax(1)],
         "that is argmax: the winner takes all, and the vote of its neighbour is lost."),
        (logits @ middles,
         "logits are not probabilities, some are negative: take their softmax first."),
        (logits.exp() @ middles,
         "these weights do not add up to 1 for each sound: softmax divides by their sum."),
        ((share * middles).mean(1),
         "twelve times too small: the probabilities already weigh, so add up, do not average."),
        (torch.rad2deg(share @ middles),
         "in degrees; inside, the course keeps radians, and converts where people look."),
    ]  # fmt: skip
    return first_hint(
        answer, mistakes,
        "each answer should lie among the midpoints, near those with a large probability.",
    )  # fmt: skip


@check
def exercise_5_2(rounding_costs: Function, rows: list[dict]) -> Answer:
    """For each seed of a setting, the error with rounded delays minus that without."""
    settings = ("learned", "hard labels")

    def made(cost, keep=lambda row, setting: row["setting"] == setting):
        return [[cost(row) for row in rows if keep(row, setting)] for setting in settings]

    def cost(row):
        return row["rounded_error_deg"] - row["error_deg"]

    truth = made(cost)
    answers = []
    for setting in settings:
        costs = ask(rounding_costs, [dict(row) for row in rows], setting)
        kind = type(costs).__name__
        if isinstance(costs, (torch.Tensor, np.ndarray)):
            costs = costs.tolist()
        elif isinstance(costs, GeneratorType):
            costs = list(costs)
        if not isinstance(costs, (list, tuple)):
            return not_yet(
                "a list is wanted, one difference for each seed, before any mean; your function "
                f"returns a {kind}."
            )
        if len(costs) == len(rows):
            return not_yet(
                f"{len(costs)} differences, from all settings of the table: keep the rows whose "
                "`setting` is the one asked for."
            )
        answers.append(costs)
    if [len(a) for a in answers] == [len(t) for t in truth]:
        flat = [value for costs in answers for value in costs]
        if close(flat, sum(truth, [])):
            soft, hard = (sum(costs) / len(costs) for costs in answers)
            return right(
                f"on average {soft:+.2f}° with soft labels, and {hard:+.2f}° with hard ones. "
                "That is little, for delays rounded to 1 ms, which is 7.2° of phase; and a cost "
                "can be a gain."
            )
        mistakes: list[tuple[list[float], str]] = [
            (sum(made(lambda row: -cost(row)), []),
             "your difference has the wrong sign: what rounding *costs* is rounded minus "
             "continuous."),
            (sum(made(lambda row: row["rounded_error_deg"]), []),
             "that is the error after rounding, not yet its difference from the one before."),
            (sum(made(lambda row: row["rounded_error_deg"] - row["argmax_error_deg"]), []),
             "compared with argmax; both columns must be read alike, so take `error_deg`."),
            (sum([truth[0]] * 2, []),
             "right for \"learned\" only: use the `setting` that is asked for."),
            (sum(made(lambda row: abs(cost(row))), []),
             "without its sign a difference can't tell cost from gain."),
        ]  # fmt: skip
        return first_hint(flat, mistakes, "for each row, rounded_error_deg minus error_deg.")
    return not_yet(
        f"{len(truth[0])} seeds want {len(truth[0])} differences, not {len(answers[0])}."
    )
