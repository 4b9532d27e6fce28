"""Links between pages: where they lead, and what to put in their place when a page travels alone.

    [text](target)        target without a scheme: a file of this course, perhaps with #a-heading
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat

# An image is no link, and code is not prose; a title in quotes after the target is not used here.
_LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\(([^()\s]+)\)")
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^()\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def prose(source: str) -> str:
    """Return markdown without its code."""
    return _CODE.sub("", source)


def is_local(target: str) -> bool:
    """Say whether a target is a file or a heading of this course."""
    return re.match(r"[a-z][a-z0-9+.-]*:", target) is None


def local_targets(source: str) -> list[str]:
    """Return the targets of all local links and images in markdown."""
    text = prose(source)
    targets = [target for _, target in _LINK.findall(text)] + _IMAGE.findall(text)
    return [target for target in targets if is_local(target)]


def replace_local(source: str, replace: Callable[[str, str], str]) -> str:
    """Return markdown in which each local link has become `replace(text, target)`."""
    return _LINK.sub(
        lambda link: replace(*link.groups()) if is_local(link.group(2)) else link.group(), source
    )


def markdown_of(path: Path) -> str:
    """Return the prose of a notebook or a markdown file."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def slug(heading: str) -> str:
    """Return the anchor of a heading, as JupyterLab spells it."""
    return heading.strip().replace(" ", "-")


def anchors(path: Path) -> set[str]:
    """Return the names of all headings of a page, as JupyterLab and the site spell them."""
    text = _CODE.sub("", markdown_of(path))
    return {slug(heading) for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)}


def broken_links(path: Path) -> list[str]:
    """Return the local links of a page that lead to no file, or to no heading of one."""
    broken = []
    for target in local_targets(markdown_of(path)):
        name, _, anchor = target.partition("#")
        there = (path.parent / name) if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    return broken
