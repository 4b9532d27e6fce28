"""Install what pip's words name, and keep two promises: it goes on anywhere, and asks before 5 GB.

    python tools/install.py [--pins FILE] WORDS      such as: --pins constraints.txt -e '.[lab]'

Pip is asked first what it would do, and what it would fetch is said. Where it cannot have a version
in FILE (a newer Python, a machine without such a wheel), the ranges hold instead. Where graphics
card (GPU) libraries would come along, nothing is installed, unless the variable GPU is 1. The
variable TORCH_INDEX is the address of one more package index, for a PyTorch without them.

It runs in a bare virtual environment: the standard library is all it has.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install")
GPU_NAMES = ("nvidia-", "cuda-")
GPU_ASKS = """\
Nothing was installed. Pip would fetch PyTorch with its libraries for graphics cards, and with them
the course takes more than 5 GB of your disk. It needs none of them. Add one to your command:
  TORCH_INDEX=ADDRESS   without them, 1.5 GB in all. ADDRESS is what stands after --index-url at
                        https://pytorch.org/get-started/locally/ for your system, Pip, and CPU.
  GPU=1                 with them."""


class RefusedError(Exception):
    """Pip cannot install this here; the text is what it said, from its first error on."""

    def reason(self) -> str:
        """The pins that cannot be met, or else pip's last error."""
        lines = [line.strip() for line in str(self).splitlines()]
        pins = [line.split("(constraint) ")[1] for line in lines if "(constraint) " in line]
        errors = [line for line in lines if line.startswith("ERROR: ")]
        return ", ".join(pins) or (errors or lines or ["?"])[-1].removeprefix("ERROR: ")


@dataclass(frozen=True)
class Package:
    """One that pip would install, and the address of its file."""

    name: str
    version: str
    address: str

    def megabytes(self) -> float | None:
        """How much would be fetched: none from this disk; None where the host does not say."""
        if not self.address.startswith("http"):
            return 0.0
        try:
            ask = urllib.request.Request(self.address, method="HEAD")
            with urllib.request.urlopen(ask, timeout=10) as answer:
                return int(answer.headers["Content-Length"]) / 1e6
        except (OSError, TypeError, ValueError):
            return None


def said(packages: Sequence[Package]) -> str:
    """Say in one sentence what there is to fetch."""
    with ThreadPoolExecutor(16) as pool:
        sizes = list(pool.map(Package.megabytes, packages))
    known = {one: size for one, size in zip(packages, sizes, strict=True) if size is not None}
    words = f"Packages to install: {len(packages)}, {sum(known.values()):.0f} MB to fetch"
    words += " (less what pip has kept from another time)"
    if len(known) < len(packages):
        words += f", not counting {len(packages) - len(known)} of unknown size"
    largest = sorted(known, key=known.__getitem__, reverse=True)[:3]
    parts = [f"{one.name} {one.version}, {known[one]:.0f} MB" for one in largest if known[one] >= 1]
    return words + (f"; the largest: {'; '.join(parts)}." if parts else ".")


def plan(words: Sequence[str]) -> list[Package]:
    """Return what `pip install WORDS` would install, or raise `RefusedError`."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        asked = [*PIP, "--dry-run", "--report", str(report), *words]
        done = subprocess.run(
            asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            raise RefusedError(done.stdout[max(0, done.stdout.find("ERROR: ")) :])
        found = json.loads(report.read_text(encoding="utf-8"))
    return [
        Package(item["metadata"]["name"], item["metadata"]["version"], item["download_info"]["url"])
        for item in found["install"]
    ]


def choose(words: list[str], pins: str | None) -> tuple[list[str], list[Package]]:
    """Return the words to install by, and what they would bring."""
    if pins:
        # no building from source: a pin without a wheel for this machine is refused as well
        pinned = ["--only-binary=:all:", "-c", pins, *words]
        try:
            return pinned, plan(pinned)
        except RefusedError as why:
            here = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
            print(f"{pins} does not fit {here} ({why.reason()}): going by pyproject.toml's ranges.")
    words = ["--prefer-binary", *words]
    return words, plan(words)


def renew_pip() -> None:
    """Get a pip that can say what it would do without fetching all of it (25.3 and later)."""
    have = importlib.metadata.version("pip").split(".")
    if (int(have[0]), int(have[1])) < (25, 3):
        subprocess.run([*PIP, "--quiet", "pip>=25.3"], check=False)


def main(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> None:
    """Install, or stop with a sentence that says why not."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--pins")
    ours, words = parser.parse_known_args(words)
    if index := environment.get("TORCH_INDEX"):
        words += ["--extra-index-url", index]
    renew_pip()
    print("Asking pip what there is to install ...", flush=True)
    try:
        words, packages = choose(words, ours.pins)
    except RefusedError as why:
        sys.exit(f"Nothing was installed. Pip says:\n{why}")
    if packages:
        print(said(packages), flush=True)
    for_gpu = any(package.name.lower().startswith(GPU_NAMES) for package in packages)
    if for_gpu and environment.get("GPU") != "1":
        sys.exit(GPU_ASKS)
    sys.exit(subprocess.run([*PIP, *words], check=False).returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
