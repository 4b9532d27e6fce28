"""Run notebooks with nbmake, as a reader would meet them: installed package, fresh kernels."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree


def run_nbmake(folder: Path, startup: str = "") -> dict[str, str]:
    """Execute every notebook in `folder`, saving outputs there.

    `startup` is code that each kernel runs before the first cell. Returns, for each notebook's
    path without suffix, what went wrong ("" if nothing did).
    """
    report = folder / "nbmake.xml"
    command = [sys.executable, "-m", "pytest", "--nbmake", "--overwrite", "--nbmake-timeout=300"]
    command += ["--nbmake-kernel=python3", "--durations=0", "--color=no", "-p", "no:cacheprovider"]
    command += [f"--rootdir={folder}", f"--junitxml={report}", str(folder)]
    # This Python's kernel, not one of the user's that is also called python3.
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "PYTEST_ADDOPTS": ""}
    if startup:
        environment["IPYTHONDIR"] = str(folder.parent / "ipython")
        profile = folder.parent / "ipython" / "profile_default" / "startup"
        profile.mkdir(parents=True)
        (profile / "first.py").write_text(startup, encoding="utf-8")
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, check=False
    )
    print(done.stdout, done.stderr, sep="\n")
    assert done.returncode in (0, 1), f"nbmake could not run:\n{done.stdout}{done.stderr}"
    results = {}
    for page, case in _cases(report):
        trouble = [child for child in case if child.tag in ("failure", "error")]
        results[page] = "\n".join(f"{child.get('message')}\n{child.text}" for child in trouble)
    return results


def _cases(report: Path):
    """Return each page, such as "solutions/00_name", with its entry in the report."""
    for case in ElementTree.parse(report).iter("testcase"):
        yield case.get("classname").removesuffix(".ipynb").replace(".", "/"), case
