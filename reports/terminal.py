"""The summary of a run on a terminal: discrepancies, totals, observations, verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from ..analysis import RunOutcome, Summary
from ..analysis.tested_rules import testable_rules, untested_rules, was_tested
from ..contract import catalogue
from .discrepancy_text import discrepancy_text
from .known_text import known_text
from .plain import plain
from .unknown_codes import unknown_codes_text
from .wording import counted, target_name, verdict_reason

_STYLES = {
    RunOutcome.PASSED: "bold green",
    RunOutcome.FAILED: "bold red",
    RunOutcome.FLAKY: "bold yellow",
    RunOutcome.INCONCLUSIVE: "bold yellow",
    RunOutcome.PARTIAL: "bold yellow",
    RunOutcome.INTERRUPTED: "bold yellow",
    RunOutcome.TARGET_LOST: "bold red",
    RunOutcome.BROKEN: "bold red",
}
_MAX_NAMED = 3
"""Rules that are named behind one remedy, without ``-v``."""


def print_summary(
    summary: Summary,
    console: Console,
    *,
    verbosity: int = 0,
    observations: bool = False,
    notes: Iterable[str] = (),
) -> None:
    """Prints what was found, what was tested, and the verdict, which names the target.

    Args:
        summary: of the run.
        console: where it is printed.
        verbosity: below 0 only discrepancies and the verdict; above 0 observations as well.
        observations: whether to print observations at any verbosity.
        notes: further lines, before the verdict; not with a ``verbosity`` below 0.
    """
    for line in _lines(summary, verbosity, observations or verbosity > 0):
        console.print(encodable(line, console), soft_wrap=True)
    for note in notes if verbosity >= 0 else ():
        console.print(encodable(Text(plain(note)), console), soft_wrap=True)
    console.print(encodable(_verdict(summary), console), soft_wrap=True)


def encodable(line: Text, console: Console) -> Text:
    """``line`` with escapes for the characters that ``console`` cannot encode.

    Without them a target's text could end the report with an error.
    """
    line.plain = line.plain.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return line


def _lines(summary: Summary, verbosity: int, observations: bool) -> Iterator[Text]:
    yield from discrepancy_text(summary)
    yield from known_text(summary, short=verbosity < 0)
    if verbosity >= 0:
        yield Text("")
        yield from _totals(summary)
        yield from _limitations(summary)
        yield from _untested(summary, all_rules=verbosity > 0)
    if observations:
        yield from _observations(summary)


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
    rules = testable_rules(summary)
    tested = sum(was_tested(rule, summary) for rule in rules)
    yield Text(f"accepted: {accepted}; {tested} of {len(rules)} testable rules tested")
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
    codes = unknown_codes_text(summary)
    if codes:
        yield Text(codes, style="yellow")
    for rule, level in summary.rules.items():
        reason = plain(level.reason) or "no reason given"
        yield Text(f"{rule} is only observed here: {reason}", style="yellow")


def _untested(summary: Summary, *, all_rules: bool) -> Iterator[Text]:
    """The rules that were not tested, by what it would take; a few of each, or all."""
    by_remedy: dict[str, list[str]] = {}
    for one in untested_rules(summary):
        by_remedy.setdefault(one.remedy, []).append(one.rule.id)
    for remedy, rules in by_remedy.items():
        named = rules if all_rules else rules[:_MAX_NAMED]
        more = f" and {len(rules) - len(named)} more (-v)" if len(named) < len(rules) else ""
        them = "it" if len(rules) == 1 else "them"
        yield Text(
            f"not tested: {', '.join(named)}{more}; to test {them}, {remedy}", style="yellow"
        )


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
    target = plain(target_name(summary.target, summary.sandbox))
    word = (summary.outcome.word, _STYLES[summary.outcome])
    return Text.assemble(word, f"  {verdict_reason(summary)}; target: {target}")
