"""What the model holds of one session between two steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ...contract import Operation, Reopen, SessionState, Update
from .applied import Applied
from .knowledge import UNKNOWN, UnknownType


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What must never change in a session's life (RESP-07)."""

    id: int
    created: str
    application_id: int


class KeyedWrite(msgspec.Struct, frozen=True, kw_only=True):
    """An update or a reopen that was accepted under an Idempotency-Key."""

    operation: Operation
    body: Any
    now: str | None
    answer: Any
    """The session that its answer showed, None if none; `UNKNOWN` if no answer came."""

    def is_repeated_by(self, step: Update | Reopen) -> bool:
        """Whether ``step``, under the same key, is the same request once more."""
        now = step.now if isinstance(step, Update) else None
        return self.operation is step.operation and self.body == step.body and self.now == now


class SessionModel(msgspec.Struct, frozen=True, kw_only=True):
    """The state that the target must be in, as far as the contract and its responses show.

    A struct, since every response makes several modified copies.
    """

    state: SessionState | UnknownType | None = None
    """None: the session does not exist."""
    fields: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """Wire name to the value last accepted, `UNKNOWN` or `AtLeast`; absent: never set."""
    returned: Mapping[int, int] | UnknownType = msgspec.field(default_factory=dict)
    """Units returned so far, by position; absent: none."""
    returned_before_reopening: Mapping[int, int] | None = None
    """What `returned` was when the session was reopened: it is that still, or none at all
    (STATE-U3). None: it was not reopened since an answer showed it."""
    identity: Identity | None = None
    """None until an answer showed it."""
    updated: str | None = None
    """``updated`` as last shown, RFC 3339; None: not seen since the last accepted write."""
    latest_updated: str | None = None
    """The latest ``updated`` that any answer showed."""
    update_count: int | None = None
    """``updateCount`` as it must be shown now; None: not known."""
    items_before: tuple[Mapping[str, Any], ...] = ()
    """The former cart's items: what an update left out of them must be gone (MERGE-03, CART-12)."""
    accepted_returns: Mapping[str, tuple[Any, Any]] = msgspec.field(default_factory=dict)
    """Idempotency key to the body that was sent with it and its answer's ``return``, `UNKNOWN` if
    no answer came (RET-06)."""
    accepted_writes: Mapping[str, KeyedWrite] = msgspec.field(default_factory=dict)
    """Idempotency key to the update or reopen that was accepted under it (IDEM-01)."""
    outdated_keys: frozenset[str] = frozenset()
    """The keys after whose request the session was written to: their answer, which comes again,
    shows the session as it was."""
    applied: Applied | UnknownType | None = None
    """What the close of a session that is closed or partially returned applied, without what
    returns rolled back; `UNKNOWN` where no answer has shown it. None: the session is neither."""
    rolled_back: Applied | None = None
    """What cancelling or reopening the session rolled back, until it is updated again; None:
    nothing that is known."""
    lost: bool = False
    """An answer is missing: nothing is judged until a read tells what the target holds."""

    @property
    def items(self) -> list[dict[str, Any]] | UnknownType:
        """The cart items as last accepted."""
        items = self.fields.get("cartItems", [])
        return items if isinstance(items, list) else UNKNOWN

    def remaining(self, position: int) -> int | UnknownType:
        """Units of the item at ``position`` that were not returned yet."""
        items = self.items
        if items is UNKNOWN or self.returned is UNKNOWN:
            return UNKNOWN
        return int(items[position]["quantity"]) - self.returned.get(position, 0)

    def as_lost(self) -> SessionModel:
        """The same session after a write whose answer never came."""
        return msgspec.structs.replace(self, lost=True)
