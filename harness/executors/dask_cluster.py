"""Runs workers on a cluster of `dask.distributed`.

Each shard is a task. The scheduler gives it to a worker, gives it to another one when that dies,
and shows it on its dashboard; the result, all events of the shard, counts once. Needs the extra
``cartfuzz[dask]`` here and on the workers.
"""

from __future__ import annotations

import queue
import re
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from distributed import Client, Future
from hypothesis.errors import HypothesisDeprecationWarning

from ...record import ScenarioRun, decode_line, decode_value, encode_line, encode_value
from ...wire.secrets import TargetSecrets
from ..access.url_words import address_words
from ..errors import ClusterError
from ..novelty import Novelty
from ..pace.pace_state import Field, local_pace, shared_pace
from ..plan import Plan
from ..scheduling.phase_schedule import EQUAL_WORK, Shares
from ..scheduling.shards import Shards
from ..worker import Message, WorkerDone, WorkerFailed, execute_shard
from .base import Executor, Workers
from .cluster_state import ClusterMaster, ClusterMember
from .dispatch import Dispatch

_ADDRESS = re.compile(r"(?:[a-z]{1,10}://)?\S+:[0-9]{1,5}|inproc://\S+", re.ASCII)
_CONNECT_SEC = 10.0
_RETRIES = 3
"""How often a shard is given to another worker after its own has failed."""


def cluster(scheduler: str) -> Executor:
    """An executor that hands shards to the dask scheduler at ``scheduler``.

    Args:
        scheduler: its address, such as ``tcp://10.0.0.5:8786``.

    Raises:
        ClusterError: when it is started, if no scheduler answers there, or it has no worker.
    """

    @contextmanager
    def start(plan: Plan, secrets: TargetSecrets, run_id: str) -> Iterator[Workers]:
        # The client of such an address would wait for its own end for 20 s, and print a traceback.
        if not _ADDRESS.fullmatch(scheduler):
            raise ClusterError(
                "--scheduler: expected the address of a dask scheduler, such as "
                f"tcp://HOST:PORT, found {address_words(scheduler)}"
            )
        try:
            client = Client(scheduler, timeout=_CONNECT_SEC, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no dask scheduler at {address_words(scheduler)}: {_reason(error, scheduler)}; "
                "start one with: dask scheduler"
            ) from None
        with client:
            workers = _ClusterWorkers(client, plan, secrets, run_id)
            try:
                yield workers
            finally:
                workers.close()

    return start


def _reason(error: Exception, scheduler: str) -> str:
    """Why the client has no connection; no more than the kind where the text may hold a secret."""
    is_certain = scheduler.startswith(address_words(scheduler))
    return str(error) if is_certain else type(error).__name__


