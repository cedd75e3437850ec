"""The summary of a run on a terminal: discrepancies, totals, observations, verdict."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from ..analysis import RunOutcome, Summary
from ..contract import catalogue
from ..record import Kind
from .discrepancy_text import discrepancy_text
from .plain import plain
from .wording import counted, unreached_operations

_VERDICTS = {
    RunOutcome.PASSED: ("PASSED", "bold green"),
    RunOutcome.FAILED: ("FAILED", "bold red"),
    RunOutcome.FLAKY: ("FLAKY", "bold yellow"),
    RunOutcome.INCONCLUSIVE: ("INCONCLUSIVE", "bold yellow"),
    RunOutcome.INTERRUPTED: ("INTERRUPTED", "bold yellow"),
    RunOutcome.TARGET_LOST: ("TARGET LOST", "bold red"),
    RunOutcome.BROKEN: ("INTERNAL ERROR", "bold red"),
}


def print_summary(
    summary: Summary, console: Console, *, verbosity: int = 0, observations: bool = False
) -> None:
    """Prints what was found, what was tested, and the verdict.

    Args:
        summary: of the run.
        console: where it is printed.
        verbosity: below 0 only discrepancies and the verdict; above 0 observations as well.
        observations: whether to print observations at any verbosity.
    """
    for line in _lines(summary, verbosity, observations or verbosity > 0):
        console.print(encodable(line, console), soft_wrap=True)


def encodable(line: Text, console: Console) -> Text:
    """``line`` with escapes for the characters that ``console`` cannot encode.

    Without them a target's text could end the report with an error.
    """
    line.plain = line.plain.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return line


def _lines(summary: Summary, verbosity: int, observations: bool) -> Iterator[Text]:
    yield from discrepancy_text(summary)
    if verbosity >= 0:
        yield Text("")
        yield from _totals(summary)
        yield from _limitations(summary)
    if observations:
        yield from _observations(summary)
    yield _verdict(summary)


def _totals(summary: Summary) -> Iterator[Text]:
    """How much was sent and how much of the contract that tested."""
    rate = summary.requests / summary.seconds if summary.seconds else 0.0
    yield Text(
        f"{_sent(summary.scenarios, summary.requests)} in {summary.seconds:.1f} s "
        f"({rate:.0f}/s); seed {summary.seed}; contract {summary.contract.value}"
    )
    phases = (
        f"{name}: {_sent(totals.scenarios, totals.requests)}"
        for name, totals in summary.phases.items()
    )
    yield Text(f"{', '.join(phases)}; the marks of its sessions begin with cf-{summary.run}-")
    minimisation = summary.minimisation
    if minimisation.requests:
        yield Text(
            f"minimisation: {counted(minimisation.scenarios, 'more execution')}, "
            f"{counted(minimisation.requests, 'more request')}"
        )
    accepted = ", ".join(f"{name} {count}" for name, count in summary.coverage.endpoints.items())
    tested, rules = len(summary.coverage.rules), len(catalogue(summary.contract))
    yield Text(f"accepted: {accepted}; {tested} of {rules} rules tested")
    unseen = summary.unseen
    if unseen.chance_of_new is not None:
        yield Text(
            f"the next drawn scenario shows something new with a probability of about "
            f"{unseen.chance_of_new:.1%} (Good-Turing: "
            f"{counted(unseen.seen_once, 'behaviour')} seen once "
            f"in {counted(unseen.drawn_scenarios, 'scenario')})"
        )


def _sent(scenarios: int, requests: int) -> str:
    return f"{counted(scenarios, 'scenario')}, {counted(requests, 'request')}"


def _limitations(summary: Summary) -> Iterator[Text]:
    """What was not judged, or judged less strictly than the contract demands."""
    for reason, count in summary.inconclusive.items():
        yield Text(f"not judged: {count} x {plain(reason)}", style="yellow")
    for rule, level in summary.rules.items():
        reason = plain(level.reason) or "no reason given"
        yield Text(f"{rule} is only observed here: {reason}", style="yellow")


def _observations(summary: Summary) -> Iterator[Text]:
    yield Text("")
    yield Text("What the target did where the contract is silent:", style="bold")
    rules = catalogue(summary.contract)
    heading = ""
    for observed in summary.observations:
        if observed.rule != heading:
            heading = observed.rule
            statement = rules[heading].statement if heading in rules else ""
            yield Text.assemble((f"  {plain(heading)}", "bold"), f"  {statement}")
        yield Text.assemble(
            f"    {plain(observed.situation, longest=160)} -> ",
            (plain(observed.outcome), "cyan"),
            f" ({observed.count})",
        )


def _verdict(summary: Summary) -> Text:
    word, style = _VERDICTS[summary.outcome]
    return Text.assemble((word, style), f"  {_reason(summary)}")


def _reason(summary: Summary) -> str:
    """Why the run has its outcome."""
    if summary.outcome in (RunOutcome.FAILED, RunOutcome.FLAKY):
        return _found(summary)
    if summary.outcome is RunOutcome.INCONCLUSIVE:
        return unreached_operations(summary)
    return plain(summary.detail) or "no discrepancy"


def _found(summary: Summary) -> str:
    reason = counted(len(summary.discrepancies), "discrepancy", "discrepancies")
    flaky = sum(bug.kind is Kind.FLAKY for bug in summary.discrepancies)
    if summary.outcome is RunOutcome.FAILED and flaky:
        reason += f", {flaky} of them flaky"
    if summary.not_confirmed:
        reason += f", {summary.not_confirmed} not confirmed"
    if summary.detail:
        reason += f"; the run ended early: {plain(summary.detail)}"
    return reason
