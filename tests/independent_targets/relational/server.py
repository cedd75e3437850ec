"""The target on a loopback socket: one thread and one connection to the database for each client.

Choices where the contract is silent: a body has to be JSON by its ``Content-Type`` where it has
one (415); chunked bodies are a 411; a body may have 4 MB; the scheme's case and blanks before the
key do not matter; ``dry`` takes what Go takes for booleans, its first value counts; raw bytes
beyond ASCII, malformed percent forms and an empty session ID are a 400; methods that are not there
are a 405; an error is ``message`` and ``StatusCode``.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, unquote

from .configuration import Configuration
from .database import connect, prepare
from .notation import NotJSONError, parse, write
from .rows import RejectedError, has_type
from .service import Service

_MOST = 4 << 20
_PLACE = re.compile(r"/v2/customer_sessions/([^/]*)(?:/(returns|reopen))?")
_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


class _Lines:
    """A request's bytes, with the last line that was read.

    The parent takes the end of the connection for the end of the head, and would work on a request
    that was cut.
    """

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self.last = b""

    def readline(self, size: int = -1) -> bytes:
        """One line."""
        self.last = self._file.readline(size)
        return self.last

    def read(self, size: int = -1) -> bytes:
        """The bytes of a body."""
        return self._file.read(size)

    def close(self) -> None:
        """Let the connection go."""
        self._file.close()


class Handler(BaseHTTPRequestHandler):
    """The requests of one client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    configuration: ClassVar[Configuration]
    path_of_database: ClassVar[Path]

    def setup(self) -> None:
        """Open the connection of this thread."""
        super().setup()
        self._lines = _Lines(self.rfile)
        self.rfile = self._lines  # type: ignore[assignment] # it has what the parent calls
        self._db = connect(self.path_of_database)
        self._service = Service(self._db, self.configuration)

    def finish(self) -> None:
        """Close it."""
        self._db.close()
        try:
            super().finish()
        except OSError:
            # The client went away; nothing of its request is open.
            return

    def handle(self) -> None:
        """Answer requests until the client goes away."""
        try:
            super().handle()
        except OSError:
            return

    def parse_request(self) -> bool:
        """Read the head; what is cut is worked on by nobody."""
        if not super().parse_request():
            return False
        if self._lines.last not in {b"\r\n", b"\n"}:
            self.close_connection = True
            return False
        return True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # named by the parent
        """Keep no log."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What the parent refuses is JSON as well, and no fault of the server's."""
        self.close_connection = True
        self._send(code if code < 500 else 400, self._error(400, message or "Malformed request"))

    def _dispatch(self) -> None:
        if not self._is_allowed():
            self._drain()
            self._send(401, write({"message": "The API key is missing or wrong"}))
            return
        try:
            body = self._body()
            status, answer = 200, self._answer(body)
        except RejectedError as rejected:
            status, answer = rejected.status, self._error(rejected.status, rejected.message)
        except sqlite3.IntegrityError as error:
            status, answer = 500, self._error(500, str(error))
        self._send(status, answer)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _dispatch  # noqa: N815
    do_TRACE = do_CONNECT = _dispatch  # noqa: N815

    def _is_allowed(self) -> bool:
        given = self.headers.get_all("Authorization", [])
        words = [one.split() for one in given]
        return bool(words) and all(
            len(pair) == 2
            and pair[0].lower() == "apikey-v1"
            and pair[1] == self.configuration.secret
            for pair in words
        )

    def _drain(self) -> None:
        """Take the body of a request that is refused for its key, so that the next one is found."""
        try:
            self._body()
        except RejectedError:
            self.close_connection = True

    def _body(self) -> bytes:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise RejectedError("A length is needed", 411)
        lengths = set(self.headers.get_all("Content-Length", ["0"]))
        text = lengths.pop()
        if lengths or not (text.isascii() and text.isdigit()) or len(text) > 12:
            self.close_connection = True
            raise RejectedError("The length of the body is malformed")
        if int(text) > _MOST:
            self.close_connection = True
            raise RejectedError("The body is too large", 413)
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            raise ConnectionAbortedError("the body was cut")
        return body

    def _answer(self, body: bytes) -> str:
        raw, _, query = self.path.partition("?")
        raw = re.sub(r"^https?://[^/]*", "", raw)
        if not raw.isascii() or re.search("%(?![0-9A-Fa-f]{2})", raw):
            raise RejectedError("The path is malformed")
        found = _PLACE.fullmatch(raw)
        if found is None or (found[2] == "reopen" and not self.configuration.newest):
            raise RejectedError("No such resource", 404)
        try:
            session = unquote(found[1], errors="strict")
        except UnicodeDecodeError:
            raise RejectedError("The session ID is not UTF-8") from None
        if not session:
            raise RejectedError("The session ID is empty")
        operation = (self.command, found[2])
        if operation == ("GET", None):
            return self._service.read(session)
        parameters = parse_qs(query, keep_blank_values=True)
        key = self.headers.get("Idempotency-Key")
        if operation == ("PUT", "reopen"):
            return self._service.reopen(session, key)
        dry = _BOOLEANS.get(parameters.get("dry", ["false"])[0])
        if dry is None:
            raise RejectedError("dry is no boolean")
        if operation == ("PUT", None):
            self._check_now(parameters.get("now", []), dry)
            return self._service.update(session, self._json(body), dry, key)
        if operation == ("POST", "returns"):
            return self._service.give_back(session, self._json(body), dry, key)
        raise RejectedError("The method is not supported here", 405)

    def _check_now(self, values: list[str], dry: bool) -> None:
        if not values or not self.configuration.newest:
            return
        if not dry:
            raise RejectedError("now is for dry requests")
        # The plus of an offset may come as it is.
        value = values[0].replace(" ", "+").upper()
        if not has_type(value, "time"):
            raise RejectedError("now is no date and time")
        if datetime.fromisoformat(value.replace(":60", ":59")) <= datetime.now(UTC):
            raise RejectedError("now has to be in the future")

    def _json(self, body: bytes) -> object:
        kind = self.headers.get("Content-Type", "application/json").lower()
        charset = self.headers.get_content_charset("utf-8")
        if self.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise RejectedError("The content coding is not supported", 415)
        if not kind.startswith("application/json") or charset not in ("utf-8", "utf8", "us-ascii"):
            raise RejectedError("The media type is not supported", 415)
        try:
            return parse(body)
        except NotJSONError:
            raise RejectedError("The body is no JSON") from None

    def _error(self, status: int, message: str) -> str:
        return write({"message": message, "StatusCode": status})

    def _send(self, status: int, answer: str) -> None:
        data = answer.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 401:
            self.send_header("WWW-Authenticate", "ApiKey-v1")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving(configuration: Configuration) -> Iterator[str]:
    """Serve it on a free loopback port, its database in a folder of its own; yields its URL."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "sessions.sqlite")
        prepare(path)
        members = {"configuration": configuration, "path_of_database": path}
        handler = type("ConfiguredHandler", (Handler,), members)
        with _Listener(("127.0.0.1", 0), handler) as listener:
            thread = threading.Thread(target=listener.serve_forever, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{listener.server_address[1]}"
            finally:
                listener.shutdown()
                thread.join()
