"""The rules of `../PLAN.md` as data: places, seeds, families, and what is compared."""

from dataclasses import dataclass

from figures.studies.compared.conditions import (
    CONDITIONS,
    EACH,
    FREE,
    REMOVED,
    SLOW,
    Condition,
)  # fmt: skip
from figures.studies.compared.constraints import CONSTRAINTS

MARGIN = 0.05  # of the control's mean error
LEVEL = 0.05
CLASSES, MAX_DELAY, TAU_MS, WINDOW_MS = 36, 50, 5.0, 100
TWELVE = 12  # classes of the clicks, and of the prototype

LAYERS = {
    "axonal in two layers": (25, 25),
    "clicks, 15 ms in both layers": (15, 15),
    "clicks, 30 ms in front": (30, 0),
}


@dataclass(frozen=True)
class Place:
    """A size of network, how many seeds it gets, and what one run takes on one core (measured)."""

    kind: str
    fibres: int
    hidden: int
    test: int
    seconds: float
    tune: int = 3
    first_seed: int = 5  # of those that test

    def __str__(self):
        ears = "" if self.clicks else f", {self.fibres} per ear"
        return f"{self.kind}{ears}, {self.hidden} hidden"

    @property
    def synaptic(self) -> bool:
        """Whether every connection has a delay of its own."""
        return self.kind == "synaptic"

    @property
    def dendritic(self) -> bool:
        """Whether every hidden neuron has one delay, behind the sum of what it hears."""
        return self.kind == "dendritic"

    @property
    def one_phase(self) -> bool:
        """Whether all sounds of a seed begin at one phase, as the prototype's did."""
        return self.kind.endswith("one phase")

    @property
    def classes(self) -> int:
        """How many classes the readout tells apart."""
        return TWELVE if self.clicks or self.one_phase else CLASSES

    @property
    def clicks(self) -> bool:
        """Whether the task is the gap between two clicks, and not a tone."""
        return self.kind.startswith("clicks")

    @property
    def layers(self) -> tuple[int, int] | None:
        """Longest delays of two layers, in steps; None for a network of one."""
        return LAYERS.get(self.kind)

    @property
    def tune_seeds(self) -> range:
        """Seeds on which settings are chosen."""
        return range(self.tune)

    @property
    def test_seeds(self) -> range:
        """Seeds on which verdicts rest."""
        return range(self.first_seed, self.first_seed + self.test)

    def hidden_of(self, condition: Condition) -> int:
        """Hidden neurons, so many that parameters are equal where that is asked for."""
        if not condition.as_many:
            return self.hidden
        channels = 2 * self.fibres
        delays = channels * (self.hidden if self.synaptic else 1)
        learn = self.hidden * (channels + self.classes) + delays
        return round(learn / (channels + self.classes))


AXONAL_1_10 = Place("axonal", 1, 10, 25, 5.8)
AXONAL_10_10 = Place("axonal", 10, 10, 15, 7.6)
AXONAL_10_30 = Place("axonal", 10, 30, 15, 9.0)
SYNAPTIC_10_10 = Place("synaptic", 10, 10, 15, 15.5)
DENDRITIC_10_10 = Place("dendritic", 10, 10, 15, 7.6)
COMPARED = ("learned", "frozen")
EVEN, BANK = (tuple(f"{a}{b}" for a, b in (("learned from ", x), ("frozen ", x)))
              for x in ("even", "bank"))  # fmt: skip

