"""Words that several reports share, so that one thing has one name in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis import Bug, RunOutcome, Summary
from ..record import Kind, SandboxOptions, StopReason
from ..record.phase import MIN_ROUND_SEC, ROUND_OF_SWEEPS
from .plain import plain

_MINUTE_SEC = 60
_HOUR_SEC = 3600
_MAX_REASONS = 3
"""Why requests could not be judged: the most frequent ones are named."""

_KINDS = {
    Kind.VIOLATION: "violation",
    Kind.CONTRADICTION: "contradiction",
    Kind.FLAKY: "flaky",
}


def kind_name(kind: Kind) -> str:
    """The kind of a discrepancy as reports call it; files keep the stored value."""
    return _KINDS[kind]


def target_name(url: str, sandbox: SandboxOptions | None, *, insecure: bool = False) -> str:
    """What reports call a target: its URL; of a sandbox also that it is one, and its faults.

    Args:
        insecure: whether any TLS certificate of it was accepted, which the name then says.
    """
    if sandbox is None:
        return f"{url} (INSECURE: TLS certificate not checked)" if insecure else url
    faults = ", ".join(sandbox.faults)
    return f"the embedded sandbox at {url}{faults and f' with {faults}'}"


def standing(bug: Bug) -> str:
    """The kind of a discrepancy, or that nobody confirmed it."""
    return "not confirmed" if bug.unconfirmed else kind_name(bug.kind)


def times(count: int) -> str:
    """``"once"`` or ``"3 times"``."""
    return "once" if count == 1 else f"{count} times"


def counted(count: int, singular: str, plural: str = "") -> str:
    """``count`` with its noun: ``"1 request"``, ``"2 requests"``.

    Args:
        plural: of a noun that does not just add an s.
    """
    return f"{count} {singular if count == 1 else plural or f'{singular}s'}"


def numbered_requests(indices: Iterable[int]) -> str:
    """``"Requests 1 and 2"``, ``"Requests 1 to 3"``, ``"Requests 1, 4 and 5"``.

    Args:
        indices: of the requests, from 0, at least one.
    """
    numbers = [index + 1 for index in indices]
    if len(numbers) == 1:
        return f"Request {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"Requests {numbers[0]} to {numbers[-1]}"
    return f"Requests {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


RECORD_IS_BOUNDED = (
    "the record is near the bound of --max-record: "
    "further occurrences of what is known are counted, not kept"
)


def marks(summary: Summary) -> str:
    """What the marks of its sessions begin with: ``"cf-k3x9q2ab-"``, one for each part."""
    return ", ".join(f"cf-{plain(run)}-" for run in summary.run_ids)


def parts_line(summary: Summary) -> str:
    """The parts of a run that was resumed, with their times; empty: it was not."""
    if not summary.parts:
        return ""
    parts = (
        f"{duration(part.seconds)} ({part.reason.value if part.reason else 'killed'})"
        for part in summary.parts
    )
    return f"resumed: {counted(len(summary.parts), 'part')} of {', '.join(parts)}"


def duration(seconds: float) -> str:
    """A time as people say it, rounded: ``"45 s"``, ``"4 min"``, ``"2.5 h"``."""
    if seconds < _MINUTE_SEC:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR_SEC:
        return f"{seconds / _MINUTE_SEC:.0f} min"
    return f"{seconds / _HOUR_SEC:.1f} h"


def round_seconds(sweep_requests: int, rate: float) -> float:
    """How long one full round takes at ``rate`` requests a second: its sweeps and a
    third of their time for what is drawn."""
    return max(MIN_ROUND_SEC, sweep_requests / rate * ROUND_OF_SWEEPS)


def verdict_reason(summary: Summary) -> str:
    """Why a run has its outcome, in one line; the same in all reports."""
    return "; ".join(part for part in _reasons(summary) if part)


def _reasons(summary: Summary) -> Iterator[str]:
    outcome = summary.outcome
    detail = plain(summary.detail)
    if outcome in (RunOutcome.TARGET_LOST, RunOutcome.BROKEN):
        yield detail or ("" if summary.failed_judgements else "the reason is unknown")
    if outcome is RunOutcome.INCONCLUSIVE:
        yield from _too_little(summary)
    else:
        yield _found(summary)
    if summary.failed_judgements:
        failed = sum(one.count for one in summary.failed_judgements)
        yield f"an error of Cartfuzz kept {counted(failed, 'response')} from being judged"
    if summary.reason is None:
        yield "the record is cut off: the run was killed"
    elif summary.reason is StopReason.INTERRUPTED:
        yield f"interrupted after {duration(summary.seconds)}"
    elif summary.reason is StopReason.COMPLETED and detail:
        yield f"stopped as asked: {detail}"
    if summary.is_cut_short:
        yield _sweeps(summary)


def _found(summary: Summary) -> str:
    bugs = summary.discrepancies
    if not bugs:
        return "no discrepancy"
    flaky = sum(bug.kind is Kind.FLAKY for bug in bugs)
    found = counted(len(bugs), "discrepancy", "discrepancies")
    if flaky and flaky < len(bugs):
        found += f", {flaky} of them flaky"
    if summary.not_confirmed:
        found += f", {summary.not_confirmed} not confirmed"
    return found


def _too_little(summary: Summary) -> Iterator[str]:
    """Why a run is inconclusive: what was not judged, and the most frequent reasons."""
    if summary.unreached:
        yield f"nothing was ever accepted by: {', '.join(summary.unreached)}"
    if summary.withheld:
        withheld = counted(summary.withheld, "discrepancy is", "discrepancies are")
        yield f"no update was accepted, so no rule is blamed ({withheld} not listed)"
    for name in summary.mostly_unjudged:
        totals = summary.operations[name]
        yield f"{totals.unjudged} of {counted(totals.sent, f'{name} request')} could not be judged"
    if summary.mostly_unjudged or summary.unreached:
        frequent = sorted(summary.inconclusive.items(), key=lambda item: -item[1])[:_MAX_REASONS]
        yield ", ".join(f"{count} x {plain(reason, longest=120)}" for reason, count in frequent)


def _sweeps(summary: Summary) -> str:
    """How far the sweeps got, and how long a full round takes at the rate of the run."""
    share = summary.share_of_sweeps or 0.0
    if summary.selected:
        return f"the chosen tests need {share:.0%} of the sweeps"
    text = f"{share:.0%} of the sweeps done"
    if not summary.requests or not summary.seconds:
        return text
    needed = round_seconds(summary.sweep_requests, summary.requests / summary.seconds)
    return f"{text}; at this rate one full round takes about {duration(needed)}"
