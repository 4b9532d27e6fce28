"""The rules of *Spoken words* in `../PLAN.md` as data."""

from dataclasses import dataclass

TUNE_SEEDS, TEST_SEEDS, NEW_SEEDS = range(2), range(5, 15), range(15, 25)
MARGIN = 0.05  # of the wrong words of the control
MAX_DELAY, TAU_MS = 25, 20.0  # 250 ms, the longest delay of most conditions
UPDATES = 1000
PLAIN = ("counts", "every bin", "convolution", "GRU")

WEIGHT_TRIALS = [dict(lr=lr) for lr in (0.015, 0.03, 0.06, 0.12)]
RIVAL_TRIALS = [dict(lr=lr) for lr in (0.003, 0.01, 0.03, 0.1)]
DELAY_TRIALS = [dict(lr=lr, delay_lr=delay_lr) for lr in (0.03, 0.06) for delay_lr in (0.1, 0.3)]


@dataclass(frozen=True)
class Condition:
    """What listens, and what of it learns.

    Attributes
    ----------
    task : "words" or "reversals"
    delays : "none", "frozen", "learned", "whole" (in every update), "bell" or "selected"
    plain : str
        A rival without neurons that fire, one of `PLAIN`; "" for none.
    tuned_as : str
        The condition whose tuned setting it takes; its own if None.
    seeds : range
        Those that a verdict rests on.
    """

    task: str = "words"
    delays: str = "learned"
    kind: str = "synaptic"
    hidden: tuple[int, ...] = (32,)
    fan_in: int | None = None
    max_delay: int = MAX_DELAY
    tau_ms: float = TAU_MS
    recurrent: bool = False
    plain: str = ""
    tuned_as: str | None = None
    updates: int = UPDATES
    seeds: range = TEST_SEEDS

    @property
    def moves(self) -> bool:
        """Whether the delays have a gradient."""
        return self.delays in ("learned", "whole", "bell")

    @property
    def trials(self) -> list[dict]:
        """The four settings among which validation chooses."""
        if self.plain:
            return RIVAL_TRIALS
        return DELAY_TRIALS if self.moves else WEIGHT_TRIALS


def _with(names, **how) -> dict:
    """Conditions that differ in their delays only, with what they share said behind."""
    words = how.pop("said", "")
    return {f"{name}{words}": Condition(delays=name, **how) for name in names}


BOTH = ("frozen", "learned")
CONDITIONS = (
    {"none": Condition(delays="none", max_delay=0)}
    | _with((*BOTH, "whole", "bell"))
    | _with((*BOTH, "whole", "selected"), said=", fan-in 10", fan_in=10)
    | _with((*BOTH, "whole", "selected"), said=", fan-in 4", fan_in=4)
    | {"none, reversals": Condition("reversals", "none", max_delay=0)}
    | _with(BOTH, said=", reversals", task="reversals")
    | _with(BOTH, said=", axonal", kind="axonal")
    | {
        "frozen, as many parameters": Condition(delays="frozen", hidden=(53,)),
        "none, as many parameters": Condition(delays="none", max_delay=0, hidden=(53,)),
        "none, tau 80 ms": Condition(delays="none", max_delay=0, tau_ms=80.0),
        "none, recurrent": Condition(delays="none", max_delay=0, recurrent=True),
    }
    | {f"{name}, 64 hidden": Condition(delays=name, hidden=(64,), tuned_as=name) for name in BOTH}
    | {
        f"{name}, twice as long": Condition(delays=name, updates=2 * UPDATES, tuned_as=name)
        for name in BOTH
    }
    | {f"{name}, 100 ms": Condition(delays=name, max_delay=10, tuned_as=name) for name in BOTH}
    | {
        f"{name}{words}, again": Condition(
            delays=name, fan_in=fan_in, tuned_as=f"{name}{words}", seeds=NEW_SEEDS
        )
        for name in ("frozen", "whole")
        for words, fan_in in (("", None), (", fan-in 10", 10))
    }
    | {how: Condition(delays="none", plain=how, hidden=(64,)) for how in PLAIN}
)

HAVING = [("frozen", "none"), ("frozen, reversals", "none, reversals")]
LEARNING = [
    (f"learned{words}", f"frozen{words}")
    for words in ("", ", fan-in 10", ", fan-in 4", ", reversals", ", axonal", ", 64 hidden",
                  ", 100 ms", ", twice as long")
]  # fmt: skip
COMPARISONS = [
    *(("having", *pair) for pair in HAVING),
    *(("learning", *pair) for pair in LEARNING),
    ("rules", "bell", "learned"),
    *(("whole", f"whole{words}", f"frozen{words}") for words in ("", ", fan-in 10", ", fan-in 4")),
    *(("again", f"whole{words}, again", f"frozen{words}, again") for words in ("", ", fan-in 10")),
    *(
        ("selection", f"selected{words}", f"{other}{words}")
        for words in (", fan-in 10", ", fan-in 4")
        for other in BOTH
    ),
    ("prices", "learned", "frozen, as many parameters"),
    ("prices", "frozen", "none, as many parameters"),
    ("prices", "frozen", "none, tau 80 ms"),
    ("prices", "frozen", "none, recurrent"),
]
"""Family, condition, control: every comparison, by the share of wrong words."""
FAMILIES = tuple(dict.fromkeys(family for family, *_ in COMPARISONS)) + ("rivals",)


def conditions(families=FAMILIES) -> list[str]:
    """Names of the conditions that these families need; "rivals" are those without a verdict."""
    needed = {name for family, *pair in COMPARISONS if family in families for name in pair}
    return [n for n in CONDITIONS if n in needed or (n in PLAIN and "rivals" in families)]


def trial_name(condition: str, number: int) -> str:
    """What a setting is called in the tuning table."""
    return f"{condition}, trial {number}"


def trials(families=FAMILIES) -> dict:
    """All settings of the tuning table."""
    return {
        trial_name(name, number): dict(condition=name, **trial)
        for name in conditions(families)
        if CONDITIONS[name].tuned_as is None
        for number, trial in enumerate(CONDITIONS[name].trials)
    }


def tests(families=FAMILIES) -> list[tuple[str, int]]:
    """Pairs of condition and seed of the test table."""
    return [(name, seed) for name in conditions(families) for seed in CONDITIONS[name].seeds]
