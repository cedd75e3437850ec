"""The top of the page: what the run came to, in words that need no knowledge of the tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ...analysis import RunOutcome, Summary
from ...analysis.tested_rules import testable_rules, was_tested
from ...record import Kind, SandboxOptions
from ..plain import plain
from ..wording import counted, duration, kind_name, standing, target_name, verdict_reason
from .cards import Card

_TONES = {
    RunOutcome.PASSED: "ok",
    RunOutcome.FAILED: "fail",
    RunOutcome.TARGET_LOST: "fail",
    RunOutcome.BROKEN: "fail",
}
_VIOLATION = kind_name(Kind.VIOLATION)
_CONTRADICTION = kind_name(Kind.CONTRADICTION)
_SURE = (_VIOLATION, _CONTRADICTION)
_MAX_RULES = 12
_MAX_FAULTS = 3
_NOUNS = {
    "violation": ("violation",),
    "contradiction": ("contradiction",),
    "not confirmed": ("not confirmed", "not confirmed"),
    "flaky": ("flaky", "flaky"),
}
_MEANINGS = {
    RunOutcome.PASSED: "The target kept every rule of the contract that this run put to the test.",
    RunOutcome.TARGET_LOST: "The target gave no usable answers any more, so the run ended early.",
    RunOutcome.FLAKY: "What was found does not show every time that it is sent again.",
    RunOutcome.BROKEN: "Cartfuzz itself failed. That proves nothing about the target.",
    RunOutcome.INTERRUPTED: "The run was stopped before it found anything. That proves little.",
    RunOutcome.INCONCLUSIVE: "Too little could be judged, so the run proves nothing.",
    RunOutcome.PARTIAL: "Nothing was found, but the run ended before its sweeps were through.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One labelled value."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a run came to."""

    word: str
    tone: str
    """``ok``, ``warn`` or ``fail``."""
    reason: str
    meaning: str
    """A sentence for somebody who does not know the tool."""
    rules: tuple[str, ...]
    """The rules of discrepancies that show every time; without such, of all."""
    more_rules: int
    """Those that ``rules`` leaves out."""
    target: str
    started: str
    started_iso: str
    figures: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    share_of_sweeps: float | None


def verdict_of(summary: Summary, cards: tuple[Card, ...]) -> Verdict:
    """The verdict of a run with the discrepancies ``cards``."""
    sure = {bug.rule for bug in summary.discrepancies if standing(bug) in _SURE}
    rules = sorted(sure or {bug.rule for bug in summary.discrepancies})
    return Verdict(
        word=summary.outcome.word,
        tone=_TONES.get(summary.outcome, "warn"),
        reason=verdict_reason(summary),
        meaning=_MEANINGS.get(summary.outcome) or _meaning(summary),
        rules=tuple(map(plain, rules[:_MAX_RULES])),
        more_rules=max(0, len(rules) - _MAX_RULES),
        target=plain(_target(summary)),
        started=_moment(summary.started),
        started_iso=plain(summary.started),
        figures=tuple(_figures(summary, cards)),
        facts=tuple(_facts(summary)),
        share_of_sweeps=summary.share_of_sweeps,
    )


def _target(summary: Summary) -> str:
    """The name of the target; the settings list the faults of a sandbox that has many."""
    sandbox = summary.sandbox
    if sandbox is None or len(sandbox.faults) <= _MAX_FAULTS:
        return target_name(summary.target, sandbox, insecure=summary.insecure)
    without = target_name(summary.target, SandboxOptions())
    return f"{without} with {len(sandbox.faults)} faults"


def _meaning(summary: Summary) -> str:
    """What discrepancies mean that show every time; what chance may have made blames no rule."""
    kinds = Counter(standing(bug) for bug in summary.discrepancies)
    parts = []
    if kinds[_VIOLATION]:
        rules = {bug.rule for bug in summary.discrepancies if standing(bug) == _VIOLATION}
        parts.append(f"breaks {counted(len(rules), 'rule')} of the contract")
    if kinds[_CONTRADICTION]:
        situations = counted(kinds[_CONTRADICTION], "situation")
        parts.append(f"contradicts itself in {situations} where the contract is silent")
    if not parts:
        return "What was found was not confirmed, so chance or timing may have made it."
    return f"The target {' and '.join(parts)}."


def _figures(summary: Summary, cards: tuple[Card, ...]) -> Iterator[Fact]:
    kinds = Counter(card.standing for card in cards)
    yield Fact(
        label="discrepancies",
        value=f"{len(summary.discrepancies):,}",
        note=", ".join(counted(count, *_NOUNS[kind]) for kind, count in kinds.items()),
    )
    yield Fact(
        label="known or muted",
        value=f"{len(summary.known) + len(summary.muted):,}",
        note="fail no run",
    )
    rules = testable_rules(summary)
    tested = sum(was_tested(rule, summary) for rule in rules)
    yield Fact(label="rules tested", value=f"{tested:,}", note=f"of {len(rules):,} testable")
    rate = summary.requests / summary.seconds if summary.seconds else 0.0
    yield Fact(
        label="requests",
        value=f"{summary.requests:,}",
        note=f"in {duration(summary.seconds)}, {rate:,.0f} a second",
    )


def _facts(summary: Summary) -> Iterator[Fact]:
    yield Fact(label="Contract", value=summary.contract.value)
    yield Fact(label="Seed", value=str(summary.seed))
    yield Fact(label="Scenarios", value=f"{summary.scenarios:,}")
    yield Fact(label="Run", value=plain(summary.run))
    yield Fact(label="Cartfuzz", value=plain(summary.cartfuzz))


def _moment(text: str) -> str:
    """A time of the record for people: ``"27 November 2026, 23:51 UTC"``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return plain(text)
    return f"{moment.day} {moment:%B %Y, %H:%M} {moment.tzname() or ''}".rstrip()
