"""The API of the sandbox: from a call to a reply."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from ..contract import Environment
from .answers import Answers
from .calls import Call, Refusal, Reply, decode, encode
from .sessions import Session, Store

_PREFIX = b"/v2/customer_sessions/"
LONGEST_BODY = 32 * 1024 * 1024


class Service(Answers):
    """All decisions of the API, one overridable method each.

    Faults are mixins that override a few of them. The base does everything right; between
    reading and storing a session nothing is awaited, so that calls never interleave.
    """

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment)
        self.api_key = api_key
        self.store = Store()

    # --- routing ---------------------------------------------------------------------------

    async def handle(self, call: Call) -> Reply:
        """The reply to ``call``."""
        try:
            return await self.routed(call)
        except Refusal as refusal:
            return self.refused(refusal)

    def refused(self, refusal: Refusal) -> Reply:
        return Reply(status=refusal.status, body=encode(self.error(refusal)), allow=refusal.allow)

    def error(self, refusal: Refusal) -> dict[str, Any]:
        """What the body of a refusal says."""
        return refusal.content()

    async def routed(self, call: Call) -> Reply:
        if not call.path.startswith(_PREFIX):
            raise Refusal(404, "no such endpoint")
        self.check_key(call)
        segment, slash, rest = call.path[len(_PREFIX) :].partition(b"/")
        if not segment:
            raise Refusal(404, "no such endpoint")
        session_id = self.session_id(segment)
        route = (call.method, rest if slash else None)
        if route == ("PUT", None):
            return await self.update(call, session_id)
        if route == ("GET", None):
            return await self.read(session_id)
        if route == ("POST", b"returns"):
            return await self.give_return(call, session_id)
        if route == ("PUT", b"reopen") and not self.first_version:
            return await self.reopen(session_id)
        if slash and rest not in (b"returns", b"reopen"):
            raise Refusal(404, "no such endpoint")
        takes = {b"returns": "POST", b"reopen": "PUT"}.get(rest, "GET, PUT")
        raise Refusal(405, "this endpoint does not take this method", allow=takes)

    def check_key(self, call: Call) -> None:
        if not self.key_is_valid(call):
            raise Refusal(401, "a valid API key is needed")

    def key_is_valid(self, call: Call) -> bool:
        return call.headers.get("authorization") == f"ApiKey-v1 {self.api_key}"

    def session_id(self, segment: bytes) -> str:
        """The session ID that a path segment encodes, decoded once.

        Octets that are no UTF-8 are refused rather than replaced: replaced, they would make
        one session of two IDs. Encoded surrogates are text enough to be told apart.
        """
        try:
            return unquote_to_bytes(segment).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise Refusal(400, "the session ID is no UTF-8") from None

    # --- sessions --------------------------------------------------------------------------

    def key_of(self, session_id: str) -> str:
        """Under what a session is stored."""
        return session_id

    def load(self, session_id: str) -> Session | None:
        return self.store.sessions.get(self.key_of(session_id))

    def save(self, session_id: str, session: Session) -> None:
        self.store.sessions[self.key_of(session_id)] = session
        profile = session.data.get("profileId")
        if profile:
            self.store.profiles.setdefault(profile, session.number)

    async def pause(self) -> None:
        """Where a real server would wait for its database, between reading and storing."""

    # --- operations ------------------------------------------------------------------------

    async def update(self, call: Call, session_id: str) -> Reply:
        body = self.body_of(call)
        data = self.session_of(body)
        self.check_now(call)
        before = self.load(session_id)
        after = self.updated(before, session_id, data)
        if call.dry:
            self.check_settlement(before, after)
            return self.dry_reply(session_id, before, after, body)
        await self.pause()
        self.settle(before, after)
        self.save(session_id, after)
        return self.replied(self.state_content(after, body))

    def dry_reply(
        self,
        session_id: str,  # noqa: ARG002 - faults need it
        before: Session | None,  # noqa: ARG002
        after: Session,
        body: Any,
    ) -> Reply:
        """The answer to a dry update: nothing is stored."""
        return self.replied(self.state_content(after, body))

    async def read(self, session_id: str) -> Reply:
        session = self.load(session_id)
        if session is None:
            raise Refusal(404, "no such session")
        return self.replied(self.read_content(session))

    async def give_return(self, call: Call, session_id: str) -> Reply:
        body = self.body_of(call)
        lines = self.return_lines(body)
        before = self.load(session_id)
        key = self.idempotency_key(call)
        if before is not None and key and key in before.answers:
            return Reply(status=200, body=before.answers[key])
        after = self.with_returns(before, lines)
        if call.dry:
            return self.dry_return_reply(session_id, after, lines, body)
        await self.pause()
        content = self.state_content(after, body)
        content["return"] = self.return_content(after, lines)
        reply = self.replied(content)
        if key:
            after.answers[key] = reply.body
        self.save(session_id, after)
        return reply

    def dry_return_reply(
        self,
        session_id: str,  # noqa: ARG002 - faults need it
        after: Session,
        lines: list[dict[str, Any]],
        body: Any,
    ) -> Reply:
        """The answer to a dry return: nothing is stored."""
        content = self.state_content(after, body)
        content["return"] = self.return_content(after, lines)
        return self.replied(content)

    def idempotency_key(self, call: Call) -> str:
        return "" if self.first_version else call.headers.get("idempotency-key", "")

    async def reopen(self, session_id: str) -> Reply:
        before = self.load(session_id)
        after = self.reopened(before)
        await self.pause()
        self.settle(before, after)
        self.save(session_id, after)
        return self.replied({"effects": self.effects(after)})

    # --- bodies ----------------------------------------------------------------------------

    def body_of(self, call: Call) -> Any:
        if len(call.body) > LONGEST_BODY:
            raise Refusal(413, "the body is too large")
        return decode(call.body)

    def replied(self, content: dict[str, Any]) -> Reply:
        return Reply(status=200, body=encode(content))

    def check_now(self, call: Call) -> None:
        """``now`` needs a dry run and a moment in the future (current only)."""
        text = call.query.get("now")
        if text is None or self.first_version:
            return
        if not call.dry:
            raise Refusal(400, "now needs dry=true")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Refusal(400, "now is no RFC 3339 time") from None
        if moment.tzinfo is None or moment <= datetime.now(UTC):
            raise Refusal(400, "now must lie in the future")
