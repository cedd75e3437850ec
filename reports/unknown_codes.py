"""What a run saw of codes that no campaign knows, and which line of the configuration says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..analysis import Summary
from ..contract import UnknownCodes
from ..oracle.fingerprints.effects import DROPPED, STORED
from ..oracle.fingerprints.follower import REFUSED
from ..record import UNKNOWN_CODES, Outcome, Situation

_KEPT = frozenset((Outcome.accepted(), Outcome.accepted(STORED)))
_LINES = {
    "kept": 'write unknown_codes = "accepted" under [environment] to test codes in every request',
    "refused": 'write unknown_codes = "refused" under [environment], '
    "and declare codes that exist under [[environment.coupons]]",
}


def unknown_codes_text(summary: Summary) -> str:
    """One sentence for people; empty where the configuration says it, or nothing was seen.

    Example: ``"codes that no campaign knows: couponCodes kept, referralCode refused"``.
    """
    if summary.environment.unknown_codes is not UnknownCodes.UNSPECIFIED:
        return ""
    fields = {situation: field for field, situation in UNKNOWN_CODES.items()}
    seen: dict[str, set[Outcome]] = defaultdict(set)
    for observed in summary.observations:
        field = fields.get(Situation.parse(observed.situation))
        if field is not None:
            seen[field].add(Outcome.parse(observed.outcome))
    if not seen:
        return ""
    words = {field: _in_words(outcomes) for field, outcomes in seen.items()}
    parts = ", ".join(f"{field} {words[field]}" for field in UNKNOWN_CODES if field in words)
    advice = _LINES.get(next(iter(words.values()))) if len(set(words.values())) == 1 else None
    text = f"codes that no campaign knows: {parts}"
    return f"{text}; {advice}" if advice else text


def _in_words(outcomes: Iterable[Outcome]) -> str:
    found = frozenset(outcomes)
    if found <= _KEPT and Outcome.accepted(STORED) in found:
        return "kept"
    if found == {REFUSED}:
        return "refused"
    if found <= {Outcome.accepted(), Outcome.accepted(DROPPED)}:
        return "accepted and not kept" if Outcome.accepted(DROPPED) in found else "accepted"
    return " or ".join(sorted(outcome.text for outcome in found))
