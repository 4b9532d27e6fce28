"""A JupyterLab of its own: on this machine only, with nothing of the user's."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

TOKEN = "planted"


@contextmanager
def _started(root, home, *flags):
    (home / "settings").mkdir(parents=True, exist_ok=True)
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA")}
    folders |= {"JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    folders |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "HOME": str(home)}
    folders |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={root}", *flags]
    environment = os.environ | folders | {"JUPYTER_PREFER_ENV_PATH": "1"}
    log = (home / "log").open("w+")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=root)
    try:
        yield _address(home / "log", server)
    finally:
        server.terminate()
        server.wait(30)


def _address(log, server):
    for _ in range(400):
        assert server.poll() is None, log.read_text()
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                address = word.split("/lab")[0]
                urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=10)
                return address
        time.sleep(0.5)
    raise AssertionError(f"JupyterLab does not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def start_lab():
    """Return what starts a JupyterLab: `with start_lab(root, home, *flags) as address`."""
    return _started
