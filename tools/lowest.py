"""Print the lowest version of each package that pyproject.toml promises, for `make test-lowest`.

    python tools/lowest.py > .venv-lowest/lowest.txt     and then: pip install -c THAT_FILE ...

It runs before anything is installed, and Python 3.10 cannot read TOML: so a range is looked for as
it is written, a quoted name, `>=` and a version. A test compares this with what TOML reads.
"""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
_RANGE = re.compile(r'"([\w.-]+)>=([\d.]+)')


def pins(text: str) -> dict[str, str]:
    """Return the lowest version of each package, by its name, from the text of pyproject.toml."""
    return dict(_RANGE.findall(text))


if __name__ == "__main__":
    for name, version in pins(PROJECT.read_text(encoding="utf-8")).items():
        print(f"{name}=={version}")
