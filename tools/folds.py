"""Which cells of a page tell the answer to a question, found in one place.

The site folds them (see build_site); in a saved notebook their outputs are collapsed (see pairs).
"""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

QUESTION = re.compile(r"^### Predict\b", re.MULTILINE)
GUESSING = ("predict", "reveal", "review")
_MARKS = re.compile(r"```.*?```|<details.*?</details>|^#{1,6} ", re.DOTALL | re.MULTILINE)


def pieces(cells: list) -> list[tuple[NotebookNode, bool]]:
    """Return the page in pieces, each with whether it stands between a question and its answer.

    From the cell that asks (`### Predict`), and what takes the guess right below it, that is all,
    code and outputs and words, down to the `</details>` of the answer, or to the next heading where
    there is none. Code cells come as they are, words are cut where a stretch begins or ends.
    """
    found: list[tuple[NotebookNode, bool]] = []
    inside = just_asked = False
    for cell in cells:
        if cell.cell_type != "markdown":
            takes_guess = just_asked and only_calls(cell.source, "predict")
            found.append((cell, inside and not takes_guess))
            just_asked = False
            continue
        words = cell.source
        if inside:
            place = _end_of_answer(words)
            found += [(part, True) for part in _words(cell, words[:place])]
            just_asked = False
            if place is None:
                continue
            inside, words = False, words[place:]
        found += [(part, False) for part in _words(cell, words)]
        # An answer that stands in the same cell is folded as it is.
        *_, last = QUESTION.split(words)
        inside = just_asked = last != words and "<details" not in last
    return found


def _end_of_answer(words: str) -> int | None:
    """Return the place after an answer, or before a heading; None if the cell has neither."""
    for mark in _MARKS.finditer(words):
        if mark[0].startswith("#"):
            return mark.start()
        if mark[0].startswith("<details"):
            return mark.end()
    return None


def _words(cell, source: str) -> list:
    """Return a part of a cell's words as a cell, if there are any."""
    kept = source.strip("\n")
    return [new_markdown_cell(kept, metadata=cell.metadata)] if kept.strip() else []


def calls(source: str, *names: str) -> list[ast.Call]:
    """Return the calls of these functions in a cell, in order."""
    nodes = [node for node in ast.walk(_parsed(source)) if _is_call(node, names)]
    return sorted(nodes, key=lambda call: (call.lineno, call.col_offset))


def only_calls(source: str, *names: str) -> bool:
    """Say whether a cell does nothing but call these functions, each in a statement of its own."""
    body = _parsed(source).body
    return bool(body) and all(isinstance(n, ast.Expr) and _is_call(n.value, names) for n in body)


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # a line for IPython, as %time
        return ast.Module([], [])


def _is_call(node: ast.AST, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


FIRST = "Make your guess, then run this cell, or click here to see what came out."


def collapse(notebook) -> bool:
    """Mark, in place, the outputs that tell an answer as collapsed, and no others.

    JupyterLab shows them when the cell is run, or at a click. Until then it shows the first line of
    the first output, so that line is one that tells nothing. The `.py` does not carry the mark, nor
    does a page without outputs. Return whether that changed anything.
    """
    before = [_saved(cell) for cell in notebook.cells]
    answering = {id(cell) for cell, inside in pieces(notebook.cells) if inside}
    for cell in notebook.cells:
        cell.metadata.pop("jupyter", None)
        if cell.cell_type != "code":
            continue
        cell.outputs = [o for o in cell.outputs if o.get("data", {}).get("text/plain") != FIRST]
        if id(cell) in answering:
            cell.metadata["jupyter"] = {"outputs_hidden": True}
            if cell.outputs:
                cell.outputs.insert(0, new_output("display_data", {"text/plain": FIRST}))
    return before != [_saved(cell) for cell in notebook.cells]


def is_collapsed(cell) -> bool:
    """Say whether what a code cell has shown is saved as `collapse` leaves it."""
    hidden = cell.metadata.get("jupyter", {}).get("outputs_hidden", False)
    return hidden and cell.outputs[0].get("data", {}).get("text/plain") == FIRST


def _saved(cell) -> tuple:
    """What `collapse` may change of a cell."""
    return cell.metadata.get("jupyter"), len(cell.get("outputs", []))
