"""Every link of the course to itself leads somewhere, down to the heading."""

import os
import re
import subprocess
import sys

import pytest

from tools import build_site, links, pages, single_files

PAGES = [*sorted(pages.ROOT.glob("*.md")), pages.ROOT / "docs" / "cluster.md"]
PAGES += [pages.NOTEBOOKS / f"{page}.ipynb" for page in pages.all_pages()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_leads_nowhere_that_is_not_there(path):
    assert links.broken_links(path) == []


def test_the_lessons_and_the_readme_are_looked_at():
    assert {"README", "TEACHING", "CONTRIBUTING"} <= {path.stem for path in PAGES}
    found = {path: links.local_targets(links.markdown_of(path)) for path in PAGES}
    assert all(found[pages.NOTEBOOKS / f"{name}.ipynb"] for name in pages.lessons())
    assert sum(map(len, found.values())) > 50


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


def hosted(name, host):
    """Return all addresses of a repository that a lesson's pages hold, here and on the site."""
    notebook = single_files.single_file(name, host)
    text = "\n".join(cell.source for cell in notebook.cells) + build_site.course_links(name, host)
    return set(re.findall(r"github(?:\.com)?/someone/delays/blob/[^)\s\"]+", text)), text


@pytest.mark.parametrize("branch", ["main", "trunk", "a/b-1.0"])
def test_links_and_badges_and_the_clone_follow_the_branch(branch):
    name = pages.lessons()[1]
    found, text = hosted(name, links.Host("someone/delays", branch))
    (badge,) = {address for address in found if address.endswith(f"/blob/colab/{name}.ipynb")}
    rest = found - {badge}
    assert len(rest) > 1 and all(f"/blob/{branch}/notebooks/" in address for address in rest)
    binder = f"/v2/gh/someone/delays/{branch.replace('/', '%2F')}?urlpath=lab/tree/notebooks/{name}"
    assert binder in text
    assert f'"--branch", "{branch}"' in text
    assert links.Host("someone/delays").branch == "main"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--repo", "no-owner"], "a repository is written OWNER/NAME, not 'no-owner'"),
        (["--repo", "a/b", "--branch", "two words"], "a branch has a name such as main, not 'two"),
        (["--repo", "a/b", "--branch=-q"], "a branch has a name such as main, not '-q'"),
    ],
)
@pytest.mark.parametrize("tool", ["single_files", "build_site"])
def test_a_repository_or_branch_that_is_none_is_refused(tool, given, words):
    command = [sys.executable, "-m", f"tools.{tool}", *given]
    done = subprocess.run(command, cwd=pages.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and words in done.stderr


def test_make_hands_repository_and_branch_on():
    for target in ("site", "colab"):
        for given, wanted in (
            ([], ""),
            (["REPO=someone/delays"], " --repo 'someone/delays' --branch 'main'"),
            (["REPO=someone/delays", "BRANCH=trunk"], " --repo 'someone/delays' --branch 'trunk'"),
        ):
            command = ["make", "-n", target, *given]
            plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            said = subprocess.run(
                command, cwd=pages.ROOT, capture_output=True, text=True, env=plain, check=True
            ).stdout
            (line,) = re.findall(r"-m tools\.(?:build_site|single_files)(.*)", said)
            assert line.rstrip() == wanted


def test_the_teachers_page_leads_only_to_what_the_site_holds():
    targets = links.local_targets(links.markdown_of(pages.ROOT / "TEACHING.md"))
    assert [t for t in targets if not t.startswith(("notebooks/", "#"))] == [] and len(targets) > 10
