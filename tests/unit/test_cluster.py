"""A study on a Dask cluster: the same rows, kept whatever happens, or a sentence that says why."""

import importlib
import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent import futures

import dask
import distributed
import psutil
import pytest

from course_utils import tables
from figures.studies import cluster, gradient_reach, study
from tools.pages import ROOT


def double(seed, setting):
    return {"x": 2 * seed + setting}


def tiny(seed, setting):
    """A network that trains, as those of the studies do, for one epoch: what became of it."""
    network, history, _ = study.train(seed, dict(fibres=2, hidden=4, epochs=1) | setting)
    return {"loss": history.loss[-1], "delays": float(network.delay.delays.detach().sum())}


def fails(seed, setting):
    if seed == 2:
        raise ValueError("no such sound")
    return double(seed, setting)


def dies(seed, setting):
    if seed == 2:
        os._exit(1)
    return double(seed, setting)


@pytest.fixture(scope="module")
def where():
    """What `fill` is to have on a cluster of two workers, while it is there."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        with cluster.at("local", 2) as opened:
            yield opened


STUDIES = {
    "fake": ({"b": 10, "a": 20}, range(3), double),
    "trained": ({"learned": {}, "frozen": dict(delays="frozen random")}, [0], tiny),
    "gradients": (gradient_reach.RULES, [0], gradient_reach.run),
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_cluster_fills_the_same_table(name, where, tmp_path):
    settings, seeds, run = STUDIES[name]
    tables.fill(tmp_path / "here.csv", settings, seeds, run)
    tables.fill(tmp_path / "there.csv", settings, seeds, run, **where)
    assert (tmp_path / "there.csv").read_text() == (tmp_path / "here.csv").read_text()
    if name == "gradients":
        saved = tables.read(ROOT / "figures" / "studies" / "gradient_reach.csv")
        assert tables.read(tmp_path / "there.csv")[0] == saved[0]


def test_the_runs_are_not_here(where, tmp_path):
    tables.fill(tmp_path / "t.csv", {"a": 0}, range(4), lambda seed, s: {"x": os.getpid()}, **where)
    found = {row["x"] for row in tables.read(tmp_path / "t.csv")}
    assert found and os.getpid() not in found


def test_an_error_is_the_runs_own_and_the_rows_before_it_stay(where, tmp_path):
    with pytest.raises(ValueError, match="no such sound"):
        tables.fill(tmp_path / "t.csv", {"a": 0}, range(6), fails, **where)
    assert {row["seed"] for row in tables.read(tmp_path / "t.csv")} <= {0, 1, 3, 4, 5}
    tables.fill(tmp_path / "t.csv", {"a": 0}, range(6), double, **where)
    assert [row["x"] for row in tables.read(tmp_path / "t.csv")] == [0, 2, 4, 6, 8, 10]


def test_a_machine_that_goes_away_is_told_and_the_rows_stay(where, tmp_path):
    with pytest.raises(distributed.KilledWorker, match="workers died while running it"):
        tables.fill(tmp_path / "t.csv", {"a": 0}, range(6), dies, **where)
    assert {0} <= {row["seed"] for row in tables.read(tmp_path / "t.csv")} <= {0, 1, 3, 4, 5}
    tables.fill(tmp_path / "t.csv", {"a": 0}, range(6), double, **where)
    assert [row["x"] for row in tables.read(tmp_path / "t.csv")] == [0, 2, 4, 6, 8, 10]


def test_a_scheduler_that_goes_away_ends_the_study_and_the_rows_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "WAIT_S", 5)
    how = dict(n_workers=1, threads_per_worker=1, dashboard_address=":0")
    other = distributed.LocalCluster(**how)

    def run(seed, setting):
        time.sleep(0.3)
        return {"x": 2 * seed + setting}

    def may_start(name, seed):
        if seed == 3:
            other.close()
        return True

    quickly = dask.config.set({"distributed.comm.timeouts.connect": "5s"})  # it is looked for again
    with quickly, cluster.at(other.scheduler_address, 1) as where:
        with pytest.raises((Exception, futures.CancelledError), match="(?i)cancel|closed"):
            tables.fill(tmp_path / "t.csv", {"a": 0}, range(6), run, may_start=may_start, **where)
    assert [row["x"] for row in tables.read(tmp_path / "t.csv")] == [0, 2, 4]


SLOW = """
    import sys, time
    from course_utils import tables
    from figures.studies import cluster

    def run(seed, setting):
        time.sleep(0.4)
        return {"x": 2 * seed + setting}

    if __name__ == "__main__":
        with cluster.at("local", 2) as where:
            tables.fill(sys.argv[1], {"b": 10, "a": 20}, range(5), run, **where)
