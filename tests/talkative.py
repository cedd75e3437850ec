"""A relay that says the API key in every way, and a look for what of it got through."""

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
from urllib.parse import unquote, urlsplit

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
