"""The sandbox as a process: it starts, serves, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
import requests

from cartfuzz.sandbox import SandboxError, UnknownFaultError, start


def test_it_serves_with_its_key_only() -> None:
    """A started sandbox answers, and asks for the key."""
    with start() as sandbox:
        url = f"{sandbox.url}/v2/customer_sessions/x"
        key = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        assert requests.get(url, timeout=5).status_code == 401
        assert requests.get(url, headers=key, timeout=5).status_code == 404
        body: dict[str, object] = {"customerSession": {}}
        assert requests.put(url, json=body, headers=key, timeout=5).status_code == 200
        assert requests.get(url, headers=key, timeout=5).status_code == 200
        assert requests.delete(url, headers=key, timeout=5).status_code == 405


def test_it_is_gone_once_closed() -> None:
    """After close() nothing listens; closing twice is fine."""
    sandbox = start()
    sandbox.close()
    sandbox.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(sandbox.url, timeout=5)


def test_it_ends_with_its_parent() -> None:
    """A parent that dies without closing leaves no server behind."""
    program = (
        "import os\n"
        "from cartfuzz.sandbox import start\n"
        "if __name__ == '__main__':\n"
        "    sandbox = start()\n"
        "    print(sandbox.url, flush=True)\n"
        "    input()\n"
        "    os._exit(1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            parent.communicate("\n", timeout=10)
            # The end of the server closes the connection: its end is read, no time-out.
            assert connection.recv(1) == b""


def test_a_taken_port() -> None:
    """A port that somebody else holds is one clear error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}"):
            start(port=port)


def test_an_unknown_fault() -> None:
    """An unknown fault is refused before anything starts."""
    with pytest.raises(UnknownFaultError, match="there is no fault"):
        start(faults=["no-such-thing"])
