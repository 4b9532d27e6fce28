"""An answer in another process is judged as one on the page, and what it sends can do nothing."""

import inspect
import json

import numpy as np
import pytest
import torch
from exercise_mistakes import MISTAKES
from exercise_pages import NAMES, NOTEBOOKS, answer, exercises, function
from test_whatever_comes import CLOTHES, CONDUCT, RESULTS, dressed

from course_utils.explore.questions import kind_of
from tools.grading import guesses, lessons, reading, runner, wire
from tools.grading.answers import Answer, NoVerdictError
from tools.grading.collect import Handed, name_students, readable

SOLUTIONS = exercises(NOTEBOOKS / "solutions")
LESSONS = lessons.lessons()


class Through:
    """A process that is none: inputs and results go through the same lines of JSON."""

    def __init__(self, reader):
        self.reader = reader

    def call(self, inputs, seconds):
        """Call the function as `runner` does."""
        return json.loads(
            json.dumps(runner._called(self.reader, json.loads(json.dumps(inputs)), 5))
        )


def elsewhere(reader):
    """A reader's function as a check gets it from another process."""
    return Answer(Through(reader), reader.__code__, inspect.signature(reader))


@pytest.mark.parametrize("name", NAMES)
def test_each_known_mistake_gets_the_hint_that_it_gets_on_the_page(name):
    for source in ["lambda *given: ...", *MISTAKES[name].values()]:
        assert answer(name, elsewhere(function(source))) == answer(name, function(source))
    assert answer(name, elsewhere(SOLUTIONS[name])) == answer(name, SOLUTIONS[name])


def test_the_hint_names_the_line_at_which_an_answer_stopped():
    source = "def f(a, b):\n    c = a + b\n    return nothing_of_this_name + c"
    said = answer("exercise_1_1", elsewhere(function(source)))
    assert said == answer("exercise_1_1", function(source)) and "NameError" in said.words
    two = answer("exercise_1_1", elsewhere(function("lambda a: a")))
    assert "it takes (a)" in two.words
    power = answer("exercise_1_1", elsewhere(function("lambda a, b: int(a) ^ int(b)")))
    assert "no power" in power.words


@pytest.mark.parametrize(("name", "dress"), CLOTHES)
def test_a_right_answer_is_right_in_other_clothes(name, dress):
    assert answer(name, elsewhere(dressed(name, dress))).verdict == "right"


@pytest.mark.parametrize("kind", [*RESULTS, *CONDUCT])
def test_no_odd_result_is_right_or_stops_the_judge(kind):
    reader = CONDUCT.get(kind) or (lambda *given: RESULTS[kind]())
    for name in ("exercise_0_1", "exercise_1_1", "exercise_6_2"):
        try:
            said = answer(name, Answer(Through(reader)))
        except NoVerdictError:
            continue
        assert said.verdict in ("not yet", "not tried") and said.words


def test_an_answer_that_does_not_end_gets_no_verdict(monkeypatch):
    monkeypatch.setattr(Through, "call", lambda *_: {"late": True})
    with pytest.raises(NoVerdictError, match="still running"):
        answer("exercise_1_1", elsewhere(function("lambda a, b: 0")))


def test_values_come_back_as_they_were_sent():
    values = [
        None, True, "ü", 10**30, -0.0, float("inf"), [1, (2.5, "x")], {"a": 1.0},
        torch.arange(6.0).reshape(2, 3).T, torch.zeros(3, dtype=torch.bool), torch.empty(0, 2),
        torch.zeros(1).expand(5), np.float32(0.1), np.arange(3, dtype=np.int8), 1 + 2j,
    ]  # fmt: skip
    for value in values:
        back = wire.decode(json.loads(json.dumps(wire.encode(value))))
        if isinstance(value, torch.Tensor):
            assert back.dtype == value.dtype and torch.equal(back, value)
            assert (back.stride() == (0,)) == (value.stride() == (0,))
        elif isinstance(value, (np.ndarray, np.generic)):
            assert back.dtype == value.dtype and (back == value).all()
        else:
            assert back == value and type(back) is type(value)
    seeded = torch.Generator().manual_seed(3)
    back = wire.decode(json.loads(json.dumps(wire.encode(seeded))))
    assert torch.equal(torch.rand(4, generator=back), torch.rand(4, generator=seeded))


