"""The guesses of a class: one line from each reader, a small histogram for each question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Any

import numpy as np

from ..plots import GREY, LEFT, RIGHT, Picture, canvas, in_style

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?) ?(\D*)")
_PAIR = re.compile(r"(\d+)=(.*) \(was (.*)\)")


def _answers(lines: str | Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """By question, each guess with what came out; what is no line of `review` is passed over."""
    given = lines.splitlines() if isinstance(lines, str) else list(lines)
    found: dict[str, list[tuple[str, str]]] = {}
    for line in given:
        head, *parts = str(line).split("|")
        lesson = re.search(r"lesson (\d+|[a-z]+)\s*$", head)
        for part in parts if lesson else []:
            if pair := _PAIR.fullmatch(part.strip()):
                found.setdefault(f"{lesson[1]}.{pair[1]}", []).append((pair[2], pair[3]))  # type: ignore[index]
    if not found:
        raise ValueError(
            "lines must hold lines of review(), such as 'lesson 0 | 1=A (was B)', but none does."
        )
    return dict(sorted(found.items(), key=_place))


def _place(item: tuple[str, Any]) -> tuple[bool, int, str, int]:
    """Lessons by their numbers, and after them the pages that have a word instead."""
    lesson, number = item[0].split(".")
    return not lesson.isdigit(), int(lesson) if lesson.isdigit() else 0, lesson, int(number)


@in_style
def pool(lines: str | Iterable[str]) -> Picture:
    """Draw what a class has guessed, and what came out.

    Parameters
    ----------
    lines : str or iterable of str
        What `review` gave each reader, a line for each: as one text, or as a list.

    Raises
    ------
    ValueError
        If none of the lines is one of `review`.
    """
    answers = _answers(lines)
    panels: list[tuple[str, Any, Any, str]] = []  # question, guesses or their counts, truth, unit
    words = []
    for key, pairs in answers.items():
        guesses, truth = [g for g, _ in pairs], Counter(t for _, t in pairs).most_common(1)[0][0]
        parsed = [_NUMBER.fullmatch(word) for word in (*guesses, truth)]
        if all(parsed) and len({p[2] for p in parsed if p}) == 1:
            *values, came_out = [float(p[1]) for p in parsed if p]
            panels.append((key, values, came_out, parsed[0][2]))  # type: ignore[index]
            middle = f"{median(values):g}, from {min(values):g} to {max(values):g}"
            words.append(f"{key}, middle of {len(values)} guesses {middle}; came out {truth}")
        else:
            counts = Counter(guesses)
            counts.setdefault(truth, 0)
            panels.append((key, dict(sorted(counts.items())), truth, ""))
            listed = ", ".join(f"{n} {word}" for word, n in counts.most_common())
            words.append(f"{key}, {listed}; came out {truth}")
    alt = f"What a class has guessed. {'. '.join(words)}."
    rows = (len(panels) + 1) // 2
    figure, axes = canvas(alt, rows, 2, height=0.4 + 2.2 * rows, squeeze=False)
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    for axis, (key, given, truth, unit) in zip(axes.flat, panels, strict=False):
        if isinstance(given, dict):
            places = np.arange(len(given))
            bars = axis.barh(places, list(given.values()), color=LEFT)
            where = list(given).index(truth)
            bars[where].set(hatch="//", edgecolor="white")
            names = [f"{word} ←" if word == truth else word for word in given]
            axis.set(yticks=places, yticklabels=names, xlabel="guesses (←: came out)")
            axis.invert_yaxis()
            axis.xaxis.get_major_locator().set_params(integer=True)
        else:
            axis.hist(given, bins=min(12, 2 + len(set(given))), color=LEFT, edgecolor="white")
            axis.axvline(truth, color=RIGHT, ls="--", lw=2)
            axis.text(truth, 1, f" {truth:g}", color=GREY, transform=axis.get_xaxis_transform())
            axis.set(xlabel=f"guess {unit and f'({unit})'} (dashed: came out)", ylabel="guesses")
            axis.yaxis.get_major_locator().set_params(integer=True)
        axis.set_title(f"question {key}", loc="left")
    return figure
