"""Requests a second of whole campaigns, beside bare clients, a slow target, and each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import psutil
import requests
import urllib3
from distributed import LocalCluster
from measures import Measure, Report, in_turns, ratio
from rates import Arrival, busy_cores, steady, whole

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.executors import Executor
from cartfuzz.harness.executors.dask_cluster import cluster
from cartfuzz.harness.memory_tuning import tuned
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.transport import HttpTransport
from cartfuzz.record import Phase, RunStarted, ScenarioRun
from cartfuzz.sandbox import RunningSandbox, start
from cartfuzz.strategies import draw_scenarios, scenarios
from cartfuzz.wire import NoResponse, Request, Response
from cartfuzz.wire.marks import mark_of
from cartfuzz.wire.secrets import TargetSecrets

_LATENCY_SEC = 0.05
_MANY = 64
"""Scenarios in flight against the slow target."""


class Recorder(HttpTransport):
    """Notes the ordinary requests that it sends."""

    def __init__(self, base_url: str, *, secrets: TargetSecrets) -> None:
        super().__init__(base_url, secrets=secrets)
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response | NoResponse:
        self.sent.append(request)
        return super().send(request)


def explored_requests(count: int) -> list[Request]:
    """The first requests of an explore phase, as they go over the wire."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        recorder = Recorder(sandbox.url, secrets=TargetSecrets(sandbox.api_key))
        engine = Engine(
            recorder, environment=EXAMPLE_ENVIRONMENT, levels={}, rate_limiter=RateLimiter(None)
        )
        strategy = scenarios(EXAMPLE_ENVIRONMENT)
        number = 0
        while len(recorder.sent) < count:
            for scenario in draw_scenarios(strategy, seed=number, count=20):
                mark = mark_of("recorded", number)
                engine.execute(scenario, phase="explore", scenario_id=str(number), mark=mark)
                number += 1
        recorder.close()
    return recorder.sent[:count]


def _lines(request: Request, sandbox: RunningSandbox) -> dict[str, str]:
    return {
        "Authorization": f"ApiKey-v1 {sandbox.api_key}",
        "Content-Type": "application/json",
        **dict(request.headers),
    }


def _with_requests(sandbox: RunningSandbox, sent: Sequence[Request]) -> float:
    with requests.Session() as session:
        began = perf_counter()
        for request in sent:
            session.request(
                request.method,
                sandbox.url + request.target,
                data=request.body,
                headers=_lines(request, sandbox),
                timeout=30,
            )
        return len(sent) / (perf_counter() - began)


def _with_urllib3(sandbox: RunningSandbox, sent: Sequence[Request]) -> float:
    with urllib3.PoolManager() as pool:
        began = perf_counter()
        for request in sent:
            pool.request(
                request.method,
                sandbox.url + request.target,
                body=request.body,
                headers=_lines(request, sandbox),
            )
        return len(sent) / (perf_counter() - began)


def campaign(
    sandbox: RunningSandbox,
    *,
    count: int,
    workers: int = 1,
    executor: Executor | None = None,
    cores: list[float] | None = None,
) -> float:
    """Requests a second of a full campaign under way: generate, model, check, record.

    Args:
        sandbox: the target.
        count: requests to send.
        workers: how many share them.
        executor: where they run.
        cores: takes up how many cores of the machine worked meanwhile.
    """
    events = arrivals(sandbox, count=count, workers=workers, executor=executor)
    if cores is not None:
        cores.append(busy_cores(events, count))
    return steady(events, count)


def arrivals(
    sandbox: RunningSandbox,
    *,
    count: int,
    workers: int = 1,
    in_flight: int = 4,
    executor: Executor | None = None,
) -> list[Arrival]:
    """When a campaign starts its workers, and then when each of its events arrives."""
    plan = Plan(
        url=sandbox.url,
        environment=EXAMPLE_ENVIRONMENT,
        seed=1,
        phases=(Phase.EXPLORE,),
        requests=count,
        workers=workers,
        in_flight=in_flight,
    )
    with tuned():  # as the command line does
        return [
            Arrival(
                perf_counter(), event.requests if isinstance(event, ScenarioRun) else 0, _busy()
            )
            for event in run_campaign(
                plan, sandbox.api_key, stop=threading.Event(), executor=executor
            )
            if isinstance(event, RunStarted | ScenarioRun)
        ]


