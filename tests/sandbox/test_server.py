"""Tests the sandbox process: how it starts, serves and ends."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic

import msgspec
import pytest
import requests

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.sandbox import SandboxError, UnknownFaultError, start


def test_it_serves_with_its_key_only() -> None:
    """Without its key the server answers 401, with it 200, 404, or 405 with the methods allowed."""
    with start() as sandbox:
        url = f"{sandbox.url}/v2/customer_sessions/x"
        key = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        assert requests.get(url, timeout=60).status_code == 401
        assert requests.get(url, headers=key, timeout=60).status_code == 404
        body: dict[str, object] = {"customerSession": {}}
        assert requests.put(url, json=body, headers=key, timeout=60).status_code == 200
        assert requests.get(url, headers=key, timeout=60).status_code == 200
        refused = requests.delete(url, headers=key, timeout=60)
        assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, PUT")
        refused = requests.get(f"{url}/returns", headers=key, timeout=60)
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


def test_each_answer_can_be_made_to_wait() -> None:
    """An answer arrives after the latency, not before."""
    with start(latency_sec=0.3) as sandbox:
        begun = monotonic()
        answer = requests.get(f"{sandbox.url}/v2/customer_sessions/x", timeout=60)
        assert monotonic() - begun >= 0.3
    assert answer.status_code == 401


def test_it_is_gone_once_closed() -> None:
    """After close() nothing listens; a second close() does nothing."""
    sandbox = start()
    sandbox.close()
    sandbox.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(sandbox.url, timeout=60)


def test_it_ends_with_its_parent() -> None:
    """The server ends when its parent dies without close()."""
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
        with socket.create_connection(("127.0.0.1", port), timeout=600) as connection:
            parent.communicate("\n", timeout=600)
            # The server closes or resets the connection when it ends; a time-out fails the test.
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(1) == b""


def run_python(*arguments: str, program: str = "") -> subprocess.CompletedProcess[str]:
    """Runs Python to its end, with ``program`` on its standard input."""
    return subprocess.run(
        [sys.executable, *arguments],
        input=program,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


UNGUARDED_SCRIPT = (
    "from cartfuzz.sandbox import start\n"
    "with start() as sandbox:\n"
    "    print(sandbox.url)\n"
)  # fmt: skip


def test_it_starts_from_a_script_without_a_main_guard(tmp_path: Path) -> None:
    """A script can start a sandbox at its top level and is not executed a second time."""
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED_SCRIPT)
    ran = run_python(str(script))
    assert ran.stderr == ""
    assert ran.stdout.startswith("http://127.0.0.1:")
    assert ran.stdout.count("\n") == 1


def test_it_starts_from_code_without_a_file() -> None:
    """A program on standard input can start a sandbox."""
    ran = run_python("-", program=UNGUARDED_SCRIPT)
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert ran.stdout.startswith("http://127.0.0.1:")


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_the_key_is_on_no_command_line() -> None:
    """Neither command line nor environment variables of the process hold the key."""
    with start(api_key="very-secret-key") as sandbox:
        process = Path(f"/proc/{sandbox.pid}")
        assert b"very-secret-key" not in (process / "cmdline").read_bytes()
        assert b"very-secret-key" not in (process / "environ").read_bytes()
        assert sandbox.api_key == "very-secret-key"
        assert sandbox.api_key not in sandbox.url


def test_environment_faults_and_dialects_reach_the_process() -> None:
    """The process serves the environment, faults and dialects that start() gets."""
    current = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
    with start(current, faults=["counts-no-updates"], dialects=["ShowsEverything"]) as sandbox:
        url = f"{sandbox.url}/v2/customer_sessions/x"
        key = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        for _ in range(2):
            answer = requests.put(url, json={"customerSession": {}}, headers=key, timeout=60)
        shown = answer.json()["customerSession"]
        assert shown["updateCount"] == 1
        assert shown["couponCodes"] == []


def test_session_ids_are_decoded_once() -> None:
    """The server percent-decodes a session ID exactly once."""
    with start() as sandbox:
        host, _, port = sandbox.url.removeprefix("http://").partition(":")
        connection = HTTPConnection(host, int(port), timeout=60)
        key = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        for segment, session_id in (
            ("a%2Fb%2500", "a/b%00"),
            ("%00", "\x00"),
            ("%2E%2E", ".."),
            ("a+b", "a+b"),
            ("x%3Fy%23", "x?y#"),
        ):
            path = f"/v2/customer_sessions/{segment}"
            connection.request("PUT", path, b'{"customerSession": {}}', key)
            assert connection.getresponse().read() != b""
            connection.request("GET", path, headers=key)
            shown = json.loads(connection.getresponse().read())["customerSession"]
            assert shown["integrationId"] == session_id
        connection.close()


def test_a_taken_port() -> None:
    """A port in use raises an error with the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}"):
            start(port=port)


def test_an_unknown_fault() -> None:
    """An unknown fault is an error in the calling process."""
    with pytest.raises(UnknownFaultError, match="there is no fault"):
        start(faults=["no-such-thing"])
