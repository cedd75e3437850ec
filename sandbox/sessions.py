"""Customer sessions as the sandbox stores them, and the store itself."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any


@dataclass(slots=True, kw_only=True)
class Session:
    """One stored customer session."""

    number: int
    """The internal ``id``."""
    integration_id: str
    created: str
    updated: str
    first: bool
    """Whether it was its profile's first session when it was made."""
    state: str = "open"
    data: dict[str, Any] = field(default_factory=dict)
    """The client's fields by wire name, but for ``state``."""
    returned: list[int] = field(default_factory=list)
    """Units returned, by position."""
    updates: int = 0
    """Accepted updates, the creation among them."""
    redeemed: tuple[str, ...] = ()
    """Coupons that this session has redeemed by closing."""
    answers: dict[str, bytes] = field(default_factory=dict)
    """Answers to returns by Idempotency-Key."""

    def copied(self) -> Session:
        """A copy whose fields can be changed without changing this one."""
        twin = copy.copy(self)
        twin.data = dict(self.data)
        twin.returned = list(self.returned)
        twin.answers = dict(self.answers)
        return twin


class Clock:
    """Times that never stand still, in microseconds."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)

    def now(self) -> str:
        """A later time than any before, RFC 3339."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return self._last.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """All sessions of one application."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.numbers = count(1)
        self.clock = Clock()
        self.redemptions: dict[str, int] = {}
        """How often each coupon is redeemed now."""
        self.profiles: dict[str, int] = {}
        """Profiles that have a session, each with the number of its first one."""
