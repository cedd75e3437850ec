"""``junit.xml``: the rules of the contract as test cases, for any CI system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from ..analysis import Bug, RunOutcome, Summary
from ..analysis.tested_rules import untested_rules
from ..contract import Demand, Level, Rule
from ..record import Kind
from .clean_file import write_clean
from .discrepancy_text import request_line
from .plain import plain
from .wording import standing, times, verdict_reason

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_TEXT = 20_000
_MAX_MESSAGE = 500
_MAX_OPERATIONS = 30


def write_junit(summary: Summary, path: Path) -> None:
    """Writes one test case for each rule of the contract version.

    A broken rule fails, and its text lists every discrepancy. A rule that the run did not test, or
    that judges nothing, is skipped with the reason. A discrepancy of a rule that the catalogue does
    not know gets its own test case, so that it is not lost. A run without a verdict gets one that
    is an error: a list of skipped rules alone would look like success.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    suite = ET.Element("testsuite", name=f"cartfuzz {summary.contract.value}")
    rules = summary.catalogue
    for rule_id, bugs in _bugs_by_rule(summary, rules).items():
        _add_rule(suite, rule_id, rules.get(rule_id), bugs, summary)
    _add_run(suite, summary)
    suite.set("tests", str(len(suite)))
    suite.set("errors", str(len(list(suite.iter("error")))))
    suite.set("time", f"{summary.seconds:.3f}")
    suite.set("timestamp", summary.started)
    suite.set("failures", str(len(list(suite.iter("failure")))))
    suite.set("skipped", str(len(list(suite.iter("skipped")))))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    write_clean(path, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def legal(text: str) -> str:
    """``text`` cut where it is long, with escapes for the characters that XML 1.0 forbids."""
    cut = text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"
    return _NOT_IN_XML.sub(
        lambda match: match.group().encode("unicode_escape").decode("ascii"), cut
    )


def _bugs_by_rule(summary: Summary, rules: Iterable[str]) -> dict[str, list[Bug]]:
    """The discrepancies of each rule of the catalogue, then of rules that it does not know."""
    bugs: dict[str, list[Bug]] = {rule: [] for rule in rules}
    for bug in summary.discrepancies:
        bugs.setdefault(bug.rule, []).append(bug)
    return bugs


def _add_case(suite: ET.Element, name: str, summary: Summary) -> ET.Element:
    # A case has no time: one request tests many rules. The suite's is the time of the run.
    classname = f"cartfuzz.{summary.contract.value.replace('.', '_')}"
    return ET.SubElement(suite, "testcase", classname=classname, name=legal(name))


def _add_rule(
    suite: ET.Element, rule_id: str, rule: Rule | None, bugs: list[Bug], summary: Summary
) -> None:
    case = _add_case(suite, f"{rule_id} {rule.statement if rule else ''}".strip(), summary)
    if bugs:
        bugs = sorted(bugs, key=lambda bug: (bug.unconfirmed, bug.kind is Kind.FLAKY))
        message = "; ".join(bug.title for bug in bugs)[:_MAX_MESSAGE]
        failure = ET.SubElement(case, "failure", type=standing(bugs[0]), message=legal(message))
        failure.text = legal("\n\n".join("\n".join(_lines(bug)) for bug in bugs))
    elif rule is not None and (reason := _why_skipped(rule, summary)):
        ET.SubElement(case, "skipped", message=legal(reason))


def _add_run(suite: ET.Element, summary: Summary) -> None:
    """Adds the run itself as a test case if it came to no verdict."""
    reason = _why_no_verdict(summary)
    if reason:
        case = _add_case(suite, "the run", summary)
        ET.SubElement(case, "error", type=summary.outcome, message=legal(reason))


def _lines(bug: Bug) -> Iterator[str]:
    yield f"{bug.signature} ({standing(bug)}, seen {times(bug.count)})"
    yield f"  {bug.title}"
    yield f"  expected: {bug.expected}"
    yield f"  found:    {bug.found}"
    if bug.points_at:
        yield f"  the target points at {plain(bug.points_at)}"
    hidden = max(0, len(bug.operations) - _MAX_OPERATIONS)
    if hidden:
        yield f"  (the first {hidden} requests are left out)"
    for number, operation in enumerate(bug.operations[hidden:], start=hidden + 1):
        yield f"  {number}. {request_line(operation)}"


def _why_no_verdict(summary: Summary) -> str:
    """The verdict and its reason; empty: the test cases of the rules say it all."""
    if summary.outcome in (RunOutcome.PASSED, RunOutcome.FAILED, RunOutcome.FLAKY):
        return ""
    return f"{summary.outcome.word}: {verdict_reason(summary)}"


def _why_skipped(rule: Rule, summary: Summary) -> str:
    level = summary.rules.get(rule.id)
    if level is not None and level.level is Level.OBSERVE:
        return f"only observed by configuration: {level.reason or 'no reason given'}"
    known = [bug for bug in summary.known if bug.rule == rule.id]
    if known:
        tickets = (f"{bug.signature} ({summary.baseline[bug.signature].text})" for bug in known)
        return f"known: {', '.join(tickets)}"
    if rule.demands == (Demand.NOTHING,):
        return "the contract is silent here: behaviour is recorded, not judged"
    if rule.untestable:
        return f"no client can judge it: {rule.untestable}"
    untested = next((one for one in untested_rules(summary) if one.rule.id == rule.id), None)
    return f"this run did not test it; to test it, {untested.remedy}" if untested else ""
