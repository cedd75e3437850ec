"""Implements the API of the sandbox: turns each request into a reply."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from ..contract import Addition, Environment
from .answers import Answers
from .calls import UNKNOWN_SESSION, Call, Refusal, Reply, decode, encode
from .http_stack import HttpStack
from .sessions import Session, Store
from .values import describe

_PREFIX = b"/v2/customer_sessions/"

MAX_BODY_BYTES = 32 * 1024 * 1024
"""A longer body is refused with 413."""


class Service(Answers, HttpStack):
    """All decisions of the API, one overridable method each.

    This class decides each as the contract demands. Seeded faults and dialects are mixins that
    override a few. Nothing is awaited between loading and saving a session, so that requests
    never interleave.
    """

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment)
        self.api_key = api_key
        self.store = Store()

    # --- routing ---------------------------------------------------------------------------

    async def handle(self, call: Call) -> Reply:
        """The reply to ``call``, which may be a refusal."""
        try:
            return await self.route(call)
        except Refusal as refusal:
            return self.refusal_reply(refusal)

    def refusal_reply(self, refusal: Refusal) -> Reply:
        """The response that reports a refusal (ERR-01)."""
        return Reply(
            status=refusal.status,
            body=self.written_body(self.error_body(refusal)),
            allow=refusal.allow,
        )

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        """The JSON body that reports a refusal (ERR-01, ERR-03)."""
        return refusal.content()

    async def route(self, call: Call) -> Reply:
        """Calls the operation that method and path ask for.

        Raises:
            Refusal: 401, the key is wrong; 404 or 405, no operation has this path or method.
        """
        if not call.path.startswith(_PREFIX):
            raise Refusal(404, f"no such endpoint: paths begin with {_PREFIX.decode()}")
        # The key comes before everything that could show which sessions exist (AUTH-01).
        self.check_key(call)
        segment, slash, rest = call.path[len(_PREFIX) :].partition(b"/")
        if not segment:
            raise Refusal(404, f"no such endpoint: {_PREFIX.decode()} is followed by no session ID")
        session_id = self.session_id(segment)
        endpoint = (call.method, rest if slash else None)
        if endpoint == ("PUT", None):
            return await self.update(call, session_id)
        if endpoint == ("GET", None):
            return await self.read(session_id)
        if endpoint == ("POST", b"returns"):
            return await self.return_items(call, session_id)
        if endpoint == ("PUT", b"reopen") and not self.first_version:
            return await self.reopen(call, session_id)
        if slash and rest not in (b"returns", b"reopen"):
            raise Refusal(
                404,
                "no such endpoint: only returns and reopen follow a session ID, found "
                + describe(rest.decode("latin-1")),
            )
        allow = {b"returns": "POST", b"reopen": "PUT"}.get(rest, "GET, PUT")
        raise Refusal(405, f"this endpoint takes {allow} only, found {call.method}", allow=allow)

    def check_key(self, call: Call) -> None:
        """Refuses a request without the API key with 401 (AUTH-01)."""
        if not self.key_is_valid(call):
            # The header itself may hold a key, so the answer does not repeat it (ERR-03).
            found = "another one" if call.headers.get("authorization") else "none"
            raise Refusal(401, f"the Authorization header must hold a valid key, found {found}")

    def key_is_valid(self, call: Call) -> bool:
        """Whether the Authorization header holds the API key under its scheme (AUTH-01)."""
        return call.headers.get("authorization") == f"ApiKey-v1 {self.api_key}"

    def session_id(self, segment: bytes) -> str:
        """The session ID that a path segment encodes, percent-decoded once (IDENT-01).

        Bytes that are not UTF-8 are refused with 400: with a replacement character for each, two
        IDs would be one session. Encoded lone surrogates are accepted, since they stay distinct.
        """
        octets = unquote_to_bytes(segment)
        try:
            return octets.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise Refusal(
                400,
                f"the session ID must be UTF-8, found byte 0x{octets[error.start]:02X}"
                f" at position {error.start}",
            ) from None

    # --- sessions --------------------------------------------------------------------------

    def storage_key(self, session_id: str) -> str:
        """The key that a session is stored under; distinct IDs have distinct keys (IDENT-01)."""
        return session_id

    def load(self, session_id: str) -> Session | None:
        """The stored session; None where it does not exist."""
        return self.store.sessions.get(self.storage_key(session_id))

    def save(self, session_id: str, session: Session) -> None:
        """Stores ``session``, and creates its profile where that is new (IDENT-09)."""
        self.store.sessions[self.storage_key(session_id)] = session
        profile = session.data.get("profileId")
        if profile:
            self.store.first_sessions.setdefault(profile, session.internal_id)

    async def pause(self) -> None:
        """Does nothing. A real server would wait here for its database."""

    # --- operations ------------------------------------------------------------------------

    async def update(self, call: Call, session_id: str) -> Reply:
        """Creates or updates a session, or reports what a dry update would do (DRY-01, DRY-02).

        A repetition gets the stored answer, and nothing is applied again (IDEM-01).
        """
        body = self.parse_body(call)
        data = self.parse_session(body)
        self.check_now(call)
        stored = self.load(session_id)
        known = self.known_answer(stored, call)
        if known is not None:
            return known
        result = self.apply_update(stored, session_id, data)
        if call.dry:
            return self.dry_update_reply(session_id, stored, result, body)
        await self.pause()
        self.settle_promotions(stored, result)
        reply = self.success_reply(self.state_content(result, body))
        self.remember_answer(result, call, reply)
        self.save(session_id, result)
        return reply

    def dry_update_reply(
        self,
        session_id: str,  # noqa: ARG002 - faults need it
        stored: Session | None,
        result: Session,
        body: Any,
    ) -> Reply:
        """Answers a dry update as the real one, and stores nothing (DRY-01, DRY-U1)."""
        self.preview_promotions(stored, result)
        return self.success_reply(self.state_content(result, body))

    async def read(self, session_id: str) -> Reply:
        """Shows a session, or answers 404 where it does not exist (RESP-03, ERR-05)."""
        session = self.load(session_id)
        if session is None:
            raise Refusal(404, UNKNOWN_SESSION)
        return self.success_reply(self.read_content(session))

    async def return_items(self, call: Call, session_id: str) -> Reply:
        """Returns cart items, or reports what a dry return would do (RET-01, DRY-03).

        A known Idempotency-Key gets the stored answer, and nothing is returned again (RET-06).
        """
        body = self.parse_body(call)
        lines = self.parse_return_lines(body)
        stored = self.load(session_id)
        key = self.idempotency_key(call)
        if stored is not None and key and key in stored.return_answers:
            return Reply(status=200, body=stored.return_answers[key])
        result = self.apply_return(stored, lines)
        if stored is not None:
            self.settle_return(stored, result)
        if call.dry:
            return self.dry_return_reply(session_id, result, lines, body)
        await self.pause()
        content = self.state_content(result, body)
        content["return"] = self.return_content(result, lines)
        reply = self.success_reply(content)
        if key:
            result.return_answers[key] = reply.body
        self.save(session_id, result)
        return reply

    def dry_return_reply(
        self,
        session_id: str,  # noqa: ARG002 - faults need it
        result: Session,
        lines: list[dict[str, Any]],
        body: Any,
    ) -> Reply:
        """Answers a dry return as the real one, and stores nothing (DRY-03)."""
        content = self.state_content(result, body)
        content["return"] = self.return_content(result, lines)
        return self.success_reply(content)

    def idempotency_key(self, call: Call) -> str:
        """The Idempotency-Key of a return; empty: none, or the version has none (RET-06)."""
        if not self.environment.has(Addition.KEYED_RETURNS):
            return ""
        return call.headers.get("idempotency-key", "")

    async def reopen(self, call: Call, session_id: str) -> Reply:
        """Reopens a closed session and gives back what it redeemed (STATE-15, COUP-08, IDEM-01)."""
        stored = self.load(session_id)
        known = self.known_answer(stored, call)
        if known is not None:
            return known
        result = self.apply_reopen(stored)
        await self.pause()
        self.settle_promotions(stored, result)
        reply = self.success_reply(self.reopen_content(result))
        self.remember_answer(result, call, reply)
        self.save(session_id, result)
        return reply

    # --- bodies ----------------------------------------------------------------------------

    def parse_body(self, call: Call) -> Any:
        """The JSON value of the body.

        Raises:
            Refusal: 413, it is longer than `MAX_BODY_BYTES`; 400, it is not JSON (ERR-04).
        """
        size = len(call.body)
        if size > MAX_BODY_BYTES:
            raise Refusal(413, f"the body must have at most {MAX_BODY_BYTES} bytes, found {size}")
        return decode(call.body)

    def success_reply(self, content: dict[str, Any]) -> Reply:
        """A 200 with ``content`` as its JSON body."""
        return Reply(status=200, body=self.written_body(content))

    def written_body(self, value: dict[str, Any]) -> bytes:
        """The octets of a body that holds ``value``."""
        return self.written_json(value)

    def written_json(self, value: dict[str, Any]) -> bytes:
        """``value`` as JSON text, without blanks around it."""
        return encode(value)

    def check_now(self, call: Call) -> None:
        """Refuses ``now`` without a dry run or outside the future (DRY-04); 2.5.1 ignores it."""
        text = call.query.get("now")
        if text is None or self.first_version:
            return
        if not call.dry:
            raise Refusal(400, f"now needs dry=true, found {describe(call.query.get('dry'))}")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Refusal(400, f"now must be an RFC 3339 time, found {describe(text)}") from None
        if moment.tzinfo is None or moment <= datetime.now(UTC):
            raise Refusal(
                400, f"now must lie in the future and have a time zone, found {moment.isoformat()}"
            )
