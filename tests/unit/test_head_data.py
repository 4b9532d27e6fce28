"""The shipped files are what their script makes of Debian's packages, byte for byte."""

import os
import shutil
import zipfile

import numpy as np
import pytest

from course_utils.head import heads
from tools import head_data
from tools.pages import ROOT

IN_CI = os.environ.get("CI") == "true"  # there, a missing package is a failure, not a skip


def need(there, what):
    if not there and not IN_CI:
        pytest.skip(f"{what} is not installed (apt-get install {what})")


def test_the_head_rebuilds_to_the_same_bytes():
    need(head_data.SOFA.is_file(), "libmysofa1")
    assert head_data.head_file() == (head_data.DATA / "mit_kemar.npz").read_bytes()


def test_what_is_loaded_is_what_was_measured():
    need(head_data.SOFA.is_file(), "libmysofa1")
    ears, azimuth, rate = head_data.measured()
    head = heads.load()
    assert np.array_equal(head.responses, ears)
    assert np.array_equal(head.azimuth_deg, azimuth) and head.rate_hz == rate


def test_the_word_rebuilds_to_the_same_bytes():
    need(shutil.which("espeak-ng"), "espeak-ng")
    assert head_data.word_file() == (head_data.DATA / "listen.wav").read_bytes()


def test_the_file_carries_no_date_and_no_compression():
    with zipfile.ZipFile(head_data.DATA / "mit_kemar.npz") as archive:
        for part in archive.infolist():
            assert part.date_time == (1980, 1, 1, 0, 0, 0)
            assert part.compress_type == zipfile.ZIP_STORED


@pytest.mark.parametrize("place", ["course_utils/head/data/NOTICE.md", "README.md", "LICENSE"])
def test_the_authors_are_cited(place):
    text = (ROOT / place).read_text(encoding="utf-8")
    for words in ("Gardner", "Martin", "MIT Media Laboratory", "1994"):
        assert words in text
