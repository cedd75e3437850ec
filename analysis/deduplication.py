"""Finds out which signatures of a run are symptoms of one bug, so that one bug is reported once.

One can often read a wrong answer in several ways: the update lost the coupons, or the read does not
show them; the target refused a cart of 1,000 items, or its sum of quantities. The oracle names the
likeliest reading and lists the others (`Discrepancy.alternatives`). Which reading is right takes
the whole run: where each occurrence of one signature has a second signature as an alternative, and
the run found the second signature by itself, the first is a symptom of the second.

Triage finds by experiment which signatures have one cause (`TriageFinished`): all but the one with
the simplest scenario are further signs of it.

What is refused, accepted or crashed for another reason in the same request is one bug only if the
request that shows the plainer one is contained, as a pattern, in the one that shows the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import msgspec

from ..record.check_names import BY_REQUEST
from ..record.scenario_parts import Discrepancy, Kind
from ..record.situation import Form, Situation
from .cause_parts import Key

_Question = tuple[str, str, str, str]
_ACCEPTED_DRY = ("accepted", "accepted dry, refused for real")
"""Outcomes of a dry update that must be refused: of itself, and with the real one behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureProfile:
    """One signature as the run has it."""

    rule: str
    check: str
    situation: str
    body: Any
    """Of the request that showed it: of the smallest scenario, or the shortest of the run."""
    causes: frozenset[Key] = frozenset()
    """The parts of its smallest scenario that make it; empty: unknown."""
    is_flaky: bool = False
    """Whether its smallest scenario did not show it every time, or nobody executed it again."""


class Deduplicator:
    """Follows which alternatives hold for every occurrence of a signature."""

    def __init__(self) -> None:
        self._alternatives: dict[str, tuple[str, ...]] = {}
        self._families: dict[str, str] = {}
        self._fields: dict[str, tuple[Kind, str]] = {}
        """By signature its kind, and the data field that it is about."""
        self._questions: dict[str, _Question] = {}
        self._independent: dict[str, frozenset[str]] = {}
        """By signature the alternatives that do not explain it."""
        self._first_signs: dict[str, str] = {}
        """By signature the one that has the same cause by experiment, and the simplest scenario."""
        self._counts: Counter[str] = Counter()

    def add(self, found: Discrepancy) -> None:
        """Takes one occurrence in."""
        self._counts[found.signature] += 1
        self._fields.setdefault(found.signature, (found.kind, found.field_name))
        self._questions.setdefault(found.signature, _question(found))
        if found.family != self._families.setdefault(found.signature, found.family):
            self._families[found.signature] = ""
        known = self._alternatives.get(found.signature)
        if known is None:
            self._alternatives[found.signature] = found.alternatives
        elif known:
            # Only what holds for each occurrence explains the signature.
            here = frozenset(found.alternatives)
            self._alternatives[found.signature] = tuple(name for name in known if name in here)

    def add_further(self, signature: str, count: int) -> None:
        """Counts occurrences like those that were taken in."""
        self._counts[signature] += count

    def add_further_signs(self, further: Mapping[str, Iterable[str]]) -> None:
        """Takes in which signatures have one cause: by the first sign of it, the further ones."""
        for first, others in further.items():
            self._first_signs.pop(first, None)  # of a part of the run that was resumed
            self._first_signs.update(dict.fromkeys(others, first))

    def add_independent(self, independent: Mapping[str, Iterable[str]]) -> None:
        """Takes in which alternatives of a signature do not explain it."""
        self._independent.update((name, frozenset(others)) for name, others in independent.items())

    def first_sign(self, signature: str) -> str:
        """The signature that ``signature`` is a further sign of, by experiment; empty: of none."""
        return self._first_signs.get(signature, "")

    def canonical(self, profiles: Mapping[str, SignatureProfile]) -> dict[str, str]:
        """For each signature of ``profiles`` the one that it is a symptom of, or itself.

        A signature that others are symptoms of is never a symptom.
        """
        first_of_family: dict[str, str] = {}
        for signature in sorted(profiles, key=self._rank):
            first_of_family.setdefault(self._family(signature), signature)
        first_of_question: dict[_Question, str] = {}
        for signature in sorted(
            profiles, key=lambda one: (profiles[one].is_flaky, self._rank(one))
        ):
            first_of_question.setdefault(self._questions[signature], signature)
        by_question: dict[_Question, list[str]] = {}
        for signature in profiles:
            by_question.setdefault(self._questions[signature], []).append(signature)
        direct = {
            signature: {
                *self._explanations(signature, by_question[self._questions[signature]], profiles),
                first_of_family[self._family(signature)],
                first_of_question[self._questions[signature]],
            }
            for signature in profiles
        }
        return {signature: self._end(signature, direct) for signature in profiles}

    def _family(self, signature: str) -> str:
        """The family of a signature; one without a family is a family of its own."""
        return self._families.get(signature, "") or signature

    def _explanations(
        self, signature: str, same: Iterable[str], profiles: Mapping[str, SignatureProfile]
    ) -> Iterator[str]:
        """What explains ``signature``.

        Args:
            signature: one of ``profiles``.
            same: the signatures that are one bug whatever explains them. An alternative of one must
                be one of each, or they would all be put under what may explain a part of them.
            profiles: of the run.
        """
        profile = profiles[signature]
        same = {*same, *self._mutual(signature, profiles)}
        common = set.intersection(*({*same, *self._alternatives.get(one, ())} for one in same))
        for alternative in self._alternatives.get(signature, ()):
            if alternative not in common or alternative in self._independent.get(signature, ()):
                continue
            if alternative in profiles and _explains(profiles[alternative], profile):
                yield alternative
        yield from self._violations(signature, profiles)
        first = self._first_signs.get(signature, "")
        if first in profiles and (profile.is_flaky or not profiles[first].is_flaky):
            yield first

    def _mutual(self, signature: str, profiles: Mapping[str, SignatureProfile]) -> Iterator[str]:
        """The alternatives of ``signature`` that have it as one of theirs."""
        for one in self._alternatives.get(signature, ()):
            if one in profiles and signature in self._alternatives.get(one, ()):
                yield one

    def _violations(
        self, signature: str, profiles: Mapping[str, SignatureProfile]
    ) -> Iterator[str]:
        """For a contradiction: the rules that are broken about the same field. They are the same
        bug; where the contract is silent, it shows as nothing but the contradiction."""
        kind, field = self._fields.get(signature, (Kind.VIOLATION, ""))
        if kind is Kind.CONTRADICTION and field:
            violation = (Kind.VIOLATION, field)
            yield from (name for name in profiles if self._fields.get(name) == violation)

    def _end(self, signature: str, direct: Mapping[str, Set[str]]) -> str:
        """Where the explanations end; where some explain each other, the most frequent of them."""
        reach = {signature: _reachable(signature, direct)}
        for name in reach[signature]:
            reach.setdefault(name, _reachable(name, direct))
        # A name that each name it leads to leads back to: nothing else explains it.
        ends = (one for one in reach[signature] if all(one in reach[two] for two in reach[one]))
        return min(ends, key=self._rank)

    def _rank(self, signature: str) -> tuple[int, str]:
        return -self._counts[signature], signature


