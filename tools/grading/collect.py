"""Which files a class has handed in, and whose they are."""

from __future__ import annotations

import re
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PASSED_OVER = {".ipynb_checkpoints", "__MACOSX"}
_ENDS = " _-.,()"


@dataclass
class Handed:
    """One file, and what came of it."""

    path: Path
    file: str
    """Its name inside the folder."""
    student: str = ""
    lesson: str = ""
    problem: str = ""
    exercises: dict[str, dict[str, str]] = field(default_factory=dict)
    guesses: dict[str, str] = field(default_factory=dict)

    def take(self, said: dict[str, Any]) -> None:
        """Note what a judge has said."""
        self.lesson = said.get("lesson", "")
        self.problem = said.get("problem", "")
        self.exercises = said.get("exercises", {})
        self.guesses = said.get("guesses", {})


def collect(folder: Path) -> tuple[list[Handed], list[str]]:
    """Return the notebooks in a folder and below, and the names of the other files.

    What is no plain file is not opened: a link could lead anywhere, and a pipe never ends.
    """
    found, others = [], []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        kind = path.lstat().st_mode
        hidden = _PASSED_OVER & set(inside.parts) or path.name.startswith(".")
        if hidden or stat.S_ISDIR(kind):
            continue
        if path.suffix.lower() != ".ipynb":
            others.append(readable(inside.as_posix(), 200))
            continue
        handed = Handed(path, readable(inside.as_posix(), 200))
        if stat.S_ISLNK(kind):
            handed.problem = "it is a link to another file."
        elif not stat.S_ISREG(kind):
            handed.problem = "it is no plain file."
        found.append(handed)
    return found, others


def name_students(found: Sequence[Handed], lessons: Iterable[str]) -> None:
    """Give each file its student: the folder in which it is, or its name without the lesson's.

    A folder that holds two files of one lesson is no student's: then both names are said.
    """
    known = re.compile("|".join(map(re.escape, lessons)))
    places = [Path(one.file).parts[:-1] for one in found]
    shared = Counter((place, one.lesson) for place, one in zip(places, found, strict=True))
    crowded = {place for (place, _), n in shared.items() if n > 1}
    for one, place in zip(found, places, strict=True):
        whole = Path(one.file).stem
        stem = known.sub("", whole).strip(_ENDS) or whole
        parts = [*place, stem] if place in crowded or not place else [*place]
        one.student = "/".join(parts)


def readable(text: str, most: int) -> str:
    """A stranger's text in one line that can be shown: no half characters, nothing that steers."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    line = "".join(c if c.isprintable() else " " for c in whole[: most + 1])
    return line if len(whole) <= most else f"{line[:most]} ..."
