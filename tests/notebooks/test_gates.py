"""The gates go red: planted bugs, one for each way a lesson can break unseen."""

import random
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbmake_runs import run_nbmake

from tools import luck, page_rules, pages, run_lessons

PROSE = """# Does it?

**You will be able to** see.

### Predict
One.

### Predict
Two.

<details><summary>What happened</summary>This.</details>

**What you now know**
"""

GOOD = """
from matplotlib.figure import Figure
from course_utils.explore import explore, slider

def draw(delay):
    figure = Figure(figsize=(3, 2))
    figure.set_label(f"A line at {delay} ms")
    figure.subplots().axvline(10 / (delay + 1))
    return figure

explore(draw, delay=slider("delay (ms)", 0, 10, 1, 5))
"""
BAD_CORNER = GOOD.replace("10 / (delay + 1)", "10 / (10 - delay)")
BAD_CALLBACK = """
import ipywidgets

def draw(delay):
    return 1 / (delay - 5)

ipywidgets.interact(draw, delay=(0, 10));
"""
BARS = """
import sys, time
from tqdm import tqdm
from tqdm.auto import tqdm as widget_bar

for _ in tqdm(range(5), mininterval=0):
    time.sleep(0.02)
for _ in widget_bar(range(5)):
    pass
"""


def plant(folder, name, *code, outputs=False):
    """Write a lesson with these code cells as a pair, and return its path without suffix."""
    cells = [new_markdown_cell(PROSE), *map(new_code_cell, code)]
    text = "\n\n".join(
        "# %%"
        + ("\n" if cell.cell_type == "code" else " [markdown]\n# ")
        + (cell.source if cell.cell_type == "code" else cell.source.replace("\n", "\n# ")).strip()
        for cell in cells
    )
    (folder / f"{name}.py").write_text(text + "\n")
    notebook = pages.from_source(folder, name)
    if outputs:
        for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
            cell.execution_count = count
            cell.outputs = [new_output("stream", name="stdout", text="1\n")]
    pages.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture(scope="module")
def nbmake_results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    plant(folder, "00_good", GOOD)
    plant(folder, "01_bad_corner", BAD_CORNER)
    plant(folder, "02_bad_callback", BAD_CALLBACK)
    return folder, run_nbmake(folder)


def test_a_good_page_is_green(nbmake_results):
    folder, results = nbmake_results
    assert results["00_good"] == ""
    assert page_rules.widget_errors(pages.read(folder / "00_good.ipynb")) == []


def test_a_bug_in_a_corner_turns_nbmake_red(nbmake_results):
    _, results = nbmake_results
    assert "cannot be drawn at delay=10" in results["01_bad_corner"]
    assert "ZeroDivisionError" in results["01_bad_corner"]


def test_a_bug_in_a_callback_passes_nbmake_but_not_the_gate(nbmake_results):
    folder, results = nbmake_results
    assert results["02_bad_callback"] == ""
    errors = page_rules.widget_errors(pages.read(folder / "02_bad_callback.ipynb"))
    assert errors == ["ZeroDivisionError: division by zero"]


