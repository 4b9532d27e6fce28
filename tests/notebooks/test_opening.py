"""Whatever state the two files of a page are in, JupyterLab opens it, and no answer is lost."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tools import notebook_checks as checks
from tools import pair

NAME = "02_make_a_spike_wait"
ANSWER = "an answer that took an hour"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Jupyter server with the course's own settings over a page of the course."""
    home = tmp_path_factory.mktemp("server")
    course = home / "course"
    (course / "notebooks").mkdir(parents=True)
    shutil.copy(checks.ROOT / "pyproject.toml", course)
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=planted"]
    log = (home / "log").open("w+")
    environment = os.environ | folders | {"JUPYTER_PREFER_ENV_PATH": "1", "HOME": str(home)}
    process = subprocess.Popen(
        [*command, f"--ServerApp.root_dir={course}"], env=environment, stdout=log, stderr=log,
        cwd=course,
    )  # fmt: skip
    try:
        yield course / "notebooks", address(home / "log", process)
    finally:
        process.terminate()
        process.wait(30)


def address(log, process):
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        found = [w for w in log.read_text().split() if w.startswith("http://127.0.0.1:")]
        if found:
            assert "jupytext" in log.read_text(), "the extension that pairs files is not there"
            return found[0].split("/?")[0].rstrip("/").removesuffix("/tree")
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def call(server, page=None):
    """Open the page, or save it; return its cells' sources."""
    url = f"{server[1]}/api/contents/notebooks/{NAME}.ipynb?token=planted"
    data = page and json.dumps({"type": "notebook", "format": "json", "content": page}).encode()
    request = urllib.request.Request(url, data, method="PUT" if page else "GET")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer).get("content")


def age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def write_answer(path):
    page = json.loads(path.read_text(encoding="utf-8"))
    page["cells"][0]["source"] = [ANSWER]
    path.write_text(json.dumps(page), encoding="utf-8")


STATES = {
    "as cloned": lambda py, ipynb: None,
    "after a run": lambda py, ipynb: age(py, 1000),
    "after a pull of the source": lambda py, ipynb: age(ipynb, 1000),
    "answered, newer": lambda py, ipynb: (write_answer(ipynb), age(py, 1000)),
    "answered, then a pull of the source": lambda py, ipynb: (
        write_answer(ipynb), py.write_text(py.read_text() + "# one line more\n"), age(ipynb, 1000),
    ),
    "the source edited": lambda py, ipynb: py.write_text(py.read_text() + "# more\n"),
    "both edited": lambda py, ipynb: (
        py.write_text(py.read_text() + "# more\n"), age(py, 1000), write_answer(ipynb),
    ),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_the_page_opens_and_keeps_its_answers(server, state):
    folder = server[0]
    py, ipynb = folder / f"{NAME}.py", folder / f"{NAME}.ipynb"
    for path in (py, ipynb):
        shutil.copy(checks.NOTEBOOKS / path.name, path)
    STATES[state](py, ipynb)
    source, wanted = py.read_bytes(), "".join(json.loads(ipynb.read_text())["cells"][0]["source"])
    try:
        page = call(server)
    except urllib.error.HTTPError as error:
        pytest.fail(f"{state}: the page does not open: {error.code}, {error.read().decode()}")
    assert "".join(page["cells"][0]["source"]) == wanted
    page["cells"][1]["source"] = ANSWER
    call(server, page)
    saved = call(server)["cells"]
    assert "".join(saved[0]["source"]) == wanted and "".join(saved[1]["source"]) == ANSWER
    assert py.read_bytes() == source


@pytest.fixture
def page(tmp_path):
    """A page of the course in a folder that is under no version control."""
    for suffix in (".py", ".ipynb"):
        shutil.copy(checks.NOTEBOOKS / f"{NAME}{suffix}", tmp_path)
    return tmp_path


def test_a_run_keeps_what_a_reader_wrote(page):
    assert pair.keep_edits(page, NAME, page / "kept") is None  # the same cells: nothing to keep
    write_answer(page / f"{NAME}.ipynb")
    copy = pair.keep_edits(page, NAME, page / "kept")
    assert ANSWER in copy.read_text(encoding="utf-8")


def test_cells_go_from_the_notebook_to_the_source_and_stay_in_step(page):
    write_answer(page / f"{NAME}.ipynb")
    assert checks.pair_problems(page, NAME)
    pair.take_over(page, NAME)
    assert checks.pair_problems(page, NAME) == []
    assert ANSWER in (page / f"{NAME}.py").read_text(encoding="utf-8")


def git(folder, *words):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_a_source_that_was_edited_as_well_is_left_alone(page):
    git(page, "init")
    git(page, "add", ".")
    git(page, "commit", "-m", "a page")
    write_answer(page / f"{NAME}.ipynb")
    source = page / f"{NAME}.py"
    source.write_text(source.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    before = source.read_bytes()
    with pytest.raises(ValueError, match=f"{NAME}.py was edited as well"):
        pair.take_over(page, NAME)
    assert source.read_bytes() == before


def test_a_page_as_it_was_committed_needs_no_copy(page):
    git(page, "init")
    git(page, "add", ".")
    git(page, "commit", "-m", "a page")
    source = page / f"{NAME}.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n# %%\nmore = 1\n", encoding="utf-8")
    assert pair.keep_edits(page, NAME, page / "kept") is None
