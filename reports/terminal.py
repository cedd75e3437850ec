"""The summary of a run on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from ..analysis import Bug, ReproductionRate, Summary
from ..contract import catalogue
from ..record import Kind
from .plain import plain

_VERDICTS = {
    "passed": ("PASSED", "bold green"),
    "failed": ("FAILED", "bold red"),
    "flaky": ("FLAKY", "bold yellow"),
    "inconclusive": ("INCONCLUSIVE", "bold yellow"),
    "interrupted": ("INTERRUPTED", "bold yellow"),
    "target lost": ("TARGET LOST", "bold red"),
    "broken": ("INTERNAL ERROR", "bold red"),
}
_SHOWN_OPERATIONS = 12
_SHOWN_SYMPTOMS = 4


def print_summary(
    summary: Summary, console: Console, *, verbosity: int = 0, observations: bool = False
) -> None:
    """Prints what was found, what was reached, and the verdict.

    Args:
        summary: of the run.
        console: where to.
        verbosity: below 0 only discrepancies and the verdict; above 0 the observations too.
        observations: whether to show what the target did where the contract is silent anyway.
    """
    for line in _lines(summary, verbosity, observations or verbosity > 0):
        # A console that is not UTF-8 must not end the report where a target's text is not ASCII.
        line.plain = line.plain.encode(console.encoding, "backslashreplace").decode(
            console.encoding
        )
        console.print(line, soft_wrap=True)


def discrepancy_lines(summary: Summary) -> list[str]:
    """The discrepancies of ``summary`` by rule, as lines of plain text that hold no controls."""
    return [line.plain for line in _discrepancies(summary)]


def _lines(summary: Summary, verbosity: int, observations: bool) -> Iterator[Text]:
    yield from _discrepancies(summary)
    if verbosity >= 0:
        yield from _run(summary)
    if observations:
        yield from _observations(summary)
    yield _verdict(summary)


def _discrepancies(summary: Summary) -> Iterator[Text]:
    rules = catalogue(summary.contract)
    last = ""
    kept_apart = [entry for entry in summary.discrepancies if entry.kind is Kind.FLAKY]
    for entry in sorted(summary.discrepancies, key=lambda e: e.rule):
        if entry.kind is Kind.FLAKY:
            continue
        if entry.rule != last:
            last = entry.rule
            rule = rules.get(entry.rule)
            yield Text("")
            yield Text.assemble(
                (plain(entry.rule), "bold red"), "  ", (rule.statement if rule else "", "bold")
            )
            if rule is not None:
                yield Text(f"  {rule.sureness.value}: {rule.source}", style="dim")
        yield from _entry(entry)
    if kept_apart:
        yield Text("")
        yield Text("Flaky: seen, but not every time", style="bold yellow")
    for entry in kept_apart:
        yield from _entry(entry)


def _entry(entry: Bug) -> Iterator[Text]:
    seen = "once" if entry.count == 1 else f"{entry.count} times"
    yield Text.assemble(
        "  ", (plain(entry.title), "red"), (f"   {entry.signature}, seen {seen}", "dim")
    )
    if entry.confirmation is not None:
        yield Text(f"    {_confirmed(entry.confirmation)}", style="dim")
    for symptom in entry.symptoms[:_SHOWN_SYMPTOMS]:
        also = f"    also seen as  {symptom.rule}  {plain(symptom.title)}   {symptom.signature}"
        yield Text(also, style="dim")
    if len(entry.symptoms) > _SHOWN_SYMPTOMS:
        yield Text(f"    and as {len(entry.symptoms) - _SHOWN_SYMPTOMS} more", style="dim")
    yield Text(f"    expected  {plain(entry.expected)}")
    yield Text(f"    found     {plain(entry.found)}")
    operations = entry.operations
    hidden = len(operations) - _SHOWN_OPERATIONS
    for number, operation in enumerate(operations, start=1):
        if number > hidden or hidden <= 0:
            yield Text(f"    {number:>3}. {_operation(operation)}", style="cyan")
        elif number == 1:
            yield Text(f"         ({hidden} more before)", style="dim")


def _confirmed(confirmation: ReproductionRate) -> str:
    shown, times = confirmation.shown, confirmation.of
    if shown == times:
        return f"confirmed: the smallest scenario showed it {times} times out of {times}"
    if shown:
        return f"flaky: the smallest scenario showed it {shown} times out of {times}"
    return f"flaky: never again in {times} executions"


def _operation(operation: dict[str, Any]) -> str:
    """One request as a short line: what, to which session, with what, answered how."""
    status = operation["status"] if operation["status"] is not None else "no answer"
    words = [str(operation["operation"]), plain(str(operation["session"]), longest=40)]
    if operation.get("dry"):
        words.append("dry")
    if "credentials" in operation:
        words.append(f"{operation['credentials']} credentials")
    if "body" in operation:
        words.append(_body(operation["body"]))
    return f"{' '.join(words)} -> {status}"


def _body(body: Any) -> str:
    """A body in few words: long lists and maps by their size."""
    session = body.get("customerSession") if isinstance(body, dict) else None
    if not isinstance(session, dict):
        return plain(repr(body), longest=100)
    return "{" + ", ".join(f"{name}: {_value(session[name])}" for name in session) + "}"


def _value(value: Any) -> str:
    if isinstance(value, list) and len(value) > 2:
        return f"[{len(value)} members]"
    return plain(repr(value), longest=80)


def _run(summary: Summary) -> Iterator[Text]:
    yield Text("")
    rate = summary.requests / summary.seconds if summary.seconds else 0.0
    minimising = summary.minimisation
    phases = ", ".join(
        f"{name}: {totals.scenarios} scenarios, {totals.requests} requests"
        for name, totals in summary.phases.items()
    )
    yield Text(
        f"{summary.scenarios} scenarios, {summary.requests} requests in {summary.seconds:.1f} s "
        f"({rate:.0f}/s); seed {summary.seed}; contract {summary.contract.value}"
    )
    if minimising.requests:
        yield Text(
            f"smallest scenarios: {minimising.scenarios} executions, "
            f"{minimising.requests} requests more"
        )
    yield Text(f"{phases}; sessions made here start their marks with cf-{summary.run}-")
    tested = len(summary.coverage.rules)
    yield Text(
        "accepted: "
        + ", ".join(f"{name} {count}" for name, count in summary.coverage.endpoints.items())
        + f"; {tested} of {len(catalogue(summary.contract))} rules put to the test"
    )
    unseen = summary.unseen
    if unseen.chance_of_new is not None:
        yield Text(
            f"one more drawn scenario shows something new with a chance of about "
            f"{unseen.chance_of_new:.1%} (Good-Turing: {unseen.seen_once} behaviours seen once "
            f"in {unseen.drawn_scenarios} scenarios)"
        )
    for reason, count in summary.inconclusive.items():
        yield Text(f"not judged: {count} x {plain(reason)}", style="yellow")
    for rule, level in summary.rules.items():
        yield Text(
            f"{rule} is only observed here: {plain(level.reason) or 'no reason given'}",
            style="yellow",
        )


def _observations(summary: Summary) -> Iterator[Text]:
    yield Text("")
    yield Text("Where the contract is silent, the target did:", style="bold")
    rules = catalogue(summary.contract)
    last = ""
    for observed in summary.observations:
        if observed.rule != last:
            last = observed.rule
            statement = rules[last].statement if last in rules else ""
            yield Text.assemble((f"  {plain(last)}", "bold"), f"  {statement}")
        yield Text.assemble(
            f"    {plain(observed.situation, longest=160)} -> ",
            (plain(observed.outcome), "cyan"),
            f" ({observed.count})",
        )


def _verdict(summary: Summary) -> Text:
    word, style = _VERDICTS[summary.outcome]
    count = len(summary.discrepancies)
    if summary.outcome in ("failed", "flaky"):
        rest = f"{count} discrepanc{'y' if count == 1 else 'ies'}"
    elif summary.outcome == "inconclusive":
        rest = f"nothing was ever accepted by: {', '.join(summary.unreached)}"
    elif summary.detail:
        rest = plain(summary.detail)
    else:
        rest = "no discrepancy"
    flaky = sum(entry.kind is Kind.FLAKY for entry in summary.discrepancies)
    if summary.outcome == "failed" and flaky:
        rest += f", {flaky} of them flaky"
    if summary.outcome in ("failed", "flaky") and summary.detail:
        rest += f"; the run ended early: {plain(summary.detail)}"
    return Text.assemble((word, style), f"  {rest}")
