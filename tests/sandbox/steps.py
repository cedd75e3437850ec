"""Builds requests to the sandbox, and sends them to its ASGI application without a socket."""

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
AUTHORIZATION = f"ApiKey-v1 {KEY}"
RESPONSE_CONTENT = ["customerSession"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One HTTP request."""

    method: str
    path: str
    """Percent-encoded."""
    query: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    client_waits: bool = True
    """Whether the client keeps the connection open until the answer arrives."""
    body_complete: bool = True
    """Whether the client sends the last byte of the body."""


def path_of(session: str) -> str:
    """The path of the session ID ``session``, percent-encoded."""
    octets = session.encode("utf-8", "surrogatepass")
    return f"/v2/customer_sessions/{quote(octets, safe='')}"


def _headers(key: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    return {**({"authorization": key} if key else {}), **(extra or {})}


def put(
    session: str = "s",
    /,
    *,
    dry: bool = False,
    now: str = "",
    key: str = AUTHORIZATION,
    **fields: Any,
) -> Step:
    """An update with ``fields``, by wire name, that asks for the session in the answer."""
    return put_body(
        {"customerSession": fields, "responseContent": RESPONSE_CONTENT},
        session,
        dry=dry,
        now=now,
        key=key,
    )


def put_body(
    body: Any, session: str = "s", /, *, dry: bool = False, now: str = "", key: str = AUTHORIZATION
) -> Step:
    """An update with ``body``; bytes are sent as they are, other values as JSON."""
    query = [*(["dry=true"] if dry else []), *([f"now={quote(now)}"] if now else [])]
    return Step(
        method="PUT",
        path=path_of(session),
        query="&".join(query),
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers=_headers(key),
    )


def get(session: str = "s", /, *, key: str = AUTHORIZATION) -> Step:
    """A read of a session."""
    return Step(method="GET", path=path_of(session), headers=_headers(key))


def return_items(
    *lines: dict[str, Any],
    session: str = "s",
    dry: bool = False,
    idempotency_key: str = "",
    key: str = AUTHORIZATION,
) -> Step:
    """A return of ``lines``; an empty ``idempotency_key`` is not sent."""
    body = {"return": {"returnedCartItems": list(lines)}, "responseContent": RESPONSE_CONTENT}
    return Step(
        method="POST",
        path=f"{path_of(session)}/returns",
        query="dry=true" if dry else "",
        body=json.dumps(body).encode(),
        headers=_headers(key, {"idempotency-key": idempotency_key} if idempotency_key else None),
    )


def reopen(session: str = "s", /, *, key: str = AUTHORIZATION) -> Step:
    """A reopen of a session."""
    return Step(method="PUT", path=f"{path_of(session)}/reopen", headers=_headers(key))


def disconnect_after(step: Step) -> Step:
    """``step`` of a client that disconnects when it has sent the whole request."""
    return replace(step, client_waits=False)


def disconnect_within(step: Step) -> Step:
    """``step`` of a client that disconnects before the last byte of the body."""
    return replace(step, client_waits=False, body_complete=False)


def return_line(position: int, quantity: int | None = None) -> dict[str, Any]:
    """A line of a return; without ``quantity`` it returns all remaining units."""
    return {"position": position, **({} if quantity is None else {"quantity": quantity})}


def item(sku: Any = "a", quantity: Any = 1, price: Any = 1, **more: Any) -> dict[str, Any]:
    """A cart item; ``more`` are its other fields by wire name."""
    return {"name": f"item {sku}", "sku": sku, "quantity": quantity, "price": price, **more}


def items(size: int, quantity: int = 1) -> list[dict[str, Any]]:
    """``size`` cart items with distinct SKUs."""
    return [item(f"sku-{number}", quantity) for number in range(size)]


@dataclass(frozen=True)
class Answer:
    """One HTTP response."""

    status: int
    content_type: str
    text: bytes

    @property
    def json(self) -> Any:
        """The JSON value of the body."""
        return json.loads(self.text)

    @property
    def session(self) -> dict[str, Any]:
        """The customer session that the answer shows."""
        shown: dict[str, Any] = self.json["customerSession"]
        return shown

    @property
    def effects(self) -> list[tuple[str, dict[str, Any]]]:
        """The type and the properties of each effect that the answer shows."""
        return [(effect["effectType"], effect["props"]) for effect in self.json["effects"]]

    @property
    def effect_types(self) -> list[str]:
        """The type of each effect that the answer shows."""
        return [kind for kind, _ in self.effects]


class Client:
    """Sends requests to a sandbox of its own, without a socket."""

    def __init__(
        self,
        environment: Environment = EXAMPLE_ENVIRONMENT,
        *,
        faults: Sequence[str] = (),
        dialects: Sequence[str] = (),
    ) -> None:
        self._app = application(assembled(environment, faults, dialects, KEY))

    def __call__(self, step: Step) -> Answer:
        """The answer to ``step``."""
        return asyncio.run(self.send(step))

    def send_all(self, *steps: Step) -> list[Answer]:
        """The answers to ``steps``, sent one after the other."""
        return [self(step) for step in steps]

    def send_burst(self, *steps: Step) -> list[Answer]:
        """The answers to ``steps``, sent at the same time."""

        async def together() -> list[Answer]:
            return await asyncio.gather(*(self.send(step) for step in steps))

        return asyncio.run(together())

    async def send(self, step: Step) -> Answer:
        """The answer to ``step``, for callers inside an event loop."""
        sent: list[dict[str, Any]] = []

        body = step.body if step.body_complete else step.body[:-1]
        messages = [{"type": "http.request", "body": body, "more_body": not step.body_complete}]
        if not step.client_waits:
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
