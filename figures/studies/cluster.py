"""The runs of a study on a Dask cluster instead of this machine: `docs/cluster.md` says how.

`fill` of `course_utils.tables` hands its runs to a pool, and here that is a cluster. The ways that
others made are not taken: joblib's (1.6) waits for ever for a run whose worker went away, and
Dask's own `get_executor` (2026.8) for one whose scheduler did.
"""

import contextlib
import functools
import hashlib
from collections.abc import Callable, Iterator
from concurrent import futures
from importlib import metadata
from typing import Any

from course_utils.tables import COURSE

LOCAL = "local"
HELP = f"where the runs go: {LOCAL}, or a Dask scheduler's address (docs/cluster.md)"
WAIT_S = 30
NO_DASK = "a cluster needs Dask: pip install -e '.[cluster]', or make studies CLUSTER=..."


@functools.cache  # a worker holds the code that it began with, whatever is edited later
def code() -> str:
    """What the digits of a row hang on: a mark of the course's code, and PyTorch's version."""
    mark = hashlib.sha256()
    files = [path for part in ("course_utils", "figures") for path in (COURSE / part).rglob("*.py")]
    for path in sorted(files, key=lambda path: path.relative_to(COURSE).as_posix()):
        mark.update(path.read_text(encoding="utf-8").encode())
    return f"{mark.hexdigest()[:12]} with PyTorch {metadata.version('torch').partition('+')[0]}"


class Pool(futures.Executor):
    """The workers of a Dask `client`: whatever becomes of a run, it ends, in a row or an error."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def submit(self, run: Callable, /, *arguments: Any, **settings: Any) -> futures.Future:
        """Send a run; as in `concurrent.futures`."""
        ours = futures.Future()

        def ended(theirs):
            try:
                ours.set_result(theirs.result())
            except BaseException as why:  # also what is cancelled, as when no scheduler is left
                ours.set_exception(why)

        self.client.submit(run, *arguments, pure=False, **settings).add_done_callback(ended)
        return ours


@contextlib.contextmanager
def at(address: str | None, jobs: int) -> Iterator[dict]:
    """Open a cluster while this lasts; gives what `fill` is to have, as in `fill(..., **where)`.

    Parameters
    ----------
    address : str, optional
        "local" starts a cluster on this machine, as a rehearsal; anything else is the address of a
        scheduler, such as "tcp://scheduler:8786". Without one, the runs stay here.
    jobs : int
        Runs at once, here or on the "local" cluster; another runs as many as it has workers now.

    Raises
    ------
    SystemExit
        With a sentence: Dask is not installed, no scheduler or no worker answers in half a minute,
        or the workers have other code than this machine, or more than one thread.
    """
    if not address:
        yield dict(jobs=jobs)
        return
    try:
        import distributed
    except ImportError:
        raise SystemExit(NO_DASK) from None
    with contextlib.ExitStack() as until_the_end:
        opened = until_the_end.enter_context
        place = address
        if address == LOCAL:
            how = dict(n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0")
            place = opened(distributed.LocalCluster(**how))
        try:
            client = opened(distributed.Client(place, timeout=WAIT_S))
            client.wait_for_workers(1, timeout=WAIT_S)
        except (OSError, TypeError, ValueError) as why:
            raise SystemExit(f"no cluster at {address!r}: {str(why).splitlines()[0]}") from None
        _refuse_other_workers(client, address)
        yield dict(jobs=len(client.nthreads()), pool=Pool(client))


def _refuse_other_workers(client, address):
    """The same rows come from the same code only, and their seconds from one thread each."""
    threads = max(client.nthreads().values())
    if threads > 1:
        raise SystemExit(
            f"a worker at {address!r} has {threads} threads; start it with --nthreads 1"
        )
    try:
        theirs = set(client.run(code).values())
    except Exception as why:  # what a worker could not load comes back as no kind of its own
        raise SystemExit(f"the workers at {address!r} lack the course: {why}") from None
    if theirs != {code()}:
        raise SystemExit(
            f"the workers at {address!r} have other code: {', '.join(sorted(theirs))}; "
            f"here it is {code()}; start them anew from the same commit"
        )
