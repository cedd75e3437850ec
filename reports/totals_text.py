"""What a run sent and tested, and what it did not judge, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from ..analysis import Summary
from ..analysis.tested_rules import testable_rules, untested_rules, was_tested
from .pacing_words import pacing_lines
from .plain import plain
from .unknown_codes import unknown_codes_text
from .wording import RECORD_IS_BOUNDED, counted, marks, parts_line

_MAX_NAMED = 3
"""Rules that are named behind one remedy, without ``-v``."""


def totals_text(summary: Summary) -> Iterator[Text]:
    """How much was sent and how much of the contract that tested."""
    rate = summary.requests / summary.seconds if summary.seconds else 0.0
    yield Text(
        f"{_sent(summary.scenarios, summary.requests)} in {summary.seconds:.1f} s "
        f"({rate:.0f}/s); seed {summary.seed}; contract {summary.contract.value}"
    )
    phases = [
        f"{name}: {_sent(totals.scenarios, totals.requests)}"
        for name, totals in summary.phases.items()
        if totals.scenarios
    ]
    none = [name for name, totals in summary.phases.items() if not totals.scenarios]
    if none:
        phases.append(f"nothing of {', '.join(none)}")
    yield Text(f"{'; '.join(phases)}; the marks of its sessions begin with {marks(summary)}")
    if parts := parts_line(summary):
        yield Text(parts)
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


def limitations_text(summary: Summary) -> Iterator[Text]:
    """What was not judged, or judged less strictly than the contract demands."""
    yield from failed_judgements_text(summary)
    if summary.lost_workers:
        killed = counted(summary.lost_workers, "worker process", "worker processes")
        yield Text(f"lost: {killed}, killed or out of memory; the run went on", style="yellow")
    for reason, count in summary.inconclusive.items():
        yield Text(f"not judged: {count} x {plain(reason)}", style="yellow")
    for line in pacing_lines(summary.pacing):
        yield Text(line, style="yellow")
    if summary.is_record_bounded:
        yield Text(RECORD_IS_BOUNDED, style="yellow")
    codes = unknown_codes_text(summary)
    if codes:
        yield Text(codes, style="yellow")
    for rule, level in summary.rules.items():
        reason = plain(level.reason) or "no reason given"
        yield Text(f"{rule} is only observed here: {reason}", style="yellow")


def failed_judgements_text(summary: Summary) -> Iterator[Text]:
    """The errors of Cartfuzz itself in judging, and where the record has what was answered."""
    for one in summary.failed_judgements:
        whose = "plugin" if one.plugin else "internal"
        yield Text(
            f"{whose} error: {one.count} x {plain(one.error, longest=160)} ({plain(one.place)}); "
            f"the record has the trace, first in {plain(one.scenario)}, step {one.step + 1}",
            style="bold red",
        )


def untested_text(summary: Summary, *, all_rules: bool) -> Iterator[Text]:
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
