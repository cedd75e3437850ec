"""Decides which updates and reopens are repetitions by their Idempotency-Key (IDEM-01, IDEM-02)."""

from __future__ import annotations

from ..contract import Addition
from .calls import Call, Reply
from .lifecycle import Lifecycle
from .sessions import Session


class Idempotency(Lifecycle):
    """The memory of answers to keyed updates and reopens, one overridable decision each.

    A repetition is the same request once more: method, path, query, body and key. Only accepted
    requests are remembered, with the session that they changed.
    """

    def write_key(self, call: Call) -> str:
        """The Idempotency-Key of an update or a reopen; empty: none, or the release has none."""
        if call.dry or not self.environment.has(Addition.KEYED_WRITES):
            return ""
        return call.headers.get("idempotency-key", "")

    def known_answer(self, stored: Session | None, call: Call) -> Reply | None:
        """The answer that this very request had before; None: it is new (IDEM-01)."""
        key = self.write_key(call)
        if stored is None or not key:
            return None
        body = stored.write_answers.get(self.repetition(key, call))
        return None if body is None else Reply(status=200, body=body)

    def repetition(self, key: str, call: Call) -> tuple[object, ...]:
        """What a request and its repetitions have in common."""
        return (key, call.method, call.path, tuple(sorted(call.query.items())), call.body)

    def remember_answer(self, result: Session, call: Call, reply: Reply) -> None:
        """Keeps the answer for repetitions of a request that has a key (IDEM-01)."""
        key = self.write_key(call)
        if key:
            result.write_answers[self.repetition(key, call)] = reply.body
