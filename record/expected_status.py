"""The statuses that a right answer may have, as a discrepancy with a wrong status states them."""

from __future__ import annotations

import re

import msgspec

_MOST_LISTED = 5
_ACCEPTANCE = "200"
_ANY_REFUSAL = "a 4xx"
_REFUSAL = re.compile(rf"a refusal with (?:{_ANY_REFUSAL}|(?P<statuses>\d+(?: or \d+)*))")


class ExpectedStatus(msgspec.Struct, frozen=True):
    """What a request had to be answered with."""

    statuses: frozenset[int]
    """Either 200 alone or the statuses of a refusal."""

    @classmethod
    def parse(cls, text: str) -> ExpectedStatus | None:
        """What `text` gave; None where ``text`` is another kind of expectation."""
        if text == _ACCEPTANCE:
            return ACCEPTANCE
        found = _REFUSAL.fullmatch(text)
        if found is None:
            return None
        listed = found["statuses"]
        return cls(frozenset(map(int, listed.split(" or ")))) if listed else ANY_REFUSAL

    @property
    def is_refusal(self) -> bool:
        return self != ACCEPTANCE

    @property
    def text(self) -> str:
        """For people: ``"200"``, ``"a refusal with 400 or 404"``, ``"a refusal with a 4xx"``."""
        if not self.is_refusal:
            return _ACCEPTANCE
        if len(self.statuses) > _MOST_LISTED:
            return f"a refusal with {_ANY_REFUSAL}"
        return f"a refusal with {' or '.join(map(str, sorted(self.statuses)))}"


ACCEPTANCE = ExpectedStatus(frozenset((200,)))
ANY_REFUSAL = ExpectedStatus(frozenset(range(400, 500)))
