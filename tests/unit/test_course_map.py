"""The map of the course: at the head of each lesson, with that lesson lit, small and in words."""

import json
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course_utils import plots
from course_utils.drawings import course_map
from tools import pages

LESSONS = pages.lessons()


def test_the_rooms_are_the_lessons_as_a_teacher_knows_them():
    table = (pages.ROOT / "TEACHING.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| \[(\d+) (.*?)\]\(notebooks/", table, re.M)
    assert named == [(str(n), name) for n, (name, _) in enumerate(course_map.ROOMS)]
    assert len(LESSONS) == len(course_map.ROOMS)


@pytest.mark.parametrize("lesson", range(len(LESSONS)))
def test_one_room_is_lit_and_the_words_say_which(lesson):
    figure = course_map.here(lesson)
    (axes,) = figure.axes
    rooms = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    lit = [n for n, room in enumerate(rooms) if to_hex(room.get_facecolor()) == "#0072b2"]
    assert lit == [lesson] and len(rooms) == len(LESSONS)
    said = plots.alt_text(figure)
    assert f"You are in lesson {lesson}, {course_map.ROOMS[lesson][0].rstrip('?')}." in said
    for aside, word in ((lesson - 1, "Before it: "), (lesson + 1, "Next: ")):
        if 0 <= aside < len(LESSONS):
            assert f"{word}{course_map.ROOMS[aside][0].rstrip('?')}." in said
        else:
            assert word not in said


@pytest.mark.parametrize("lesson", range(len(LESSONS)))
def test_it_is_small(lesson):
    picture = plots.png(course_map.here(lesson))
    assert len(picture) < 9000
    height = int.from_bytes(picture[20:24], "big") * plots.SHOWN_DPI / plots.DPI
    assert height <= 110 and plots.shown_width(picture) <= 560


def test_each_picture_stays_on_its_door():
    for _, picture in course_map.ROOMS:
        for line in picture():
            assert abs(np.concatenate(line)).max() <= 1


@pytest.mark.parametrize("name", LESSONS)
def test_each_lesson_opens_with_its_map(name):
    cells = pages.read(pages.NOTEBOOKS / f"{name}.ipynb").cells
    first = next(cell for cell in cells if cell.cell_type == "code")
    assert first.source.rstrip().endswith(f"course_map.here({int(name[:2])})")
    (shown,) = [output for output in first.outputs if "image/png" in output.get("data", {})]
    assert f"You are in lesson {int(name[:2])}," in shown.metadata["image/png"]["alt"]
    assert json.dumps(shown).count("iVBOR") == 1


@pytest.mark.parametrize("lesson", [-1, 11, 2.0, True, "3"])
def test_there_is_no_other_room(lesson):
    with pytest.raises(ValueError, match="lesson must be a number from 0 to 10, not "):
        course_map.here(lesson)
