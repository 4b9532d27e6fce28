"""Checks of the exercises: each takes the reader's function and answers in words.

`exercise_2_1` is the first exercise of lesson 2. It returns an `Answer`: "not tried yet" for an
unfilled stub, a hint that names what a wrong answer would mean, or what a right one shows. It never
raises, whatever the function returns or does. A room for each lesson, and one door, `_answers`.
"""

from ._answers import Answer
from .lesson_0 import exercise_0_1, exercise_0_2
from .lesson_1 import exercise_1_1, exercise_1_2, exercise_1_3
from .lesson_2 import exercise_2_1, exercise_2_2, exercise_2_3
from .lesson_3 import exercise_3_1, exercise_3_2, exercise_3_3
from .lesson_4 import exercise_4_1, exercise_4_2, exercise_4_3
from .lesson_5 import exercise_5_1, exercise_5_2
from .lesson_6 import exercise_6_1, exercise_6_2, exercise_6_3
from .lesson_7 import exercise_7_1, exercise_7_2, exercise_7_3
from .lesson_8 import exercise_8_1, exercise_8_2, exercise_8_3
from .lesson_9 import exercise_9_1, exercise_9_2
from .lesson_10 import exercise_10_1, exercise_10_2, exercise_10_3

__all__ = [
    "Answer",
    "exercise_0_1",
    "exercise_0_2",
    "exercise_1_1",
    "exercise_1_2",
    "exercise_1_3",
    "exercise_2_1",
    "exercise_2_2",
    "exercise_2_3",
    "exercise_3_1",
    "exercise_3_2",
    "exercise_3_3",
    "exercise_4_1",
    "exercise_4_2",
    "exercise_4_3",
    "exercise_5_1",
    "exercise_5_2",
    "exercise_6_1",
    "exercise_6_2",
    "exercise_6_3",
    "exercise_7_1",
    "exercise_7_2",
    "exercise_7_3",
    "exercise_8_1",
    "exercise_8_2",
    "exercise_8_3",
    "exercise_9_1",
    "exercise_9_2",
    "exercise_10_1",
    "exercise_10_2",
    "exercise_10_3",
]
