"""The API key is in nothing that a command leaves, whatever the target does with it."""

from __future__ import annotations

import base64
import html
import http.client
import itertools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import start
from cartfuzz.wire.known_secrets import remember
from cartfuzz.wire.secrets import TargetSecrets
from tests.wire.test_encodings import ENCODINGS

KEY = "Zk4q-7Wm2Xb/9Rt+1Lp=5Yh6Nd8Vc3Js"
HALVES = KEY[:17], KEY[17:]
SAID = [
    *(encode(KEY) for name, encode in ENCODINGS.items() if name != "UTF-16"),
    base64.b64encode(f"x:{KEY}".encode()).decode(),
    base64.urlsafe_b64encode(f"xy:{KEY}!".encode()).decode(),
    KEY.upper(),
]


def with_key(body: bytes, said: str) -> bytes:
    """An answer of the sandbox that repeats the key: as text, as an ID, and in two pieces."""
    try:
        answer = json.loads(body)
    except ValueError:
        return said.encode()
    answer["said"] = said
    answer["pieces"] = {"first": HALVES[0], "second": HALVES[1]}
    session = answer.get("customerSession")
    if isinstance(session, dict):
        session["id"] = said
        session["attributes"] = {said: [said, {said: said}]}
    elif "message" in answer:
        answer["message"] = f"unknown: {said}"
    return json.dumps(answer, ensure_ascii=False).encode()


@contextmanager
def talkative(url: str) -> Iterator[str]:
    """A relay to the sandbox at ``url`` that says the key in most answers, also where no HTTP may
    have it; gives its URL."""
    # The first answers are right: they decide whether this is the API at all.
    turns = itertools.chain([2] * 12, itertools.cycle(range(7)))
    host = urlsplit(url).netloc
    texts = itertools.cycle(SAID)
    lock = threading.Lock()

    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _relay(self) -> None:
            with lock:
                turn, said = next(turns), next(texts)
            length = int(self.headers.get("content-length") or 0)
            connection = http.client.HTTPConnection(host)
            connection.request(
                self.command, self.path, self.rfile.read(length), dict(self.headers.items())
            )
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            lined = re.sub(r"[^\x20-\x7e]", "", said)
            if turn == 0:
                self.wfile.write(f"{lined} HTTP/9 {lined}\r\n\r\n".encode())
                self.close_connection = True
                return
            kind = answer.getheader("content-type") or ""
            if turn > 2:
                body = with_key(body, said)
            self.send_response(answer.status, lined if turn == 1 else None)
            self.send_header("Content-Type", f"{kind}; key={lined}" if turn == 3 else kind)
            self.send_header(f"X-{turn}", lined)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = do_HEAD = _relay  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def readings(text: str) -> Iterator[str]:
    """``text`` as it is, and as those read it who undo escapes."""
    yield text
    for undone in (html.unescape(text), unquote(text), _in_json(text)):
        yield undone
        yield html.unescape(undone)
        yield unquote(undone)
        yield _in_json(undone)


def _in_json(text: str) -> str:
    return re.sub(
        r"\\(u[0-9a-fA-F]{4}|.)",
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else found[1],
        text,
    ).replace("\0", "")


def leaks(text: str) -> list[str]:
    """The forms of the key, and of its longer half, that are in ``text``."""
    found = [said for said in SAID if said in text]
    for reading in readings(text):
        found += [piece for piece in (KEY, KEY.upper(), HALVES[0]) if piece in reading]
    return found


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_target_that_says_the_key_in_every_way(
    seed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bodies, names of members, IDs, header lines, reasons, what is no HTTP: no file of the run, in
    no format, and no line of output holds the key, in any encoding or by half."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    key_file.chmod(0o600)
    folder = tmp_path / "run"
    with (
        start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox,
        talkative(sandbox.url) as url,
        monkeypatch.context() as context,
    ):
        context.delenv("CARTFUZZ_API_KEY", raising=False)
        code = main(
            [
                "run", url, "--api-key-file", str(key_file), "-v", "--seed", seed,
                "--report-dir", str(folder), "--record", "all", "--requests", "350",
                "--minimise-time", "1s", "--observations",
                "--report", "html,junit,markdown,sarif,har,json",
            ]
        )  # fmt: skip
    assert code == 1
    output = capsys.readouterr()
    assert leaks(output.out + output.err) == []
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path
    record = (folder / "events.ndjson").read_text()
    assert "[API key]" in record
    assert str(key_file) in record


def test_a_wrong_key_is_refused_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the target says of a key that it refuses reaches the terminal without the key."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY[::-1])
    with start(EXAMPLE_ENVIRONMENT, api_key=KEY) as sandbox:
        assert main(["check", sandbox.url, "--api-key-file", str(key_file)]) == 3
    output = capsys.readouterr()
    assert KEY[::-1] not in output.out + output.err
    assert f"can read the API key in {key_file}" in output.err


def test_the_file_of_an_internal_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback holds the messages of exceptions, and they may hold anything."""
    remember(TargetSecrets(KEY))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"header line: ApiKey-v1 {quote(KEY, safe='')} {KEY}")

    monkeypatch.setattr("cartfuzz.cli.cartfuzz.main", broken)
    assert main(["rules"]) == 4
    shown = capsys.readouterr().err
    file = Path(shown.strip().rpartition(" ")[2])
    written = file.read_text()
    file.unlink()
    assert "RuntimeError: header line: ApiKey-v1 [API key] [API key]" in written
    assert leaks(written + shown) == []