DEAREST = (
    Place("axonal", 100, 30, 10, 24.0, tune=2),
    Place("synaptic", 10, 30, 10, 24.0, tune=2),
)
HEART = (
    AXONAL_1_10,
    AXONAL_10_30,
    SYNAPTIC_10_10,
    Place("axonal", 1, 30, 25, 8.4),
    Place("synaptic", 1, 10, 15, 7.4),
    Place("synaptic", 4, 10, 15, 9.0),
    Place("axonal", 2, 10, 25, 5.9),
    AXONAL_10_10,
)
AGAIN = (
    Place("axonal", 2, 10, 50, 5.9, first_seed=30),
    Place("axonal", 1, 10, 50, 5.8, first_seed=30),
    Place("synaptic", 1, 10, 50, 7.4, first_seed=30),
)
ONCE_MORE = ("learned again", "frozen again")
HUNDRED_AGAIN = Place("axonal", 100, 30, 10, 35.0, tune=2, first_seed=30)
SLOWER = ("learned, slower", "frozen, slower")
TEN_AGAIN = Place("axonal", 10, 10, 15, 9.0, first_seed=30)
SYNAPTIC_AGAIN = Place("synaptic", 10, 10, 10, 75.0, tune=2, first_seed=30)
TWO_LAYERS = Place("axonal in two layers", 10, 30, 15, 19.0)
CLICKS = (
    Place("clicks, 15 ms in both layers", 20, 30, 10, 28.0, tune=2),
    Place("clicks, 30 ms in front", 20, 30, 10, 28.0, tune=2),
)
PROTOTYPE = Place("axonal, one phase", 100, 30, 10, 26.0, tune=2)
PROTOTYPE_AGAIN = Place("axonal, one phase", 100, 30, 20, 16.0, tune=2, first_seed=30)
DEFAULT_PLACES = (AXONAL_1_10, AXONAL_10_30, AXONAL_10_10, SYNAPTIC_10_10)
RULES = ("straight through", "bell", "tent", "prototype's rule")
WHOLE = ("whole, nearest", "whole, stochastic")
RECURRENT_AGAIN = ("learned, recurrent, slower", "frozen, recurrent, again")
RULES_AGAIN = tuple(f"{rule} again" for rule in RULES[1:])
BANKS_AGAIN = ("none, learned again", "bank, frozen again")
DRAWN_WHOLE = "frozen, drawn whole"
SLOW_WEIGHTS = ("bell as DCLS, slow weights", "learned, slow weights")
RECURRENT = ("none, recurrent", "frozen, recurrent", "learned, recurrent")
BANKS = ("none", "bank, frozen", "none, learned", "bank, learned")

BLOCKS = [
    *(("A", place, COMPARED) for place in HEART),
    ("B", SYNAPTIC_10_10, ("delays only", "readout only", "frozen, as many parameters")),
    ("B", AXONAL_10_30, ("delays only", "readout only")),
    ("F", AXONAL_10_30, (*EVEN, *BANK, "learned from zero")),
    ("E", AXONAL_1_10, RULES),
    ("W", AXONAL_1_10, WHOLE),
    ("W", AXONAL_10_10, WHOLE[:1]),
    *(("X", AXONAL_10_10, (f"learned, {words}", f"frozen, {words}")) for words in CONSTRAINTS),
    ("X", AXONAL_10_10, ("delays first",)),
    *(("D", place, COMPARED) for place in DEAREST),
    *(("G", place, (FREE, REMOVED, SLOW)) for place in DEFAULT_PLACES),
    ("G", SYNAPTIC_10_10, (EACH,)),
    ("Z", AGAIN[0], ONCE_MORE),
    ("L", HUNDRED_AGAIN, SLOWER),
    *(("Y", place, ONCE_MORE) for place in AGAIN[1:]),
    ("H", TWO_LAYERS, COMPARED),
    ("S", SYNAPTIC_10_10, ("bell",)),
    *(("K", place, COMPARED) for place in CLICKS),
    ("P", PROTOTYPE, BANKS),
    ("N", AXONAL_10_10, ("none", *RECURRENT)),
    ("U", AGAIN[1], RULES_AGAIN),
    ("V", TEN_AGAIN, RECURRENT_AGAIN),
    ("M", AGAIN[1], (DRAWN_WHOLE, "whole again")),
    ("M", AGAIN[2], (DRAWN_WHOLE, WHOLE[0])),
    ("Q", SYNAPTIC_AGAIN, SLOW_WEIGHTS),
    ("O", PROTOTYPE_AGAIN, BANKS_AGAIN),
    ("J", DENDRITIC_10_10, (*COMPARED, "none")),
    ("J", AXONAL_10_10, ("delays longer",)),
]
"""Family, place and conditions, the most important first; a family may lean on those before it."""
FAMILIES = "".join(dict.fromkeys(family for family, *_ in BLOCKS))


def cells(families: str = FAMILIES):
    """Place and name of condition, in order of importance."""
    for family, place, names in BLOCKS:
        if family in families:
            yield from ((place, name) for name in names)


