"""Stores the customer sessions of one application."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from .money import Number

Effect = dict[str, Any]
"""An effect as answers show it. It is never changed, since sessions and answers share it."""
Counter = tuple[str, ...]
"""The key of a counter: what it counts, and for whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one redemption adds to one counter."""

    counter: Counter
    amount: Number = 1
    limit: float = 0
    """The most that the counter may reach; 0: no limit."""
    reason: str
    """The ``rejectionReason`` where it would exceed that."""


@dataclass(slots=True, kw_only=True)
class Session:
    """One stored customer session."""

    internal_id: int
    """The ``id`` that answers show (RESP-07)."""
    integration_id: str
    """The session ID that the client chose."""
    created: str
    """RFC 3339, in microseconds, like ``updated``."""
    updated: str
    is_first_session: bool
    """Whether its profile had no session before; true of an anonymous session (IDENT-08)."""
    state: str = "open"
    data: dict[str, Any] = field(default_factory=dict)
    """The fields that the client sent, by wire name, without ``state``."""
    returned_units: list[int] = field(default_factory=list)
    """The units returned of each cart item, by position."""
    update_count: int = 0
    """The number of accepted changes, the creation included."""
    effects: tuple[Effect, ...] = ()
    """The effects of the last accepted request."""
    valid_effects: tuple[Effect, ...] = ()
    """The effects that nothing rolled back since they were given."""
    redeemed: tuple[Use, ...] = ()
    """What closing this session counted, and nothing gave back."""
    return_answers: dict[str, bytes] = field(default_factory=dict)
    """The body of each answer to a return, by Idempotency-Key (RET-06)."""
    write_answers: dict[tuple[object, ...], bytes] = field(default_factory=dict)
    """The body of each answer to an update or a reopen with a key, by request (IDEM-01)."""

    def copy(self) -> Session:
        """A copy whose fields can be replaced without a change of this session."""
        duplicate = copy.copy(self)
        duplicate.data = dict(self.data)
        duplicate.returned_units = list(self.returned_units)
        duplicate.return_answers = dict(self.return_answers)
        duplicate.write_answers = dict(self.write_answers)
        return duplicate


class Clock:
    """A clock that never returns the same time twice."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)

    def now(self) -> str:
        """A later time than every one returned so far: RFC 3339, in microseconds."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return self._last.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """All sessions of one application."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        """By storage key, in the order of their creation."""
        self.internal_ids = count(1)
        self.clock = Clock()
        self.counts: dict[Counter, Number] = {}
        """What the redemptions of closed sessions add up to at present."""
        self.coupon_ids: dict[str, int] = {}
        """The ``id`` of each coupon that an answer showed, by counted code."""
        self.first_sessions: dict[str, int] = {}
        """The internal id of each profile's first session, by profile ID."""
