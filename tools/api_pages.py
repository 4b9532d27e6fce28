"""Pages of the code's own words: one for each public room of course_utils, written for Sphinx.

What stands on them is read from the docstrings; here is only which rooms there are. On a lesson's
page, one line leads to what the lesson takes from them.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

from tools import pages

HOUSE = pages.ROOT / "course_utils"
SIDE = ("plots", "tables", "explore", "drawings", "checks", "head", "words")
"""What is not the model."""
# An orphan is listed on the index, and not in the sidebar, where a list that folds has no name.
_PAGE = """---
orphan: true
---
# `{module}`

```{{eval-rst}}
.. automodule:: {module}
```
"""
_INDEX = """# The code, name by name

What the lessons import, in the words of the code itself: what goes in, with its shape and unit,
what comes out, and what is refused. Times are in ms or in steps, as each name says; spikes are
`(batch, time, channel)`. `[source]` beside a name shows its lines.

## The model

{model}

## Sliders, figures, checks, a measured head and spoken words

{side}
"""


def modules(house: Path = HOUSE) -> list[str]:
    """Return the public rooms, such as "course_utils.head.heads", the model first."""
    found = {
        ".".join(path.relative_to(house.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in house.rglob("*.py")
    }
    public = sorted(name for name in found - {house.name} if "._" not in name)
    return sorted(public, key=lambda name: name.split(".")[1] in SIDE)


def _line(module: str) -> str:
    words = (importlib.import_module(module).__doc__ or "").splitlines()[0]
    return f"- [`{module.removeprefix('course_utils.')}`]({module}.md): {words}"


def write(folder: Path) -> list[str]:
    """Write the pages into a folder of Sphinx's source; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    every = modules()
    for module in every:
        (folder / f"{module}.md").write_text(_PAGE.format(module=module), encoding="utf-8")
    lines = {module: _line(module) for module in every}
    side = [line for module, line in lines.items() if module.split(".")[1] in SIDE]
    model = [line for module, line in lines.items() if module.split(".")[1] not in SIDE]
    words = _INDEX.format(model="\n".join(model), side="\n".join(side))
    (folder / "index.md").write_text(words, encoding="utf-8")
    return ["index", *every]


def taken(cells: list) -> list[tuple[str, str]]:
    """Return what the code of a page imports from the model, as (module, name), in its order."""
    found: dict[tuple[str, str], None] = {}
    model = {module for module in modules() if module.split(".")[1] not in SIDE}
    for cell in cells:
        if cell.cell_type != "code" or "course_utils" not in cell.source:
            continue
        for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", cell.source, flags=re.M))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_utils"):
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    if inner in model:
                        found[inner, ""] = None
                    elif node.module in model:
                        found[node.module, alias.name] = None
    return list(found)


def leads(cells: list, up: str) -> str:
    """Return a line that leads from a page, `up` below the site's root, to what it takes."""
    links = [
        f'<a href="{up}api/{module}.html#{module}{"." * bool(name)}{name}">'
        f"<code>{name or module.removeprefix('course_utils.')}</code></a>"
        for module, name in taken(cells)
        if not name or name in public(module)
    ]
    if not links:
        return ""
    return f'<p class="course-links">The code this page takes: {" ".join(links)}</p>'


def public(module: str) -> set[str]:
    """Return the names that the page of a module has an anchor for."""
    found = importlib.import_module(module)
    named = getattr(found, "__all__", None) or vars(found)
    return {
        name
        for name in named
        if not name.startswith("_")
        and callable(value := vars(found)[name])
        and getattr(value, "__module__", None) == module
    }
