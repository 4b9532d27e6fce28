"""What we ask of a page, in one place: `make run` and the tests both read it from here.

Functions that look for trouble return a list of sentences; an empty list is good news.
"""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

from tools import folds, pages

EXPECTED_LESSONS = 11

MAX_BYTES = 1_000_000
MAX_CELL_LINES = 25
MEDIAN_CELL_LINES = 8

NOT_YET: tuple[str, ...] = ()
"""Lessons whose predictions take no guess yet."""


def pair_problems(folder: Path, name: str) -> list[str]:
    """Say where the `.ipynb` does not hold the cells of its `.py`."""
    missing = [s for s in (".py", ".ipynb") if not (folder / f"{name}{s}").exists()]
    if missing:
        return [f"{name}{suffix} is missing" for suffix in missing]
    source = pages.from_source(folder, name)
    folds.collapse(source)
    source = source.cells
    saved = pages.read(folder / f"{name}.ipynb").cells
    problems = []
    if len(source) != len(saved):
        problems.append(f"{name}: {len(source)} cells in the .py, {len(saved)} in the .ipynb")
    for number, (ours, theirs) in enumerate(zip(source, saved, strict=False)):
        for part in ("cell_type", "source", "metadata"):
            if ours[part] != theirs[part]:
                problems.append(f"{name}, cell {number}: the {part} differs from the .py")
    return problems


def widget_errors(notebook) -> list[str]:
    """Return errors that hide in the state of widgets.

    `interact`, `interactive_output` and `with Output()` keep an exception for themselves: the
    cell succeeds, and only the state of its Output widget tells.
    """
    state = notebook.metadata.get("widgets", {}).get(pages.WIDGET_STATE, {}).get("state", {})
    outputs = [
        output for model in state.values() for output in model.get("state", {}).get("outputs", [])
    ]
    return [
        f"{output.get('ename')}: {output.get('evalue')}"
        for output in outputs
        if output.get("output_type") == "error"
    ]


def page_problems(folder: Path, name: str) -> list[str]:
    """Say where a saved lesson breaks a rule of the page."""
    path = folder / f"{name}.ipynb"
    notebook = pages.read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    problems = (
        size_problems(path)
        + cell_problems(code)
        + slider_problems(code)
        + output_problems(code)
        + prose_problems(prose)
        + image_problems(notebook.cells)
    )
    if "widgets" in notebook.metadata:
        problems.append("widget state is saved in the metadata; make run strips it")
    if not any(re.search(r"\b(explore|live)\(", cell.source) for cell in code):
        problems.append("no slider: nothing calls explore( or live(")
    return problems


def howto_problems(folder: Path, name: str) -> list[str]:
    """Say where a saved how-to page breaks a rule: those of a lesson, but for its pedagogy."""
    path = folder / f"{name}.ipynb"
    cells = pages.read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    problems = size_problems(path) + cell_problems(code) + output_problems(code)
    if not cells[0].source.startswith("# How ") and not cells[0].source.startswith("# Which "):
        problems.append("the title is not a question")
    return problems + image_problems(cells)


def counted_minutes(notebook) -> float:
    """Return the minutes a lesson takes: 200 words a minute, 4 s a line of code, 45 s a prediction.

    A formula or a name in code counts as one word. The thinking that an exercise takes is not in
    it: nobody can count that.
    """
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    shown = re.sub(r"<[^>]+>|\]\([^)]*\)", " ", text)  # no tags, no targets of links
    words = re.findall(r"\w[\w'’-]*", re.sub(r"\$+[^$]+\$+|`[^`\n]*`", " x ", shown))
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    lines = sum(bool(line.strip()) for source in code for line in source.splitlines())
    predictions = len(re.findall(r"^### Predict", text, re.MULTILINE))
    return len(words) / 200 + lines * 4 / 60 + predictions * 45 / 60


