"""Whatever git, an editor or `make run` leaves of a pair: the page opens, and no edit is lost.

The pages are opened and saved as JupyterLab does it, by its own server with the course's settings.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import nbformat
import pytest

from tools import page_rules, pages, pairs, run_lessons

PAGE = "00_page"
STUB = "answer = ..."
ANSWER = "answer = 42"
# Blank lines as an author writes them, which are not always those that jupytext writes.
SOURCE = f"""# %% [markdown]
# # How long?
#
# Text.

# %%
def wait(steps):
    return steps + 1

# %% [markdown]
# Your turn.

# %%
{STUB}
"""


def notebooks(course):
    return course / "notebooks"


def source(course):
    return notebooks(course) / f"{PAGE}.py"


def page(course):
    return notebooks(course) / f"{PAGE}.ipynb"


def git(folder, *words, fails=False):
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a change")


def change_source(course, words="Text, longer."):
    text = source(course).read_text()
    assert "Text." in text
    source(course).write_text(text.replace("Text.", words))


def change_notebook(course):
    """Add a cell as another program would, which also leaves traces of its own."""
    notebook = pages.read(page(course))
    notebook.metadata["colab"] = {"provenance": []}
    notebook.cells[0].metadata["vscode"] = {"languageId": "python"}
    notebook.cells.append(nbformat.v4.new_markdown_cell("A note."))
    page(course).write_text(nbformat.writes(notebook))


def change_outputs(course):
    notebook = pages.read(page(course))
    notebook.cells[1].execution_count = 7
    page(course).write_text(nbformat.writes(notebook))


def answer(course):
    notebook = pages.read(page(course))
    cell = next(cell for cell in notebook.cells if cell.source == STUB)
    cell.source = ANSWER
    page(course).write_text(nbformat.writes(notebook))


def in_step(folder):
    pairs.seal(pages.from_source(folder, PAGE), folder, PAGE)


def plant(folder, text=SOURCE):
    """Write a page as a pair that agrees, with the blank lines of its author."""
    folder.mkdir(parents=True)
    (folder / f"{PAGE}.py").write_text(text)
    in_step(folder)
    return folder.parent


def upstream(course):
    return course.parent / "upstream"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("courses")


@pytest.fixture
def course(root):
    """A clone, a few minutes old, of a course with a history."""
    first = root / f"{len(list(root.iterdir()))}" / "upstream"
    plant(notebooks(first), SOURCE.replace("Text.", "Old text."))
    for name in ("pyproject.toml", ".jupytext.toml", ".gitattributes"):
        shutil.copy(pages.ROOT / name, first)
    git(first, "init", "-q")
    commit(first)
    source(first).write_text(SOURCE)
    in_step(notebooks(first))
    commit(first)
    clone = first.parent / "course"
    git(root, "clone", "-q", str(first), str(clone))
    return clone


class Lab:
    """What JupyterLab asks its server for when it opens a page, and when it saves one."""

    def __init__(self, address, root):
        self.address, self.root = address, root

    def ask(self, path, model=None):
        address = f"{self.address}/api/contents/{path.relative_to(self.root)}?token=planted"
        data = None if model is None else json.dumps(model).encode()
        request = urllib.request.Request(address, data, method="PUT" if data else "GET")
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{error.code}: {error.read().decode()[:400]}") from error

    def open(self, course):
        return nbformat.from_dict(self.ask(page(course))["content"])

    def save(self, course, notebook):
        self.ask(page(course), {"type": "notebook", "format": "json", "content": notebook})

    def type(self, course, new=ANSWER, old=STUB):
        """Open the page, write an answer into it, and save it."""
        notebook = self.open(course)
        cell = next(cell for cell in notebook.cells if cell.source == old)
        cell.source = new
        self.save(course, notebook)


@pytest.fixture(scope="module")
def lab(root, tmp_path_factory, start_lab):
    with start_lab(root, tmp_path_factory.mktemp("home")) as address:
        yield Lab(address, root)


def run(course):
    run_lessons.main([], notebooks(course))


def run_and_replace(course):
    assert run_lessons.main(["--replace"], notebooks(course)) == 0


def pull(*changes):
    def pull(course):
        for change in changes:
            change(upstream(course))
        commit(upstream(course))
        touched = git(course, "status", "--porcelain")
        # Over an edit of the same file git refuses, in words, and changes nothing.
        fails = "ipynb" in touched and change_source not in changes[-1:]
        git(course, "pull", "-q", "--rebase=false", fails=fails)

    return pull


def checkout(course):
    git(course, "checkout", "-q", "HEAD~1", "--", f"notebooks/{PAGE}.py")


def stash(course):
    source(course).write_text(source(course).read_text() + "\n# %%\n1 + 1\n")
    git(course, "stash")
    git(course, "stash", "pop")


def edit_both(course):
    change_notebook(course)
    change_source(course)


def touch(path_of):
    return lambda course: os.utime(path_of(course))


EVENTS = {
    "nothing": lambda course: None,
    "make run": run,
    "a pull of outputs alone": pull(change_outputs),
    "a pull of cells of the notebook alone": pull(change_notebook),
    "a pull of the source alone": pull(change_source),
    "a pull of both": pull(change_source, lambda course: in_step(notebooks(course))),
    "a checkout of an older source": checkout,
    "a stash and back": stash,
    "an edit of the source": change_source,
    "an edit of the notebook": change_notebook,
    "an edit of both": edit_both,
    "a touch of the source": touch(source),
    "a touch of the notebook": touch(page),
}


def age(course):
    """Make both files an hour older, so that what comes next makes one of them clearly newer."""
    for path in (source(course), page(course)):
        then = path.stat().st_mtime - 3600
        os.utime(path, (then, then))


def held(course):
    return [cell.source for cell in pages.read(page(course)).cells]


@pytest.mark.parametrize("event", EVENTS)
def test_an_answer_outlives(event, course, lab):
    lab.type(course)
    age(course)
    EVENTS[event](course)
    said, written = held(course), source(course).read_bytes()
    assert ANSWER in said
    opened = lab.open(course)
    assert [cell.source for cell in opened.cells] == said
    lab.save(course, opened)
    assert held(course) == said
    assert source(course).read_bytes() == written


@pytest.mark.parametrize("event", EVENTS)
def test_a_page_takes_answers_after(event, course, lab):
    age(course)
    EVENTS[event](course)
    said, written = held(course), source(course).read_bytes()
    lab.type(course)
    assert held(course) == [ANSWER if words == STUB else words for words in said] != said
    assert source(course).read_bytes() == written


def test_a_page_opens_in_the_middle_of_a_conflict(course, lab):
    lab.type(course)
    git(course, "stash")
    change_source(upstream(course))
    in_step(notebooks(upstream(course)))
    commit(upstream(course))
    git(course, "pull", "-q")
    git(course, "stash", "pop", fails=True)
    assert "Text, longer." in lab.open(course).cells[0].source
    # As git says: theirs, the answers, are kept.
    git(course, "checkout", "-q", "--theirs", f"notebooks/{PAGE}.ipynb")
    assert ANSWER in [cell.source for cell in lab.open(course).cells]


def test_the_server_that_opens_them_has_jupytext(lab, course):
    """Or the tests above would pass for the wrong reason: where it pairs, it refuses."""
    (course / "jupytext.toml").write_text((course / ".jupytext.toml").read_text())
    change_source(course)
    age(course)
    os.utime(page(course))
    with pytest.raises(AssertionError, match="400: .*is more recent than"):
        lab.open(course)


# --- make run and make pair


@pytest.fixture
def folder(tmp_path):
    return notebooks(plant(tmp_path / "notebooks"))


def said_by_run(folder, capsys, *words):
    status = run_lessons.main([*words, PAGE], folder)
    return status, capsys.readouterr().out


def test_make_run_leaves_an_edited_notebook_alone(folder, capsys):
    answer(folder.parent)
    before = page(folder.parent).read_bytes()
    status, said = said_by_run(folder, capsys)
    assert status == 1 and page(folder.parent).read_bytes() == before
    assert f'{PAGE}.ipynb holds edits that a run would overwrite ("{ANSWER}")' in said
    assert f"make pair LESSONS={PAGE} keeps them" in said
    assert f"make run LESSONS={PAGE} REPLACE=1 throws them away" in said

    status, said = said_by_run(folder, capsys, "--replace")
    assert status == 0 and held(folder.parent)[-1] == STUB


def test_make_run_goes_on_after_edits_of_the_source(folder, capsys):
    for words in ("Text, longer.", "Text, longer and longer."):
        source(folder.parent).write_text(SOURCE.replace("Text.", words))
        assert said_by_run(folder, capsys)[0] == 0
        assert words in held(folder.parent)[0]
        assert pairs.edited(folder, PAGE) == ()


@pytest.mark.parametrize("edit", [answer, change_source])
def test_what_is_edited_during_a_run_stays(folder, capsys, monkeypatch, edit):
    def execute(*words, execute=run_lessons.execute):
        notebook = execute(*words)
        edit(folder.parent)
        return notebook

    monkeypatch.setattr(run_lessons, "execute", execute)
    said_by_run(folder, capsys)
    in_source = "Text, longer." in source(folder.parent).read_text()
    assert in_source if edit is change_source else ANSWER in held(folder.parent)
    assert pairs.edited(folder, PAGE) == ((".py",) if edit is change_source else (".ipynb",))


def test_a_run_leaves_the_source_as_jupytext_writes_it(folder, capsys):
    assert source(folder.parent).read_text() != pairs.text(pages.read(page(folder.parent)))
    assert said_by_run(folder, capsys)[0] == 0
    assert source(folder.parent).read_text() == pairs.text(pages.read(page(folder.parent)))
    assert source(folder.parent).stat().st_mtime_ns >= page(folder.parent).stat().st_mtime_ns
    assert pairs.problems(folder, PAGE) == []


def test_the_gate_wants_jupytexts_own_text_and_a_fingerprint(folder, capsys):
    written = f"{PAGE}.py is not as jupytext writes it; make pair does"
    assert pairs.problems(folder, PAGE) == [written]
    notebook = pages.read(page(folder.parent))
    notebook.metadata[pairs.AGREED] = "stale"
    pages.write(notebook, page(folder.parent))
    sealed = f"{PAGE}.ipynb has no fingerprint of its cells; make pair leaves it"
    assert pairs.problems(folder, PAGE) == [written, sealed]
    assert said_by_pair(folder, capsys)[0] == 0
    assert pairs.problems(folder, PAGE) == []


def test_a_notebook_that_cannot_tell_is_taken_for_edited(folder, capsys):
    notebook = pages.read(page(folder.parent))
    del notebook.metadata[pairs.AGREED]
    pages.write(notebook, page(folder.parent))
    assert pairs.edited(folder, PAGE) == ()
    change_source(folder.parent)
    assert pairs.edited(folder, PAGE) == (".py", ".ipynb")
    assert said_by_run(folder, capsys)[0] == 1


def said_by_pair(folder, capsys, *words):
    status = pairs.main([*words], folder)
    return status, capsys.readouterr().out


def test_make_pair_carries_an_answer_into_the_source(folder, capsys):
    answer(folder.parent)
    assert said_by_pair(folder, capsys) == (0, f"{PAGE}.py was written from the notebook\n")
    assert ANSWER in source(folder.parent).read_text()
    assert said_by_pair(folder, capsys) == (0, "Every pair agrees.\n")
    change_source(folder.parent)  # and from there on with the source
    assert said_by_run(folder, capsys)[0] == 0 and ANSWER in held(folder.parent)


def test_make_pair_carries_on_what_jupyterlab_saved(course, lab, capsys):
    lab.type(course)
    assert pairs.edited(notebooks(course), PAGE) == (".ipynb",)
    assert said_by_pair(notebooks(course), capsys)[0] == 0
    assert ANSWER in source(course).read_text()


def test_make_pair_leaves_an_edited_source_alone(folder, capsys):
    change_source(folder.parent)
    before = source(folder.parent).read_bytes()
    status, said = said_by_pair(folder, capsys)
    assert status == 1 and source(folder.parent).read_bytes() == before
    assert said.startswith(f'{PAGE}.py was edited ("# How long?"): make run LESSONS={PAGE} carries')

    answer(folder.parent)
    status, said = said_by_pair(folder, capsys, PAGE)
    assert status == 1 and source(folder.parent).read_bytes() == before
    theirs, ours = (f'"# How long?", "{last}"' for last in (ANSWER, STUB))
    assert f"{PAGE}.py ({ours}) and its notebook ({theirs}) were both edited" in said
    assert ANSWER in held(folder.parent)

    assert said_by_pair(folder, capsys, "--replace")[0] == 0
    assert source(folder.parent).read_text() == SOURCE.replace(STUB, ANSWER).replace(
        "return steps + 1\n", "return steps + 1\n\n"
    )


def test_make_pair_writes_no_source_that_would_lose_something(folder, capsys):
    notebook = pages.read(page(folder.parent))
    notebook.cells[0].attachments = {"a.png": {"image/png": "aaaa"}}
    pages.write(notebook, page(folder.parent))
    status, said = said_by_pair(folder, capsys)
    assert status == 1 and f"{PAGE}.ipynb holds what a .py can't" in said
    assert source(folder.parent).read_text() == SOURCE


def test_make_pair_names_an_unknown_page(folder, capsys):
    assert said_by_pair(folder, capsys, "07_not_yet")[0] == 2


def test_a_copy_that_a_reader_made_is_no_lesson(folder, capsys):
    copy = folder / f"{PAGE}-Copy1.ipynb"
    shutil.copy(page(folder.parent), copy)
    assert pages.lessons(folder) == [PAGE]
    said_by_pair(folder, capsys)
    assert not copy.with_suffix(".py").exists()


def jupytext(course, *words):
    command = [sys.executable, "-m", "jupytext", *words]
    done = subprocess.run(command, cwd=course, text=True, capture_output=True, check=False)
    return done.stdout


def test_a_page_is_a_pair_to_jupytext(course, capsys):
    """Its own command finds the pair from either side, and has nothing to add where it agrees."""
    assert said_by_pair(notebooks(course), capsys)[0] == 0
    written = source(course).read_bytes(), page(course).read_bytes()
    for here, other in ((source, page), (page, source)):
        said = jupytext(course, "--paired-paths", str(here(course).relative_to(course)))
        assert said.split() == [str(other(course).relative_to(course))]
        os.utime(here(course))
        jupytext(course, "--sync", str(here(course).relative_to(course)))
        assert source(course).read_bytes() == written[0]
        assert page_rules.pair_problems(notebooks(course), PAGE) == []
    change_source(course)
    jupytext(course, "--sync", f"notebooks/{PAGE}.py")
    assert "Text, longer." in held(course)[0]


def test_make_hands_the_words_on():
    for target, tool in (("run", "run_lessons"), ("pair", "pairs")):
        # make says where it is if another make has called it
        command = ["make", "--no-print-directory", "-n", target, f"LESSONS={PAGE}", "REPLACE=1"]
        done = subprocess.run(command, cwd=pages.ROOT, text=True, capture_output=True, check=True)
        assert done.stdout.rstrip().endswith(f"-m tools.{tool} --replace {PAGE}")


def test_an_answer_to_a_lesson_is_kept_by_a_run(tmp_path, capsys):
    """The same for a page of the course, with its own text."""
    name = pages.lessons()[0]
    for suffix in (".py", ".ipynb"):
        shutil.copy(pages.NOTEBOOKS / f"{name}{suffix}", tmp_path)
    assert pairs.main([], tmp_path) == 0
    path = tmp_path / f"{name}.ipynb"
    notebook = pages.read(path)
    next(cell for cell in notebook.cells if cell.cell_type == "code").source = "the_answer = 42"
    pages.write(notebook, path)
    before = path.read_bytes()
    assert run_lessons.main([name], tmp_path) == 1
    assert path.read_bytes() == before
    assert pairs.main([], tmp_path) == 0
    assert "the_answer = 42" in (tmp_path / f"{name}.py").read_text()
