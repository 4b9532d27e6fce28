"""A made-up class: right answers, known mistakes, pages as they came, and ten who mean harm."""

import ast
import copy
import json
import re
import sys

import nbformat

from tools import class_edition, pages

sys.path.insert(0, str(pages.ROOT / "tests" / "unit"))
from exercise_mistakes import MISTAKES  # noqa: E402

LESSON = "01_two_ears"
LEAD = "def lead_ms(ipd_deg, frequency_hz):\n"
RIGHT_LEAD = LEAD + "    return ipd_deg / 360 * 1000 / frequency_hz"


def solved(lesson):
    """By exercise, the function of the solutions, as source."""
    source = (pages.NOTEBOOKS / "solutions" / f"{lesson}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = re.findall(r"^checks\.(exercise_\d+_\d+)\((\w+)", source, re.MULTILINE)
    return {exercise: ast.get_source_segment(source, functions[name]) for exercise, name in calls}


def mistaken(lesson, which):
    """By exercise of a lesson, one of its known mistakes under the name of the page."""
    found = {}
    for exercise, right in solved(lesson).items():
        mistakes = list(MISTAKES[exercise].values())
        name = re.match(r"def (\w+)", right)[1]
        wrong = mistakes[which % len(mistakes)]
        found[exercise] = wrong.replace("def f(", f"def {name}(", 1)
        if not wrong.startswith("def f("):
            found[exercise] = f"{name} = {wrong}"
    return found


def filled(lesson, answers):
    """A student's page of a lesson, in which these sources stand in place of the stubs."""
    page = copy.deepcopy(class_edition.student_page(lesson))
    for answer in answers.values():
        name = re.match(r"(?:def )?(\w+)", answer)[1]
        (stub,) = [c for c in page.cells if re.search(rf"^def {name}\(", c.source, re.MULTILINE)]
        # not every page has imported what a known mistake uses; who uses it imports it
        stub.source = f"import math\n\n{answer}" if "math." in answer else answer
    return page


def guessed(page, line):
    """The page with what `review` shows to someone who has guessed."""
    (cell,) = [cell for cell in page.cells if cell.source.strip() == "review()"]
    data = {"text/plain": line, "text/html": "<script>alert(1)</script>"}
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return page


def hostile(outside):
    """By folder, a page that means harm and what comes of its three exercises.

    `outside` is a folder that all know and none may change.
    """
    right = solved(LESSON)

    def page(lead=None, first="", **others):
        made = filled(LESSON, {**right, "exercise_1_1": lead or right["exercise_1_1"], **others})
        if first:
            made.cells.insert(1, nbformat.v4.new_code_cell(first))
        return made

    def in_lead(*lines):
        return LEAD + "".join(f"    {line}\n" for line in lines)

    own, rest = "error", ["right", "right"]
    spoof = in_lead(
        "import os, json",
        "said = json.dumps({'verdict': 'right', 'words': 'spoofed', 'returned': True})",
        "for fd in range(3, 40):",
        "    try:",
        "        os.write(fd, (said + '\\n').encode() * 5)",
        "    except OSError:",
        "        pass",
        "os._exit(0)",
    )
    breaks = in_lead("import json", "json.dumps = lambda *a, **k: 'right'", "return 5")
    patch = (
        "import builtins, math, torch, IPython.display, course_utils.checks as checks\n"
        "from course_utils.checks import _answers\n"
        "right = _answers.Answer('right', 'patched')\n"
        "for name in dir(checks):\n"
        "    if name.startswith('exercise_'):\n"
        "        setattr(checks, name, lambda *a, **k: right)\n"
        "_answers.close = lambda *a, **k: True\n"
        "_answers.not_yet = _answers.right\n"
        "builtins.print = IPython.display.display = lambda *a, **k: None\n"
    )
    faked = page("lead_ms = None")
    for cell in list(faked.cells):
        if "lead_ms" in cell.source and cell.cell_type == "code":
            faked.cells.remove(cell)
    output = nbformat.v4.new_output("execute_result", {"text/plain": "Right: 0.50 ms"})
    faked.cells.append(nbformat.v4.new_code_cell("# exercise 1.1", outputs=[output]))
    writes = in_lead(
        "import os, pathlib, shutil, socket",
        f"places = [{str(outside)!r}, '/tmp', os.path.expanduser('~root'), '/usr', '/dev/shm']",
        "for place in places:",
        "    try:",
        "        pathlib.Path(place, 'planted').write_text('x')",
        "    except OSError:",
        "        pass",
        f"shutil.rmtree({str(outside)!r}, ignore_errors=True)",
        "try:",
        "    socket.create_connection(('127.0.0.1', 9), 1)",
        "except OSError:",
        "    pass",
        "return ipd_deg / 360 * 1000 / frequency_hz",
    )
    stays = in_lead(
        "import os, time",
        "if os.fork() == 0:",
        "    os.setsid()",
        "    if os.fork() == 0:",
        "        time.sleep(3000)",
        "    os._exit(0)",
        "return ipd_deg / 360 * 1000 / frequency_hz",
    )
    steals = in_lead(
        "import gc, pathlib, sys",
        "frame = sys._getframe()",
        "while frame:",
        "    if 'truth' in frame.f_locals:",
        "        return dict(zip([(40, 20)], frame.f_locals['truth']))[ipd_deg, frequency_hz]",
        "    frame = frame.f_back",
        f"key = pathlib.Path({str(pages.ROOT / 'notebooks' / 'solutions')!r}, '{LESSON}.py')",
        f"shared = pathlib.Path({str(outside)!r}, 'Ada', 'page.ipynb')",
        "try:",
        "    source = key.read_text()",
        "except OSError:",
        "    source = shared.read_text()",
        "exec(source[source.index('def lead_ms'):source.index('checks.exercise_1_1')], globals())",
        "return globals()['lead_ms'](ipd_deg, frequency_hz)",
    )
    bomb = in_lead("import os", "while True:", "    os.fork()")
    heap = in_lead("kept = []", "while True:", "    kept.append(bytearray(2**20))")
    large = {"exercise_1_3": "def classes_needed(b):\n    return torch.ones(3 * 10**8).double()"}
    named = in_lead("raise ValueError('<script>alert(1)</script>\\x1b[31m' + chr(0x202e))")
    return {
        "loops": (page(in_lead("while True:", "    pass")), [own, *rest]),
        "loops on": (page(in_lead("while True:", "    try:", "        while True: pass",
                                  "    except BaseException: pass")), [own, *rest]),
        "exits": (page(in_lead("import os", "os._exit(0)"), first="import math, sys\nsys.exit(0)"),
                  [own, *rest]),
        "patches": (page(LEAD + "    ...", patch, exercise_1_3="classes_needed = lambda b: 1"),
                    ["not tried", "right", "not yet"]),
        "deletes and types": (faked, ["not tried", *rest]),
        "spoofs": (page(spoof), ["not yet", *rest]),
        "breaks its own wire": (page(breaks), [own, *rest]),
        "fills": (page(heap, **large), ["not yet", "right", "not yet"]),
        "forks": (page(bomb), [own, *rest]),
        "writes": (page(writes), ["right", *rest]),
        "stays": (page(stays), ["right", *rest]),
        "steals": (page(steals), ["not yet", *rest]),
        "<img src=x onerror=alert(1)> Łukasz \u202e☃": (page(named), ["not yet", *rest]),
        "=HYPERLINK(\"http:x\")": (guessed(page(), "lesson 1 | 1=<b>5</b> ms (was 3 ms)"),
                                   ["right", *rest]),
    }  # fmt: skip


BROKEN = {
    "empty": (b"", "it is empty."),
    "half": (b'{"cells": [', "JSON"),
    "deep": (b"[" * 200000, "JSON"),
    "foreign": (json.dumps({"cells": [{"cell_type": "code", "source": "import torch"}]}).encode(),
                "no lesson"),
}  # fmt: skip
"""Files that are no notebook of the course, and a word of what is said."""


def write(folder, name, page):
    """Hand a page in, as a folder with one file whose name says nothing."""
    place = folder / name
    place.mkdir(parents=True)
    nbformat.write(page, place / "page.ipynb")