def prediction_problems(notebook, called: str) -> list[str]:
    """Say where a question takes no guess, or its answer could be seen before one is made.

    Right below each `### Predict` a cell of its own calls `predict("N.k", ...)`, k counting from 1
    and N what `pages.called` says;
    before its answer ends, one calls `reveal("N.k", truth)`, whose words a saved page folds; all
    outputs between the two are saved collapsed. At the end of the page, `review()` lists them.
    """
    problems, asked, told = [], [], set()
    open_key, reviewed = None, False
    cells = folds.pieces(notebook.cells)
    for place, (cell, inside) in enumerate(cells):
        if cell.cell_type != "code":
            if not inside and folds.QUESTION.search(cell.source):
                key = f"{called}.{len(asked) + 1}"
                asked.append(key)
                below = cells[place + 1][0].source if place + 1 < len(cells) else ""
                if len(folds.QUESTION.findall(cell.source)) > 1 or not _asks(below, key):
                    problems.append(f"question {key}: no predict({key!r}, ...) alone right below")
                open_key = key
            continue
        for call in folds.calls(cell.source, "reveal"):
            said = _key(call)
            if not inside or said != open_key:
                problems.append(f"reveal of {said!r} does not stand between question and answer")
            told.add(said)
        if inside and cell.outputs and not folds.is_collapsed(cell):
            problems.append(f"question {open_key}: an output that tells is not saved collapsed")
        reviewed |= bool(folds.calls(cell.source, "review")) and not inside
        if reviewed and folds.calls(cell.source, "predict"):
            problems.append("review() stands before the last question")
        if inside and folds.only_calls(cell.source, "reveal"):
            words = ["".join(o.get("data", {}).get("text/html", "")) for o in cell.outputs[1:]]
            problems += [f"reveal of {open_key} is open" for w in words if "<details>" not in w]
    problems += [f"question {key} has no reveal" for key in asked if key not in told]
    if not reviewed:
        problems.append("no review() at the end")
    return problems


def _asks(source: str, key: str) -> bool:
    called = folds.calls(source, "predict") if folds.only_calls(source, "predict") else []
    return [_key(call) for call in called] == [key]


def _key(call: ast.Call) -> str | None:
    """Return the key that a call names in so many words."""
    first = call.args[0] if call.args else None
    return str(first.value) if isinstance(first, ast.Constant) else None


def exercises(code: list) -> list[str]:
    """Return the exercises that these cells check, such as "exercise_2_1"."""
    return [e for cell in code for e in re.findall(r"\bchecks\.(exercise_\d+_\d+)", cell.source)]


def solution_problems(folder: Path, name: str) -> list[str]:
    """Say where the solutions of a lesson leave an exercise out, or do not pass its check."""
    if len(pages.with_solutions(name, folder)) == 1:
        return [f"{name} has no solutions"]
    path = folder / "solutions" / f"{name}.ipynb"
    cells = pages.read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    lesson = pages.read(folder / f"{name}.ipynb").cells
    posed = exercises([cell for cell in lesson if cell.cell_type == "code"])
    problems = size_problems(path) + output_problems(code) + image_problems(cells)
    if exercises(code) != posed or not posed:
        problems.append(f"the lesson has {posed}, the solutions {exercises(code)}")
    for cell in code:
        said = "".join(str(o.get("data", {}).get("text/plain", "")) for o in cell.outputs)
        if exercises([cell]) and not said.startswith("Right: "):
            problems.append(f"{exercises([cell])[0]} is not solved: {said}")
    return problems


def size_problems(path: Path) -> list[str]:
    size = path.stat().st_size
    return [f"{size} bytes, above {MAX_BYTES}"] if size > MAX_BYTES else []


