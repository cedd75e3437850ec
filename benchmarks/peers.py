"""Schemathesis on the same sandbox, with its own defaults, for comparison."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from time import perf_counter

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import start

PEER = "st"
_CONFIGURATION = '[headers]\nAuthorization = "ApiKey-v1 ${CARTFUZZ_API_KEY}"\n'
_DOCUMENT = Path(__file__).parent / "openapi.json"


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one of its phases."""

    phase: str
    workers: int
    requests: int
    seconds: float
    """From its first request to its last: its own start-up and reporting do not count, as ours do
    not."""
    whole_seconds: float
    """From the start of the process to its end."""
    requests_per_second: float
    failures: list[str]
    """The kinds of failures that it reports."""


def configured(folder: Path) -> None:
    """Has Schemathesis, run in ``folder``, send the key that stands in the environment."""
    (folder / "schemathesis.toml").write_text(_CONFIGURATION, "utf-8")


def run_peer(phase: str, seconds: int, *, workers: int) -> Peer:
    """Runs one phase for at most ``seconds`` on a fresh sandbox.

    Raises:
        RuntimeError: it sent too little for a rate.
    """
    with start(EXAMPLE_ENVIRONMENT) as sandbox, tempfile.TemporaryDirectory() as out:
        exchanges = Path(out) / "exchanges.har"
        configured(Path(out))
        began = perf_counter()
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / PEER),
                "run",
                str(_DOCUMENT),
                "--url",
                sandbox.url,
                "--phases",
                phase,
                "--workers",
                str(workers),
                "--max-time",
                str(seconds),
                "--continue-on-failure",
                "--report",
                "har",
                "--report-har-path",
                str(exchanges),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=out,
            env={**os.environ, "CARTFUZZ_API_KEY": sandbox.api_key},
        )
        took = perf_counter() - began
        times = _times(exchanges)
    if len(times) < 2 or times[0] == times[-1]:
        raise RuntimeError(
            f"expected Schemathesis to send some requests in its {phase} phase, "
            f"found {len(times)} in its report; it said: {done.stderr[-500:]}"
        )
    seconds_sending = (times[-1] - times[0]).total_seconds()
    failed = (line for line in done.stdout.splitlines() if "❌ ST" in line)
    kinds = {line.split(":")[0].strip(" ❌") for line in failed}
    return Peer(
        phase=phase,
        workers=workers,
        requests=len(times),
        seconds=seconds_sending,
        whole_seconds=took,
        requests_per_second=(len(times) - 1) / seconds_sending,
        failures=sorted(kinds),
    )


def _times(exchanges: Path) -> list[datetime]:
    """When each request of a HAR file was sent, in order."""
    entries = json.loads(exchanges.read_text("utf-8"))["log"]["entries"]
    return sorted(datetime.fromisoformat(entry["startedDateTime"]) for entry in entries)
