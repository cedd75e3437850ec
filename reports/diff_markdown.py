"""A comparison of two runs as Markdown, for a merge request or a release page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis import Comparison, DiscrepancyChange, SideOfDrift
from ..record import Kind
from .diff_totals import diff_totals
from .diff_words import (
    DRIFTED,
    LATENCY_NOTE,
    LOST,
    SHOWN_WHOLE,
    Group,
    changed_transitions,
    groups_of,
    is_clear,
    lost_words,
    matrix,
    meaning_of,
    moved_rules,
    percentile_words,
    run_rows,
    shown_now,
    tone_of,
    transition_words,
    tried_by_one_run,
)
from .discrepancy_text import request_line
from .markdown_text import cell, code, code_block
from .wording import counted

_SIGNS = {"fail": "❌", "warn": "⚠️", "ok": "✅"}
_MAX_WHOLE = 30
"""Further discrepancies are shown in one line each."""
_MAX_ROWS = 40
_MAX_NOW = 3


def markdown(comparison: Comparison) -> Iterator[str]:
    """The lines of the page: no text of a target adds a cell, a line or markup."""
    yield f"## {_SIGNS[tone_of(comparison)]} {cell(comparison.verdict.text)}"
    yield from ("", meaning_of(comparison))
    yield from _runs(comparison)
    for warning in comparison.warnings:
        yield from ("", f"> {cell(warning)}")
    groups = groups_of(comparison)
    for group in SHOWN_WHOLE:
        yield from _whole(group, groups[group])
    yield from _drifts(comparison)
    for group in (Group.FIXED, Group.NOT_SEEN, Group.FLAKY, Group.KNOWN):
        yield from _short(group, groups[group])
    yield from _unchanged(groups[Group.STILL_THERE])
    yield from _rules(comparison)
    yield from _transitions(comparison)
    yield from _lost(comparison)
    yield from _latency(comparison)
    yield from _not_compared(comparison)
    yield from ("", cell(diff_totals(comparison)))


def _runs(comparison: Comparison) -> Iterator[str]:
    rows = list(run_rows(comparison))
    if rows:
        word = "new" if len(comparison.runs) > 1 else "sent again to"
        heads = (f"old: {comparison.old}", f"{word}: {comparison.new}")
        yield from _table(("", *heads), ((row.label, row.old, row.new) for row in rows))


def _whole(group: Group, entries: tuple[DiscrepancyChange, ...]) -> Iterator[str]:
    if not entries:
        return
    yield from _heading(group.value, len(entries), group.meaning)
    for one in entries[:_MAX_WHOLE]:
        yield from ("", f"#### {cell(one.rule)}: {cell(one.title)}", "")
        if one.cause:
            yield f"- cause: {code(one.cause)}"
        yield f"- expected: {code(one.expected)}"
        yield f"- {'found before' if one.shows_now else 'found'}: {code(one.found)}"
        yield from (f"- shows now: {code(text)}" for text in shown_now(one)[:_MAX_NOW])
        if one.note:
            yield f"- why: {cell(one.note)}"
        yield f"- signature: {_named(one)}"
        if one.folder:
            yield f"- scripts: {code(one.folder)}"
        yield from _scenario(one)
    if len(entries) > _MAX_WHOLE:
        yield from ("", *_rows(entries[_MAX_WHOLE:]))


def _scenario(one: DiscrepancyChange) -> Iterator[str]:
    """The smallest scenario, and how to send it again, folded."""
    if one.operations:
        yield from ("", "<details><summary>Requests and curl</summary>", "")
        for number, operation in enumerate(one.operations, start=1):
            yield f"{number}. {code(request_line(dict(operation)))}"
        lines = list(one.curl) or ([one.replay] if one.replay else [])
        if lines:
            yield from ("", code_block(lines, "sh"))
        yield from ("", "</details>")


def _short(group: Group, entries: tuple[DiscrepancyChange, ...]) -> Iterator[str]:
    if entries:
        yield from _heading(group.value, len(entries), group.meaning)
        yield from _rows(entries)


def _rows(entries: Iterable[DiscrepancyChange]) -> Iterator[str]:
    yield from _table(
        ("rule", "discrepancy", "why", "signature"),
        ((one.rule, one.title, one.ticket or one.note, one.signature) for one in entries),
    )


def _unchanged(entries: tuple[DiscrepancyChange, ...]) -> Iterator[str]:
    if entries:
        group = Group.STILL_THERE
        yield from _heading(group.value, len(entries), group.meaning)
        yield from ("", "<details><summary>Which</summary>", "")
        yield from (f"- {cell(one.rule)}: {cell(one.title)}, {_named(one)}" for one in entries)
        yield from ("", "</details>")


def _drifts(comparison: Comparison) -> Iterator[str]:
    if not comparison.drifts:
        return
    yield from _heading("Drifted", len(comparison.drifts), DRIFTED)
    yield from _table(
        ("rule", "situation", "before", "after"),
        ((one.rule, one.situation, _side(one.old), _side(one.new)) for one in comparison.drifts),
    )


def _side(side: SideOfDrift) -> str:
    shown = f"{' or '.join(side.outcomes)}, request {side.step + 1} of scenario {side.scenario}"
    if not side.operations:
        return shown
    return f"{shown}: {request_line(dict(side.operations[-1]))}"


def _rules(comparison: Comparison) -> Iterator[str]:
    moved = moved_rules(comparison)
    if not moved:
        return
    statuses, counts = matrix(comparison)
    total = sum(len(one.rules) for one in moved)
    about = f"of {counted(len(comparison.rules), 'rule')}, with another status now"
    yield from _heading("Rules", total, about)
    yield from _table(
        ("before \\ after", *(status.value for status in statuses)),
        (
            (before.value, *(str(number) if number else "" for number in row))
            for before, row in counts.items()
        ),
    )
    yield ""
    for one in moved:
        names = ", ".join(map(cell, one.rules[:_MAX_ROWS]))
        more = len(one.rules) - _MAX_ROWS
        rest = f" and {more} more" if more > 0 else ""
        yield f"- {one.before.value} → {one.after.value}: {names}{rest}"


def _transitions(comparison: Comparison) -> Iterator[str]:
    changed = changed_transitions(comparison)
    by_one = tried_by_one_run(comparison)
    if not changed and not by_one:
        return
    yield from _heading("State machine", len(changed), "answered in another way now")
    if changed:
        yield from _table(
            ("state", "request", "answer", ""),
            (
                (*transition_words(one), "worse" if one.is_worse else "")
                for one in changed[:_MAX_ROWS]
            ),
        )
    if by_one:
        yield from ("", f"{by_one.capitalize()}.")


def _lost(comparison: Comparison) -> Iterator[str]:
    lost = comparison.lost_coverage
    if lost:
        yield from _heading("Lost coverage", len(lost), LOST)
        yield from _table(
            ("rule", "no longer tested"),
            ((one.rule, lost_words(one)) for one in lost),
        )


def _latency(comparison: Comparison) -> Iterator[str]:
    if not comparison.latency:
        return
    clear = sum(map(is_clear, comparison.latency))
    about = f"of {counted(len(comparison.latency), 'operation')}, clearly slower or faster"
    yield from _heading("Latency", clear, about)
    yield from _table(
        ("operation", "responses", "median", "95 %", ""),
        (
            (
                one.operation,
                f"{one.before} and {one.after}",
                percentile_words(one.median),
                percentile_words(one.p95),
                one.verdict.value,
            )
            for one in comparison.latency
        ),
    )
    yield from ("", f"{LATENCY_NOTE}.")


def _not_compared(comparison: Comparison) -> Iterator[str]:
    if comparison.not_compared:
        yield from _heading("Not compared", len(comparison.not_compared), "")
        yield ""
        yield from (f"- {cell(one.what)}: {cell(one.why)}" for one in comparison.not_compared)


def _heading(word: str, count: int, meaning: str) -> tuple[str, str]:
    return "", f"### {word} ({count}){f': {meaning}' if meaning else ''}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = tuple(head)
    yield from ("", _table_row(names), f"| {' | '.join('---' for _ in names)} |")
    yield from map(_table_row, rows)


def _table_row(texts: Iterable[str]) -> str:
    return f"| {' | '.join(map(cell, texts))} |"


def _named(one: DiscrepancyChange) -> str:
    """The signature, with what makes the discrepancy less than a confirmed violation."""
    kind = ", contradicts itself" if one.kind is Kind.CONTRADICTION else ""
    sure = ", not confirmed" if one.unconfirmed else ""
    return f"{code(one.signature)}{kind}{sure}"
