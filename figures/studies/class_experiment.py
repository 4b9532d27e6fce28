"""The class experiment's key: fixed signs, ten axonal fibres, ten hidden neurons; learned, frozen.

Family X of `PLAN.md` left this comparison *open*. Here it is asked as a class asks it, in
`notebooks/class/one_seed.py`: 768 updates and no more, so that a seed takes seconds. First both
sides are tuned alike, by rules 1 and 4: six trials each, judged by the error on the validation
sounds of seeds 0 to 2 (`compared/class_trials.csv`). Then each takes its best trial on thirty
seeds. Those are 200 to 229: 100 to 199 belong to students, and no row of the key is a row that
somebody could hand in.

    python -m figures.studies.class_experiment [seed ...] [--jobs N]
"""

import time
from pathlib import Path

import torch
from torch.nn.utils import parametrize

from course_utils import tables
from course_utils.training import fit
from figures.studies import study
from figures.studies.compared.conditions import DELAY_TRIALS, WEIGHT_TRIALS
from figures.studies.compared.constraints import FixedSign

TABLE = Path(__file__).with_suffix(".csv")
TRIALS = TABLE.parent / "compared" / "class_trials.csv"
TUNING, SEEDS = range(3), range(200, 230)
SIDES = {"frozen": WEIGHT_TRIALS, "learned": DELAY_TRIALS}
PLACE = study.DEFAULTS | dict(fibres=10, hidden=10)


def trials():
    """Six for each side."""
    return {
        f"{side}: {', '.join(map(str, trial.values()))}": dict(side=side) | trial
        for side, offered in SIDES.items()
        for trial in offered
    }


def settings():
    """Each side's best trial: the one with the smallest mean validation error."""
    rows = tables.read(TRIALS)

    def error(name):
        return tables.mean_interval(rows, "validation_error_deg", setting=name)[0]

    offered = trials()
    best = {side: min((n for n in offered if offered[n]["side"] == side), key=error)
            for side in SIDES}  # fmt: skip
    return {side: offered[name] for side, name in best.items()}


def run(seed, setting):
    """Train and test once; returns the columns of a row."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    delays = "frozen random" if setting["side"] == "frozen" else "learned"
    network = study.network_of(PLACE | dict(delays=delays), generator)
    constraint = FixedSign(network.w_hidden, generator)
    parametrize.register_parametrization(network, "w_hidden", constraint)
    rates = {key: setting[key] for key in ("lr", "delay_lr") if key in setting}
    common = setting.get("common_mode", "removed") == "removed"
    begin = time.process_time()
    history = fit(
        network, generator, PLACE["epochs"], soft_labels=PLACE["soft_labels"],
        remove_common_mode=common, progress=False, **rates,
    )  # fmt: skip
    seconds = time.process_time() - begin
    validation = min(history.validation_loss), history.validation_error_deg[history.best_epoch - 1]
    return (
        dict(side=setting["side"], lr=setting["lr"], delay_lr=setting.get("delay_lr", 0.0))
        | dict(common_mode=setting.get("common_mode", "none"))
        | dict(validation_error_deg=f"{validation[1]:.3f}")
        | study.errors(network, seed)
        | dict(seconds=f"{seconds:.1f}")
    )


if __name__ == "__main__":
    tables.fill(TRIALS, trials(), TUNING, run)
    study.main(TABLE, settings(), run, SEEDS)
