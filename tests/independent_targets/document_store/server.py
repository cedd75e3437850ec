"""The target on a loopback socket.

Where the contract is silent, this target chooses:

- a 401 holds nothing but ``StatusCode``; the scheme is compared to the letter;
- a key belongs to a session and an operation; its first answer, a refusal too, comes again for
  24 hours whatever the body; any length is taken, an empty key is none; dry requests have no key;
- of one session one request is worked on and two wait; the one after that gets a 409, in both
  versions;
- only ``true`` and ``false`` are values of ``dry``;
- any non-empty session ID is taken, dots, slashes and NUL included.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from .application import Application, is_time
from .http import BrokenRequestError, Request, answer_bytes, json_of, read_request
from .payload import Json, RefusalError
from .store import Store

_DAY = 24 * 60 * 60
_ALLOWED_AT_ONCE = 3


def _error(status: int, detail: str, pointer: str = "") -> tuple[int, bytes]:
    source = {"pointer": pointer}
    body: Json = {
        "message": "The submitted data was invalid" if status == 400 else detail,
        "errors": [{"title": "Invalid", "details": detail, "source": source}],
    }
    return status, json.dumps(body).encode()


class Server:
    """One application behind HTTP."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._store = Store(application)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._pending: defaultdict[str, int] = defaultdict(int)
        self._answers: dict[tuple[str, str, str], tuple[float, int, bytes]] = {}
        self.connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        self.connections[writer] = asyncio.current_task()
        try:
            while (request := await read_request(reader, writer)) is not None:
                status, body = await self._answer(request)
                last = request.last
                writer.write(answer_bytes(status, body, last, request.method == "HEAD"))
                await writer.drain()
                if last:
                    break
        except BrokenRequestError as broken:
            status, body = _error(broken.status, str(broken))
            writer.write(answer_bytes(status, body, last=True))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self.connections[writer]
            writer.close()

    async def _answer(self, request: Request) -> tuple[int, bytes]:
        expected = f"ApiKey-v1 {self._application.api_key}"
        if request.headers.get("authorization") != (expected,):
            return 401, b'{"StatusCode": 401}'
        if (
            request.segments[:2] != ("v2", "customer_sessions")
            or not 3 <= len(request.segments) <= 4
        ):
            return _error(404, "There is nothing here")
        session, operation = request.segments[2], "".join(request.segments[3:])
        if not session:
            return _error(404, "There is nothing here")
        try:
            return await self._routed(request, session, operation)
        except RefusalError as refusal:
            return _error(refusal.status, refusal.detail, refusal.pointer)

    async def _routed(self, request: Request, session: str, operation: str) -> tuple[int, bytes]:
        current = self._application.current
        methods = {"": "GET PUT", "returns": "POST", "reopen": "PUT" if current else ""}
        if not methods.get(operation):
            raise RefusalError("There is nothing here", status=404)
        if request.method not in methods[operation].split():
            raise RefusalError("The method is not allowed", status=405)
        if request.method == "GET":
            return 200, json.dumps(self._store.read(session)).encode()
        if self._pending[session] >= _ALLOWED_AT_ONCE:
            busy = {"message": "Too many requests for this session", "errors": ["busy"]}
            return 409, json.dumps({**busy, "StatusCode": 409}).encode()
        self._pending[session] += 1
        try:
            async with self._locks[session]:
                # Others come in here, as they would while a database works.
                await asyncio.sleep(0)
                return self._keyed(request, session, operation)
        finally:
            self._pending[session] -= 1

    def _keyed(self, request: Request, session: str, operation: str) -> tuple[int, bytes]:
        dry = operation != "reopen" and self._is_dry(request)
        key = "".join(request.headers.get("idempotency-key", ()))
        if not self._application.current or dry or not key:
            return self._written(request, session, operation, dry)
        place = (session, operation, key)
        if place in self._answers and time.monotonic() - self._answers[place][0] < _DAY:
            return self._answers[place][1:]
        try:
            status, body = self._written(request, session, operation, dry)
        except RefusalError as refusal:
            status, body = _error(refusal.status, refusal.detail, refusal.pointer)
        self._answers[place] = (time.monotonic(), status, body)
        return status, body

    def _written(
        self, request: Request, session: str, operation: str, dry: bool
    ) -> tuple[int, bytes]:
        if operation == "reopen":
            answer = self._store.reopen(session)
        elif operation == "returns":
            answer = self._store.give_back(session, json_of(request.body), dry)
        else:
            self._check_now(request, dry)
            answer = self._store.update(session, json_of(request.body), dry)
        return 200, json.dumps(answer).encode()

    def _is_dry(self, request: Request) -> bool:
        value = request.single("dry")
        if value not in (None, "true", "false"):
            raise RefusalError("dry is true or false")
        return value == "true"

    def _check_now(self, request: Request, dry: bool) -> None:
        value = request.single("now") if self._application.current else None
        if value is None:
            return
        # A plus sign that was not encoded arrives as a blank.
        value = re.sub(r" (?=\d\d:\d\d$)", "+", value)
        if not dry:
            raise RefusalError("now needs dry=true")
        if not is_time(value):
            raise RefusalError("now is not a time of RFC 3339")
        moment = datetime.fromisoformat(value.upper().replace(":60", ":59"))
        if moment <= datetime.now(UTC):
            raise RefusalError("now is not in the future")


@contextmanager
def serving(application: Application) -> Iterator[str]:
    """Serve it on a free loopback port; yields the base URL."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    url: list[str] = []
    stop = asyncio.Event()

    async def main() -> None:
        server = Server(application)
        listener = await asyncio.start_server(server.connection, "127.0.0.1", 0, limit=1 << 17)
        url.append(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
        ready.set()
        await stop.wait()
        listener.close()
        tasks = [task for task in server.connections.values() if task]
        for writer in list(server.connections):
            writer.close()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield url[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
