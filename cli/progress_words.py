"""The words of progress: the counts of a run so far, and a line for what it has just found."""

from __future__ import annotations

from ..analysis import Bug
from ..analysis.run_status import RunActivity
from ..record import RunStarted
from ..reports.plain import plain
from ..reports.wording import counted, duration, target_name
from ..telemetry.status_tracker import StatusTracker

_HOUR_SEC = 3600
_MOMENT_SEC = 1.0
_MAX_TITLE = 200


def clock(seconds: float) -> str:
    """``"0:07"``, ``"1:02:30"``: hours, minutes and seconds."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole % _HOUR_SEC, 60)
    hours = whole // _HOUR_SEC
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def started_line(event: RunStarted) -> str:
    """The first line of a run."""
    target = target_name(event.target, event.sandbox, insecure=event.access.insecure)
    return plain(
        f"cartfuzz {event.cartfuzz}: {target}, contract {event.contract.value}, "
        f"seed {event.seed}, {counted(event.workers, 'worker')}"
    )


def position(tracker: StatusTracker) -> tuple[str, ...]:
    """Where a run is, and how fast: phase, share of the sweeps, rate."""
    parts = [_activity(tracker)]
    share = tracker.share_of_sweeps
    if share is not None:
        parts.append(f"sweeps {share:.0%}")
    parts.append(f"{tracker.rate:.0f} requests/s")
    return tuple(parts)


def results(tracker: StatusTracker) -> tuple[str, ...]:
    """What a run has come to: found, rules, requests that could not be judged."""
    tested, testable = tracker.rules
    parts = [f"{tracker.found_count} found", f"rules {tested} of {testable}"]
    if tracker.not_judged:
        parts.append(f"{tracker.not_judged} not judged")
    return tuple(parts)


def time_left(seconds: float | None) -> str:
    """``"about 2 min left"``; empty: nobody knows, or it is over any moment."""
    return "" if seconds is None or seconds < _MOMENT_SEC else f"about {duration(seconds)} left"


def plain_line(tracker: StatusTracker) -> str:
    """All of it on one line, for a log."""
    parts = (*position(tracker), *results(tracker), time_left(tracker.sec_left))
    return f"{clock(tracker.seconds)}  {', '.join(part for part in parts if part)}"


def found_line(bug: Bug, *, seconds: float, is_known: bool) -> str:
    """What a run has just found: when, its signature, which begins with the rule, and its title."""
    word = "known" if is_known else "found"
    title = plain(bug.title, longest=_MAX_TITLE)
    return f"{clock(seconds)}  {word} {plain(bug.signature)}  {title}"


def _activity(tracker: StatusTracker) -> str:
    if tracker.activity is RunActivity.MINIMISING:
        return f"minimising: {tracker.minimised} done"
    number = tracker.phase_number
    if number is None:
        return tracker.phase or "starting"
    return f"phase {number[0]} of {number[1]}: {tracker.phase}"
