"""What a page, a single file and the class zip need is in one list, and in the fingerprint."""

import base64
import io
import shutil
import zipfile

import pytest

from tools import class_edition, files, live_pages, pages, single_files
from tools.execution import made_from

NEEDED = (
    "course_utils/head/data/mit_kemar.npz",
    "course_utils/head/data/listen.wav",
    "course_utils/explore/views/network.js",
    "course_utils/checks/lesson_0.py",
    "figures/studies/best.csv",
)


@pytest.fixture
def course(tmp_path):
    """A copy of what pages depend on, with one page."""
    for name in files.found(files.CARRIED + files.SHAPING, pages.ROOT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pages.ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(pages.NOTEBOOKS / "09_a_real_head.py", tmp_path / "notebooks" / "09_head.py")
    return tmp_path


@pytest.mark.parametrize("name", [*NEEDED, *files.SHAPING])
def test_a_changed_file_makes_a_kept_page_stale(course, name):
    folder, kept_in = course / "notebooks", course / "pages"
    notebook = pages.from_source(folder, "09_head")
    notebook.metadata["made_from"] = made_from(folder, "09_head")
    live_pages.save(notebook, "09_head", kept_in)
    assert live_pages.is_current(folder, "09_head", kept_in)
    (course / name).write_bytes((course / name).read_bytes()[:-1] + b"!")
    assert not live_pages.is_current(folder, "09_head", kept_in)


def test_a_renamed_or_a_further_file_counts_too(course):
    before = made_from(course / "notebooks", "09_head")
    data = course / "course_utils" / "head" / "data"
    (data / "listen.wav").rename(data / "listened.wav")
    renamed = made_from(course / "notebooks", "09_head")
    (data / "empty").write_bytes(b"")
    assert len({before, renamed, made_from(course / "notebooks", "09_head")}) == 3
    (course / "course_utils" / "__pycache__").mkdir()
    (course / "course_utils" / "__pycache__" / "left.py").write_text("1\n")
    (data / "empty").unlink()
    assert made_from(course / "notebooks", "09_head") == renamed


def test_single_files_and_the_zip_hold_what_pages_need(tmp_path):
    packed = io.BytesIO(base64.b64decode(single_files.packed()))
    single = set(zipfile.ZipFile(packed).namelist())
    whole = {name.removeprefix("learning-delays/") for name in class_edition.write(tmp_path / "z")}
    assert set(NEEDED) <= single == set(files.found(files.CARRIED, pages.ROOT)) <= whole
    assert LARGE in whole - single


LARGE = "course_utils/words/data/words.npz"
TAKES = (
    "from course_utils.words import spoken",
    "import course_utils.words.spoken",
    "from course_utils import tables, words",
    "from course_utils import (\n    tables,\n    words,\n)",
)
LEAVES = (
    "from course_utils import wordless",
    "from course_utils import (\n    plots,\n)\nwords = 3",
)


@pytest.mark.parametrize("code", TAKES + LEAVES)
def test_what_is_large_travels_only_with_pages_that_take_it(course, code):
    (course / "notebooks" / "09_head.py").write_text(f"# %%\n{code}\n", encoding="utf-8")
    for name in files.found([files.LARGE["words"]], pages.ROOT):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pages.ROOT / name, course / name)
    packed = io.BytesIO(base64.b64decode(single_files.packed(course, code)))
    assert (LARGE in zipfile.ZipFile(packed).namelist()) == (code in TAKES)
    before = made_from(course / "notebooks", "09_head")
    (course / LARGE).write_bytes(b"others")
    assert (made_from(course / "notebooks", "09_head") != before) == (code in TAKES)
