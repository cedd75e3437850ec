"""Seeds faults of the Idempotency-Key of updates and reopens."""

from __future__ import annotations

from ...contract import ContractVersion, Environment
from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(
    FaultClass.IDEMPOTENCY, Difficulty.MEDIUM, "IDEM-01", versions=_CURRENT_VERSION, operations=3
)
class AppliesKeyedUpdatesAgain(Service):
    """An update with a known Idempotency-Key is carried out again."""

    def write_key(self, call: Call) -> str:
        key = super().write_key(call)
        return key if call.path.endswith(b"/reopen") else ""


@fault(
    FaultClass.IDEMPOTENCY,
    Difficulty.MEDIUM,
    "IDEM-01",
    "STATE-16",
    versions=_CURRENT_VERSION,
    operations=3,
)
class RefusesRepeatedReopens(Service):
    """A reopen knows no Idempotency-Key: sent again, it is refused, since the session is open."""

    def write_key(self, call: Call) -> str:
        key = super().write_key(call)
        return "" if call.path.endswith(b"/reopen") else key


@fault(
    FaultClass.IDEMPOTENCY, Difficulty.MEDIUM, "IDEM-01", versions=_CURRENT_VERSION, operations=2
)
class RefusesUsedUpdateKeys(Service):
    """An update with a known Idempotency-Key is refused as a duplicate."""

    def known_answer(self, stored: Session | None, call: Call) -> Reply | None:
        known = super().known_answer(stored, call)
        if known is not None and not call.path.endswith(b"/reopen"):
            raise Refusal(400, "this Idempotency-Key was used before")
        return known


@fault(FaultClass.IDEMPOTENCY, Difficulty.HARD, "IDEM-01", versions=_CURRENT_VERSION, operations=3)
class AnswersRepetitionsAfresh(Service):
    """A repeated update changes nothing, but its answer shows the session as it is by then."""

    def known_answer(self, stored: Session | None, call: Call) -> Reply | None:
        known = super().known_answer(stored, call)
        if known is None or stored is None or call.path.endswith(b"/reopen"):
            return known
        return self.success_reply(self.state_content(stored, self.parse_body(call)))


@fault(FaultClass.IDEMPOTENCY, Difficulty.HARD, "IDEM-01", versions=_CURRENT_VERSION, operations=4)
class KeepsTheLastKeyOnly(Service):
    """Only the answer to the latest keyed request of a session is kept."""

    def remember_answer(self, result: Session, call: Call, reply: Reply) -> None:
        if self.write_key(call):
            result.write_answers.clear()
        super().remember_answer(result, call, reply)


@fault(FaultClass.IDEMPOTENCY, Difficulty.MEDIUM, "IDEM-02", versions=_CURRENT_VERSION)
class RefusesKeysPast64(Service):
    """An Idempotency-Key of more than 64 characters is refused."""

    def write_key(self, call: Call) -> str:
        key = super().write_key(call)
        if len(key) > 64:
            raise Refusal(400, f"an Idempotency-Key has at most 64 characters, found {len(key)}")
        return key


@fault(FaultClass.IDEMPOTENCY, Difficulty.HARD, "IDEM-02", versions=_CURRENT_VERSION)
class RefusesTheLongestKey(Service):
    """An Idempotency-Key of 255 characters is refused."""

    def write_key(self, call: Call) -> str:
        key = super().write_key(call)
        if len(key) >= 255:
            raise Refusal(400, f"a key has fewer than 255 characters, found {len(key)}")
        return key


@fault(
    FaultClass.IDEMPOTENCY,
    Difficulty.HARD,
    "IDEM-02",
    "RESP-03",
    "RESP-08",
    versions=_CURRENT_VERSION,
    operations=2,
)
class CutsKeysAt64(Service):
    """The column for keys holds 64 characters: the same update under a longer key is a repetition
    of another one."""

    def write_key(self, call: Call) -> str:
        return super().write_key(call)[:64]


@fault(
    FaultClass.IDEMPOTENCY,
    Difficulty.HARD,
    "IDEM-02",
    "RESP-08",
    versions=_CURRENT_VERSION,
    operations=2,
)
class FoldsTheCaseOfKeys(Service):
    """Keys are looked up in lower case, as some collations do."""

    def write_key(self, call: Call) -> str:
        return super().write_key(call).lower()


@fault(
    FaultClass.IDEMPOTENCY, Difficulty.MEDIUM, "IDENT-02", versions=_CURRENT_VERSION, operations=2
)
class SharesKeysBetweenSessions(Service):
    """A key belongs to the application: used for another session, it shows the first answer."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._replies: dict[tuple[str, bool], Reply] = {}

    def known_answer(self, stored: Session | None, call: Call) -> Reply | None:
        return self._replies.get(self._lookup(call)) or super().known_answer(stored, call)

    def remember_answer(self, result: Session, call: Call, reply: Reply) -> None:
        super().remember_answer(result, call, reply)
        if self.write_key(call):
            self._replies.setdefault(self._lookup(call), reply)

    def _lookup(self, call: Call) -> tuple[str, bool]:
        return self.write_key(call), call.path.endswith(b"/reopen")
