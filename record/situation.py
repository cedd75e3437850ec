"""What was asked of what: the part of a discrepancy's identity that names the request.

A `Situation` has named parts. Its `key` is the spelling that signatures, baselines and records
hold; it is frozen, so that a bug keeps its name from one version to the next.
`Situation.parse` reads a key back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import lru_cache

import msgspec

from ..contract import Operation, SessionState


class Form(Enum):
    """What sort of situation it is, and so which parts it has."""

    REQUEST = "request"
    """A request to a session in a certain state: `operation`, `dry`, `session`, `move`; `subject`
    where it is about more than these."""
    REQUEST_WITH = "request with"
    """The same, with certain data in it: `subject`."""
    UNRULED_MOVE = "unruled move"
    """A request for a move on which the contract is silent: the parts of `REQUEST`."""
    CONTENT = "content"
    """A request with something about it, whatever the state: `operation`, `dry`, `subject`."""
    CREDENTIALS = "credentials"
    """A request without a valid key: `operation`; `subject` is the key that it has."""
    REPEATED_RETURN = "repeated return"
    """A return under an Idempotency-Key that was used before."""
    REUSED_KEY = "reused key"
    """The same, with another body."""
    REPEATED_WRITE = "repeated write"
    """An update or a reopen once more under its Idempotency-Key: `operation`."""
    AFTER_REPEATED = "after repeated"
    """After such a request was accepted: `operation`."""
    RAW = "raw"
    """A request that no well-behaved client sends: `subject` is its kind."""
    AFTER_ACCEPTED = "after accepted"
    """After an accepted request: `operation`; `dry`, `session` and `move` where these matter."""
    AFTER_REFUSED = "after refused"
    AFTER_DRY = "after dry"
    AFTER_OTHER = "after other"
    """After a request to another session."""
    LOST_ANSWER = "lost answer"
    """After a write whose answer never came: `operation`."""
    DRY_RUN_PAIR = "dry run pair"
    """A dry update and the same one for real: `subject` is the situation of the latter."""
    OTHER = "other"
    """One of a kind: `subject` is all of it."""


class SessionKind(StrEnum):
    """The state of the session that is asked, as a key spells it."""

    NONEXISTENT = "an unknown session"
    OPEN = "an open session"
    CLOSED = "a closed session"
    PARTIALLY_RETURNED = "a partially returned session"
    CANCELLED = "a cancelled session"
    UNCERTAIN = "a session whose state is not known"


SESSION_KINDS = {
    None: SessionKind.NONEXISTENT,
    SessionState.OPEN: SessionKind.OPEN,
    SessionState.CLOSED: SessionKind.CLOSED,
    SessionState.PARTIALLY_RETURNED: SessionKind.PARTIALLY_RETURNED,
    SessionState.CANCELLED: SessionKind.CANCELLED,
}
"""By the state of a session; None: it does not exist."""


class Move(StrEnum):
    """The state that an update asks for, as a key spells it."""

    NONE = "without a state"
    OPEN = "to open"
    CLOSED = "to closed"
    PARTIALLY_RETURNED = "to partially returned"
    CANCELLED = "to cancelled"


MOVES = {
    None: Move.NONE,
    SessionState.OPEN: Move.OPEN,
    SessionState.CLOSED: Move.CLOSED,
    SessionState.PARTIALLY_RETURNED: Move.PARTIALLY_RETURNED,
    SessionState.CANCELLED: Move.CANCELLED,
}
"""By the state that an update asks for; None: it asks for none."""


class KeyKind(StrEnum):
    """The API key of a request that has no valid one. Which wrong key it is, makes no other bug."""

    MISSING = "no key"
    EMPTY = "an empty key"
    WRONG = "a wrong key"


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of what. `Form` determines which of the parts are given."""

    form: Form
    operation: Operation | None = None
    dry: bool = False
    session: SessionKind | None = None
    move: Move | None = None
    """Given for updates only."""
    subject: str = ""
    """What the request is about, such as ``"over 1000 cart items"``."""

    @classmethod
    def other(cls, text: str) -> Situation:
        """A situation that is one of a kind."""
        return cls(form=Form.OTHER, subject=text)

    @classmethod
    def parse(cls, key: str) -> Situation:
        """The situation that ``key`` spells; one of `Form.OTHER` where it follows no pattern."""
        return _parsed(key)

    @property
    def key(self) -> str:
        """The frozen spelling: what signatures are made of and what records hold."""
        return _spelled(self)

    @property
    def text(self) -> str:
        """The situation for people."""
        return self.key

    @property
    def real(self) -> Situation:
        """The same request, not dry."""
        return msgspec.structs.replace(self, dry=False) if self.dry else self

    def with_operation(self, operation: Operation) -> Situation:
        """The same of another operation."""
        return msgspec.structs.replace(self, operation=operation)

    def with_session(self, session: SessionKind) -> Situation:
        """The same of a session in another state."""
        return msgspec.structs.replace(self, session=session)


