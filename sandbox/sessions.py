"""Stores the customer sessions of one application."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any


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
    redeemed_coupons: tuple[str, ...] = ()
    """The coupon codes that closing this session redeemed."""
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
        self.redemptions: dict[str, int] = {}
        """How often each coupon code is redeemed at present."""
        self.first_sessions: dict[str, int] = {}
        """The internal id of each profile's first session, by profile ID."""
