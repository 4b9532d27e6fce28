"""`make grade` on a made-up class: every answer judged right, whatever the others do.

WHOLE_CLASS=1 adds every lesson, right and mistaken and untouched: more than forty notebooks.
"""

import csv
import hashlib
import os
import re
import subprocess
import sys
import time

import classroom
import psutil
import pytest

from tools import pages
from tools.grading import __main__ as command
from tools.grading import guard, lessons
from tools.grading.collect import collect

sys.path.insert(0, str(pages.ROOT / "tests" / "unit"))
from exercise_pages import answer, function  # noqa: E402

WHOLE = bool(os.environ.get("WHOLE_CLASS"))
LESSONS = pages.lessons() if WHOLE else ["05_train_it"]
HELD = pytest.mark.skipif(
    not any(all(guard.tried(way).values()) for way in guard.WAYS[:-1]),
    reason="this system has no fence for a notebook",
)
SECONDS = 300


def handed_in(folder):
    """Write the class into `folder`; return the verdicts that are due, by student and exercise."""
    due = {}
    for lesson in LESSONS:
        right, wrong = classroom.solved(lesson), classroom.mistaken(lesson, 2)
        made = {"right": right, "mistaken": wrong, "untouched": {}}
        for kind, answers in made.items():
            name = f"{lesson[:2]} {kind}"
            classroom.write(folder, name, classroom.filled(lesson, answers))
            due[name] = {e: kind if kind == "right" else "not yet" for e in right}
            if kind == "untouched":
                due[name] = dict.fromkeys(right, "not tried")
    ada = classroom.filled(classroom.LESSON, classroom.solved(classroom.LESSON))
    line = "lesson 1 | 1=5 ms (was 5.6 ms) | 2=30 spikes (was 37 spikes)"
    classroom.write(folder, "Ada", classroom.guessed(ada, line))
    exercises = list(classroom.solved(classroom.LESSON))
    due["Ada"] = dict.fromkeys(exercises, "right")
    for name, (page, verdicts) in classroom.hostile(folder).items():
        classroom.write(folder, name, page)
        due[name] = dict(zip(exercises, verdicts, strict=True))
    for name, (content, _) in classroom.BROKEN.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "link.ipynb").symlink_to(folder / "Ada" / "page.ipynb")
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "notes.txt").write_text("no notebook")
    return due


def everything(folder):
    """What lies in a folder: each file's name and content."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, what is due, the rows of the table, the page and what the command said."""
    base = tmp_path_factory.mktemp("class")
    folder, out, temporary = base / "handed in", base / "out", base / "temporary"
    folder.mkdir(), temporary.mkdir()
    due, before = handed_in(folder), everything(folder)
    course = everything(pages.ROOT / "course_utils")
    start = time.monotonic()
    command = [sys.executable, "-m", "tools.grading", str(folder), "--out", str(out)]
    done = subprocess.run(
        command, cwd=pages.ROOT, env=os.environ | {"TMPDIR": str(temporary)},
        capture_output=True, text=True, timeout=4 * SECONDS,
    )  # fmt: skip
    print(done.stdout, done.stderr, f"{time.monotonic() - start:.0f} s")
    assert done.returncode == 0, done.stderr
    assert everything(folder) == before and list(temporary.iterdir()) == []
    unchanged = everything(pages.ROOT / "course_utils")
    assert {k: v for k, v in unchanged.items() if "__pycache__" not in k}.items() <= course.items()
    rows = list(csv.DictReader((out / "grades.csv").open(encoding="utf-8-sig", newline="")))
    return due, rows, (out / "grades.html").read_text(encoding="utf-8"), done.stdout


