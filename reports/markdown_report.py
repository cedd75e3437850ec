"""``report.md``: a run for the summary of a CI job, or for a comment on a merge request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..analysis import Bug, RunReproducers, Summary
from ..analysis.importance import by_importance
from ..analysis.tested_rules import testable_rules, untested_rules, was_tested
from ..contract import Rule
from ..record import Kind
from .discrepancy_text import request_line
from .markdown_text import cell, code, code_block
from .reproduction import Artefact, build_artefacts
from .reproduction.curl_lines import curl_lines
from .run_folder import ARTEFACTS_FOLDER, RECORD_FILE, SUMMARY_FILE
from .wording import counted, standing, target_name, times, verdict_reason

MAX_COMMENT = 65_536
"""The longest comment that GitHub takes, in characters; here of UTF-8 bytes, which are no fewer."""
MAX_STEP_SUMMARY = 2**20
"""The longest summary of one step of a GitHub job, in bytes."""
_MAX_REQUESTS = 12
_MAX_NAMED = 5
_MAX_SECTION = 3_000
"""Bytes of each section after the discrepancies."""


def markdown_report(
    summary: Summary, found: RunReproducers, folder: Path, *, longest: int = MAX_COMMENT
) -> str:
    """The report: verdict, counts, discrepancies, what is known, what was not tested.

    No text of a target adds markup, HTML, a mention or a line. Where it would become too long,
    discrepancies are shown in one line each, and then counted.

    Args:
        summary: of the run.
        found: what can be executed again.
        folder: of the run; the report names it.
        longest: UTF-8 bytes of the result; at least 16,384.
    """
    sections = (_cut(lines) for lines in (_known(summary), _not_tested(summary)))
    end = "\n".join((*(line for lines in sections for line in lines), *_rest(folder)))
    parts = ["\n".join(_head(summary))]
    room = longest - _size(parts[0]) - _size(end)
    artefacts = _artefacts(found, folder) if summary.discrepancies else {}
    rules = summary.catalogue
    bugs = by_importance(summary.discrepancies, rules)
    for number, bug in enumerate(bugs, start=1):
        for text in (
            "\n".join(_discrepancy(number, bug, rules.get(bug.rule), artefacts.get(bug.signature))),
            _one_line(number, bug),
        ):
            if _size(text) + _size(_left_out(len(bugs))) < room:
                break
        else:
            parts.append(_left_out(len(bugs) - number + 1))
            break
        parts.append(text)
        room -= _size(text)
    return "\n".join((*parts, end)) + "\n"


def _head(summary: Summary) -> Iterator[str]:
    yield f"## {summary.outcome.word}: {cell(verdict_reason(summary))}"
    target = target_name(summary.target, summary.sandbox, insecure=summary.insecure)
    yield from ("", f"Target: {code(target)}", "")
    rules = testable_rules(summary)
    tested = sum(was_tested(rule, summary) for rule in rules)
    flaky = sum(bug.kind is Kind.FLAKY for bug in summary.discrepancies)
    rows = {
        "discrepancies": str(len(summary.discrepancies)),
        "of them flaky": str(flaky),
        "not confirmed": str(summary.not_confirmed),
        "known": str(len(summary.known)),
        "requests not judged": str(sum(summary.inconclusive.values())),
        "scenarios": str(summary.scenarios),
        "requests": str(summary.requests),
        "seconds": f"{summary.seconds:.1f}",
        "rules tested": f"{tested} of {len(rules)}",
    }
    yield f"| {' | '.join(rows)} |"
    yield f"| {' | '.join('---:' for _ in rows)} |"
    yield f"| {' | '.join(rows.values())} |"
    yield ""
    yield (
        f"Contract {summary.contract.value}, seed {summary.seed}, started {cell(summary.started)}, "
        f"Cartfuzz {cell(summary.cartfuzz)}"
    )


def _discrepancy(
    number: int, bug: Bug, rule: Rule | None, artefact: Artefact | None
) -> Iterator[str]:
    yield from ("", f"### {number}. {cell(bug.rule)}: {cell(bug.title)}", "")
    if rule is not None:
        yield f"- rule: {cell(rule.statement)} ({rule.sureness.value}: {cell(rule.source)})"
    if bug.cause:
        yield f"- cause: {code(bug.cause)}"
    yield f"- expected: {code(bug.expected)}"
    yield f"- found: {code(bug.found)}"
    if bug.points_at:
        yield f"- the target points at: {code(bug.points_at)}"
    yield f"- signature: {code(bug.signature)}, {standing(bug)}, seen {times(bug.count)}"
    yield from _requests(bug, artefact)


def _requests(bug: Bug, artefact: Artefact | None) -> Iterator[str]:
    """The requests and the curl lines, folded."""
    if not bug.operations and artefact is None:
        return
    yield from ("", "<details><summary>Requests and curl</summary>", "")
    hidden = max(0, len(bug.operations) - _MAX_REQUESTS)
    if hidden:
        yield f"The first {counted(hidden, 'request')} of {len(bug.operations)} are left out."
        yield ""
    for number, operation in enumerate(bug.operations[hidden:], start=hidden + 1):
        yield f"{number}. {code(request_line(operation))}"
    if artefact is not None:
        lines = curl_lines(artefact)
        yield ""
        if lines is None:
            script = f"{ARTEFACTS_FOLDER}/{bug.signature}/reproduce.sh"
            also = f" {code(script)} does, and so does" if artefact.can_be_scripted else ""
            yield f"Lines of curl cannot send them as they were.{also or ' This does'}:"
            yield ""
            lines = [artefact.replay_line]
        yield code_block(lines, "sh")
    yield from ("", "</details>")


def _one_line(number: int, bug: Bug) -> str:
    title = cell(bug.title)
    return f"\n{number}. {cell(bug.rule)}: {title}, {code(bug.signature)}, {standing(bug)}"


def _left_out(count: int) -> str:
    more = counted(count, "more discrepancy is", "more discrepancies are")
    return f"\n{more} in {SUMMARY_FILE}: there is no room for them here."


def _known(summary: Summary) -> Iterator[str]:
    """What would have failed the run but is accepted."""
    if summary.known:
        yield from ("", f"### Known: {len(summary.known)}", "")
    for bug in summary.known:
        entry = summary.baseline.get(bug.signature)
        ticket = cell(entry.text) if entry is not None else "no ticket"
        yield f"- {cell(bug.rule)}: {cell(bug.title)}, {code(bug.signature)}; {ticket}"
    if summary.muted:
        yield from ("", f"By rules that are only observed: {len(summary.muted)}")


def _not_tested(summary: Summary) -> Iterator[str]:
    by_remedy: dict[str, list[str]] = {}
    for one in untested_rules(summary):
        by_remedy.setdefault(one.remedy, []).append(one.rule.id)
    if by_remedy or summary.inconclusive:
        yield from ("", "### Not tested", "")
    for remedy, rules in by_remedy.items():
        more = f" and {len(rules) - _MAX_NAMED} more" if len(rules) > _MAX_NAMED else ""
        yield f"- {', '.join(map(cell, rules[:_MAX_NAMED]))}{more}: to test, {cell(remedy)}"
    frequent = sorted(summary.inconclusive.items(), key=lambda item: -item[1])[:_MAX_NAMED]
    for reason, count in frequent:
        yield f"- {counted(count, 'request')} not judged: {code(reason, longest=200)}"


def _rest(folder: Path) -> Iterator[str]:
    yield ""
    yield (
        f"All of it: {code(str(folder))}, which holds {SUMMARY_FILE}, {RECORD_FILE} and scripts in "
        "discrepancies/."
    )


def _artefacts(found: RunReproducers, folder: Path) -> dict[str, Artefact]:
    artefacts = build_artefacts(found, folder.absolute())
    return {one.discrepancy.signature: one for one in artefacts}


def _cut(section: Iterable[str]) -> list[str]:
    """The lines of a section, or as many as have room and one that says so."""
    kept: list[str] = []
    room = _MAX_SECTION
    for line in section:
        room -= _size(line)
        if room < 0:
            return [*kept, f"- and more in {SUMMARY_FILE}"]
        kept.append(line)
    return kept


def _size(text: str) -> int:
    """Bytes of ``text`` and its line feed in UTF-8."""
    return len(text.encode("utf-8", "backslashreplace")) + 1
