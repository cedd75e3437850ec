"""One bug, one entry: which signatures of a run are other sights of the same bug.

A wrong response can often be read in several ways: the update lost the coupons, or the read does
not show them; the target refused the cart for its 1,000 items, or for the sum of their quantities.
The oracle names the most likely reading and lists the others (`Discrepancy.alternatives`). Only the
whole run can decide: where every occurrence of one signature lists another signature as an
alternative, and that other one occurred by itself, the first counts as a symptom of the second.

Two refusals, acceptances or crashes are one bug only if the request of the plainer one is
contained, as a pattern, in the request of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from ..record.check_names import CheckName
from ..record.events import Discrepancy, Kind
from ..record.situation import Situation

_BY_REQUEST = frozenset((CheckName.STATUS, CheckName.SERVER_ERROR, CheckName.DRY_RUN))
"""Checks whose findings hang on what is in the request, not on what the target holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureProfile:
    """One signature as the run has it."""

    rule: str
    check: str
    situation: str
    body: Any
    """Of the request that showed it: of the smallest scenario, or the shortest that was seen."""
    flaky: bool = False
    """Its smallest scenario did not show it every time."""


class Deduplicator:
    """Follows which other readings hold for every sighting of a signature."""

    def __init__(self) -> None:
        self._perhaps: dict[str, tuple[str, ...]] = {}
        self._families: dict[str, str] = {}
        self._about: dict[str, tuple[Kind, str]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, found: Discrepancy) -> None:
        """Takes one sighting in."""
        self._counts[found.signature] += 1
        self._about.setdefault(found.signature, (found.kind, found.field_name))
        known = self._perhaps.get(found.signature)
        if found.family != self._families.setdefault(found.signature, found.family):
            self._families[found.signature] = ""
        if known is None:
            self._perhaps[found.signature] = found.alternatives
        elif known:
            here = frozenset(found.alternatives)
            self._perhaps[found.signature] = tuple(other for other in known if other in here)

    def leaders(self, sights: Mapping[str, SignatureProfile]) -> dict[str, str]:
        """For each signature of ``sights`` the one that it is a sight of; itself where it stands
        for itself."""
        heads: dict[str, str] = {}
        for signature in sorted(sights, key=self._rank):
            heads.setdefault(self._families.get(signature, "") or signature, signature)
        direct = {
            signature: {
                *self._explanations(signature, sights),
                heads[self._families.get(signature, "") or signature],
            }
            for signature in sights
        }
        return {signature: self._end(signature, direct) for signature in sights}

    def _explanations(
        self, signature: str, sights: Mapping[str, SignatureProfile]
    ) -> Iterator[str]:
        sight = sights[signature]
        for other in self._perhaps.get(signature, ()):
            if other in sights and _explains(sights[other], sight):
                yield other
        yield from self._violations(signature, sights)

    def _violations(self, signature: str, sights: Mapping[str, SignatureProfile]) -> Iterator[str]:
        """For a contradiction: a rule that is broken about the same field. It is the same bug where
        the contract is silent, so that nothing but the contradiction shows."""
        kind, field = self._about.get(signature, (Kind.VIOLATION, ""))
        if kind is Kind.DRIFT and field:
            violation = (Kind.VIOLATION, field)
            yield from (other for other in sights if self._about.get(other) == violation)

    def _end(self, signature: str, direct: Mapping[str, Set[str]]) -> str:
        """Where the explanations end; of those that explain each other, the one seen most."""
        reach = {signature: _reachable(signature, direct)}
        for other in reach[signature]:
            reach.setdefault(other, _reachable(other, direct))
        last = (one for one in reach[signature] if all(one in reach[two] for two in reach[one]))
        return min(last, key=self._rank)

    def _rank(self, signature: str) -> tuple[int, str]:
        return -self._counts[signature], signature


def _reachable(start: str, direct: Mapping[str, Set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        new = direct[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def _explains(plain: SignatureProfile, other: SignatureProfile) -> bool:
    """Whether the bug that ``plain`` shows must show in the request of ``other`` too."""
    if plain.flaky and not other.flaky:
        return False  # what shows every time is not put under what does not
    if not {plain.check, other.check} <= _BY_REQUEST:
        return True
    same = Situation.parse(plain.situation) == Situation.parse(other.situation).real
    if same or plain.rule == "AUTH-01":
        return True
    return stands_in(plain.body, other.body)


def stands_in(pattern: Any, value: Any) -> bool:
    """Whether ``value`` has all that ``pattern`` has: its members, at least as many of them, texts
    at least as long, or with the same odd characters; plain values stand for any of their type."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and stands_in(part, value[name]) for name, part in pattern.items()
        )
    if isinstance(pattern, list):
        return (
            isinstance(value, list)
            and len(value) >= len(pattern)
            and all(map(stands_in, pattern, value))
        )
    if isinstance(pattern, str):
        return isinstance(value, str) and (
            _odd(pattern) <= _odd(value) if _odd(pattern) else len(value) >= len(pattern)
        )
    if isinstance(pattern, bool) or pattern is None or isinstance(pattern, bytes):
        return bool(pattern == value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _odd(text: str) -> frozenset[str]:
    """The characters that a plain text has none of."""
    return frozenset(c for c in text if not (c.isascii() and (c.isalnum() or c in "-_")))
