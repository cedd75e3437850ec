"""The hostile server over real sockets, in front of the sandbox."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cartfuzz.sandbox import RunningSandbox, start
from tests.hostile.canary import Canary
from tests.hostile.keys import BENCH_KEY
from tests.hostile.server import HostileServer, Turns
from tests.hostile.table import BY_NAME

_PATIENCE_SEC = 60
_ALL = Turns()
_REQUEST = (
    b"GET /v2/customer_sessions/none HTTP/1.1\r\nhost: localhost\r\nauthorization: ApiKey-v1 "
    + BENCH_KEY.encode()
    + b"\r\n\r\n"
)
_OPTIONS = (
    *("--requests", "100", "-q", "--seed", "1", "--workers", "1", "--timeout", "5"),
    *("--phase", "edges", "--report-dir"),
)
_HEALTHY = frozenset({0, 1, 3, 5, 6, 8})


@pytest.fixture(scope="module")
def lawful() -> Iterator[RunningSandbox]:
    with start(api_key=BENCH_KEY) as sandbox:
        yield sandbox


def _answer(server: HostileServer) -> bytes:
    """All bytes until the end, or until one answer is complete.

    Raises:
        ConnectionResetError: the server has reset the connection.
    """
    with socket.create_connection(("127.0.0.1", server.port), _PATIENCE_SEC) as connection:
        connection.sendall(_REQUEST)
        received = b""
        while not received.endswith(b"}"):
            more = connection.recv(65_536)
            if not more:
                break
            received += more
        return received


def _server(lawful: RunningSandbox, mode: str, turns: Turns = _ALL) -> HostileServer:
    return HostileServer(lawful.url, BENCH_KEY, BY_NAME[mode], turns)


def test_what_is_not_disturbed_passes_as_it_is(lawful: RunningSandbox) -> None:
    """With one in two disturbed, the first answer is the sandbox's, the second one is not."""
    with _server(lawful, "ssh-banner", Turns(every=2)) as server:
        first, second = _answer(server), _answer(server)
    assert first.startswith(b"HTTP/1.1 404 ")
    assert second.startswith(b"SSH-2.0")
    assert (server.exchanges, server.disturbed) == (2, 1)


def test_the_first_answers_can_be_left_alone() -> None:
    """Numbers before ``lawful_first`` are never disturbed, then each ``every``-th is."""
    turns = Turns(every=5, lawful_first=20)
    assert [number for number in range(35) if turns.disturbed(number)] == [24, 29, 34]


@pytest.mark.parametrize("mode", ["reset-after-request", "reset-before-answer"])
def test_resets_arrive_as_resets(lawful: RunningSandbox, mode: str) -> None:
    """The client's read fails."""
    with _server(lawful, mode) as server, pytest.raises(ConnectionResetError):
        _answer(server)


@pytest.mark.parametrize("mode", ["close-in-body", "half-close-in-body", "close-after-request"])
def test_closes_arrive_as_the_end(lawful: RunningSandbox, mode: str) -> None:
    """The client reads less than a whole answer, and then the end."""
    with _server(lawful, mode) as server:
        assert not _answer(server).endswith(b"}")


def test_silence_sends_nothing(lawful: RunningSandbox) -> None:
    """Nothing is there to read until the client gives up; the request was executed nowhere."""
    with (
        _server(lawful, "silent") as server,
        socket.create_connection(("127.0.0.1", server.port), _PATIENCE_SEC) as connection,
    ):
        connection.sendall(_REQUEST)
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)


def test_the_canary_counts_connections() -> None:
    """A connection to it is counted before it is closed."""
    with Canary() as canary:
        port = int(canary.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), _PATIENCE_SEC) as connection:
            assert connection.recv(1) == b""
        assert canary.connections == 1


@pytest.mark.parametrize("mode", ["reset-in-body", "ssh-banner"])
def test_a_run_ends_with_a_verdict_and_no_finding(
    lawful: RunningSandbox, tmp_path: Path, mode: str
) -> None:
    """A run against one disturbed connection in five ends by itself and blames no data."""
    with _server(lawful, mode, Turns(every=5, lawful_first=20)) as server:
        done = subprocess.run(
            [sys.executable, "-m", "cartfuzz.cli", "run", server.url, *_OPTIONS, str(tmp_path)],
            env={**os.environ, "CARTFUZZ_API_KEY": BENCH_KEY},
            capture_output=True,
            timeout=_PATIENCE_SEC * 5,
            check=False,
        )
    assert done.returncode in _HEALTHY, done.stderr
    assert server.disturbed > 0
    summary = msgspec.json.decode((tmp_path / "summary.json").read_bytes(), type=dict[str, object])
    assert summary["discrepancies"] == []
    assert BENCH_KEY.encode() not in done.stdout + done.stderr
