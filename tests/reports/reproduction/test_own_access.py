"""Scripts go the way of the run, and never the way of their surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cartfuzz.record import NoServerError
from cartfuzz.record.target_access import DIRECT, SecretLine, TargetAccess
from cartfuzz.reports.reproduction.artefact import Artefact
from cartfuzz.reports.reproduction.curl_script import curl_script
from cartfuzz.reports.reproduction.own_access import with_own_lines
from cartfuzz.reports.reproduction.pytest_script import pytest_script
from tests.harness.transport.proxy_server import proxy_server

from .examples import artefact, request

KEY = 'a"key\\with $odd `characters`'
CLOSED_PORT = "http://127.0.0.1:1"


class Gate(BaseHTTPRequestHandler):
    """Answers 500 to whoever has the key and both header lines, else 401."""

    seen: list[dict[str, str]]
    status = 500

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append(headers)
        lets_in = headers.get("x-gate") == "sesame" and headers.get("x-tenant") == "blue"
        has_key = headers.get("authorization") == f"ApiKey-v1 {KEY}"
        self.send_response(self.status if lets_in and has_key else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def gate(status: int) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The URL of a running gate, and the header lines that it has seen."""
    seen: list[dict[str, str]] = []
    handler = type("ThisGate", (Gate,), {"seen": seen, "status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()


ACCESS = TargetAccess(
    headers=(("X-Tenant", "blue"),), secret_headers=(SecretLine(name="X-Gate", variable="GATE"),)
)


def made(url: str, access: TargetAccess) -> Artefact:
    """An artefact of one update, which must not be answered with 5xx."""
    keyed = request(headers=(("Host", "{host}"), ("Authorization", "ApiKey-v1 {key}")))
    return artefact(
        NoServerError(),
        target=url,
        access=access,
        requests=with_own_lines((keyed,), access, url),
        exchanges=(),
    )


def surroundings(**more: str) -> dict[str, str]:
    """Proxies that are not there, in all variables."""
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), CLOSED_PORT)
    return {**os.environ, **proxies, "NO_PROXY": "", "CARTFUZZ_API_KEY": KEY, **more}


def exit_codes(one: Artefact, folder: Path, environment: dict[str, str]) -> tuple[int, str, str]:
    """The exit code of the shell script, and what both scripts have printed."""
    (folder / "reproduce.sh").write_text(curl_script(one))
    (folder / "test_reproduce.py").write_text(pytest_script(one))
    temporary = folder / "temporary"
    temporary.mkdir()
    shell = subprocess.run(
        ["sh", str(folder / "reproduce.sh")],  # noqa: S607 - the shell of the system
        env={**environment, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not list(temporary.iterdir())
    python = subprocess.run(
        [sys.executable, "-c", "import test_reproduce; test_reproduce.test_reproduce()"],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return shell.returncode, shell.stdout + shell.stderr, python.stderr


@pytest.mark.parametrize(("status", "code"), [(500, 1), (200, 0)])
def test_scripts_get_through_a_gate(tmp_path: Path, status: int, code: int) -> None:
    """With a key of odd characters, and never through a proxy of the surroundings."""
    with gate(status) as (url, seen):
        found, shown, python = exit_codes(made(url, ACCESS), tmp_path, surroundings(GATE="sesame"))
    assert found == code, shown
    assert ("AssertionError" in python) == bool(code)
    assert "CouldNotAskError" not in python
    assert {one["authorization"] for one in seen} == {f"ApiKey-v1 {KEY}"}


def test_a_gate_that_refuses_is_no_bug(tmp_path: Path) -> None:
    """Exit code 3, and an error of its own."""
    with gate(500) as (url, _):
        code, shown, python = exit_codes(made(url, ACCESS), tmp_path, surroundings(GATE="wrong"))
    assert code == 3
    assert "answered 401" in shown
    assert "CouldNotAskError" in python


def test_a_target_that_is_gone_is_no_bug(tmp_path: Path) -> None:
    """Exit code 3, and an error of its own."""
    code, shown, python = exit_codes(made(CLOSED_PORT, DIRECT), tmp_path, surroundings())
    assert code == 3
    assert "could not ask the target" in shown
    assert "CouldNotAskError" in python


def test_scripts_use_the_proxy_of_the_run(tmp_path: Path) -> None:
    """With its login, which is in no script."""
    login = SecretLine(name="Proxy-Authorization", variable="LOGIN", basic=True)
    with proxy_server("Basic dXNlcjpwYXNzd29yZA==") as proxy, gate(500) as (url, seen):
        access = TargetAccess(
            proxy=proxy.url,
            proxy_login=login,
            headers=ACCESS.headers,
            secret_headers=ACCESS.secret_headers,
        )
        code, shown, python = exit_codes(
            made(url, access), tmp_path, surroundings(GATE="sesame", LOGIN="user:password")
        )
        assert code == 1, shown
        assert "AssertionError" in python
        assert len(proxy.heads) == len(seen) == 2
    for script in ("reproduce.sh", "test_reproduce.py"):
        assert "user:password" not in (tmp_path / script).read_text()


@pytest.mark.parametrize("line", ["variable", "file"])
def test_a_secret_that_is_not_there_is_no_bug(tmp_path: Path, line: str) -> None:
    """Exit code 3, with the name of what is empty: nothing was asked."""
    place = tmp_path / "gone"
    if line == "variable":
        secret = SecretLine(name="X-Gate", variable="GATE")
    else:
        secret = SecretLine(name="X-Gate", file=str(place))
    with gate(500) as (url, seen):
        one = made(url, TargetAccess(secret_headers=(secret,)))
        code, shown, python = exit_codes(one, tmp_path, surroundings())
        assert not seen
    assert code == 3
    assert ("GATE" if line == "variable" else "gone") in shown
    assert "CouldNotAskError" in python