TENSOR = wire.encode(torch.zeros(3))


@pytest.mark.parametrize(
    "sent",
    [
        [], {}, 3, {"is": "list"}, {"is": "list", "of": "abc"}, {"is": "int", "of": "9" * 10**4},
        {"is": "float", "of": []}, {"is": "dict", "of": [[{"is": "list", "of": []}, 1]]},
        {**TENSOR, "shape": [10**9]}, {**TENSOR, "shape": [-3]}, {**TENSOR, "held": [4]},
        {**TENSOR, "dtype": "object"}, {**TENSOR, "dtype": "O"}, {**TENSOR, "of": "?"},
        {**TENSOR, "held": [2**62, 4]}, {"is": "array", "dtype": "O", "shape": [1], "of": "AAAA"},
        {"is": "list", "of": [None] * (wire.MOST_ITEMS + 1)},
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(sent):
    with pytest.raises(wire.NotAValueError):
        wire.decode(sent)


def test_a_name_that_comes_back_is_a_name_and_no_more():
    back = wire.decode({"is": "other", "of": "os.system('x')"})
    assert type(back).__name__ == "object" and not vars(back)


def notebook(*sources):
    """The bytes of a notebook with these code cells."""
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"[[[", "JSON"), (b"\xff\xfe\x00", "JSON"),
        (b"[" * 10**5, "JSON"), (b"3", "no list of cells"), (b'{"cells": 3}', "no list of cells"),
        (b'{"worksheets": []}', "no list of cells"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_notebook_is_named_in_words(content, words):
    with pytest.raises(reading.UnreadableError, match=words):
        reading.read(content)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_is_known_by_what_it_holds(lesson):
    cells = reading.read(notebook(*lesson.cells))
    assert reading.which(cells, LESSONS).name == lesson.name
    few = reading.read(notebook("review()", *lesson.cells[5:9]))
    assert reading.which(few, LESSONS).name == lesson.name
    asked = reading.answers(cells, lesson)
    assert [one.exercise for one in asked] == list(lesson.exercises)
    assert all(one.place >= 0 and one.code and one.signature for one in asked)


def test_a_notebook_of_another_course_is_none_of_ours():
    with pytest.raises(reading.UnreadableError, match="no lesson"):
        reading.which(reading.read(notebook("import torch", "review()", "%pip x", "")), LESSONS)


def planned(*sources, exercise="exercise_1_1"):
    """The cells that run for an exercise, by their places, and what is judged."""
    cells = reading.read(notebook(*sources))
    lesson = next(lesson for lesson in LESSONS if exercise in lesson.exercises)
    (asked,) = [one for one in reading.answers(cells, lesson) if one.exercise == exercise]
    steps = reading.plan(cells, [asked])
    places = [
        next(k for k, source in enumerate(sources) if step["cell"] in source)
        for step in steps
        if "cell" in step
    ]
    return places, asked.answer, asked


def test_an_answer_runs_what_it_stands_on_and_no_more():
    places, name, _ = planned(
        "import math\nimport torch",
        "turn = 360",
        "slow = train(turn)",
        "def part(ipd):\n    return ipd / turn",
        "table = {}",
        "table['ms'] = 1000",
        "slow.fit(table)",
        "def lead_ms(ipd, hz, slow=0):\n    return part(ipd) * table['ms'] / hz",
        "checks.exercise_1_1(lead_ms)",
        "turn = 180",
    )
    assert places == [1, 3, 4, 5, 7] and name == "lead_ms"


def test_of_a_cell_that_only_imports_only_what_is_needed_runs():
    cells = reading.read(notebook("import math\nimport torch", "lead_ms = lambda a, b: math.pi"))
    (asked, *_) = reading.answers(cells, LESSONS[1])
    steps = reading.plan(cells, [asked])
    assert [step.get("cell") for step in steps][0] == "import math"


@pytest.mark.parametrize(
    ("sources", "places", "name"),
    [
        (["def mine(a, b): return a", "checks.exercise_1_1(mine)"], [0], "mine"),
        (["k = 2", "checks.exercise_1_1(lambda a, b: a * k)"], [0], "lambda a, b: a * k"),
        (["checks.exercise_1_1(late)", "def late(a, b): return a"], [1], "late"),
        (["def lead_ms(a, b): return a", "unfinished ("], [0], "lead_ms"),
        (["%matplotlib inline", "!ls", "lead_ms = lambda a, b: a"], [2], "lead_ms"),
        (["def f(a): 0", "checks.exercise_1_1(f)", "def f(a): 1"], [0], "f"),
        (["from math import *", "def lead_ms(a, b): return pi"], [0, 1], "lead_ms"),
        (["def lead_ms(a, b):\n  x = 0\nchecks.exercise_1_1(lead_ms)"], [0], "lead_ms"),
    ],
)
def test_an_answer_is_found_where_a_student_has_put_it(sources, places, name):
    assert planned(*sources)[:2] == (places, name)


def test_an_answer_that_is_not_there_or_cannot_be_read_is_told_apart():
    assert planned("x = 1")[2].place == -1 and not planned("x = 1")[2].problem
    assert "SyntaxError" in planned("def lead_ms(a, b:\n    return")[2].problem


QUESTIONS = [(key, q) for lesson in LESSONS for key, q in lesson.questions.items()]


@pytest.mark.parametrize(("key", "question"), QUESTIONS, ids=[key for key, _ in QUESTIONS])
def test_each_question_of_the_course_is_known_and_says_its_truth(key, question):
    said = guesses.came_out(question)
    if question["kind"] == "number":
        ends = (question["low"], question["high"])
        kind = kind_of(key, ends, None, question["unit"], question["step"])
        assert guesses.fits(kind.say(question["low"]), question)
        assert said == kind.say(question["truth"])
        assert not guesses.fits(kind.say(question["high"] + 1), question)
    else:
        assert guesses.fits(said, question)
    for wrong in ("", "1e9", "<b>", "$x$", "nan", "9" * 400, said + "!"):
        assert not guesses.fits(wrong, question)


def test_guesses_are_read_from_what_stands_below_the_cells():
    questions = dict(QUESTIONS)
    cells = [
        reading.Cell("x\nreveal('0.2', 5)", ["You guessed 14 ms. It came out: 5 ms, 9 ms apart."]),
        reading.Cell('reveal("0.1", a)', ["You guessed sound A, and so it is."]),
        reading.Cell("review()", ["lesson 0 | 3=7° (was 1.7°) | 4=999° (was 3°) | 9=<script>"]),
    ]
    assert guesses.guesses(cells, questions) == {"0.1": "sound A", "0.2": "14 ms", "0.3": "7°"}


@pytest.mark.parametrize(
    ("files", "students"),
    [
        (["Ann/05_train_it.ipynb", "Bob/x.ipynb"], ["Ann", "Bob"]),
        (["ann_05_train_it.ipynb", "05_train_it (Bob).ipynb"], ["ann", "Bob"]),
        (["05_train_it.ipynb"], ["05_train_it"]),
        (["week 5/ann.ipynb", "week 5/bob.ipynb"], ["week 5/ann", "week 5/bob"]),
    ],
)
def test_a_student_is_a_folder_or_a_file(files, students, tmp_path):
    found = [Handed(tmp_path / file, file, lesson="05_train_it") for file in files]
    name_students(found, [lesson.name for lesson in LESSONS])
    assert [one.student for one in found] == students


def test_a_strangers_text_is_one_line_without_what_steers_a_screen():
    assert readable("a\x1b[31m\n\u202eb\ud800", 99) == "a [31m  b?"
    assert readable("x" * 50, 10) == "x" * 10 + " ..."
