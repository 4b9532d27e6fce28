"""Every public room has a page on the site, and a lesson leads to the names that it takes."""

import re

import pytest
from nbformat.v4 import new_code_cell
from test_house import PUBLIC

from tools import api_pages, build_site, pages


def test_every_public_room_has_a_page(tmp_path):
    assert sorted(api_pages.modules()) == sorted(name for name in PUBLIC if name != "course_utils")
    written = api_pages.write(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == set(written)
    index = (tmp_path / "index.md").read_text(encoding="utf-8")
    for module in api_pages.modules():
        assert f"({module}.md): " in index
        page = (tmp_path / f"{module}.md").read_text(encoding="utf-8")
        assert f".. automodule:: {module}\n" in page


def test_the_model_comes_first():
    order = api_pages.modules()
    sides = [module.split(".")[1] in api_pages.SIDE for module in order]
    assert sides == sorted(sides) and order.index("course_utils.delays") < order.index(
        "course_utils.plots"
    )


def test_a_page_leads_to_what_it_takes_from_the_model():
    code = """
%matplotlib inline
from course_utils import delays, plots
from course_utils.stimuli import Stimulus, IPD_LIMIT
from course_utils.delays import DelayLayer as Layer
"""
    said = api_pages.leads([new_code_cell(code)], "../")
    found = re.findall(r'href="\.\./api/([^"]+)"><code>([^<]+)</code>', said)
    assert found == [
        ("course_utils.delays.html#course_utils.delays", "delays"),
        ("course_utils.stimuli.html#course_utils.stimuli.Stimulus", "Stimulus"),
        ("course_utils.delays.html#course_utils.delays.DelayLayer", "DelayLayer"),
    ]
    assert api_pages.leads([new_code_cell("import torch")], "../") == ""


@pytest.mark.parametrize("name", [*pages.lessons(), *pages.howtos()])
def test_every_lesson_leads_somewhere(name):
    cells = pages.from_source(pages.NOTEBOOKS, name).cells
    lines = build_site.prepared(pages.read(pages.NOTEBOOKS / f"{name}.ipynb"), None, "../").cells
    assert ("The code this page takes" in lines[-1].source) == bool(api_pages.taken(cells))
