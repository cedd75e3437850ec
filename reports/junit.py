"""``junit.xml``: the rules of the contract as a checklist that every CI can show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from ..analysis import Bug, RunOutcome, Summary
from ..contract import Demand, Rule, catalogue

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 20_000


def write_junit(summary: Summary, path: Path) -> None:
    """Writes one test case for each rule of the contract version.

    A rule that is broken fails, with every discrepancy in its text; one that the run did not put
    to the test, or that judges nothing, is skipped and says why. A discrepancy under a rule that
    the catalogue does not know gets a case of its own, so that nothing is lost. So does a run that
    came to no verdict: without it, rules that were never put to the test would look like success.

    Raises:
        OSError: the file cannot be written.
    """
    suite = ET.Element("testsuite", name=f"cartfuzz {summary.contract.value}")
    classname = f"cartfuzz.{summary.contract.value.replace('.', '_')}"
    rules = catalogue(summary.contract)
    by_rule: dict[str, list[Bug]] = {rule: [] for rule in rules}
    for entry in summary.discrepancies:
        by_rule.setdefault(entry.rule, []).append(entry)
    counts = {"failures": 0, "skipped": 0}
    for rule_id, entries in by_rule.items():
        rule = rules.get(rule_id)
        case = ET.SubElement(
            suite,
            "testcase",
            classname=classname,
            name=legal(f"{rule_id} {rule.statement if rule else ''}".strip()),
            time="0",
        )
        if entries:
            counts["failures"] += 1
            _fail(case, entries)
        elif rule is not None and (reason := _why_skipped(rule, summary)):
            counts["skipped"] += 1
            ET.SubElement(case, "skipped", message=legal(reason))
    reason = _why_no_verdict(summary)
    if reason:
        case = ET.SubElement(suite, "testcase", classname=classname, name="the run", time="0")
        ET.SubElement(case, "error", type=summary.outcome, message=legal(reason))
    suite.set("tests", str(len(suite)))
    suite.set("errors", "1" if reason else "0")
    suite.set("time", f"{summary.seconds:.3f}")
    for name, count in counts.items():
        suite.set(name, str(count))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def legal(text: str) -> str:
    """``text`` with everything that XML 1.0 cannot hold as an escape, and cut where it is long."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return _ILLEGAL.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), cut)


def _fail(case: ET.Element, entries: list[Bug]) -> None:
    failure = ET.SubElement(
        case,
        "failure",
        type=entries[0].kind.value,
        message=legal("; ".join(entry.title for entry in entries)[:500]),
    )
    failure.text = legal("\n\n".join("\n".join(_lines(entry)) for entry in entries))


def _lines(entry: Bug) -> Iterator[str]:
    seen = "once" if entry.count == 1 else f"{entry.count} times"
    yield f"{entry.signature} ({entry.kind.value}, seen {seen})"
    yield f"  {entry.title}"
    yield f"  expected: {entry.expected}"
    yield f"  found:    {entry.found}"
    for number, operation in enumerate(entry.operations, start=1):
        yield f"  {number}. {operation['operation']} -> {operation['status']}"


def _why_no_verdict(summary: Summary) -> str:
    if summary.outcome is RunOutcome.INCONCLUSIVE:
        return f"nothing was ever accepted by: {', '.join(summary.unreached)}"
    if summary.outcome in (RunOutcome.TARGET_LOST, RunOutcome.BROKEN):
        return f"the run ended early, {summary.outcome}: {summary.detail or 'no reason known'}"
    return ""


def _why_skipped(rule: Rule, summary: Summary) -> str:
    level = summary.rules.get(rule.id)
    if level is not None and level.level.value == "observe":
        return f"only observed by configuration: {level.reason or 'no reason given'}"
    if rule.demands == (Demand.NOTHING,):
        return "the contract is silent here: behaviour is recorded, not judged"
    if rule.id not in summary.coverage.rules:
        return "not put to the test in this run"
    return ""
