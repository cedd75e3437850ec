"""The sandbox in a process of its own, for as long as this one wants it.

A plain child interpreter rather than `multiprocessing`: that one imports the caller's main module
anew, which fails for scripts that start a sandbox at their top level and for code read from
standard input.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self, cast

import msgspec

from ..contract import EXAMPLE_ENVIRONMENT, Environment
from .assembly import assembled
from .server import SandboxError

_STOP_SEC = 5.0
_CHILD = (sys.executable, "-P", "-m", f"{__package__}.child")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is to serve: one line of JSON on its standard input.

    It carries the API key, which therefore stands on no command line.
    """

    environment: Environment
    faults: tuple[str, ...]
    dialects: tuple[str, ...]
    host: str
    port: int
    api_key: str
    latency_sec: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the child answers: one line of JSON on its standard output."""

    url: str = ""
    """The base URL, once it listens."""
    problem: str = ""
    """Why it cannot; empty: it can."""


class RunningSandbox:
    """A sandbox in a process of its own. Ends with the block, or with this process.

    Attributes:
        url: base URL.
        api_key: the key that it takes.
    """

    def __init__(self, url: str, api_key: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.api_key = api_key
        self._process = process

    @property
    def pid(self) -> int:
        """The process that serves."""
        return self._process.pid

    def close(self) -> None:
        """Ends the server; closing it twice is fine."""
        _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(
    environment: Environment = EXAMPLE_ENVIRONMENT,
    *,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    api_key: str | None = None,
    latency_sec: float = 0.0,
) -> RunningSandbox:
    """Starts a sandbox and returns once it listens.

    Args:
        environment: what the application has configured.
        faults: names of seeded faults to switch on.
        dialects: names of lawful dialects to speak.
        host: the address to listen on.
        port: the port; 0: any free one.
        api_key: the key to take; None: a random one.
        latency_sec: how long each answer waits.

    Raises:
        SandboxError: the address cannot be had, or the process does not start.
        UnknownFaultError: there is no such fault.
        KeyError: there is no such dialect.
    """
    assembled(environment, faults, dialects, "")  # an unknown fault is found before anything starts
    key = api_key or secrets.token_hex(16)
    order = Order(
        environment=environment,
        faults=tuple(faults),
        dialects=tuple(dialects),
        host=host,
        port=port,
        api_key=key,
        latency_sec=latency_sec,
    )
    process = subprocess.Popen(_CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    try:
        report = _report(process, order)
    except BaseException:  # Ctrl-C too: nobody else knows the child that would be left behind
        _end(process)
        raise
    return RunningSandbox(report.url, key, process)


def _report(process: subprocess.Popen[bytes], order: Order) -> Report:
    """What the child says to ``order``; the end of its output counts as an answer too."""
    with suppress(BrokenPipeError):
        _stdin(process).write(msgspec.json.encode(order) + b"\n")
        _stdin(process).flush()
    line = cast("IO[bytes]", process.stdout).readline()
    if not line:
        raise SandboxError("the sandbox process ended before it served; see its output above")
    report = msgspec.json.decode(line, type=Report)
    if report.problem:
        raise SandboxError(report.problem)
    return report


def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdin)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the child by closing its input, which it watches; kills it if it does not heed that."""
    with suppress(BrokenPipeError):
        _stdin(process).close()
    try:
        process.wait(_STOP_SEC)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast("IO[bytes]", process.stdout).close()