def cell_problems(code: list) -> list[str]:
    """Long cells are hard to read on a page; blank lines do not count."""
    lengths = [len([line for line in cell.source.splitlines() if line.strip()]) for cell in code]
    problems = [
        f"a cell of {length} lines, above {MAX_CELL_LINES}: {cell.source.splitlines()[0]!r}"
        for cell, length in zip(code, lengths, strict=True)
        if length > MAX_CELL_LINES
    ]
    if not lengths:
        problems.append("no code")
    elif statistics.median(lengths) >= MEDIAN_CELL_LINES:
        problems.append(f"the median cell has {statistics.median(lengths)} lines, not below 8")
    return problems


def slider_problems(code: list) -> list[str]:
    """A slider draws again after all cells have run: by then a name may mean something else.

    What `draw` reads is also what the page's own functions read that it calls.
    """
    nodes = [node for cell in code for node in ast.parse(cell.source).body]
    problems = []
    for place, node in enumerate(nodes):
        if not isinstance(node, ast.FunctionDef) or node.name != "draw":
            continue
        read: set[str] = set()
        called = [node]
        while called:
            fresh = _read_by(called.pop()) - read
            read |= fresh
            called += [
                other
                for other in nodes[:place]
                if isinstance(other, ast.FunctionDef) and other.name in fresh
            ]
        later = {
            name.id
            for other in nodes[place + 1 :]
            if not isinstance(other, (ast.FunctionDef, ast.ClassDef))
            for name in ast.walk(other)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        problems += [f"draw reads {name!r}, which a later cell sets" for name in read & later]
    return problems


def _read_by(function: ast.FunctionDef) -> set[str]:
    """Names that a function reads and does not make itself."""
    names = [name for name in ast.walk(function) if isinstance(name, ast.Name)]
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    own |= {argument.arg for argument in function.args.args} | {function.name}
    return {name.id for name in names} - own


def output_problems(code: list) -> list[str]:
    """Outputs are saved, and came from running the page once, top to bottom."""
    problems = []
    counts = [cell.execution_count for cell in code if cell.source.strip()]
    if counts != list(range(1, len(counts) + 1)):
        problems.append("not saved from one run, top to bottom; make run does it")
    if not any(cell.outputs for cell in code):
        problems.append("no outputs are saved")
    for cell in code:
        for output in cell.outputs:
            allowed = "raises-exception" in cell.metadata.get("tags", [])
            if output.output_type == "error" and not allowed:
                problems.append(f"a saved error: {output.ename}: {output.evalue}")
    return problems


def prose_problems(prose: str) -> list[str]:
    problems = [
        f"the page does not say {words!r}"
        for words in ("You will be able to", "What you now know", "<details>")
        if words not in prose
    ]
    if not prose.lstrip().startswith("# "):
        problems.append("the page does not open with a title")
    predictions = len(re.findall(r"^### Predict", prose, re.MULTILINE))
    if predictions < 2:
        problems.append(f"{predictions} '### Predict' on the page, below 2")
    return problems


def image_problems(cells: list) -> list[str]:
    """Every picture says in words what it shows."""
    problems = []
    for number, cell in enumerate(cells):
        silent = [f"![]({link})" for link in re.findall(r"!\[\s*\]\(([^)]*)\)", cell.source)]
        silent += [tag for tag in re.findall(r"<img\b[^>]*>", cell.source) if not _has_alt(tag)]
        if cell.cell_type == "code":
            silent = [f"an {kind} output" for o in cell.outputs for kind in _silent_images(o)]
        problems += [f"cell {number}: {image} has no alt text" for image in silent]
    return problems


def _has_alt(tag: str) -> bool:
    return re.search(r"""\balt=(["'])\s*\S""", tag) is not None


def _silent_images(output) -> list[str]:
    kinds = [kind for kind in output.get("data", {}) if kind.startswith("image/")]
    silent = [k for k in kinds if not output.metadata.get(k, {}).get("alt", "").strip()]
    text = output.get("data", {}).get("text/html", "")
    return silent + [t[:60] for t in re.findall(r"<img\b[^>]*>", text) if not _has_alt(t)]
