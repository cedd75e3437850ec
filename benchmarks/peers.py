"""Schemathesis on the same sandbox, with its own defaults, for comparison."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
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
    requests_per_second: float
    failures: list[str]
    """The kinds of failures that it reports."""


def configured(folder: Path) -> None:
    """Has Schemathesis, run in ``folder``, send the key that stands in the environment."""
    (folder / "schemathesis.toml").write_text(_CONFIGURATION, "utf-8")


def run_peer(phase: str, seconds: int, *, workers: int) -> Peer:
    """Runs one phase for at most ``seconds`` on a fresh sandbox."""
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
        sent = len(json.loads(exchanges.read_text("utf-8"))["log"]["entries"])
    failed = (line for line in done.stdout.splitlines() if "❌ ST" in line)
    kinds = {line.split(":")[0].strip(" ❌") for line in failed}
    return Peer(
        phase=phase,
        workers=workers,
        requests=sent,
        seconds=took,
        requests_per_second=sent / took,
        failures=sorted(kinds),
    )
