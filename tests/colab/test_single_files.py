"""Single-file lessons run to the end where Colab's versions are, and our package is not.

The kernel is that of .venv-colab (`make test-colab` makes it from tools/colab.txt); each file lies
alone in an empty folder, as after an upload.
"""

import json
import os
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

from tools import find_python, links, page_rules, pages, single_files

COLAB = "3.13"
PYTHON = pages.ROOT / ".venv-colab" / "bin" / "python"
WANTED = {
    requirement.name: str(requirement.specifier).removeprefix("==")
    for line in (pages.ROOT / "tools" / "colab.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for requirement in [Requirement(line)]
}


def pytest_generate_tests(metafunc):
    if "lesson" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--lessons").split() or pages.lessons() + pages.beside()
        metafunc.parametrize("lesson", chosen)


def python(code):
    """Return what Colab's Python prints, away from this repository."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(PYTHON), "-c", code]
    return subprocess.run(command, text=True, capture_output=True, cwd="/", env=clean, check=False)


@pytest.fixture(scope="session")
def kernels(tmp_path_factory):
    """Let Jupyter find no other kernel than Colab's Python, under the usual name."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    words = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(words))
    return folder


def run(notebook, folder, kernels, monkeypatch, **environment):
    """Execute a notebook in `folder` with Colab's versions."""
    monkeypatch.setenv("JUPYTER_PATH", str(kernels))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, kernel_name="python3", timeout=300, resources=resources)
    client.execute(env=clean | environment)
    assert page_rules.widget_errors(notebook) == []
    return notebook


def test_the_versions_are_colabs_and_the_package_is_not_there():
    assert "No module named 'course_utils'" in python("import course_utils").stderr
    code = "from importlib.metadata import version\n"
    code += "".join(f"print(version({name!r}).split('+')[0])\n" for name in WANTED)
    found = dict(zip(WANTED, python(code).stdout.split(), strict=True))
    own = python("import sys; print('%d.%d' % sys.version_info[:2])").stdout.strip()
    print(f"\nColab-like: Python {own}", *(f"{name} {version}" for name, version in found.items()))
    assert found == WANTED
    if "COLAB_PYTHON" not in os.environ:  # nobody chose another
        assert own == COLAB or find_python.found(COLAB) is None


def test_a_lesson_runs_by_upload(lesson, kernels, tmp_path, monkeypatch):
    notebook = run(single_files.single_file(lesson), tmp_path, kernels, monkeypatch)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code if cell.source.strip())
    shown = [output for cell in code for output in cell.outputs if "data" in output]
    assert any("image/png" in output.data for output in shown)
    said = [output.data.get("text/plain", "") for output in shown]
    untried = sum(words.startswith("not tried yet") for words in said)
    assert untried == len(page_rules.exercises(code))
    assert [path.name for path in tmp_path.iterdir()] == ["learning-delays"]


def test_without_its_set_up_cell_a_lesson_fails(kernels, tmp_path, monkeypatch):
    notebook = single_files.single_file(pages.lessons()[0])
    del notebook.cells[1]
    with pytest.raises(Exception, match="No module named 'course_utils'"):
        run(notebook, tmp_path, kernels, monkeypatch)


def test_a_hosted_lesson_clones_its_branch(kernels, tmp_path, monkeypatch):
    host = links.Host("someone/delays", "trunk/new")
    notebook = single_files.single_file(pages.lessons()[0], host)
    notebook.cells = notebook.cells[:3]  # title, set-up, imports
    hosted, folder = tmp_path / "hosted", tmp_path / "opened"
    folder.mkdir()
    safe = ["git", "-c", "safe.directory=*"]
    subprocess.run([*safe, "clone", "-q", str(pages.ROOT), str(hosted)], check=True)
    for change in (["-B", "trunk/new"], ["--orphan", "empty"]):  # what it has checked out is empty
        subprocess.run([*safe, "checkout", "-q", *change], cwd=hosted, check=True)
    local = {  # this repository in the place of the hosted one
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.file://{hosted}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/someone/delays",
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }
    run(notebook, folder, kernels, monkeypatch, **local)
    assert (folder / "learning-delays" / "course_utils" / "delays.py").exists()


@pytest.mark.parametrize("named", ["", "elsewhere"])
def test_a_variable_may_name_the_folder_and_an_empty_one_names_none(
    named, kernels, tmp_path, monkeypatch
):
    notebook = single_files.single_file(pages.lessons()[0])
    notebook.cells = notebook.cells[:3]
    home = tmp_path / (named or "learning-delays")
    run(notebook, tmp_path, kernels, monkeypatch, LEARNING_DELAYS=str(home) if named else "")
    assert [path.name for path in tmp_path.iterdir()] == [home.name]
    assert (home / "notebooks").is_dir()


@pytest.mark.parametrize("name", pages.lessons() + pages.beside())
def test_a_single_file_leads_nowhere_that_is_not_there(name):
    there = links.Host("someone/delays")
    for host, scheme in ((None, ()), (there, ("https://github.com/someone/delays/",))):
        notebook = single_files.single_file(name, host)
        prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        assert links.local_targets(prose) == []
        assert all(start in prose for start in scheme)
        assert ("colab-badge" in prose) == bool(host)


def test_the_command_writes_one_file_for_each_lesson(tmp_path):
    command = [sys.executable, "-m", "tools.single_files", str(tmp_path), "--repo"]
    done = subprocess.run(
        [*command, "someone/delays"], text=True, capture_output=True, cwd=pages.ROOT, check=True
    )
    written = {path.stem for path in tmp_path.iterdir()}
    assert written == {*pages.lessons(), *pages.beside(), "one_seed"}
    assert "on the branch colab of someone/delays" in done.stdout
    wrong = subprocess.run(
        [*command, "no-owner"], text=True, capture_output=True, cwd=pages.ROOT, check=False
    )
    assert "a repository is written OWNER/NAME, not 'no-owner'" in wrong.stderr
