"""What one worker's time goes into: a sampling profiler that knows this project's rooms.

One stream of work in the main thread: draw, send, judge, record. A timer interrupts it a thousand
times a second, and each look is booked on the innermost frame that belongs to a part; while the
thread waits for the target that is ``wait``. A signal comes whatever the thread does, so nothing is
favoured, as it would be by a second thread that has to wait for its turn to look.

Usage: python benchmarks/parts.py [--requests N]
"""

from __future__ import annotations

import argparse
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from cartfuzz.analysis import RunState
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.harness.transport import HttpTransport
from cartfuzz.record import Phase, RecordWriter
from cartfuzz.sandbox import RunningSandbox, start
from cartfuzz.wire.marks import mark_of
from cartfuzz.wire.secrets import TargetSecrets

_EVERY_SEC = 0.001
_MOST = 15
PARTS = (
    ("wait", ("deadline.py:recv", "deadline.py:sendall")),
    ("draw", ("/cartfuzz/strategies/", "/hypothesis/", "/harness/scheduling/shards.py:")),
    ("encode", ("encoding.py:request_of", "encoding.py:encode_json", "encoding.py:encode_session")),
    ("parse", ("encoding.py:decode_json", "encoding.py:unmarked")),
    ("send", ("/harness/transport/", "/harness/sender.py:")),
    ("record", ("/cartfuzz/record/", "/harness/novelty.py:", "/oracle/run_facts.py:")),
    ("check", ("/oracle/checks/", "/oracle/fingerprints/", "/oracle/attribution/")),
    ("model", ("/oracle/model/", "/cartfuzz/contract/")),
    ("judge", ("/cartfuzz/oracle/",)),
    ("engine", ("/harness/engine.py:", "/harness/execution.py:", "/harness/exchange_log.py:")),
)
"""The first that fits a frame counts: a folder, a file, or a function of a file."""


class Sampler:
    """Books what the main thread is at."""

    def __init__(self) -> None:
        self.parts: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()

    @contextmanager
    def running(self) -> Iterator[None]:
        before = signal.signal(signal.SIGALRM, self._book)
        signal.setitimer(signal.ITIMER_REAL, _EVERY_SEC, _EVERY_SEC)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _book(self, _signal: int, innermost: FrameType | None) -> None:
        for name in _names(innermost):
            part = next((p for p, marks in PARTS if any(mark in name for mark in marks)), None)
            if part is not None:
                self.parts[part] += 1
                self.functions[_short(name)] += 1
                return
        self.parts["rest"] += 1


def _names(frame: FrameType | None) -> Iterator[str]:
    """``FILE:FUNCTION`` from the innermost frame outwards."""
    while frame is not None:
        yield f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        frame = frame.f_back


def _short(name: str) -> str:
    return "/".join(Path(name).parts[-3:])


def measured(count: int) -> Sampler:
    """The explore phase until ``count`` requests were sent; its record goes nowhere."""
    sampler = Sampler()
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        for sent in _explored(sandbox, sampler):
            if sent >= count:
                return sampler
    raise AssertionError("the explore phase has no end")


def _explored(sandbox: RunningSandbox, sampler: Sampler) -> Iterator[int]:
    """Explores shard by shard; yields how many requests were sent."""
    plan = Plan(url=sandbox.url, environment=EXAMPLE_ENVIRONMENT, seed=1, phases=(Phase.EXPLORE,))
    transport = HttpTransport(sandbox.url, secrets=TargetSecrets(sandbox.api_key))
    engine = Engine(
        transport, environment=plan.environment, levels={}, rate_limiter=RateLimiter(None)
    )
    shards = Shards(plan)
    state = RunState()
    list(shards.scenarios_of(0) or ())  # what is made once is no part of the work
    sent = shard = 0
    with RecordWriter(Path("/dev/null")) as record:
        while True:
            with sampler.running():
                for numbered in shards.scenarios_of(shard) or ():
                    mark = mark_of("profiled", numbered.execution_index)
                    event = engine.execute(
                        numbered.scenario, phase="explore", scenario_id=numbered.id, mark=mark
                    )
                    record.write(event)
                    state.add(event)
                    sent += event.requests
            shard += 1
            yield sent


def shares(counted: Counter[str], most: int | None = None) -> list[tuple[str, float]]:
    """The most frequent names, each with its part of all."""
    return [(name, count / counted.total()) for name, count in counted.most_common(most)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=5_000)
    sampler = measured(parser.parse_args().requests)
    console = Console(width=110)
    for title, counted in (("part", sampler.parts), ("function", sampler.functions)):
        console.print(f"by {title}")
        for name, share in shares(counted, _MOST):
            console.print(f"  {share:6.1%}  {name}")


if __name__ == "__main__":
    main()
