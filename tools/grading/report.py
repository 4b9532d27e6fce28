"""What was found, as a table for a spreadsheet (CSV) and as a page to read (HTML)."""

from __future__ import annotations

import base64
import csv
import html
import io
from collections import Counter
from collections.abc import Sequence

from tools.grading.collect import Handed, readable
from tools.grading.guesses import came_out
from tools.grading.lessons import Lesson

COLUMNS = ("student", "file", "lesson", "kind", "item", "result", "words")
SIGNS = {"right": "✓", "not yet": "…", "not tried": "–", "error": "!"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
th, td { border: 1px solid #999; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
th small, .file { display: block; font-weight: normal; color: #555; font-size: 0.85rem; }
td { min-width: 7rem; max-width: 24rem; overflow-wrap: anywhere; }
.right { background: #e3f1fa; }
.error { background: #fbe9dc; }
.not-tried { color: #555; }
.sign { display: inline-block; width: 1.2em; font-weight: bold; }
summary { cursor: pointer; }
pre { white-space: pre-wrap; background: #f4f4f4; padding: 0.5rem; font-size: 0.85rem; }
img { max-width: 100%; height: auto; }
"""


def table(found: Sequence[Handed], lessons: Sequence[Lesson]) -> str:
    """Return the table: a row for each exercise, guess and unreadable file of each student."""
    by_name = {lesson.name: lesson for lesson in lessons}
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for one in found:
        start = [_plain(one.student), _plain(one.file), one.lesson]
        if one.problem:
            rows.writerow([*start, "file", "", "error", _plain(one.problem)])
        for exercise, verdict in one.exercises.items():
            said = _plain(readable(verdict["words"], 1000))
            rows.writerow([*start, "exercise", number(exercise), verdict["verdict"], said])
        for key, guess in one.guesses.items():
            truth = came_out(by_name[one.lesson].questions[key])
            rows.writerow([*start, "guess", key, guess, f"came out: {truth}"])
    return text.getvalue()


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def number(exercise: str) -> str:
    """The number of "exercise_1_2" is "1.2"."""
    return exercise.removeprefix("exercise_").replace("_", ".")


def page(
    found: Sequence[Handed], others: Sequence[str], lessons: Sequence[Lesson], fence: str
) -> str:
    """Return one page with everything; nothing in it is fetched, and nothing of it runs."""
    held = [(lesson, [x for x in found if x.lesson == lesson.name]) for lesson in lessons]
    broken = [one for one in found if one.problem]
    body = [f"<h1>{len(found)} notebooks of a class</h1>", _key(), f"<p>{_text(fence)}</p>"]
    if broken:
        items = "".join(
            f"<li>{_text(x.student)}: {_text(x.problem)}{_file(x)}</li>" for x in broken
        )
        body.append(f"<h2>Not graded</h2><ul>{items}</ul>")
    if others:
        body.append(f"<p>No notebooks, so passed over: {_text(', '.join(others[:50]))}</p>")
    for lesson, handed in held:
        if handed:
            body += [f"<h2>Lesson {int(lesson.name[:2])}: {_text(lesson.title)}</h2>"]
            body += [_exercises(lesson, handed), _guesses(lesson, handed)]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Exercises of a class</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _key() -> str:
    said = {
        "right": "the function returns what it should",
        "not yet": "it does not, and the hint says why",
        "not tried": "nothing was written",
        "error": "it could not be judged",
    }
    words = "; ".join(f"{SIGNS[v]} <b>{v}</b>: {words}" for v, words in said.items())
    return (
        f"<p>{words}. The verdicts come from the values that each function returns to the true "
        "checks, not from what a page shows. Whoever copies values or code from the checks, which "
        "all students have, can still be called right: the code of each answer is below its hint."
        "</p>"
    )


def _text(text: str) -> str:
    return html.escape(readable(text, 2000))


def _file(one: Handed) -> str:
    return f'<span class="file">{_text(one.file)}</span>'


def _exercises(lesson: Lesson, handed: Sequence[Handed]) -> str:
    counts = {exercise: Counter() for exercise in lesson.exercises}
    rows = []
    for one in handed:
        cells = [f'<th scope="row">{_text(one.student)}{_file(one)}</th>']
        for exercise in lesson.exercises:
            verdict = one.exercises.get(exercise, {"verdict": "error", "words": one.problem})
            counts[exercise][verdict["verdict"]] += 1
            cells.append(_cell(verdict))
        rows.append(f"<tr>{''.join(cells)}</tr>")
    heads = "".join(
        f'<th scope="col">{number(exercise)}<small>{_text(heading.partition(" — ")[2])}</small>'
        f"<small>right: {counts[exercise]['right']} of {len(handed)}</small></th>"
        for exercise, heading in lesson.headings.items()
    )
    return (
        f'<div class="wide"><table><thead><tr><th scope="col">student</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(verdict: dict[str, str]) -> str:
    kind, source = verdict["verdict"], verdict.get("source", "")
    parts = [f'<span class="sign">{SIGNS[kind]}</span>{kind}']
    if kind in ("not yet", "error"):
        parts.append(f"<br>{_text(verdict['words'])}")
    if source and kind != "not tried":
        lines = [readable(line, 300) for line in source.splitlines()[:60]]
        code = html.escape("\n".join(lines))
        parts.append(f"<details><summary>code</summary><pre>{code}</pre></details>")
    return f'<td class="{kind.replace(" ", "-")}">{"".join(parts)}</td>'


def _guesses(lesson: Lesson, handed: Sequence[Handed]) -> str:
    """The guesses of a lesson: a picture as `pool` draws it, and each of them in a table."""
    made = [one for one in handed if one.guesses]
    if not made:
        return "<p>Nobody's page holds a guess.</p>"
    keys = [key for key in lesson.questions if any(key in one.guesses for one in made)]
    truths = {key: came_out(lesson.questions[key]) for key in keys}
    heads = "".join(
        f'<th scope="col">{key}<small>{_text(lesson.questions[key]["asks"])}</small>'
        f"<small>it came out: {_text(truths[key])}</small></th>"
        for key in keys
    )
    rows = "".join(
        f'<tr><th scope="row">{_text(one.student)}</th>'
        + "".join(f"<td>{_text(one.guesses.get(key, ''))}</td>" for key in keys)
        + "</tr>"
        for one in made
    )
    return (
        f"<h3>What they guessed</h3>{_picture(int(lesson.name[:2]), made, truths)}"
        f'<div class="wide"><table><thead><tr><th scope="col">student</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _picture(lesson: int, made: Sequence[Handed], truths: dict[str, str]) -> str:
    from course_utils import plots
    from course_utils.explore import pool

    lines = [
        f"lesson {lesson} | "
        + " | ".join(f"{k.split('.')[1]}={g} (was {truths[k]})" for k, g in one.guesses.items())
        for one in made
    ]
    figure = pool(lines)
    png = base64.b64encode(plots.png(figure)).decode()
    return f'<img src="data:image/png;base64,{png}" alt="{html.escape(plots.alt_text(figure))}">'
