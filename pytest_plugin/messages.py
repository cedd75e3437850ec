"""Writes the texts for people: why a test failed, and the terminal section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ..analysis import Bug, Summary
from ..reports import discrepancy_lines, plain
from ..reports.wording import counted, target_name, verdict_reason

_MAX_SHOWN = 2
"""Discrepancies of one failure that are shown with their requests: they fill one screen."""
_MAX_LISTED = 20
_MAX_FOUND = 40
"""Characters of what was found, in one line: a status, and how its body begins."""
_MAX_TEXT = 80
"""Characters of what was expected, and of the cause, in one line."""


def failure_text(summary: Summary, bugs: Sequence[Bug], *, command: str = "") -> str:
    """Why a test fails: rule, difference, the smallest scenario, and how to reproduce it.

    Args:
        summary: of the run.
        bugs: what the test fails for, at least one.
        command: the command that reproduces it; empty: there is none that fits in a line.
    """
    lines = _lines_of(summary, bugs[:_MAX_SHOWN])
    if len(bugs) > _MAX_SHOWN:
        lines += ["", *_listed(bugs[_MAX_SHOWN:])]
    scenarios = dict.fromkeys(bug.scenario for bug in bugs[:_MAX_SHOWN])
    lines.append("")
    target = target_name(summary.target, summary.sandbox, insecure=summary.insecure)
    lines.append(f"scenario {', '.join(scenarios)}; seed {summary.seed}; target {target}")
    if command:
        lines.append(f"reproduce: {command}")
    lines.append(
        "already ticketed? add the signature and the ticket to the file of --cartfuzz-baseline"
    )
    return "\n".join(lines).strip("\n")


def failure_reason(bugs: Sequence[Bug]) -> str:
    """Why a test fails, in one line for the short summary; ``bugs`` holds at least one."""
    first = bugs[0]
    more = f" (and {len(bugs) - 1} more)" if len(bugs) > 1 else ""
    return f"{first.rule}: {_difference(first)}{more}"


def section_lines(summary: Summary, verbosity: int, shown: str, target: str) -> Iterator[str]:
    """The lines of the terminal section: the discrepancies, the known ones in short, totals, and
    the verdict as the command line prints it.

    Args:
        summary: of the run.
        verbosity: below 0 the new discrepancies are only counted.
        shown: what the failed tests have printed; a discrepancy in it is not printed whole again.
        target: what was tested, in words.
    """
    new = summary.discrepancies
    if verbosity >= 0:
        unshown = [bug for bug in new if not any(name in shown for name in bug.signatures)]
        yield from _lines_of(summary, unshown)
        yield from _listed([bug for bug in new if bug not in unshown])
    for bug in summary.known:
        yield f"known failure: {bug.signature}, {summary.baseline[bug.signature].text}"
    yield (
        f"{counted(summary.scenarios, 'scenario')}, {counted(summary.requests, 'request')}; "
        f"{counted(len(summary.coverage.rules), 'rule')} tested"
    )
    for reason, times in summary.inconclusive.items():
        yield f"could not be judged, {times} x: {reason!a:.200}"
    if summary.run:
        yield f"the session IDs of this run contain cf-{summary.run}-"
    # The prefix keeps it apart from pytest's own lines, which begin with such words too.
    verdict = f"cartfuzz: {summary.outcome.word}  {verdict_reason(summary)}"
    yield f"{verdict}; target: {target}; seed {summary.seed}"


def _listed(bugs: Sequence[Bug]) -> Iterator[str]:
    for bug in bugs[:_MAX_LISTED]:
        yield f"{bug.signature}  {_difference(bug)}"
    if len(bugs) > _MAX_LISTED:
        yield f"and {counted(len(bugs) - _MAX_LISTED, 'more discrepancy', 'more discrepancies')}"


def _difference(bug: Bug) -> str:
    """Found, expected and the cause in one line."""
    found = plain(bug.found, longest=_MAX_FOUND)
    expected, title = (plain(text, longest=_MAX_TEXT) for text in (bug.expected, bug.title))
    return f"found {found}, expected {expected}: {title}"


def _lines_of(summary: Summary, bugs: Sequence[Bug]) -> list[str]:
    return discrepancy_lines(msgspec.structs.replace(summary, discrepancies=list(bugs)))
