"""Checks of lesson 5: read the answer as a mean, and the price of whole delays."""

import torch

from ._answers import (
    Answer,
    Function,
    ask_tensor,
    check,
    close,
    first_hint,
    not_yet,
    right,
    shape_of,
)


@check
def exercise_5_1(softmax_mean: Function) -> Answer:
    """The class midpoints in radians, weighted by the softmax of logits `(n, classes)`."""
    logits = 2 * torch.randn(7, 12, generator=torch.Generator().manual_seed(0))
    middles = torch.linspace(-1.44, 1.44, 12)
    share = torch.softmax(logits, dim=1)
    answer = ask_tensor(softmax_mean, logits, middles)
    if answer.shape == (12,) or answer.shape == (7, 12):
        return not_yet(
            f"seven sounds want seven answers, and the shape is {tuple(answer.shape)}: "
            "for each sound, weigh the midpoints and add them up."
        )
    if answer.shape != (7,):
        return not_yet(f"seven sounds want seven answers, shape (7,), not {shape_of(answer)}.")
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

    def made(cost):
        return [cost(row) for setting in settings for row in rows if row["setting"] == setting]

    def cost(row):
        return row["rounded_error_deg"] - row["error_deg"]

    truth, seeds = made(cost), sum(row["setting"] == settings[0] for row in rows)
    answers = []
    for setting in settings:
        costs = ask_tensor(
            rounding_costs, rows, setting,
            wanted="a list is wanted, one difference for each seed, before any mean",
            given="Each row is a dictionary, `row[\"setting\"]`, and `rows` is a list of them.",
        )  # fmt: skip
        if costs.ndim == 0:
            return not_yet(
                "a list is wanted, one difference for each seed, before any mean; your function "
                "returns a single number."
            )
        if costs.numel() == len(rows):
            return not_yet(
                f"{len(rows)} differences, from all settings of the table: keep the rows whose "
                "`setting` is the one asked for."
            )
        if costs.shape != (seeds,):
            return not_yet(f"{seeds} seeds want {seeds} differences, not {_how_many(costs)}.")
        answers.append(costs)
    flat = torch.cat(answers)
    if close(flat, truth):
        soft, hard = (float(costs.mean()) for costs in answers)
        return right(
            f"on average {soft:+.2f}° with soft labels, and {hard:+.2f}° with hard ones. "
            "That is little, for delays rounded to 1 ms, which is 7.2° of phase; and a cost "
            "can be a gain."
        )
    mistakes = [
        (made(lambda row: -cost(row)),
         "your difference has the wrong sign: what rounding *costs* is rounded minus "
         "continuous."),
        (made(lambda row: row["rounded_error_deg"]),
         "that is the error after rounding, not yet its difference from the one before."),
        (made(lambda row: row["rounded_error_deg"] - row["argmax_error_deg"]),
         "compared with argmax; both columns must be read alike, so take `error_deg`."),
        (truth[:seeds] * 2,
         "right for \"learned\" only: use the `setting` that is asked for."),
        (made(lambda row: abs(cost(row))),
         "without its sign a difference can't tell cost from gain."),
    ]  # fmt: skip
    return first_hint(flat, mistakes, "for each row, rounded_error_deg minus error_deg.")


def _how_many(costs):
    return len(costs) if costs.ndim == 1 else f"a shape of {shape_of(costs)}"
