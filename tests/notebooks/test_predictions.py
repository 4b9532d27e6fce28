"""Every question of a lesson takes a guess, and no saved page shows the answer before it."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import folds, page_rules, pages, pairs

QUESTION = "Words.\n\n### Predict\n**Which one?**"
ANSWER = "<details><summary>What happened</summary>\n\nThat one.\n</details>\n\n## Next"
ASKED = ['predict("3.1", "Which?", ["A", "B"])', 'see()\nreveal("3.1", "A")']
TOLD = "<details><summary>No guess was made. See what came out</summary>A</details>"


def page(*sources):
    """A saved page of lesson 3: words, or code that ends in a bracket and shows something."""
    cells = [
        new_code_cell(
            s, outputs=[new_output("display_data", {"text/html": TOLD, "text/plain": "A"})]
        )
        if s.endswith(")") else new_markdown_cell(s)
        for s in sources
    ]  # fmt: skip
    notebook = new_notebook(cells=cells)
    folds.collapse(notebook)
    return notebook


GOOD = (QUESTION, *ASKED, ANSWER, "b()", "review()")


def test_a_good_page_is_green_and_only_the_answer_is_collapsed():
    notebook = page(*GOOD)
    assert page_rules.prediction_problems(notebook, "3") == []
    told = [cell.outputs[0].data["text/plain"] for cell in notebook.cells if "outputs" in cell]
    assert told[1] == folds.FIRST and folds.FIRST not in (told[0], *told[2:])
    marks = [cell.metadata.get("jupyter", {}) for cell in notebook.cells]
    assert marks == [{}, {}, {"outputs_hidden": True}, {}, {}, {}]
    assert folds.collapse(notebook) is False
    notebook.cells[2].metadata = {}  # as JupyterLab leaves it, when the cell has run
    assert folds.collapse(notebook) is True


NO_GUESS = "question 3.1: no predict('3.1', ...) alone right below"


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ((QUESTION, ASKED[1], ANSWER, "review()"), [NO_GUESS]),
        ((QUESTION, "So.", *ASKED, ANSWER, "review()"), [NO_GUESS]),
        ((QUESTION, "see()", *ASKED, ANSWER, "review()"), [NO_GUESS]),
        ((QUESTION, f"see()\n{ASKED[0]}", ASKED[1], ANSWER, "review()"), [NO_GUESS]),
        ((QUESTION, ASKED[0].replace("3.1", "3.2"), ASKED[1], ANSWER, "review()"), [NO_GUESS]),
        ((f"{QUESTION}\n{ANSWER.split('##')[0]}", *ASKED, "review()"),
         ["reveal of '3.1' does not stand between question and answer"]),
        ((QUESTION, ASKED[0], ANSWER, ASKED[1], "review()"),
         ["reveal of '3.1' does not stand between question and answer"]),
        ((QUESTION, ASKED[0], "see()", ANSWER, "review()"), ["question 3.1 has no reveal"]),
        ((QUESTION, ASKED[0], ASKED[1].replace("3.1", "3.2"), ANSWER, "review()"),
         ["reveal of '3.2' does not stand between question and answer",
          "question 3.1 has no reveal"]),
        (GOOD[:-1], ["no review() at the end"]),
        ((*GOOD, QUESTION, *(s.replace("3.1", "3.2") for s in ASKED), ANSWER),
         ["review() stands before the last question"]),
    ],
)  # fmt: skip
def test_a_question_without_its_guess_is_named(sources, told):
    assert page_rules.prediction_problems(page(*sources), "3") == told


def test_an_answer_that_a_saved_page_shows_is_named():
    notebook = page(*GOOD)
    notebook.cells[2].metadata = {}
    open_ = ["question 3.1: an output that tells is not saved collapsed"]
    assert page_rules.prediction_problems(notebook, "3") == open_
    notebook = page(*GOOD)
    del notebook.cells[2].outputs[0]  # JupyterLab would show the first line of the next one
    assert page_rules.prediction_problems(notebook, "3") == open_
    notebook = page(*GOOD[:2], "see()", 'reveal("3.1", "A")', *GOOD[3:])
    assert page_rules.prediction_problems(notebook, "3") == []
    notebook.cells[3].outputs[1].data["text/html"] = "<p>It came out: A.</p>"
    assert page_rules.prediction_problems(notebook, "3") == ["reveal of 3.1 is open"]


READY = sorted({*pages.lessons(), *pages.beside()} - set(page_rules.NOT_YET))


@pytest.mark.parametrize("name", READY)
def test_every_question_of_a_lesson_takes_a_guess(name):
    notebook = pages.read(pages.NOTEBOOKS / f"{name}.ipynb")
    assert page_rules.prediction_problems(notebook, pages.called(name)) == []


def test_who_is_not_there_yet_is_a_lesson_and_not_there_yet():
    assert set(page_rules.NOT_YET) <= set(pages.lessons())
    for name in page_rules.NOT_YET:
        notebook = pages.read(pages.NOTEBOOKS / f"{name}.ipynb")
        assert page_rules.prediction_problems(notebook, pages.called(name)), f"{name} is converted"


def test_make_pair_collapses_again_what_was_opened_and_the_source_stays(tmp_path, capsys):
    pairs.write_source(page(*GOOD), tmp_path, "03_page")
    pairs.seal(page(*GOOD), tmp_path, "03_page")
    source, path = (tmp_path / f"03_page{suffix}" for suffix in (".py", ".ipynb"))
    text, saved = source.read_text(), pages.read(path)
    assert "outputs_hidden" not in text and "outputs_hidden" in path.read_text()
    assert pairs.problems(tmp_path, "03_page") == []
    opened = copy.deepcopy(saved)
    opened.cells[2].metadata = {}
    pages.write(opened, path)
    assert pairs.problems(tmp_path, "03_page") == [
        "03_page, cell 2: the metadata differs from the .py"
    ]
    assert pairs.main([], tmp_path) == 0
    assert pairs.problems(tmp_path, "03_page") == []
    assert source.read_text() == text and pages.read(path) == saved


def test_pages_without_outputs_carry_no_mark():
    for name in pages.lessons() + pages.beside():
        cells = pages.from_source(pages.NOTEBOOKS, name).cells
        assert not [cell for cell in cells if "jupyter" in cell.metadata]