def name_of(place: Place, condition: str, trial: int | None = None) -> str:
    """What a setting is called in the tables."""
    return f"{place}: {condition}" + ("" if trial is None else f", trial {trial}")


def trials(families: str = FAMILIES) -> dict:
    """All settings of the tuning table."""
    return {
        name_of(place, name, number): dict(place=place, condition=name, **trial)
        for place, name in cells(families)
        if CONDITIONS[name].tuned_as is None and CONDITIONS[name].default is None
        for number, trial in enumerate(CONDITIONS[name].trials)
    }


def comparisons() -> list[tuple]:
    """Every comparison on the test seeds: family, place, condition, control."""
    found = [("A", place, *COMPARED) for place in HEART]
    for place in (SYNAPTIC_10_10, AXONAL_10_30):
        found += [("B", place, "delays only", control) for control in ("readout only", "frozen")]
    found += [("B", SYNAPTIC_10_10, "learned", "frozen, as many parameters")]
    found += [("F", AXONAL_10_30, *pair) for pair in (EVEN, BANK)]
    starts = ("frozen even", "frozen bank", "learned from zero")
    found += [("F", AXONAL_10_30, start, "frozen") for start in starts]
    found += [("E", AXONAL_1_10, rule, "learned") for rule in RULES]
    found += [("W", AXONAL_1_10, whole, "learned") for whole in WHOLE]
    found += [("W", AXONAL_10_10, WHOLE[0], "learned")]
    found += [("X", AXONAL_10_10, *(f"{a}, {words}" for a in COMPARED)) for words in CONSTRAINTS]
    found += [("X", AXONAL_10_10, "delays first", "learned")]
    found += [("D", place, *COMPARED) for place in DEAREST]
    for pair in ((REMOVED, FREE), (SLOW, REMOVED)):
        found += [("G", place, *pair) for place in DEFAULT_PLACES]
    found += [("G", SYNAPTIC_10_10, EACH, REMOVED)]
    found += [("Z", AGAIN[0], *ONCE_MORE)]
    found += [("Y", place, *ONCE_MORE) for place in AGAIN]
    found += [("L", HUNDRED_AGAIN, *SLOWER)]
    found += [("H", TWO_LAYERS, *COMPARED)]
    found += [("S", SYNAPTIC_10_10, "bell", "learned")]
    found += [("K", place, *COMPARED) for place in CLICKS]
    found += [("P", PROTOTYPE, *pair) for pair in _pairs(*BANKS)]
    found += [("N", AXONAL_10_10, *pair) for pair in _recurrence(*RECURRENT)]
    found += [("T", AXONAL_1_10, rule, "learned") for rule in RULES]
    found += [("U", AGAIN[1], rule, ONCE_MORE[0]) for rule in RULES_AGAIN]
    found += [("V", TEN_AGAIN, *RECURRENT_AGAIN)]
    for place, whole in zip(AGAIN[1:], ("whole again", WHOLE[0]), strict=True):
        found += [("M", place, name, DRAWN_WHOLE) for name in (ONCE_MORE[0], whole)]
    found += [("Q", SYNAPTIC_AGAIN, *SLOW_WEIGHTS)]
    found += [("O", PROTOTYPE_AGAIN, *BANKS_AGAIN)]
    found += [("J", DENDRITIC_10_10, *pair) for pair in (COMPARED, ("frozen", "none"))]
    found += [("J", AXONAL_10_10, "delays longer", "learned")]
    return found + [("R", place, *COMPARED) for place in HEART]


def _pairs(none, bank, learned, both):
    """The prototype's two switches, one at a time."""
    return [(none, bank), (learned, bank), (learned, none), (both, bank)]


def _recurrence(alone, frozen, learned):
    """In place of delays, beside them, and whether delays should learn then."""
    return [(alone, "none"), (alone, "frozen"), (frozen, "frozen"), (learned, frozen)]


OUTCOMES = dict.fromkeys("TU", "accuracy") | dict.fromkeys("MWRY", "rounded_error_deg")
"""What a family judges, where it isn't the error."""

SECOND_LOOKS = "OQUVYZ"
"""Families that ask again, with seeds of their own, what another one left open."""

DEFAULTS = [(0, 2), (1, 3), (0, 1), (0, 3)]
"""Family C: numbers of two of the `DELAY_TRIALS`, the second one the control."""
