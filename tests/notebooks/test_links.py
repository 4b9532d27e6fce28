"""Every link of the course to itself leads somewhere, down to the heading."""

import pytest

from tools import links
from tools import notebook_checks as checks

PAGES = sorted(checks.ROOT.glob("*.md"))
PAGES += [checks.NOTEBOOKS / f"{page}.ipynb" for page in checks.all_pages()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_leads_nowhere_that_is_not_there(path):
    assert links.broken_links(path) == []


def test_the_lessons_and_the_readme_are_looked_at():
    assert {"README", "TEACHING", "CONTRIBUTING"} <= {path.stem for path in PAGES}
    found = [links.local_targets(links.markdown_of(path)) for path in PAGES]
    assert all(found[-1 - len(checks.lessons()) :][:-1]) and sum(map(len, found)) > 50


@pytest.mark.parametrize(
    ("written", "broken"),
    [
        ("[a](there.md)", []),
        ("[a](there.md#A-heading) and [b](#Here)", []),
        ("[two\nlines](there.md)", []),
        ("[a](https://example.org/nowhere) [b](mailto:nobody@example.org)", []),
        ("`[a](gone.md)` and\n```\n[b](gone.md)\n```", []),
        ("[a](gone.md)", ["gone.md"]),
        ("![a picture](gone.png)", ["gone.png"]),
        ("[a](there.md#Another)", ["there.md#Another"]),
        ("[a](#There)", ["#There"]),
    ],
)
def test_a_broken_link_is_named(tmp_path, written, broken):
    (tmp_path / "there.md").write_text("# A heading\n")
    page = tmp_path / "page.md"
    page.write_text(f"# Here\n{written}\n")
    assert links.broken_links(page) == broken


def test_local_links_can_be_replaced_and_others_stay():
    source = "[a](x.ipynb#b) ![c](d.png) [e](https://example.org)"
    said = links.replace_local(source, lambda text, target: f"<{text} {target}>")
    assert said == "<a x.ipynb#b> ![c](d.png) [e](https://example.org)"
