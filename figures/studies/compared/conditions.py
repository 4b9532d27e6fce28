"""The conditions of `../PLAN.md` as data: what learns, from where, and among which settings."""

from dataclasses import dataclass

from figures.studies.compared.constraints import CONSTRAINTS

WEIGHT_TRIALS = [dict(lr=lr) for lr in (0.005, 0.01, 0.02, 0.04, 0.08, 0.16)]
DELAY_TRIALS = [
    dict(lr=lr, delay_lr=delay_lr, common_mode=common_mode)
    for lr, delay_lr, common_mode in (
        (0.02, 0.1, "removed"),
        (0.02, 0.5, "removed"),
        (0.02, 0.1, "free"),
        (0.02, 0.5, "free"),
        (0.01, 0.25, "removed"),
        (0.04, 0.25, "removed"),
    )
]
SLOWER_WEIGHTS = [dict(lr=lr) for lr in (0.0025, 0.0035, 0.005, 0.007, 0.01, 0.014)]
SLOWER_DELAYS = [
    dict(lr=lr, delay_lr=delay_lr, common_mode="removed")
    for lr in (0.0025, 0.005, 0.01)
    for delay_lr in (0.02, 0.1)
]
SLOW_WEIGHTS = [
    dict(lr=lr, delay_lr=delay_lr, common_mode="removed")
    for lr, delay_lr in (
        (0.001, 0.1),
        (0.0025, 0.1),
        (0.0025, 0.25),
        (0.005, 0.1),
        (0.005, 0.25),
        (0.01, 0.1),
    )
]
BESIDE_RECURRENCE = [
    dict(lr=lr, delay_lr=delay_lr, common_mode="removed")
    for lr in (0.02, 0.04, 0.08)
    for delay_lr in (0.02, 0.1)
]


@dataclass(frozen=True)
class Condition:
    """What learns, from which first delays, and whose tuned setting it takes (its own if None)."""

    first: str = "random"
    delays: bool = False
    weights: bool = True
    tuned_as: str | None = None
    as_many: bool = False  # as many parameters as a network that learns its delays, too
    estimator: str = "linear"
    whole: str | None = None  # delays that are whole in every update, see `DelayOptimizer`
    constraint: str | None = None  # on the weights into the hidden neurons
    alone: str | None = None  # when delays learn without the weights: "first" or "longer"
    default: tuple[float, str] | None = None  # not tuned: rate of the delays and common mode
    others: list[dict] | None = None  # six trials in place of the usual ones
    recurrent: bool = False  # the hidden neurons hear each other, a step later
    end: float | None = None  # steps to which a bell narrows; None for the end of its rule

    @property
    def trials(self) -> list[dict]:
        """The settings among which validation chooses; one if nothing is tuned."""
        if self.default is not None:
            return [dict(lr=0.02, delay_lr=self.default[0], common_mode=self.default[1])]
        if self.others is not None:
            return self.others
        return DELAY_TRIALS if self.delays else WEIGHT_TRIALS


CONDITIONS = {
    "learned": Condition(delays=True),
    "frozen": Condition(),
    "delays only": Condition(delays=True, weights=False),
    "readout only": Condition(weights=False),
    "frozen, as many parameters": Condition(as_many=True),
    "learned from even": Condition("even", delays=True, tuned_as="learned"),
    "frozen even": Condition("even", tuned_as="frozen"),
    "learned from bank": Condition("bank", delays=True, tuned_as="learned"),
    "frozen bank": Condition("bank", tuned_as="frozen"),
    "learned from zero": Condition("zero", delays=True, tuned_as="learned"),
    "straight through": Condition(delays=True, estimator="straight_through"),
    "bell": Condition(delays=True, estimator="gaussian"),
    "tent": Condition(delays=True, estimator="triangle"),
    "prototype's rule": Condition(delays=True, estimator="prototype"),
    "whole, nearest": Condition(delays=True, whole="nearest"),
    "whole, stochastic": Condition(delays=True, whole="stochastic"),
    "delays first": Condition(delays=True, alone="first"),
    "delays longer": Condition(delays=True, alone="longer"),
    "learned again": Condition(delays=True, tuned_as="learned"),
    "frozen again": Condition(tuned_as="frozen"),
    "bell again": Condition(delays=True, estimator="gaussian", tuned_as="bell"),
    "tent again": Condition(delays=True, estimator="triangle", tuned_as="tent"),
    "prototype's rule again": Condition(
        delays=True, estimator="prototype", tuned_as="prototype's rule"
    ),
    "learned, slower": Condition(delays=True, others=SLOWER_DELAYS),
    "frozen, slower": Condition(others=SLOWER_WEIGHTS),
    "none": Condition("zero"),
    "none, recurrent": Condition("zero", recurrent=True),
    "frozen, recurrent": Condition(recurrent=True),
    "learned, recurrent": Condition(delays=True, recurrent=True),
    "learned, recurrent, slower": Condition(delays=True, recurrent=True, others=BESIDE_RECURRENCE),
    "frozen, recurrent, again": Condition(recurrent=True, tuned_as="frozen, recurrent"),
    "bank, frozen": Condition("bank"),
    "bank, learned": Condition("bank", delays=True),
    "none, learned": Condition("zero", delays=True),
    "frozen, drawn whole": Condition("whole", tuned_as="frozen"),
    "whole again": Condition(delays=True, whole="nearest", tuned_as="whole, nearest"),
    "bank, frozen again": Condition("bank", tuned_as="bank, frozen"),
    "none, learned again": Condition("zero", delays=True, tuned_as="none, learned"),
    "bell as DCLS, slow weights": Condition(
        delays=True, estimator="gaussian", end=0.5, others=SLOW_WEIGHTS
    ),
    "learned, slow weights": Condition(delays=True, others=SLOW_WEIGHTS),
}
FREE, REMOVED, SLOW, EACH = (
    f"rate {rate}, common mode {words}"
    for rate, words in ((0.5, "free"), (0.5, "removed"), (0.1, "removed"), (0.5, "each output"))
)
CONDITIONS |= {
    FREE: Condition(delays=True, default=(0.5, "free")),
    REMOVED: Condition(delays=True, default=(0.5, "removed")),
    SLOW: Condition(delays=True, default=(0.1, "removed")),
    EACH: Condition(delays=True, default=(0.5, "each output")),
}
CONDITIONS |= {
    f"{name}, {words}": Condition(delays=name == "learned", constraint=words)
    for words in CONSTRAINTS
    for name in ("learned", "frozen")
}
