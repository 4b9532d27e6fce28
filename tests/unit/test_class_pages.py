"""The teacher's page of the class experiment, with whatever a class hands in."""

import random

import matplotlib.pyplot as plt
import pytest

from course_utils.explore import hand_in
from tools.pages import ROOT

PAGE = (ROOT / "notebooks" / "class" / "thirty_seeds.py").read_text(encoding="utf-8")
CODE = [part.split("# %% [markdown]")[0] for part in PAGE.split("# %%\n")[1:]]


def page_with(lines, monkeypatch, capsys):
    """Run all code of the page with these lines pasted; return its names and what it prints."""
    monkeypatch.chdir(ROOT / "notebooks" / "class")
    pasted = 'lines = """\n"""\n'
    assert sum(cell.count(pasted) for cell in CODE) == 1
    names = {}
    for cell in CODE:
        exec(cell.replace(pasted, f"lines = {lines!r}\n"), names)
    plt.close("all")
    return names, capsys.readouterr().out


def made_up(n, difference, spread=0.3):
    """Lines of a class whose learned errors differ by so many degrees from about five."""
    draws = random.Random(n)
    return [
        hand_in(101 + k, 5 + draws.gauss(0, 0.2), 5 + difference + draws.gauss(0, spread))
        for k in range(n)
    ]


UNDECIDED = [hand_in(101 + k, 5, 5 + gap) for k, gap in enumerate((-0.5, 0.4, -0.3, 0.2, -0.1))]


@pytest.mark.parametrize(
    ("lines", "pairs", "word"),
    [
        (made_up(30, 0.0), 30, "alike"),
        (made_up(30, -1.0), 30, "differs"),
        (UNDECIDED, 5, "open"),
        ([*made_up(30, 0.0), "sorry, my laptop broke", made_up(30, 0.0)[3]], 30, "alike"),
        (made_up(2, 0.1), 2, "open"),
        (made_up(1, 0.1), 1, None),
    ],
    ids=["alike", "differs", "open", "with trouble", "two", "one"],
)
def test_a_class_gets_its_verdict(lines, pairs, word, monkeypatch, capsys):
    names, said = page_with("\n".join(lines), monkeypatch, capsys)
    assert f"{pairs} pairs: of the class" in said
    assert [row["verdict"] for row in names["found"]] == [word] * (word is not None)
    assert word is None or f": {word}" in said
    assert said.count("is left out") == len(lines) - pairs


def test_without_lines_the_key_stands_in(monkeypatch, capsys):
    names, said = page_with("", monkeypatch, capsys)
    assert "pairs: the key" in said and len(names["gaps"]) >= 5
    (row,) = names["found"]
    assert row["low_percent"] < row["difference_percent"] < row["high_percent"]
