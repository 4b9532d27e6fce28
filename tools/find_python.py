"""Print the first of these Pythons that is here, or nothing: for the `make` commands that need one.

    python tools/find_python.py 3.13            its path, where `python3.13` or pyenv has it
    python tools/find_python.py newest          the newest 3.x

A name on the PATH may be a mere signpost (pyenv puts one there for a Python that it does not use
just now), so each is asked who it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEWEST = tuple(f"3.{minor}" for minor in range(40, 9, -1))
_WHO = "import sys; print('%d.%d' % sys.version_info[:2])"


def candidates(version: str) -> list[str]:
    """Return where a Python of this version might be: on the PATH, then among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    kept = sorted((pyenv / "versions").glob(f"{version}.*/bin/python{version}"), reverse=True)
    named = shutil.which(f"python{version}")
    return [*filter(None, [named]), *map(str, kept)]


def is_version(command: str, version: str) -> bool:
    """Say whether a command runs, and is the Python of this version."""
    try:
        asked = subprocess.run([command, "-c", _WHO], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0 and asked.stdout.strip() == version


def found(version: str) -> str | None:
    """Return the command of the first Python of this version ("newest": of any) that runs."""
    for one in NEWEST if version == "newest" else (version,):
        for command in candidates(one):
            if is_version(command, one):
                return command
    return None


if __name__ == "__main__":
    print(found(sys.argv[1]) or "")
