"""What a commit is held to: the hooks run without a network, and stop what they should."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_environment import PROJECT

from tools.page_rules import MAX_BYTES
from tools.pages import ROOT

BIN = Path(sys.executable).parent


def test_the_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"] and citation["license"] == "MIT"
    assert citation["title"] and citation["authors"] and citation["cff-version"] == "1.2.0"


@pytest.fixture
def repository(tmp_path):
    """A repository of its own with the course's settings and two of its pages."""
    for name in (".pre-commit-config.yaml", "pyproject.toml", ".jupytext.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("tools", "course_utils"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__py*"))
    (tmp_path / "notebooks").mkdir()
    for page in ("glossary", "02_make_a_spike_wait"):
        for suffix in (".py", ".ipynb"):
            shutil.copy(ROOT / "notebooks" / f"{page}{suffix}", tmp_path / "notebooks")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def hooks(repository, monkeypatch):
    """Run all hooks over all files; return the ids of those that fail, and what they print."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(repository / ".git" / "pre-commit"))
    monkeypatch.setenv("PATH", str(BIN), prepend=":")
    monkeypatch.setenv("MYPY_CACHE_DIR", str(ROOT / ".mypy_cache"))  # without it, a minute
    subprocess.run(["git", "add", "-A"], cwd=repository, check=True)
    command = [str(BIN / "pre-commit"), "run", "--all-files", "--color=never"]
    done = subprocess.run(command, cwd=repository, text=True, capture_output=True, check=False)
    failed = re.findall("^- hook id: (.+)$", done.stdout, re.M)
    assert bool(failed) == bool(done.returncode), done.stdout + done.stderr
    return failed, done.stdout


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_hooks_pass_as_it_is_and_stop_what_they_should(repository, monkeypatch):
    failed, said = hooks(repository, monkeypatch)
    assert failed == [], said

    (repository / "tools" / "new.py").write_text("import  os\n")
    (repository / "page.md").write_text("A t" + "eh page\n")
    edit(repository / "course_utils" / "clicks.py", "-> int:", "-> str:")
    edit(repository / "notebooks" / "glossary.py", "A wait", "The wait")
    printed = f'{{"name": "stdout", "output_type": "stream", "text": "{"x" * MAX_BYTES}"}}'
    page = repository / "notebooks" / "02_make_a_spike_wait.ipynb"
    edit(page, '"outputs": []', f'"outputs": [{printed}]')
    failed, said = hooks(repository, monkeypatch)
    assert failed == ["ruff", "format", "codespell", "types", "pairs"]
    assert "glossary, cell 0: the source differs from the .py" in said
    assert re.search("02_make_a_spike_wait: [0-9]+ bytes, above 1000000", said)