def test_make_run_saves_the_good_and_leaves_the_bad_as_they_were(tmp_path, capsys):
    plant(tmp_path, "00_good", GOOD, BARS)
    plant(tmp_path, "01_bad_corner", BAD_CORNER)
    plant(tmp_path, "02_bad_callback", BAD_CALLBACK)
    before = {p.name: p.read_bytes() for p in tmp_path.glob("*.ipynb")}
    assert run_lessons.main([], tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("pages: 1 ok, 2 failed, ")
    assert lines[-1].endswith(" MB peak")
    assert int(lines[-1].split()[-3]) > 20  # a kernel needs some tens of MB
    assert (tmp_path / "01_bad_corner.ipynb").read_bytes() == before["01_bad_corner.ipynb"]
    assert (tmp_path / "02_bad_callback.ipynb").read_bytes() == before["02_bad_callback.ipynb"]
    assert not list(tmp_path.glob("*.tmp"))

    saved = pages.read(tmp_path / "00_good.ipynb")
    assert page_rules.pair_problems(tmp_path, "00_good") == []
    assert page_rules.page_problems(tmp_path, "00_good") == []
    picture, bars = (cell.outputs for cell in saved.cells if cell.cell_type == "code")
    assert set(picture[0].data) == {"image/png", "text/plain"}
    assert picture[0].metadata["image/png"]["alt"] == "A line at 5 ms"
    assert [output.output_type for output in bars] == ["stream"]  # the widget bar is gone
    assert bars[0].text.count("%|") == 1 and "100%" in bars[0].text  # one line is left

    # A second run keeps every cell's id.
    assert run_lessons.main(["00_good"], tmp_path) == 0
    again = pages.read(tmp_path / "00_good.ipynb")
    assert [cell.id for cell in again.cells] == [cell.id for cell in saved.cells]


LIVING = """
import torch
from matplotlib.figure import Figure
from course_utils.explore import live

picture = Figure()
picture.set_label("Both ears.")
live("meetings", picture, left=torch.ones(9), right=torch.ones(9), longest_ms=3, from_ms=4)
"""


TABLE = "from IPython.display import HTML\n\nHTML('<b>a table</b>')"


def test_a_saved_page_keeps_the_picture_of_a_living_view_and_the_site_its_script(tmp_path):
    folder, kept_in = tmp_path / "notebooks", tmp_path / "kept"
    folder.mkdir()
    plant(folder, "00_living", LIVING, TABLE)
    assert run_lessons.main([], folder, kept_in) == 0
    assert page_rules.page_problems(folder, "00_living") == []
    still = {"image/png", "text/plain"}
    for where, kinds in ((folder, still), (kept_in, still | {"text/html"})):
        view, table = pages.read(where / "00_living.ipynb").cells[1:]
        assert set(view.outputs[0].data) == kinds
        assert view.outputs[0].metadata["image/png"]["alt"] == "Both ears."
        assert set(table.outputs[0].data) == {"text/html", "text/plain"}


def test_make_run_names_an_unknown_lesson(tmp_path, capsys):
    plant(tmp_path, "00_good", GOOD)
    assert run_lessons.main(["07_not_yet"], tmp_path) == 2
    assert "No lesson called 07_not_yet" in capsys.readouterr().out


def test_a_changed_source_is_out_of_sync(tmp_path):
    plant(tmp_path, "00_good", GOOD)
    assert page_rules.pair_problems(tmp_path, "00_good") == []
    source = tmp_path / "00_good.py"
    source.write_text(source.read_text().replace("axvline", "axhline"))
    assert page_rules.pair_problems(tmp_path, "00_good") == [
        "00_good, cell 1: the source differs from the .py"
    ]
    source.write_text(source.read_text() + "\n# %%\n1 + 1\n")
    assert "00_good: 3 cells in the .py, 2 in the .ipynb" in page_rules.pair_problems(
        tmp_path, "00_good"
    )
    source.unlink()
    assert page_rules.pair_problems(tmp_path, "00_good") == ["00_good.py is missing"]


def silent_image(notebook):
    data = {"image/png": "aaaa", "text/plain": "<Figure>"}
    notebook.cells[1].outputs.append(new_output("display_data", data))


def silent_html(notebook):
    data = {"text/html": '<img src="x.png">', "text/plain": ""}
    notebook.cells[1].outputs.append(new_output("display_data", data))


def saved_error(notebook):
    output = new_output("error", ename="ValueError", evalue="no", traceback=[])
    notebook.cells[1].outputs.append(output)


def change_prose(old, new):
    def change(notebook):
        assert old in notebook.cells[0].source
        notebook.cells[0].source = notebook.cells[0].source.replace(old, new, 1)

    return change


def change_code(source):
    def change(notebook):
        notebook.cells[1].source = source

    return change


def one_long_cell(notebook):
    """Blank lines do not count, and short cells beside it keep the median low."""
    notebook.cells[1].source = "\n\n".join(["explore()"] * 26)
    notebook.cells += [new_code_cell("1", execution_count=count) for count in (2, 3)]


BREAKS = {
    "an image/png output has no alt text": silent_image,
    'an <img src="x.png"> output has no alt text': silent_html,
    "![](a.png) has no alt text": change_prose("One.", "![](a.png)"),
    '<img src="a.png"> has no alt text': change_prose("One.", '<img src="a.png">'),
    "a saved error: ValueError: no": saved_error,
    "above 1000000": change_prose("One.", "x" * page_rules.MAX_BYTES),
    "a cell of 26 lines": one_long_cell,
    "draw reads 'seeds', which a later cell sets": change_code(
        "def draw(n):\n    return seeds[n]\nexplore(draw)\nseeds = [1]"
    ),
    "draw reads 'last', which a later cell sets": change_code(
        "def by(n):\n    return last + n\ndef draw(n):\n    return by(n)\nexplore(draw)\nlast = 1"
    ),
    "the median cell has 8 lines": change_code("\n".join(["explore()"] * 8)),
    "no slider": change_code("1"),
    "not saved from one run": lambda nb: nb.cells[1].update(execution_count=7),
    "no outputs are saved": lambda nb: nb.cells[1].update(outputs=[]),
    "widget state is saved": lambda nb: nb.metadata.update(widgets={}),
    "does not say 'You will be able to'": change_prose("You will be able to", "You will"),
    "does not say 'What you now know'": change_prose("What you now know", "The end"),
    "does not say '<details>'": change_prose("<details>", "<p>"),
    "does not open with a title": change_prose("# Does it?", "Does it?"),
    "1 '### Predict' on the page": change_prose("### Predict", "### Say"),
}


@pytest.mark.parametrize("words", BREAKS)
def test_a_broken_page_is_named(tmp_path, words):
    plant(tmp_path, "00_page", "explore()", outputs=True)
    assert page_rules.page_problems(tmp_path, "00_page") == []
    path = tmp_path / "00_page.ipynb"
    notebook = pages.read(path)
    BREAKS[words](notebook)
    nbformat.write(notebook, path)
    problems = page_rules.page_problems(tmp_path, "00_page")
    assert len(problems) == 1 and words in problems[0], problems


def test_minutes_count_words_lines_and_predictions(tmp_path):
    plant(tmp_path, "00_page", "a = 1\n\n" * 30)
    notebook = pages.read(tmp_path / "00_page.ipynb")
    short = page_rules.counted_minutes(notebook)
    notebook.cells[0].source += " word" * 400 + " $a + b$ [word](a_target.ipynb) <details> `x = 1`"
    assert 30 * 4 / 60 + 2 * 45 / 60 < short < 30 * 4 / 60 + 2 * 45 / 60 + 0.2
    assert page_rules.counted_minutes(notebook) - short == pytest.approx(403 / 200)


POSED = """
from course_utils import checks

def lead_ms(ipd_deg, frequency_hz):
    ...

checks.exercise_1_1(lead_ms)
"""


@pytest.mark.parametrize(
    ("solved", "words"),
    [
        ("ipd_deg / 360 * 1000 / frequency_hz", ""),
        ("ipd_deg / 360 / frequency_hz", "exercise_1_1 is not solved: Not yet: that is the lead"),
        ("...", "exercise_1_1 is not solved: not tried yet"),
    ],
)
def test_an_unsolved_exercise_is_named(tmp_path, solved, words):
    (tmp_path / "solutions").mkdir()
    plant(tmp_path, "01_ears", POSED)
    assert page_rules.solution_problems(tmp_path, "01_ears") == ["01_ears has no solutions"]
    plant(tmp_path, "solutions/01_ears", POSED.replace("...", f"return {solved}"))
    assert run_lessons.main([], tmp_path) == 0
    problems = page_rules.solution_problems(tmp_path, "01_ears")
    assert [p[: len(words)] for p in problems] == [words] * bool(words)


def test_an_exercise_without_a_solution_is_named(tmp_path):
    (tmp_path / "solutions").mkdir()
    plant(tmp_path, "01_ears", POSED, "checks.exercise_1_2(draw_phases)")
    plant(tmp_path, "solutions/01_ears", "1", outputs=True)
    (problem,) = page_rules.solution_problems(tmp_path, "01_ears")
    assert problem == "the lesson has ['exercise_1_1', 'exercise_1_2'], the solutions []"


LUCKY = """
import random

random.seed(3)
assert random.random() == {first}, "the first draw of seed 3"
"""
HEARS_ONCE = "spikes = list(range(3))", "assert spikes.pop() == 2"
HIDES = """
import random, ipywidgets

random.seed(0)
bad = random.random() == {first}
ipywidgets.interact(lambda delay: 1 / (not bad), delay=(0, 10));
"""


def test_luck_is_named_with_its_page_seed_cell_and_error(tmp_path, capsys):
    plant(tmp_path, "00_good", GOOD, "import random\n\nrandom.seed(3)")
    plant(tmp_path, "01_lucky", "1", LUCKY.format(first=random.Random(3).random()))
    plant(tmp_path, "02_hears_once", *HEARS_ONCE)
    plant(tmp_path, "03_hides", HIDES.format(first=random.Random(1000).random()))
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.ipynb")}
    assert luck.main([], tmp_path) == 1
    said = capsys.readouterr().out
    stops = [line for line in said.splitlines() if line.endswith("  STOPS")]
    named = [line.strip() for line in said.splitlines() if re.match(" +0.*, cell .*:$", line)]
    assert len(stops) == len(named) == 7
    assert sorted(named) == [
        *(f"01_lucky, seeds + {shift}, cell 2:" for shift in luck.SHIFTS),
        "02_hears_once, every cell twice, cell 2 (the second time):",
        "03_hides, seeds + 1000, cell 1:",
    ]
    assert said.count("AssertionError: the first draw of seed 3") == 5
    assert "a widget hides an error: ZeroDivisionError" in said
    assert said.splitlines()[-1] == "luck: 12 of 19 runs went through, 7 stopped"
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.ipynb")} == before


def test_luck_names_an_unknown_lesson(tmp_path, capsys):
    plant(tmp_path, "00_good", GOOD)
    assert luck.main(["07_not_yet"], tmp_path) == 2
    assert "No lesson called 07_not_yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "shifted"),
    [
        ("torch.manual_seed(0)", "torch.manual_seed(1000)"),
        ("µ = a.manual_seed(1), a.manual_seed(20)", "µ = a.manual_seed(1001), a.manual_seed(1020)"),
        ("a = b.manual_seed(\n    1000 + unlucky)", "a = b.manual_seed(\n    2000 + unlucky)"),
        ("np.random.default_rng(seed=7)", "np.random.default_rng(seed=1007)"),
        ("a.manual_seed(seed)", "a.manual_seed(seed)"),
        ("sample(3, True)", "sample(3, True)"),
    ],
)
def test_every_seed_that_is_a_number_is_another_one(code, shifted):
    assert luck.reseed(code, 1000) == shifted
