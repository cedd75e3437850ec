"""What a comparison of two runs says, in words that its terminal, Markdown and HTML share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..analysis import (
    Change,
    ComparedRun,
    Comparison,
    DiscrepancyChange,
    Judgement,
    LatencyChange,
    LatencyVerdict,
    LostCoverage,
    PercentileChange,
    RuleStatus,
    TransitionChange,
    TransitionChangeKind,
    status_counts,
)
from .state_words import request_name, state_name
from .wording import counted, duration, target_name


class Group(StrEnum):
    """Discrepancies that a report lists together, in its order."""

    NEW = "New"
    DIFFERENT = "Different"
    FIRST_SEEN = "First seen"
    FIXED = "Fixed"
    NOT_SEEN = "Not seen"
    FLAKY = "Flaky"
    KNOWN = "Known"
    STILL_THERE = "Still there"

    @property
    def meaning(self) -> str:
        """A sentence for somebody who has never used the tool, without its full stop."""
        return _MEANINGS[self]


_MEANINGS = {
    Group.NEW: "the older run was right in the very same place",
    Group.DIFFERENT: "the scenario of the older run shows something else now",
    Group.FIRST_SEEN: "the older run sent nothing that would have shown it, so it may be old",
    Group.FIXED: "the newer run was right in the very same place",
    Group.NOT_SEEN: "the newer run sent nothing that would have shown it, so it may be there still",
    Group.FLAKY: "only the newer run saw it, and not every time",
    Group.KNOWN: "the baseline of the newer run lists it",
    Group.STILL_THERE: "both runs show it",
}
SHOWN_WHOLE = (Group.NEW, Group.DIFFERENT, Group.FIRST_SEEN)
"""What a reader has to look at: with expected, found and the smallest scenario."""
DRIFTED = "where the contract is silent, the two targets behave differently"


def group_of(changed: DiscrepancyChange) -> Group:
    """Where a report lists a discrepancy; what is known is so whatever became of it."""
    return Group.KNOWN if changed.ticket else _GROUPS[changed.change]


_GROUPS = {
    Change.NEW: Group.NEW,
    Change.DIFFERENT: Group.DIFFERENT,
    Change.FIRST_SEEN: Group.FIRST_SEEN,
    Change.FIXED: Group.FIXED,
    Change.NOT_SEEN: Group.NOT_SEEN,
    Change.FLAKY: Group.FLAKY,
    Change.STILL_THERE: Group.STILL_THERE,
}


def groups_of(comparison: Comparison) -> dict[Group, tuple[DiscrepancyChange, ...]]:
    """The discrepancies of each group, in the order of the report; empty groups too."""
    return {
        group: tuple(one for one in comparison.changes if group_of(one) is group) for group in Group
    }


def whole_heading(comparison: Comparison) -> str:
    """The groups of what is shown whole: ``"New and first seen"``; empty: there is nothing."""
    groups = groups_of(comparison)
    names = [group.value.lower() for group in SHOWN_WHOLE if groups[group]]
    text = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return text[:1].upper() + text[1:]


def tone_of(comparison: Comparison) -> str:
    """``"fail"``, ``"warn"`` or ``"ok"``: the colour of the verdict."""
    if comparison.verdict.judgement is Judgement.WORSE:
        return "fail"
    groups = groups_of(comparison)
    to_look_at = comparison.drifts or comparison.lost_coverage
    if comparison.verdict.judgement is Judgement.CANNOT_SAY or to_look_at or groups[Group.FLAKY]:
        return "warn"
    return "ok"


def meaning_of(comparison: Comparison) -> str:
    """The verdict in a sentence for somebody who has never used the tool."""
    groups = groups_of(comparison)
    if comparison.verdict.judgement is Judgement.WORSE:
        new = sum(not one.unconfirmed for one in groups[Group.NEW])
        places = "a place" if new == 1 else f"{new} places"
        return f"The newer target is wrong in {places} where the older one was right."
    if comparison.verdict.judgement is Judgement.CANNOT_SAY:
        if groups[Group.DIFFERENT]:
            return (
                "A scenario that was wrong before is wrong in another way now, which may be better "
                "or worse: look at it."
            )
        return "The comparison does not show whether the newer target is worse than the older one."
    if tone_of(comparison) == "warn":
        return "Nothing is proved to be new, but something else changed: look at it."
    return (
        "The newer target is wrong nowhere that the older one was right, as far as both runs went."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One property of both runs."""

    label: str
    old: str
    new: str
    """Empty: there is no newer run."""

    @property
    def is_unequal(self) -> bool:
        """Whether the runs differ in what should be equal for a comparison."""
        return self.label in _SHOULD_BE_EQUAL and self.old != self.new


