"""Requests to the sandbox in a few words, and a client that hands them to its ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment
from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled

KEY = "test-key"
RIGHT = f"ApiKey-v1 {KEY}"
SHOW = ["customerSession"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request."""

    method: str
    path: str
    """Percent-encoded."""
    query: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    heard: bool = True
    """Whether the client waits for the answer."""
    whole: bool = True
    """Whether the last byte of the body is sent."""


def path_of(session: str) -> str:
    octets = session.encode("utf-8", "surrogatepass")
    return f"/v2/customer_sessions/{quote(octets, safe='')}"


def _headers(key: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    return {**({"authorization": key} if key else {}), **(extra or {})}


def put(
    session: str = "s", /, *, dry: bool = False, now: str = "", key: str = RIGHT, **fields: Any
) -> Step:
    """An update that sends ``fields`` by their wire names, and asks for the session."""
    return raw(
        {"customerSession": fields, "responseContent": SHOW}, session, dry=dry, now=now, key=key
    )


def raw(
    body: Any, session: str = "s", /, *, dry: bool = False, now: str = "", key: str = RIGHT
) -> Step:
    """An update with any body; bytes are sent as they are."""
    query = [*(["dry=true"] if dry else []), *([f"now={quote(now)}"] if now else [])]
    return Step(
        method="PUT",
        path=path_of(session),
        query="&".join(query),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers=_headers(key),
    )


def get(session: str = "s", /, *, key: str = RIGHT) -> Step:
    return Step(method="GET", path=path_of(session), headers=_headers(key))


def give(
    *lines: dict[str, Any],
    session: str = "s",
    dry: bool = False,
    once: str = "",
    key: str = RIGHT,
) -> Step:
    """A return of ``lines``; ``once`` is its Idempotency-Key."""
    body = {"return": {"returnedCartItems": list(lines)}, "responseContent": SHOW}
    return Step(
        method="POST",
        path=f"{path_of(session)}/returns",
        query="dry=true" if dry else "",
        body=json.dumps(body).encode(),
        headers=_headers(key, {"idempotency-key": once} if once else None),
    )


def reopen(session: str = "s", /, *, key: str = RIGHT) -> Step:
    return Step(method="PUT", path=f"{path_of(session)}/reopen", headers=_headers(key))


def lost(step: Step) -> Step:
    """``step`` by a client that closes the connection once it has sent everything."""
    return replace(step, heard=False)


def broken_off(step: Step) -> Step:
    """``step`` by a client that closes the connection before the last byte of the body."""
    return replace(step, heard=False, whole=False)


def at(position: int, quantity: int | None = None) -> dict[str, Any]:
    """A line of a return."""
    return {"position": position, **({} if quantity is None else {"quantity": quantity})}


def item(sku: Any = "a", quantity: Any = 1, price: Any = 1, **more: Any) -> dict[str, Any]:
    return {"name": f"item {sku}", "sku": sku, "quantity": quantity, "price": price, **more}


def items(size: int, quantity: int = 1) -> list[dict[str, Any]]:
    """That many items, each with an SKU of its own."""
    return [item(f"sku-{number}", quantity) for number in range(size)]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    text: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def session(self) -> dict[str, Any]:
        """The customer session that the answer shows."""
        shown: dict[str, Any] = self.json["customerSession"]
        return shown


class Client:
    """Sends steps to a sandbox of its own, without a socket."""

    def __init__(
        self, environment: Environment = EXAMPLE_ENVIRONMENT, *, faults: Sequence[str] = ()
    ) -> None:
        self._app = application(assembled(environment, faults, (), KEY))

    def __call__(self, step: Step) -> Answer:
        return asyncio.run(self.answer(step))

    def all(self, *steps: Step) -> list[Answer]:
        """The answers to ``steps``, sent one after the other."""
        return [self(step) for step in steps]

    def burst(self, *steps: Step) -> list[Answer]:
        """The answers to ``steps``, sent at once."""

        async def together() -> list[Answer]:
            return await asyncio.gather(*(self.answer(step) for step in steps))

        return asyncio.run(together())

    async def answer(self, step: Step) -> Answer:
        sent: list[dict[str, Any]] = []

        body = step.body if step.whole else step.body[:-1]
        messages = [{"type": "http.request", "body": body, "more_body": not step.whole}]
        if not step.heard:
            messages.append({"type": "http.disconnect"})

        async def receive() -> dict[str, Any]:
            return messages.pop(0) if messages else await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": step.method,
            "raw_path": step.path.encode("ascii"),
            "query_string": step.query.encode("ascii"),
            "headers": [
                (n.encode("latin-1"), v.encode("latin-1")) for n, v in step.headers.items()
            ],
        }
        await self._app(scope, receive, send)
        head, content = sent
        return Answer(
            head["status"], dict(head["headers"])[b"content-type"].decode(), content["body"]
        )
