"""Time one training step: the prototype's, ours, the plain reference, and peers that install.

One process, all variants in turn, medians over many rounds, with 1 and with 2 threads. Every
variant first shows that it computes the same loss (and, where it has one, the same gradient).
Also measured: the machine's matrix-product rate and copy bandwidth, hence a floor for this step;
the memory that each variant takes; and how our cost grows with every dimension.

    python benchmarks/train_step.py [--rounds N]

Writes `figures/train_step.csv` and `figures/train_step.png`.
"""

import argparse
import csv
import math
import statistics
import time
from pathlib import Path

import torch
import variants
from torch.profiler import ProfilerActivity, profile

from course_utils import plots

FIGURES = Path(__file__).resolve().parent.parent / "figures"
SIZES = dict(batch=64, steps=150, channels=200, hidden=30)
SCALES = (1, 2, 4, 8, 16)
IN_A_ROW = 5


def median_ms(run, rounds):
    """Median time of `run()` in ms, after two warm-up calls."""
    return statistics.median(interleaved_ms({"it": run}, rounds)["it"])


def interleaved_ms(runs, rounds, clock=time.perf_counter):
    """Times in ms of several functions, in turn, so that a slow moment hits them alike.

    Each turn is a few calls in a row, as in training, where one step follows another.
    """
    for run in runs.values():
        run(), run()
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            for _ in range(IN_A_ROW):
                begin = clock()
                run()
                times[name].append(1000 * (clock() - begin))
    return times


def machine(rounds):
    """Best matrix-product rate in GFLOP/s and copy bandwidth in GB/s at this thread count."""
    a = torch.rand(1024, 1024)
    big = torch.rand(16_000_000)
    out = torch.empty_like(big)
    gemm = min(interleaved_ms({"it": lambda: a @ a}, rounds)["it"])
    copy = min(interleaved_ms({"it": lambda: out.copy_(big)}, rounds)["it"])
    return 2 * 1024**3 / gemm / 1e6, 2 * big.nbytes / copy / 1e6


def floor_ms(gflops, gbytes):
    """Least time of a step: three matrix products, and the spikes read once in each direction.

    Forward, weights' and delays' gradient each need channels x hidden x steps multiply-adds for
    every sound.
    """
    effective = SIZES["steps"] - variants.MAX_DELAY
    products = 3 * 2 * SIZES["channels"] * SIZES["hidden"] * effective * SIZES["batch"]
    spikes = 2 * SIZES["channels"] * SIZES["steps"] * SIZES["batch"]
    return products / gflops / 1e6 + spikes / gbytes / 1e6


def allocated_mb(run):
    """All memory that one call asks for, summed, and the peak above the start, in MB."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        run()
    level = peak = 0
    for event in record.profiler.kineto_results.events():
        if event.name() == "[memory]":
            level += event.nbytes()
            peak = max(peak, level)
    return peak / 1e6


def growth(rounds):
    """Our cost in every dimension, in ms and in ms per (sample x step x channel x hidden unit).

    Steps are those of the window that Method B leaves: the others cost nothing.
    """
    rows = []
    for dimension in SIZES:
        for scale in SCALES:
            sizes = SIZES | {dimension: SIZES[dimension] * scale}
            step = variants.problem(**sizes).ours
            cost = median_ms(step, max(2, rounds // (2 * scale)))
            work = math.prod((sizes | {"steps": sizes["steps"] - variants.MAX_DELAY}).values())
            rows.append((dimension, scale, cost, cost / work))
    return rows


def main(rounds):
    """Check, measure, print, write."""
    problem = variants.problem(**SIZES)
    runs = problem.checked_variants()
    rows, last = [], {}
    for threads in (1, 2):
        torch.set_num_threads(threads)
        gflops, gbytes = machine(rounds)
        floor = floor_ms(gflops, gbytes)
        speed = f"{gflops:.0f} GFLOP/s, {gbytes:.0f} GB/s"
        print(f"\n{threads} thread(s): {speed}, floor {floor:.2f} ms")
        times = {name: statistics.median(t) for name, t in interleaved_ms(runs, rounds).items()}
        for name, ms in times.items():
            memory = allocated_mb(runs[name])
            rows.append((threads, name, ms, ms / times["ours"], memory, floor))
            print(f"  {name:42s}{ms:8.2f} ms {ms / times['ours']:6.1f}x ours {memory:8.1f} MB")
        last[threads] = times["prototype"] / times["ours"], times["ours"] / floor
    torch.set_num_threads(1)
    grown = growth(rounds)
    print("\ncost per sample x window step x channel x hidden unit, relative to x1 (1 thread)")
    for dimension in SIZES:
        unit = [row[3] for row in grown if row[0] == dimension]
        cells = zip(SCALES, unit, strict=True)
        print(f"  {dimension:9s}" + "".join(f"  x{scale} {u / unit[0]:.2f}" for scale, u in cells))
    write(rows, grown)
    (r1, f1), (r2, f2) = last[1], last[2]
    print(
        f"\nprototype/ours: {r1:.1f}x (1 thread) {r2:.1f}x (2 threads); "
        f"ours/floor: {f1:.1f}x {f2:.1f}x"
    )


def write(rows, grown):
    """Table and figure."""
    with (FIGURES / "train_step.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["threads", "variant", "ms", "ratio_to_ours", "peak_mb", "floor_ms"])
        for threads, name, *numbers in rows:
            table.writerow([threads, name, *(f"{number:.2f}" for number in numbers)])
        for dimension, scale, ms, _ in grown:
            table.writerow([1, f"ours, {dimension} x{scale}", f"{ms:.2f}", "", "", ""])
    two = [row for row in rows if row[0] == 2]
    figure = plots.bars(
        [row[1] for row in two],
        [row[2] for row in two],
        ylabel="one training step, 2 threads (ms)",
        lines=[(two[0][5], "arithmetic floor")],
        log=True,
    )
    (FIGURES / "train_step.png").write_bytes(plots.png(figure))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    main(parser.parse_args().rounds)
