"""Links between pages: where they lead, and what to put in their place when a page travels alone.

[text](target)        target without a scheme: a file of this course, perhaps with #a-heading
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import nbformat

# An image is no link, and code is not prose; a title in quotes after the target is not used here.
_LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\(([^()\s]+)\)")
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^()\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


COLAB = "https://colab.research.google.com"
BINDER = "https://mybinder.org"
BRANCH = "main"
FILES_BRANCH = "colab"
"""The branch that holds the single files, and nothing else."""


@dataclass(frozen=True)
class Host:
    """The repository on GitHub that pages lead to, and which branch of it.

    Raises
    ------
    ValueError
        If `repo` is not written OWNER/NAME, or `branch` is no name of a branch.
    """

    repo: str
    branch: str = BRANCH

    def __post_init__(self):
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", self.repo):
            raise ValueError(f"a repository is written OWNER/NAME, not {self.repo!r}")
        if not re.fullmatch(r"\w[\w./+-]*", self.branch):
            raise ValueError(f"a branch has a name such as {BRANCH}, not {self.branch!r}")

    def file(self, path: str) -> str:
        """Return the address of a file of the repository."""
        return f"https://github.com/{self.repo}/blob/{self.branch}/{path}"

    def colab(self, name: str) -> str:
        """Return the address at which Colab opens a lesson's single file."""
        return f"{COLAB}/github/{self.repo}/blob/{FILES_BRANCH}/{name}.ipynb"

    def binder(self, name: str) -> str:
        """Return the address at which Binder opens a lesson."""
        branch = quote(self.branch, safe="")
        return f"{BINDER}/v2/gh/{self.repo}/{branch}?urlpath=lab/tree/notebooks/{name}.ipynb"


def add_host(parser: argparse.ArgumentParser) -> None:
    """Let a command take `--repo OWNER/NAME` and `--branch BRANCH`."""
    parser.add_argument("--repo", default="", metavar="OWNER/NAME")
    parser.add_argument("--branch", default=BRANCH)


def host(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Host | None:
    """Return the host that a command was given, or None; end it if there can't be such a one."""
    try:
        return Host(given.repo, given.branch) if given.repo else None
    except ValueError as error:
        parser.error(str(error))


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
