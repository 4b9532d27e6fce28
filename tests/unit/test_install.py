"""An install goes on where a pin cannot be met, and asks before it fetches gigabytes.

Pip is real here; what it finds are two small package indexes, planted on this disk.
"""

import functools
import http.server
import io
import os
import tarfile
import threading
import zipfile
from types import SimpleNamespace

import pytest

from tools import install


def plant_wheel(index, name, version, *needs):
    """Put an empty package that needs others into a package index."""
    folder = index / name
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", "\n".join(lines) + "\n")
        wheel.writestr(
            f"{stem}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
    plant_links(folder)


def plant_source(index, name, version):
    """Put a package there that would have to be built, and cannot be."""
    stem = f"{name}-{version}"
    with tarfile.open(index / name / f"{stem}.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo(f"{stem}/PKG-INFO"), io.BytesIO())
    plant_links(index / name)


def plant_links(folder):
    files = [path.name for path in sorted(folder.iterdir()) if path.suffix != ".html"]
    links = "".join(f'<a href="{name.replace("+", "%2B")}">{name}</a>\n' for name in files)
    (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Two indexes, an empty folder to install into, and no pip settings of this machine."""
    usual, further = tmp_path / "usual", tmp_path / "further"
    plant_wheel(usual, "torch", "2.0", "nvidia-cublas")
    plant_wheel(further, "torch", "2.0+cpu")
    plant_wheel(usual, "nvidia-cublas", "1.0")
    for version in ("1.0", "2.0"):
        plant_wheel(usual, "counting", version)
    plant_source(usual, "counting", "1.5")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", usual.as_uri())
    monkeypatch.setattr(install, "renew_pip", lambda: None)
    return SimpleNamespace(further=further.as_uri(), target=tmp_path / "installed", pins=tmp_path)


def run(world, *words, pins=None, **environment):
    """Install into the world's folder; return what is there, or the words that it stops with."""
    if pins:
        (world.pins / "pins.txt").write_text(pins)
        words = ("--pins", str(world.pins / "pins.txt"), *words)
    with pytest.raises(SystemExit) as stop:
        install.main([*words, "--target", str(world.target)], environment)
    found = {path.name.removesuffix(".dist-info") for path in world.target.glob("*.dist-info")}
    if stop.value.code == 0:
        return found
    assert found == set(), "it stopped, but something was installed"
    return stop.value.code


def test_pins_that_can_be_met_hold(world, capfd):
    assert run(world, "counting", pins="counting==1.0") == {"counting-1.0"}
    assert "ranges" not in capfd.readouterr().out


@pytest.mark.parametrize("version", ["99", "1.5"], ids=["not there", "has no wheel"])
def test_where_a_pin_cannot_be_met_the_ranges_hold_and_one_line_says_so(version, world, capfd):
    assert run(world, "counting>=1", pins=f"counting=={version}") == {"counting-2.0"}
    (said,) = [line for line in capfd.readouterr().out.splitlines() if "ranges" in line]
    assert f"counting=={version}" in said and "pins.txt does not fit Python 3." in said


def test_what_is_not_to_be_had_at_all_is_said_in_pips_words(world):
    said = run(world, "counting>=3", pins="counting==1.0")
    assert said.startswith("Nothing was installed") and "counting>=3" in said


@pytest.mark.parametrize("pins", [None, "torch==2.0", "torch==9"])
@pytest.mark.parametrize("more", [{}, {"GPU": "", "TORCH_INDEX": ""}, {"GPU": "0"}])
def test_gigabytes_are_not_fetched_unasked(more, pins, world):
    said = run(world, "torch", pins=pins, **more)
    for word in ("5 GB", "TORCH_INDEX=ADDRESS", "pytorch.org/get-started/locally/", "GPU=1"):
        assert word in said


@pytest.mark.parametrize("pins", [None, "torch==2.0", "torch==9"])
def test_a_further_index_brings_the_small_one(pins, world):
    assert run(world, "torch", pins=pins, TORCH_INDEX=world.further) == {"torch-2.0+cpu"}


def test_who_asks_for_the_large_one_gets_it(world):
    assert run(world, "torch", GPU="1") == {"torch-2.0", "nvidia_cublas-1.0"}


@pytest.fixture
def host(tmp_path):
    """A host that serves a folder, and the addresses of a large file, a small one, and none."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "large.whl").write_bytes(bytes(3_000_000))
    (served / "small.whl").write_bytes(bytes(1_000))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    handler = functools.partial(Quiet, directory=served)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield [
            install.Package(name, "1.0", f"{address}/{name}.whl")
            for name in ("large", "small", "lost")
        ]
        server.shutdown()


def test_what_there_is_to_fetch_is_measured(host):
    large, small, lost = host
    here = install.Package("here", "2.0", "file:///nowhere/here.whl")
    assert [one.megabytes() for one in (large, small, lost, here)] == [3, 0.001, None, 0]
    words = install.said([here, small, large])
    assert words.startswith("Packages to install: 3, 3 MB to fetch (")
    assert words.endswith("; the largest: large 1.0, 3 MB.")
    assert ", not counting 1 of unknown size;" in install.said([large, lost])
    assert install.said([here]).endswith("another time).")


def test_it_is_said_before_anything_is_installed(world, capfd):
    assert "Nothing was installed" in run(world, "torch")
    assert "Packages to install: 2" in capfd.readouterr().out
    assert run(world, "counting", pins="counting==1.0") == {"counting-1.0"}
    words = capfd.readouterr().out
    assert 0 < words.find("Packages to install: 1, 0 MB to fetch") < words.find("Installing")


@pytest.mark.parametrize("have, renewed", [("23.0.1", 1), ("25.2", 1), ("25.3", 0), ("26.0", 0)])
def test_only_an_old_pip_is_renewed(have, renewed, monkeypatch):
    calls = []
    monkeypatch.setattr(install.importlib.metadata, "version", lambda name: have)
    monkeypatch.setattr(install.subprocess, "run", lambda words, **_: calls.append(words[-1]))
    install.renew_pip()
    assert calls == ["pip>=25.3"] * renewed