class _ClusterWorkers:
    """Keeps the cluster's threads busy, each with a shard, and a few shards waiting."""

    def __init__(self, client: Client, plan: Plan, secrets: TargetSecrets, run_id: str) -> None:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ClusterError(
                f"the scheduler at {client.scheduler.address} has no worker; start some with: "
                f"dask worker {client.scheduler.address}"
            )
        self._client = client
        self._workers = plan.workers
        self._plan = encode_value(plan)
        self._secrets = secrets
        self._run_id = run_id
        self._dispatch = Dispatch(threads, rated=plan.rps is not None, requests=plan.requests)
        self._is_halted = False
        self._pace = shared_pace(run_id) or local_pace()
        self._ended: queue.Queue[Future] = queue.Queue()
        self._messages: deque[Message] = deque()
        self._futures: dict[Future, int] = {}
        self._ended_workers = 0
        self._shares = EQUAL_WORK
        self._master = ClusterMaster(
            client,
            run_id,
            self._pace,
            # What cannot run yet waits at the scheduler and sends nothing.
            under_way=lambda: min(len(self._futures), sum(client.nthreads().values())),
            threads=threads,
        )
        self._fill()

    @property
    def share_pace(self) -> bool:
        return False  # they are on other machines

    def receive(self, timeout_sec: float) -> Message | None:
        if self._messages:
            return self._messages.popleft()
        if self._dispatch.idle:
            # A campaign expects one end for each worker of the plan, whatever the cluster has.
            self._ended_workers += 1
            return WorkerDone() if self._ended_workers <= self._workers else None
        try:
            future = self._ended.get(timeout=timeout_sec)
        except queue.Empty:
            for cancelled in [future for future in self._futures if future.cancelled()]:
                self._dispatch.ended(self._futures.pop(cancelled))
            return None
        self._take(future)
        return self._messages.popleft() if self._messages else None

    def steer(self, shares: Shares) -> None:
        self._shares = shares

    def halt(self) -> None:
        self._dispatch.halt()
        if self._is_halted:
            return
        self._is_halted = True
        self._master.stop()
        begun = {key for keys in self._client.processing().values() for key in keys}
        self._client.cancel([future for future in self._futures if future.key not in begun])

    def close(self) -> None:
        """Ends the shards that are under way."""
        self.halt()
        self._client.cancel(list(self._futures), force=True)
        self._master.close()

    def _fill(self) -> None:
        for shard in self._dispatch.due():
            future = self._client.submit(
                _shard,
                self._plan,
                self._secrets,
                self._run_id,
                shard,
                dict(self._shares),
                key=f"cartfuzz-{self._run_id}-shard-{shard}",
                pure=False,
                retries=_RETRIES,
            )
            self._futures[future] = shard
            future.add_done_callback(self._ended.put)

    def _take(self, future: Future) -> None:
        shard = self._futures.pop(future, None)
        if shard is None:
            return
        if future.status == "error":
            self._dispatch.ended(shard)
            self._messages.append(
                WorkerFailed(f"a shard failed on the cluster: {future.exception()!r}")
            )
            self._ended_workers += 1
            self.halt()
        elif future.status == "finished":
            done: _Result = future.result()
            encoded = done.events
            if done.is_target_lost:
                self._pace[Field.LOST] = 1
            events = [] if encoded is None else list(_decoded(encoded))
            sent = sum(event.requests for event in events)
            if self._dispatch.ended(shard, last=encoded is None, requests=sent):
                self._messages.extend(events)
        else:
            self._dispatch.ended(shard)
        self._fill()


def _decoded(lines: bytes) -> Iterator[ScenarioRun]:
    for line in lines.splitlines():
        event = decode_line(line)
        if isinstance(event, ScenarioRun):
            yield event


@lru_cache(maxsize=2)
def _planned(plan: bytes) -> tuple[Plan, Shards]:
    """A plan and its shards; made once a process, since the sweeps take a moment."""
    # Hypothesis looks whether a strategy has used `random`; here the cluster's own threads use it.
    warnings.filterwarnings(
        "ignore", "Do not use the `random` module", category=HypothesisDeprecationWarning
    )
    decoded = decode_value(plan, Plan)
    return decoded, Shards(decoded)


@lru_cache(maxsize=2)
def _novelty(_run_id: str) -> Novelty:
    """What this process has seen in a run: it outlives the shards, so that the same outcome is not
    sent back whole for each of them."""
    return Novelty()


@dataclass(frozen=True, slots=True)
class _Result:
    """What a task sends back."""

    events: bytes | None
    """Lines of a record; None: there is no such shard."""
    is_target_lost: bool


def _shard(plan: bytes, secrets: TargetSecrets, run_id: str, shard: int, shares: Shares) -> _Result:
    """Executes a shard on a worker of the cluster."""
    decoded, shards = _planned(plan)
    member = _member(run_id)
    with member.shard():
        events = execute_shard(
            decoded,
            shards,
            shard,
            shares,
            secrets=secrets,
            run_id=run_id,
            stopped=member.stopped,
            pace=member.pace,
            share=member.share,
            novelty=_novelty(run_id),
        )
    return _Result(
        events=None if events is None else b"".join(map(encode_line, events)),
        is_target_lost=bool(member.pace[Field.LOST]),
    )


@lru_cache(maxsize=2)
def _member(run_id: str) -> ClusterMember:
    """What this process knows of a run, for all its shards."""
    return ClusterMember(run_id)
