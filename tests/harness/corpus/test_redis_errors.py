"""What a Redis server says reaches messages without control characters and without secrets."""

from __future__ import annotations

import base64
import socket
import threading

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.corpus.backends import open_corpus

PASSWORD = "pass-Word-4711"  # noqa: S105 - none


def test_an_error_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold escape sequences, and repeat the password in any encoding."""
    monkeypatch.setenv("CARTFUZZ_REDIS_PASSWORD", PASSWORD)
    coded = base64.b64encode(PASSWORD.encode())
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer_one, args=(server, coded))
        thread.start()
        url = f"redis://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ConfigurationError) as raised:
            open_corpus(url, option="--corpus")
        thread.join()
    text = str(raised.value)
    assert text.isprintable()
    assert "[secret]" in text
    assert PASSWORD not in text
    assert coded.decode()[:-4] not in text


def _answer_one(server: socket.socket, coded: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.settimeout(20)
        while connection.recv(4096):
            connection.sendall(
                b"-ERR \x1b[31m\x1b]0;title\x07 no " + PASSWORD.encode() + b" " + coded + b"\r\n"
            )
