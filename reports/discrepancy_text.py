"""The discrepancies of a run as lines of text, by rule; flaky and unconfirmed ones come last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.text import Text

from ..analysis import Bug, ReproductionRate, Summary
from ..contract import Rule
from ..record import Kind
from .json_line import json_line, raw_line
from .plain import plain
from .reproducers_shown import ShownReproducer
from .wording import times

_MAX_OPERATIONS = 12
_MAX_SYMPTOMS = 4
_MAX_QUOTE = 240
_NONE: Mapping[str, ShownReproducer] = MappingProxyType({})
_NOT_CONFIRMED = (
    "Not confirmed, because there was no time to execute them again (chance or timing may have "
    "made them)"
)


def discrepancy_lines(summary: Summary) -> list[str]:
    """The discrepancies of ``summary`` as plain lines without control characters."""
    return [line.plain for line in discrepancy_text(summary)]


def discrepancy_text(
    summary: Summary, reproducers: Mapping[str, ShownReproducer] = _NONE
) -> Iterator[Text]:
    """The discrepancies of ``summary`` as coloured lines.

    Args:
        summary: of a run.
        reproducers: by signature, how a discrepancy is shown again.
    """
    rules = summary.catalogue
    unconfirmed = [bug for bug in summary.discrepancies if bug.unconfirmed]
    confirmed = [bug for bug in summary.discrepancies if not bug.unconfirmed]
    flaky = [bug for bug in confirmed if bug.kind is Kind.FLAKY]
    steady = [bug for bug in confirmed if bug.kind is not Kind.FLAKY]
    heading = ""
    for bug in sorted(steady, key=lambda bug: bug.rule):
        if bug.rule != heading:
            heading = bug.rule
            yield from _rule(heading, rules.get(heading))
        yield from _bug(bug, reproducers.get(bug.signature))
    if flaky:
        yield Text("")
        yield Text("Flaky: the smallest scenario does not show it every time", style="bold yellow")
    for bug in flaky:
        yield from _bug(bug, reproducers.get(bug.signature))
    if unconfirmed:
        yield Text("")
        yield Text(f"{_NOT_CONFIRMED}: {len(unconfirmed)}", style="bold yellow")
    for bug in unconfirmed:
        yield from _bug(bug, reproducers.get(bug.signature))


def _rule(rule_id: str, rule: Rule | None) -> Iterator[Text]:
    yield Text("")
    statement = rule.statement if rule else ""
    yield Text.assemble((plain(rule_id), "bold red"), "  ", (statement, "bold"))
    if rule is not None:
        yield Text(f"  {rule.sureness.value}: {rule.source}", style="dim")


def _bug(bug: Bug, reproducer: ShownReproducer | None) -> Iterator[Text]:
    seen = f"   {bug.signature}, seen {times(bug.count)}"
    yield Text.assemble("  ", (plain(bug.title), "red"), (seen, "dim"))
    if bug.confirmation is not None:
        yield Text(f"    {_confirmation(bug.confirmation)}", style="dim")
    for symptom in bug.symptoms[:_MAX_SYMPTOMS]:
        also = f"    also seen as  {symptom.rule}  {plain(symptom.title)}   {symptom.signature}"
        yield Text(also, style="dim")
    if len(bug.symptoms) > _MAX_SYMPTOMS:
        yield Text(f"    and as {len(bug.symptoms) - _MAX_SYMPTOMS} more", style="dim")
    yield Text(f"    expected  {plain(bug.expected)}")
    yield Text(f"    found     {plain(bug.found)}")
    if bug.points_at:
        yield Text(f"    the target points at {plain(bug.points_at, longest=_MAX_QUOTE)}")
    if reproducer is not None:
        yield Text(f"    reproduce {plain(str(reproducer.path))}")
        yield from (Text(line, style="cyan", no_wrap=True) for line in reproducer.curl)
    for line in request_lines(bug.operations):
        yield Text(line, style="cyan")


def _confirmation(confirmation: ReproductionRate) -> str:
    shown, executions = confirmation.shown, confirmation.of
    if shown == executions:
        return f"confirmed: the smallest scenario showed it {shown} times out of {executions}"
    if shown:
        return f"flaky: the smallest scenario showed it {shown} times out of {executions}"
    return f"flaky: the smallest scenario did not show it again in {executions} executions"


def request_lines(
    operations: Sequence[Mapping[str, Any]], *, most: int = _MAX_OPERATIONS
) -> Iterator[str]:
    """The requests of a discrepancy (`Bug.operations`), numbered, the last ``most`` of them.

    Those that are sent at the same moment are a group: the line ``together:``, and each indented.
    """
    hidden = max(0, len(operations) - most)
    if hidden and most > 1:
        yield f"         (the first {hidden} are left out)"
    burst = sum(bool(one.get("burst")) for one in operations)
    in_burst = False
    for number, operation in enumerate(operations[hidden:], start=hidden + 1):
        if operation.get("burst") and not in_burst:
            # A scenario that ends with the request that shows it lacks the others of the burst.
            yield f"         together{'' if burst > 1 else ' with others'}:"
        in_burst = bool(operation.get("burst"))
        yield f"    {number:>3}. {'  ' if in_burst else ''}{request_line(operation)}"


def request_line(operation: Mapping[str, Any]) -> str:
    """A request of a discrepancy (`Bug.operations`) on one line without control characters.

    Operation, session, body as JSON, status.
    """
    status = operation["status"] if operation["status"] is not None else "no answer"
    words = [str(operation["operation"]), plain(str(operation["session"]), longest=40)]
    if operation.get("dry"):
        words.append("dry")
    if "credentials" in operation:
        words.append(f"{operation['credentials']} credentials")
    if "what" in operation:  # a raw request
        words.append(f"({plain(str(operation['what']), longest=80)})")
        if operation.get("body"):
            words.append(raw_line(str(operation["body"])))
    elif "body" in operation:
        words.append(json_line(operation["body"]))
    return f"{' '.join(words)} -> {status}"