def run_rows(comparison: Comparison) -> Iterator[RunRow]:
    """Both runs side by side; nothing where no run is known."""
    columns = [dict(_facts(run)) for run in comparison.runs[:2]]
    if not columns:
        return
    newer = columns[1] if len(columns) > 1 else {}
    for label, value in columns[0].items():
        yield RunRow(label=label, old=value, new=newer.get(label, ""))


def _facts(run: ComparedRun) -> Iterator[tuple[str, str]]:
    yield "target", target_name(run.target, run.sandbox)
    yield "date", moment(run.started)
    yield "verdict", f"{run.outcome.word}, {_found(run)}"
    share = "not known" if run.sweep_share is None else f"{run.sweep_share:.0%}"
    yield "sweeps done", share
    yield "requests", f"{run.requests:,} in {duration(run.seconds)}"
    yield "seed", str(run.seed)
    yield "contract", f"{run.contract.value}, by Cartfuzz {run.cartfuzz}"


_SHOULD_BE_EQUAL = frozenset(("seed", "contract"))


def _found(run: ComparedRun) -> str:
    known = f" and {run.known} known" if run.known else ""
    if not run.discrepancies:
        return f"no discrepancy{known}"
    return f"{counted(run.discrepancies, 'discrepancy', 'discrepancies')}{known}"


def moment(text: str) -> str:
    """A time of RFC 3339 for people, to the minute; another text as it is."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{when:%Y-%m-%d %H:%M} {when.tzname() or ''}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRules:
    """The rules that went from one status to another one."""

    before: RuleStatus
    after: RuleStatus
    rules: tuple[str, ...]


def moved_rules(comparison: Comparison) -> tuple[MovedRules, ...]:
    """The rules whose status changed, the worst status of the newer run first."""
    order = list(RuleStatus)
    moved = [
        MovedRules(before=before, after=after, rules=rules)
        for (before, after), rules in status_counts(comparison.rules).items()
        if before is not after
    ]
    return tuple(sorted(moved, key=lambda one: (order.index(one.after), order.index(one.before))))


def matrix(comparison: Comparison) -> tuple[tuple[RuleStatus, ...], dict[RuleStatus, list[int]]]:
    """The statuses that occur, and by the older one how many rules have each newer one."""
    counts = status_counts(comparison.rules)
    present = tuple(status for status in RuleStatus if any(status in pair for pair in counts))
    return present, {
        before: [len(counts.get((before, after), ())) for after in present] for before in present
    }


def transition_words(change: TransitionChange) -> tuple[str, str, str]:
    """The state before, the request, and how it was and is answered."""
    request = request_name(change.operation, change.requested)
    return state_name(change.source), f"dry {request}" if change.dry else request, change.text


def shown_now(changed: DiscrepancyChange) -> tuple[str, ...]:
    """What the scenario shows instead of its own discrepancy: rule, title and what was found."""
    return tuple(f"{one.rule}: {one.title}; found {one.found}" for one in changed.shows_now)


LOST = "the older run tested what of the rule is named here, the newer one did not"
_SIDES = {
    "accept": "what is to be accepted",
    "refuse": "what is to be refused",
    "show": "what answers show",
}


def lost_words(lost: LostCoverage) -> str:
    """The sides of a rule that are not tested now: ``"what is to be refused"``, and a note."""
    sides = " and ".join(_SIDES.get(side, side) for side in lost.sides)
    return f"{sides} ({lost.note})" if lost.note else sides


def changed_transitions(comparison: Comparison) -> tuple[TransitionChange, ...]:
    """Those that both runs tried, the worse ones first."""
    tried = (TransitionChangeKind.CHANGED, TransitionChangeKind.PARTLY)
    changed = [one for one in comparison.transitions if one.kind in tried]
    return tuple(sorted(changed, key=lambda one: not one.is_worse))


def tried_by_one_run(comparison: Comparison) -> str:
    """How many requests only one of the runs tried in a state; empty: none."""
    kinds = [one.kind for one in comparison.transitions]
    older = kinds.count(TransitionChangeKind.NOT_TRIED)
    newer = kinds.count(TransitionChangeKind.NEWLY_TRIED)
    if not older and not newer:
        return ""
    return f"tried in a state by the older run only: {older}, by the newer run only: {newer}"


LATENCY_NOTE = (
    "Medians and 95th percentiles are compared by ranks, each with an interval that is sure by "
    "99%; small differences count as none. A busier machine makes a run slower, too"
)


def percentile_words(change: PercentileChange | None) -> str:
    """``"2.1 -> 4.0 ms (1.6 to 2.2 times)"``."""
    if change is None:
        return "too few responses"
    times = f"{change.low:.2g} to {change.high:.2g} times"
    return f"{change.before_ms:.1f} -> {change.after_ms:.1f} ms ({times})"


def is_clear(change: LatencyChange) -> bool:
    """Whether an operation is slower or faster beyond doubt."""
    return change.verdict in (LatencyVerdict.SLOWER, LatencyVerdict.FASTER)