@HELD
def test_everyone_gets_the_verdict_that_is_due_whatever_the_others_do(graded):
    due, rows, _, _ = graded
    found = {}
    for row in rows:
        if row["kind"] == "exercise":
            student = found.setdefault(row["file"].split("/")[0], {})
            student[f"exercise_{row['item'].replace('.', '_')}"] = row["result"]
    wanted = {re.sub("\u202e", " ", name): verdicts for name, verdicts in due.items()}
    assert {name.lstrip("'"): verdicts for name, verdicts in found.items()} == wanted


@HELD
def test_each_hint_is_the_one_that_the_page_gives(graded):
    _, rows, _, _ = graded
    words = {(r["student"], r["item"]): r["words"] for r in rows if r["kind"] == "exercise"}
    for lesson in LESSONS:
        for exercise, source in classroom.mistaken(lesson, 2).items():
            plain = re.sub(r"^\w+ = ", "", source)
            plain = re.sub(r"^def \w+\(", "def f(", plain)
            number = exercise.removeprefix("exercise_").replace("_", ".")
            # which line of a page stopped is known only where there is a page
            found = re.sub(r", at `[^`]*`", "", words[f"{lesson[:2]} mistaken", number])
            assert found == answer(exercise, function(plain)).words


@HELD
def test_what_is_no_notebook_is_named_and_not_opened(graded):
    _, rows, page, _ = graded
    said = {row["file"]: row["words"] for row in rows if row["kind"] == "file"}
    wanted = {f"{name}.ipynb": words for name, (_, words) in classroom.BROKEN.items()}
    wanted |= {"link.ipynb": "link", "pipe.ipynb": "no plain file"}
    assert set(said) == set(wanted)
    assert all(words in said[file] for file, words in wanted.items())
    assert "notes.txt" in page


@HELD
def test_nothing_that_a_student_wrote_is_more_than_text(graded):
    _, rows, page, said = graded
    assert (
        "<script" not in page
        and "<img src=x" not in page
        and "alert(1)" in page
        and "\u202e" not in page + said
    )
    assert "\x1b" not in page + said and "patched" not in str(rows) and "spoofed" not in str(rows)
    assert not [v for row in rows for v in row.values() if v.startswith(("=", "+", "@"))]
    assert "default-src 'none'" in page and not re.search(r"(src|href)=\"(?!data:image/png)", page)


@HELD
def test_the_guesses_of_a_class_stand_in_both(graded):
    _, rows, page, _ = graded
    found = {(row["student"], row["item"]): row["result"] for row in rows if row["kind"] == "guess"}
    assert found == {("Ada", "1.1"): "5 ms", ("Ada", "1.2"): "30 spikes"}
    assert "What a class has guessed. 1.1, middle of 1 guesses 5" in page


@HELD
def test_nothing_is_left_running(graded):
    left = [p.info for p in psutil.process_iter(["cmdline", "pid"]) if p.info["cmdline"]]
    assert not [one for one in left if "tools.grading.runner" in one["cmdline"]]


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["tests/colab"]])
def test_a_folder_without_notebooks_is_told_in_a_sentence(arguments):
    command = [sys.executable, "-m", "tools.grading", *arguments]
    done = subprocess.run(command, cwd=pages.ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and not done.stderr and done.stdout.count("\n") == 1
    assert "folder" in done.stdout or "holds no notebook" in done.stdout


@HELD
@pytest.mark.parametrize("way", guard.WAYS[:-1])
def test_each_fence_keeps_files_secrets_and_network_and_lets_a_lesson_run(way, tmp_path):
    kept = guard.tried(way)
    if not kept:
        pytest.skip(f"this system has no {way}")
    assert kept == {"files": True, "secrets": True, "network": True}
    assert guard.tried("none") == dict.fromkeys(kept, False)
    page = classroom.filled(classroom.LESSON, classroom.solved(classroom.LESSON))
    classroom.write(tmp_path, "Ada", page)
    found, _ = collect(tmp_path)
    command.grade(found, [lesson.told() for lesson in lessons.lessons()], way, 1)
    assert {said["verdict"] for said in found[0].exercises.values()} == {"right"}, found
