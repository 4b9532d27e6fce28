"""The guesses that a saved page holds, as far as they answer what the lesson asks.

They lived in a kernel that is gone, so all that is left is what stands below the cells: the line of
`review`, and what each `reveal` said. Nobody gains by a false one; one that cannot be a guess is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_LINE = re.compile(r"lesson (\d+) \| (.+)")
_PAIR = re.compile(r"(\d+)=(.*) \(was (.*)\)")
_REVEAL = re.compile(r"\breveal\(\s*[\"'](\d+\.\d+)[\"']")
_SAID = re.compile(r"You guessed (.+?)(?:, and so it is\.|\. It came out: )")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?) ?(\D*)")


def guesses(cells: Iterable[Any], questions: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return, by question, the guess in its words; `cells` have a `source` and `outputs`."""
    found: dict[str, str] = {}
    for cell in cells:
        key = _REVEAL.search(cell.source)
        for output in cell.outputs:
            for line in output.splitlines():
                if key and (said := _SAID.match(line)):
                    found[key[1]] = said[1]
                if listed := _LINE.fullmatch(line.strip()):
                    pairs = [_PAIR.fullmatch(part.strip()) for part in listed[2].split("|")]
                    found |= {f"{listed[1]}.{pair[1]}": pair[2] for pair in pairs if pair}
    return {
        key: found[key] for key in questions if key in found and fits(found[key], questions[key])
    }


def fits(guess: str, question: dict[str, Any]) -> bool:
    """Whether `guess` is one that can be made."""
    if question["kind"] == "choice":
        return guess in question["items"]
    if question["kind"] == "order":
        return sorted(guess.split(" > ")) == sorted(question["items"])
    number = _NUMBER.fullmatch(guess)
    if number is None or len(guess) > 30 or number[2] != question["unit"]:
        return False
    return question["low"] <= float(number[1]) <= question["high"]


def came_out(question: dict[str, Any]) -> str:
    """What came out on the page of the course, in the same words."""
    truth = question.get("truth")
    if truth is None:
        return "not a number"
    if question["kind"] == "choice":
        return str(truth)
    if question["kind"] == "order":
        return " > ".join(truth)
    between = "" if question["unit"] in ("", "°") else " "
    return f"{truth:g}{between}{question['unit']}"
