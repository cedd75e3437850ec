"""How long people wait for the first sign: ``--help``, and the first request of a run."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
from time import perf_counter

from measures import Report, in_turns

_PROGRAM = (sys.executable, "-m", "cartfuzz.cli")


def starting(report: Report, repeats: int) -> None:
    """Seconds of ``python -c pass``, of ``cartfuzz --help``, and to the first request."""
    found = in_turns(
        report,
        {
            "python -c pass": lambda: _seconds(sys.executable, "-c", "pass"),
            "cartfuzz --help": lambda: _seconds(*_PROGRAM, "--help"),
            "cartfuzz run URL, to the first request": _first_request,
        },
        repeats,
        "s",
    )
    bare, helped, first = found.values()
    report.ratios["help_seconds_over_python"] = statistics.median(
        a - b for a, b in zip(helped.values, bare.values, strict=True)
    )
    report.ratios["first_request_seconds"] = first.median


def _seconds(*command: str) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - began


def _first_request() -> float:
    """Until the first byte of a request is there; then the run is ended."""
    with socket.create_server(("127.0.0.1", 0)) as target:
        url = f"http://127.0.0.1:{target.getsockname()[1]}"
        began = perf_counter()
        with subprocess.Popen(
            [*_PROGRAM, "run", url, "-qq"],
            env={**os.environ, "CARTFUZZ_API_KEY": "none"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            connection, _ = target.accept()
            with connection:
                connection.recv(1)
                took = perf_counter() - began
                process.kill()
    return took
