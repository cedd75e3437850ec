"""A campaign on a real cluster of `dask.distributed`."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from distributed import Client, LocalCluster

from cartfuzz.analysis import read_summary
from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Scenario
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.errors import ClusterError
from cartfuzz.harness.executors import Executor
from cartfuzz.harness.executors.dask_cluster import cluster
from cartfuzz.harness.plan import CorpusScenarios, Plan
from cartfuzz.record import Phase, RunFinished, ScenarioRun, StopReason
from cartfuzz.sandbox import RunningSandbox, start

pytestmark = pytest.mark.filterwarnings("default")  # dask has warnings of its own

PLAN = Plan(url="", environment=EXAMPLE_ENVIRONMENT, seed=3, phases=(Phase.EXPLORE,), scenarios=100)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[LocalCluster]:
    """Two worker processes and a scheduler, on loopback."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as local:
        yield local


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with start(EXAMPLE_ENVIRONMENT) as target:
        yield target


def executed(
    sandbox: RunningSandbox,
    executor: Executor | None = None,
    *,
    stop: threading.Event | None = None,
    scenarios: int = 100,
) -> Iterator[ScenarioRun | RunFinished]:
    plan = msgspec.structs.replace(PLAN, url=sandbox.url, scenarios=scenarios)
    campaign = run_campaign(
        plan, sandbox.api_key, stop=stop or threading.Event(), executor=executor
    )
    for event in campaign:
        if isinstance(event, ScenarioRun | RunFinished):
            yield event


def ids(events: list[ScenarioRun | RunFinished]) -> list[str]:
    return sorted(
        event.id for event in events if isinstance(event, ScenarioRun) and not event.is_late_read
    )


def test_a_cluster_executes_the_same_scenarios(
    scheduler: LocalCluster, sandbox: RunningSandbox
) -> None:
    """Each scenario of the plan, once, and none finds anything on the clean sandbox."""
    events = list(executed(sandbox, cluster(scheduler.scheduler_address)))
    assert ids(events) == ids(list(executed(sandbox)))
    assert len(ids(events)) == 100
    assert all(not event.discrepancies for event in events if isinstance(event, ScenarioRun))
    assert isinstance(events[-1], RunFinished)
    assert events[-1].reason is StopReason.COMPLETED


def test_the_command_line_takes_a_cluster(
    scheduler: LocalCluster,
    sandbox: RunningSandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``cartfuzz run --executor dask`` reports as a run on this machine does."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
    where = ("--executor", "dask", "--scheduler", scheduler.scheduler_address)
    bounds = ("--scenarios", "100", "--phase", "explore", "--seed", "3")
    assert main(["run", sandbox.url, *where, *bounds, "--report-dir", str(tmp_path)]) == 0
    assert read_summary(tmp_path / "summary.json").scenarios == 100


def test_a_cluster_gets_what_is_known(scheduler: LocalCluster, sandbox: RunningSandbox) -> None:
    """A corpus travels with the plan; the workers need not reach it."""
    odd = Scenario(title="odd", sessions=(f"\ud800{MARK}",), steps=(Fetch(),))
    plan = msgspec.structs.replace(
        PLAN, url=sandbox.url, phases=(Phase.CORPUS,), known=CorpusScenarios(failures=(odd,))
    )
    events = run_campaign(
        plan,
        sandbox.api_key,
        stop=threading.Event(),
        executor=cluster(scheduler.scheduler_address),
    )
    runs = [event for event in events if isinstance(event, ScenarioRun) and not event.is_late_read]
    assert sorted((run.id, run.title) for run in runs) == [
        ("corpus/0/0", "odd"),
        ("corpus/0/1", "tour of every endpoint"),
    ]


def test_a_dead_worker_costs_no_scenario(scheduler: LocalCluster, sandbox: RunningSandbox) -> None:
    """What it had begun is done again elsewhere, under other marks, and counts once."""
    with Client(scheduler.scheduler_address, set_as_default=False) as client:
        victim, *_ = client.run(os.getpid).values()
    events: list[ScenarioRun | RunFinished] = []
    for event in executed(sandbox, cluster(scheduler.scheduler_address)):
        if not events:
            os.kill(victim, signal.SIGKILL)
        events.append(event)
    assert len(ids(events)) == 100
    assert len(set(ids(events))) == 100
    assert all(not event.discrepancies for event in events if isinstance(event, ScenarioRun))


def test_a_stopped_campaign_leaves_the_cluster(
    scheduler: LocalCluster, sandbox: RunningSandbox
) -> None:
    """It ends early, tells why, and leaves no task behind."""
    stop = threading.Event()
    events = []
    many = executed(sandbox, cluster(scheduler.scheduler_address), stop=stop, scenarios=5_000)
    for event in many:
        stop.set()
        events.append(event)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].reason is StopReason.INTERRUPTED
    assert len(ids(events)) < 5_000


def test_nobody_schedules(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to do."""
    monkeypatch.setattr("cartfuzz.harness.executors.dask_cluster._CONNECT_SEC", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ClusterError, match="start one with: dask scheduler"):
        list(executed(sandbox, cluster(f"tcp://127.0.0.1:{port}")))


def test_an_address_without_a_port_is_none(sandbox: RunningSandbox) -> None:
    """It is refused before a client of dask is made, which would wait for its own end."""
    with pytest.raises(ClusterError, match="HOST:PORT"):
        list(executed(sandbox, cluster("scheduler.example.com")))
