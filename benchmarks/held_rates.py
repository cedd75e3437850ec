"""How exactly a run keeps its rate: requests that reach the target, counted on their way.

    python benchmarks/held_rates.py [--rps 50] [--seconds 20]

One thread, four processes, and a local dask cluster of two processes with two threads each. The
goal is a deviation of 3% at the most. Each run is killed at the end; what comes after that counts
as well, and the goal is nothing after a second. The runs do not slow down for a target that suffers
(``--no-slow-down``), as the sandbox does on a busy machine: that would be another rate.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep

from distributed import LocalCluster

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import RunningSandbox, start

_GOAL = 0.03
_WARM_UP_SEC = 2.0
"""From the first request of the run; the check before it and the start of workers are no rate."""
_AFTER_SEC = 12.0
_REQUEST_LINE = re.compile(rb"[A-Z]+ /v2/customer_sessions\S* HTTP/1\.1\r\n")


class CountingRelay:
    """Passes bytes on to a sandbox, and keeps when requests came."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._port = int(sandbox.url.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.times: list[float] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            asking, _ = self._listener.accept()
            threading.Thread(target=self._relay, args=(asking,), daemon=True).start()

    def _relay(self, asking: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as answering, asking:
            for one in (asking, answering):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_pass_on, args=(answering, asking), daemon=True)
            back.start()
            with suppress(OSError):
                while piece := asking.recv(1 << 16):
                    now = monotonic()
                    self.times.extend(now for _ in _REQUEST_LINE.findall(piece))
                    answering.sendall(piece)
                answering.shutdown(socket.SHUT_WR)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def _options(kind: str) -> Iterator[tuple[str, ...]]:
    if kind != "dask":
        yield ("--workers", kind)
        return
    with LocalCluster(
        n_workers=2, threads_per_worker=2, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield ("--scheduler", cluster.scheduler_address)


def measured(kind: str, rps: float, seconds: float) -> tuple[float, int]:
    """Requests a second that reached the target, and those that came a second after the kill."""
    with (
        start(EXAMPLE_ENVIRONMENT) as sandbox,
        _options(kind) as options,
        tempfile.TemporaryDirectory() as folder,
    ):
        relay = CountingRelay(sandbox)
        command = [sys.executable, "-m", "cartfuzz.cli", "run", relay.url, "--duration", "1h"]
        with subprocess.Popen(
            [*command, "--rps", str(rps), "--no-slow-down", "--report-dir", folder, *options],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "CARTFUZZ_API_KEY": sandbox.api_key},
        ) as run:
            while len(relay.times) < 2 * rps and run.poll() is None:
                sleep(0.05)
            began = monotonic() + _WARM_UP_SEC
            sleep(_WARM_UP_SEC + seconds)
            run.kill()
            killed = monotonic()
            sleep(_AFTER_SEC)
        counted = sum(began <= when < began + seconds for when in relay.times)
        return counted / seconds, sum(when > killed + 1 for when in relay.times)


def main() -> int:
    """Prints a row for each way to run workers; 1: a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rps", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    print(f"| workers | of {given.rps:g} requests a second | deviation | after the kill |")
    print("| --- | --- | --- | --- |")
    missed = False
    for name, kind in (("one thread", "1"), ("four processes", "4"), ("dask, 2 x 2", "dask")):
        rate, late = measured(kind, given.rps, given.seconds)
        off = rate / given.rps - 1
        missed |= abs(off) > _GOAL or late > 0
        print(f"| {name} | {rate:.2f} | {off:+.1%} | {late} |", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