def _busy() -> float:
    """Seconds that all cores together have worked since the machine was started."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0)


def against_bare_clients(report: Report, count: int, repeats: int) -> None:
    """One worker beside loops that replay the very same requests; and two workers beside dask's.

    The loops have one request under way. So has one of the campaigns; the others have four
    scenarios in flight, which is the default.
    """
    sent = explored_requests(count)
    with _dask() as executor:
        found = in_turns(
            report,
            {
                "requests.Session replay": on_fresh_sandbox(lambda box: _with_requests(box, sent)),
                "urllib3 replay": on_fresh_sandbox(lambda box: _with_urllib3(box, sent)),
                "campaign, 1 worker, 1 in flight": on_fresh_sandbox(
                    lambda box: steady(arrivals(box, count=count, in_flight=1), count)
                ),
                "campaign, 1 worker": on_fresh_sandbox(lambda box: campaign(box, count=count)),
                "campaign, 2 workers": on_fresh_sandbox(
                    lambda box: campaign(box, count=2 * count, workers=2)
                ),
                "campaign, dask, 2 workers": on_fresh_sandbox(
                    lambda box: campaign(box, count=2 * count, workers=2, executor=executor)
                ),
            },
            repeats,
            "requests/s",
        )
    one, two = found["campaign, 1 worker"], found["campaign, 2 workers"]
    replay = found["requests.Session replay"]
    report.ratios["campaign_vs_requests_replay"] = ratio(one, replay)
    report.ratios["campaign_1_in_flight_vs_requests_replay"] = ratio(
        found["campaign, 1 worker, 1 in flight"], replay
    )
    report.ratios["campaign_vs_urllib3_replay"] = ratio(one, found["urllib3 replay"])
    report.ratios["dask_vs_processes"] = ratio(found["campaign, dask, 2 workers"], two)


def two_workers(report: Report, count: int, repeats: int) -> None:
    """Two workers beside one, each with ``count`` requests.

    Campaigns and sandbox share the machine. What two workers can reach there at best is the rate of
    one if all cores worked as some do then.
    """
    alone: list[float] = []
    together: list[float] = []
    found = in_turns(
        report,
        {
            "long campaign, 1 worker": on_fresh_sandbox(
                lambda box: campaign(box, count=count, cores=alone)
            ),
            "long campaign, 2 workers": on_fresh_sandbox(
                lambda box: campaign(box, count=2 * count, workers=2, cores=together)
            ),
        },
        repeats,
        "requests/s",
    )
    one, two = found.values()
    cores = psutil.cpu_count() or 1
    possible = [rate * cores / busy for rate, busy in zip(one.values, alone, strict=True)]
    report.ratios["two_workers_vs_one"] = ratio(two, one)
    report.ratios["two_workers_vs_possible"] = ratio(
        two, Measure(name="possible", unit="requests/s", values=possible)
    )
    for name, values in (("1 worker", alone), ("2 workers", together)):
        report.measures.append(Measure(name=f"cores at work, {name}", unit="cores", values=values))


def with_latency(report: Report, count: int, repeats: int) -> None:
    """A target that takes 50 ms, and one that does not, each with 64 scenarios in flight.

    Whole runs: what is lost while the first 64 begin and the last ones end counts too.
    """

    def measured(latency_sec: float) -> float:
        with start(EXAMPLE_ENVIRONMENT, latency_sec=latency_sec) as sandbox:
            return whole(arrivals(sandbox, count=count, in_flight=_MANY))

    found = in_turns(
        report,
        {
            "64 in flight": lambda: measured(0.0),
            "64 in flight, 50 ms an answer": lambda: measured(_LATENCY_SEC),
        },
        repeats,
        "requests/s",
    )
    quick, slow = found.values()
    possible = [min(_MANY / _LATENCY_SEC, rate) for rate in quick.values]
    report.ratios["latency_50ms_vs_possible"] = ratio(
        slow, Measure(name="possible", unit="requests/s", values=possible)
    )


def on_fresh_sandbox(measured: Callable[[RunningSandbox], float]) -> Callable[[], float]:
    """``measured`` on a sandbox of its own, which knows no session yet."""

    def job() -> float:
        with start(EXAMPLE_ENVIRONMENT) as sandbox:
            return measured(sandbox)

    return job


@contextmanager
def _dask() -> Iterator[Executor]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as local:
        yield cluster(local.scheduler_address)
