"""A real Redis server for the tests that need one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "open-sesame-0123456789"  # noqa: S105 - of a server that lives for one test
_TRIES = 10


@contextmanager
def redis_server(
    folder: Path, *, password: str = ""
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL of a server of one's own on loopback, and its process.

    Another process may take a free port first, so a few are tried: the server says when it is
    ready, or ends.
    """
    program = shutil.which("redis-server")
    if program is None:
        reason = "no redis-server is installed (Debian: apt-get install redis-server)"
        if os.environ.get("CARTFUZZ_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    for _ in range(_TRIES):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        lines = [f"port {port}", "bind 127.0.0.1", 'save ""', "appendonly no", f"dir {folder}"]
        lines += [f"requirepass {password}"] if password else []
        with subprocess.Popen(
            [program, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("\n".join(lines))
            process.stdin.close()
            if any("Ready to accept connections" in line for line in process.stdout):
                try:
                    yield f"redis://127.0.0.1:{port}/0", process
                finally:
                    process.terminate()
                return
    pytest.fail(f"redis-server did not start in {_TRIES} tries")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty server."""
    with redis_server(tmp_path) as (url, _):
        yield url
