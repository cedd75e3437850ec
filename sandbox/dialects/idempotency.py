"""Defines dialects of the Idempotency-Key of updates and reopens: what is no plain repetition."""

from __future__ import annotations

from ...contract import Environment
from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from ..values import describe
from .dialect import CURRENT_VERSION, Area, dialect

_LONGEST_KEY = 255


@dialect(Area.KEYS, "IDEM-U1", versions=CURRENT_VERSION, decides=("write keys",))
class RefusesKeysOfOtherBodies(Service):
    """An Idempotency-Key that another update or reopen of the session has used is refused."""

    def known_answer(self, stored: Session | None, call: Call) -> Reply | None:
        known = super().known_answer(stored, call)
        key = self.write_key(call)
        used = {identity[0] for identity in stored.write_answers} if stored is not None else set()
        if known is None and key in used:
            raise Refusal(400, f"another request has used the Idempotency-Key {describe(key)}")
        return known


@dialect(Area.KEYS, "IDEM-U1", versions=CURRENT_VERSION, decides=("write keys",))
class ReadsTheKeyOnly(Service):
    """A known Idempotency-Key gets the session's first answer under it, whatever the body."""

    def repetition(self, key: str, call: Call) -> tuple[object, ...]:
        return (key, call.path)


@dialect(Area.KEYS, "IDEM-U1", versions=CURRENT_VERSION, decides=("write keys",))
class RefusesWriteKeysOfOtherSessions(Service):
    """An Idempotency-Key that an update or reopen of another session has used is refused."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._owners: dict[str, int] = {}

    def known_answer(self, stored: Session | None, call: Call) -> Reply | None:
        key = self.write_key(call)
        owner = self._owners.get(key)
        if owner is not None and (stored is None or stored.internal_id != owner):
            raise Refusal(400, f"another session has used the Idempotency-Key {describe(key)}")
        return super().known_answer(stored, call)

    def remember_answer(self, result: Session, call: Call, reply: Reply) -> None:
        super().remember_answer(result, call, reply)
        if self.write_key(call):
            self._owners.setdefault(self.write_key(call), result.internal_id)


@dialect(Area.KEYS, "IDEM-U1", versions=CURRENT_VERSION)
class RefusesKeysPast255(Service):
    """An Idempotency-Key of more than 255 characters is refused."""

    def write_key(self, call: Call) -> str:
        key = super().write_key(call)
        if len(key) > _LONGEST_KEY:
            raise Refusal(400, f"an Idempotency-Key has at most 255 characters, found {len(key)}")
        return key
