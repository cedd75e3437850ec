"""Command lines that people paste: quoted for a shell, with the target that a run had.

They never hold an API key: it is read from the environment variable that the record names.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from ..record import RunStarted


def replay_line(started: RunStarted, folder: Path, signature: str) -> str:
    """The line that sends one discrepancy of a run again, from any directory.

    The record in ``folder`` holds everything else: URL or sandbox, environment and contract.

    Args:
        started: the first event of the run.
        folder: where the record of the run is.
        signature: of the discrepancy.
    """
    hosts = (part for host in started.allow_hosts for part in ("--allow-host", host))
    return shlex.join(("cartfuzz", "replay", str(folder), signature, *hosts))


def clean_line(folder: Path, allow_hosts: Iterable[str], *, url: str = "") -> str:
    """The line that cancels what a run has left.

    Args:
        folder: of the run.
        allow_hosts: as of `cartfuzz.record.RunStarted`.
        url: of the target; empty: the folder names it.
    """
    hosts = (part for host in allow_hosts for part in ("--allow-host", host))
    target = (url,) if url else ()
    return shlex.join(("cartfuzz", "clean", str(folder), *target, *hosts))


def serve_line(started: RunStarted) -> str:
    """The line that starts a sandbox like the embedded one of a run; empty: there was none."""
    if started.sandbox is None:
        return ""
    faults = (part for fault in started.sandbox.faults for part in ("--fault", fault))
    environment = started.environment
    flattening = "--flattening" if environment.flattening else "--no-flattening"
    return shlex.join(
        ("cartfuzz", "serve", "--contract", environment.contract.value, flattening, *faults)
    )