# --- spelling -----------------------------------------------------------------------------------


_TEMPLATES: Mapping[Form, str] = {
    Form.REQUEST: "{asked}{of}{more}",
    Form.REQUEST_WITH: "{asked}{of}, with {subject}",
    Form.UNRULED_MOVE: "{asked}:{of}",
    Form.CONTENT: "{asked}: {subject}",
    Form.CREDENTIALS: "{asked} with {subject}",
    Form.REPEATED_RETURN: "return with a used Idempotency-Key",
    Form.REUSED_KEY: "return with a used Idempotency-Key and another body",
    Form.REPEATED_WRITE: "{asked} again with its Idempotency-Key",
    Form.RAW: "raw request: {subject}",
    Form.AFTER_ACCEPTED: "accepted {asked}{of}",
    Form.AFTER_REFUSED: "refused {asked}",
    Form.AFTER_DRY: "dry {asked}",
    Form.AFTER_REPEATED: "accepted {asked} again with its Idempotency-Key",
    Form.AFTER_OTHER: "{asked} of another session",
    Form.LOST_ANSWER: "{asked} whose answer was lost",
    Form.DRY_RUN_PAIR: "dry run of: {subject}",
    Form.OTHER: "{subject}",
}


def _spelled(situation: Situation) -> str:
    name = situation.operation.value if situation.operation is not None else ""
    of = f" of {situation.session}" if situation.session is not None else ""
    return _TEMPLATES[situation.form].format(
        asked=f"dry {name}" if situation.dry else name,
        of=f"{of} {situation.move}" if situation.move is not None else of,
        subject=situation.subject,
        more=f": {situation.subject}" if situation.subject else "",
    )


# --- parsing ------------------------------------------------------------------------------------


def _one_of(values: type[StrEnum]) -> str:
    return "|".join(re.escape(one.value) for one in values)


_OPERATION = f"(?P<operation>{_one_of(Operation)})"
_REQUEST = f"(?P<dry>dry )?{_OPERATION}"
_OF = f" of (?P<session>{_one_of(SessionKind)})(?: (?P<move>{_one_of(Move)}))?"
_SUBJECT = "(?P<subject>.+)"
_PATTERNS = tuple(
    (form, re.compile(pattern, re.DOTALL))
    for form, pattern in (
        (Form.REQUEST, f"{_REQUEST}{_OF}(?:: {_SUBJECT})?"),
        (Form.REQUEST_WITH, f"{_REQUEST}{_OF}, with {_SUBJECT}"),
        (Form.UNRULED_MOVE, f"{_REQUEST}:{_OF}"),
        (Form.CONTENT, f"{_REQUEST}: {_SUBJECT}"),
        (Form.CREDENTIALS, f"{_OPERATION} with (?P<subject>{_one_of(KeyKind)})"),
        (Form.REPEATED_RETURN, re.escape(_TEMPLATES[Form.REPEATED_RETURN])),
        (Form.REUSED_KEY, re.escape(_TEMPLATES[Form.REUSED_KEY])),
        (Form.REPEATED_WRITE, f"{_OPERATION} again with its Idempotency-Key"),
        (Form.RAW, f"raw request: {_SUBJECT}"),
        (Form.AFTER_ACCEPTED, f"accepted {_REQUEST}(?:{_OF})?"),
        (Form.AFTER_REFUSED, f"refused {_OPERATION}"),
        (Form.AFTER_DRY, f"dry {_OPERATION}"),
        (Form.AFTER_REPEATED, f"accepted {_OPERATION} again with its Idempotency-Key"),
        (Form.AFTER_OTHER, f"{_OPERATION} of another session"),
        (Form.LOST_ANSWER, f"{_OPERATION} whose answer was lost"),
        (Form.DRY_RUN_PAIR, f"dry run of: {_SUBJECT}"),
    )
)
"""The first that fits all of a key counts."""


@lru_cache(maxsize=4_096)
def _parsed(key: str) -> Situation:
    for form, pattern in _PATTERNS:
        found = pattern.fullmatch(key)
        if found is None:
            continue
        parts = found.groupdict()
        operation, session, move = (parts.get(name) for name in ("operation", "session", "move"))
        return Situation(
            form=form,
            operation=Operation(operation) if operation else None,
            dry=bool(parts.get("dry")),
            session=SessionKind(session) if session else None,
            move=Move(move) if move else None,
            subject=parts.get("subject") or "",
        )
    return Situation.other(key)


SESSION_SHOWN = Situation.other("session shown")
TWO_SESSIONS = Situation.other("two sessions")

UNKNOWN_CODES = {
    name: Situation.other(f"a code in {name} that no campaign knows")
    for name in ("couponCodes", "referralCode", "loyaltyCards")
}
"""By field: an update with nothing odd about it but one code that the run invented."""