"""


def test_a_study_killed_half_way_keeps_its_rows_and_goes_on(tmp_path):
    """A whole process, killed without a word, leaves no worker behind."""
    script, table = tmp_path / "slow.py", tmp_path / "t.csv"
    script.write_text(textwrap.dedent(SLOW))
    command = [sys.executable, str(script), str(table)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    for _ in range(3):
        assert process.stdout.readline()
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    kept = table.read_text()
    assert 4 <= len(kept.splitlines()) < 11 and kept.endswith("\n")
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert workers and not alive
    subprocess.run(command, env=environment, check=True, capture_output=True)
    tables.fill(tmp_path / "here.csv", {"b": 10, "a": 20}, range(5), double)
    assert table.read_text() == (tmp_path / "here.csv").read_text()


QUICKLY = """
from figures.studies import cluster, gradient_reach, study
cluster.WAIT_S = 1
study.main("never.csv", gradient_reach.RULES, gradient_reach.run)
"""


def refused(address):
    with pytest.raises(SystemExit) as stopped, cluster.at(address, 1):
        pass
    assert "\n" not in stopped.value.code
    return stopped.value.code


def test_without_an_address_all_stays_here(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    for nowhere in (None, ""):
        with cluster.at(nowhere, 3) as opened:
            assert opened == dict(jobs=3)


def test_without_dask_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "needs Dask: pip install -e '.[cluster]'" in refused("local")


@pytest.mark.parametrize(
    "address, command",
    [
        ("nonsense", ["-m", "figures.studies.gradient_reach"]),
        ("foo://a:1", ["-m", "figures.studies.compared", "tune"]),
        ("tcp://127.0.0.1:1", ["-c", QUICKLY]),
    ],
)
def test_an_address_that_is_no_good_is_told_in_a_sentence(address, command):
    """Each in a process of its own: what Dask leaves of such a client can block the next one."""
    words = [sys.executable, *command, "--cluster", address]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"no cluster at '{address}': ")


def test_a_cluster_must_have_workers(monkeypatch):
    monkeypatch.setattr(cluster, "WAIT_S", 1)
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty:
        assert "no cluster at" in refused(empty.scheduler_address)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_worker_has_one_thread_and_the_same_code(threads, monkeypatch):
    how = dict(n_workers=1, threads_per_worker=threads, processes=False, dashboard_address=":0")
    with distributed.LocalCluster(**how) as other:
        address = other.scheduler_address
        if threads == 1:
            with cluster.at(address, 9) as opened:
                assert opened["jobs"] == 1
            monkeypatch.setattr(cluster, "code", lambda: str(threading.get_ident()))
            assert "other code" in refused(address)
        else:
            assert "2 threads" in refused(address)


class Absent:
    """A worker that is sent one looks for a room that it has not."""

    def __reduce__(self):
        return importlib.import_module, ("no_such_room",)


def test_a_worker_without_the_course_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "code", Absent())
    how = dict(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0")
    with distributed.LocalCluster(**how) as other:
        assert "lack the course: " in refused(other.scheduler_address)


def test_the_mark_of_the_code_changes_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "COURSE", tmp_path)
    (tmp_path / "figures").mkdir()
    marks = set()
    for words in ("a = 1\n", "a = 2\n"):
        (tmp_path / "figures" / "a.py").write_text(words)
        marks |= {cluster.code.__wrapped__(), cluster.code.__wrapped__()}
    assert len(marks) == 2


def test_the_page_says_what_the_makefile_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    assert "$(if $(CLUSTER),--cluster '$(CLUSTER)')" in makefile
    assert makefile.count("$(AT)") == 2 and "make studies CLUSTER=local" in page
    assert "[cluster]" in page and "--nthreads 1" in page
