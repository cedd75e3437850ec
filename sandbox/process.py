"""Starts and stops a sandbox in a process of its own.

The process is a plain interpreter and not one of `multiprocessing`, which imports the caller's
main module again. That fails for a script that starts a sandbox at its top level, and for code
that is read from standard input.
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

_STOP_TIMEOUT_SEC = 5.0
_CHILD = (sys.executable, "-P", "-m", f"{__package__}.child")


class LaunchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the child serves: one line of JSON on its standard input.

    It carries the API key too, because other users of the machine could read a command line.
    """

    environment: Environment
    faults: tuple[str, ...]
    dialects: tuple[str, ...]
    host: str
    port: int
    api_key: str
    latency_sec: float


class LaunchResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the child serves: one line of JSON on its standard output."""

    url: str = ""
    """The base URL; empty: it does not serve."""
    problem: str = ""
    """Why it does not serve; empty: it serves."""


class RunningSandbox:
    """A sandbox in a process of its own. It ends with its ``with`` block, or with this process.

    Attributes:
        url: the base URL.
        api_key: the key that requests must hold.
    """

    def __init__(self, url: str, api_key: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.api_key = api_key
        self._process = process

    @property
    def pid(self) -> int:
        """The ID of the process that serves."""
        return self._process.pid

    def close(self) -> None:
        """Ends the process; a second call does nothing."""
        _stop(self._process)

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
    """Starts a sandbox and returns when it listens.

    Args:
        environment: what the application has configured.
        faults: names of seeded faults to switch on.
        dialects: names of lawful dialects to switch on.
        host: the address to listen on.
        port: the port; 0: any free one.
        api_key: the key that requests must hold; None: a random one.
        latency_sec: how long each answer waits before it is sent.

    Raises:
        SandboxError: the sandbox cannot listen on this address, or its process does not start.
        UnknownFaultError: no fault has this name.
        KeyError: no dialect has this name.
    """
    # Unknown names are an error of the caller, and must be raised in this process.
    assembled(environment, faults, dialects, "")
    key = api_key or secrets.token_hex(16)
    settings = LaunchSettings(
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
        result = _launch(process, settings)
    except BaseException:  # Ctrl-C too: nothing else could end the child
        _stop(process)
        raise
    return RunningSandbox(result.url, key, process)


def _launch(process: subprocess.Popen[bytes], settings: LaunchSettings) -> LaunchResult:
    """Sends ``settings`` to the child and waits for its result.

    Raises:
        SandboxError: the child cannot serve, or ends without a result.
    """
    # A child that has ended already is reported below, by the missing line.
    with suppress(BrokenPipeError):
        _stdin(process).write(msgspec.json.encode(settings) + b"\n")
        _stdin(process).flush()
    line = cast("IO[bytes]", process.stdout).readline()
    if not line:
        raise SandboxError(
            f"the sandbox process {process.pid} ended before it served; see its output above"
        )
    result = msgspec.json.decode(line, type=LaunchResult)
    if result.problem:
        raise SandboxError(result.problem)
    return result


def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdin)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Closes the child's input, which ends the child; kills it if it is still there later."""
    with suppress(BrokenPipeError):
        _stdin(process).close()
    try:
        process.wait(_STOP_TIMEOUT_SEC)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast("IO[bytes]", process.stdout).close()