def _question(found: Discrepancy) -> _Question:
    """What a discrepancy is about, whether the request is dry or not.

    A rule that is broken in the same way by a dry request and by a real one is one bug. So is that
    a dry update is accepted which must be refused, whether the real one was sent as well or not.
    """
    situation = Situation.parse(found.situation)
    if found.rule == "DRY-02" and found.outcome in _ACCEPTED_DRY:
        is_pair = situation.form is Form.DRY_RUN_PAIR
        real = Situation.parse(situation.subject) if is_pair else situation
        return (found.rule, "", _real(_bare(real)), _ACCEPTED_DRY[-1])
    return (found.rule, found.check, _real(situation), found.outcome)


def _bare(situation: Situation) -> Situation:
    """A request to a session in some state, whether its move is ruled or not."""
    if situation.form is not Form.UNRULED_MOVE:
        return situation
    return msgspec.structs.replace(situation, form=Form.REQUEST)


def _real(situation: Situation) -> str:
    return msgspec.structs.replace(situation, dry=False).key


def _reachable(start: str, direct: Mapping[str, Set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        new = direct[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def _explains(plain: SignatureProfile, other: SignatureProfile) -> bool:
    """Whether the bug that ``plain`` shows must show in the request of ``other`` too."""
    if plain.is_flaky and not other.is_flaky:
        return False  # what shows every time is not put under what does not
    if plain.causes and other.causes and not plain.causes & other.causes:
        return False  # nothing that makes the one is needed for the other
    if not {plain.check, other.check} <= BY_REQUEST:
        return True
    same = Situation.parse(plain.situation) == Situation.parse(other.situation).real
    if same or plain.rule == "AUTH-01":
        return True
    return is_contained(plain.body, other.body)


def is_contained(pattern: Any, value: Any) -> bool:
    """Whether ``value`` has all that ``pattern`` has.

    Objects: the members of the pattern, by name. Lists: at least as many members, each containing
    the pattern's at its index. Texts: the same odd characters, or at least the length where the
    pattern has none. Numbers match any number; booleans, nulls and bytes match their equals.
    """
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and is_contained(part, value[name]) for name, part in pattern.items()
        )
    if isinstance(pattern, list):
        return (
            isinstance(value, list)
            and len(value) >= len(pattern)
            and all(map(is_contained, pattern, value))
        )
    if isinstance(pattern, str):
        return isinstance(value, str) and (
            _odd(pattern) <= _odd(value) if _odd(pattern) else len(value) >= len(pattern)
        )
    if isinstance(pattern, bool) or pattern is None or isinstance(pattern, bytes):
        return bool(pattern == value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _odd(text: str) -> frozenset[str]:
    """The characters of ``text`` other than ASCII letters, digits, hyphen and underscore."""
    return frozenset(c for c in text if not (c.isascii() and (c.isalnum() or c in "-_")))
