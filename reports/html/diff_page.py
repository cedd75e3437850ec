"""The HTML report of a comparison of two runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from ...analysis import Comparison, DiscrepancyChange, RuleStatus
from ...contract import catalogue
from ..clean_file import write_clean_named
from ..diff_totals import diff_totals
from ..diff_words import (
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
    whole_heading,
)
from ..discrepancy_text import request_line
from ..plain import plain
from ..stored_run import StoredRun
from ..wording import counted
from .cards import MAX_CARDS, MAX_FULL, Card, cards_of
from .diff_latency import latency_chart
from .diff_states import MoveKind, diff_state_picture
from .page import rendered
from .run_page import exact_scripts
from .scripts import common_texts

MAX_ROWS = 1_000
_MAX_REQUESTS = 12
_MAX_SHOWN = 5
"""Drifts; the others are folded."""
_MAX_OPEN = 3
"""So many whole discrepancies are shown open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One discrepancy as the page shows it."""

    changed: DiscrepancyChange
    word: str
    """``"new"``, ``"first seen"``."""
    note: str
    link: str
    """The address of its folder, relative to the page; empty: there is none."""
    card: Card | None
    """None: the record of its run cannot be looked into."""
    statement: str
    """Of its rule; empty: the catalogue does not know it."""
    requests: tuple[str, ...]
    is_full: bool
    """Whether its command lines are shown; a page with many would become large."""


def write_diff_html(comparison: Comparison, path: Path, *, newer: StoredRun | None) -> None:
    """Writes the comparison as one HTML file that needs nothing else.

    Args:
        comparison: of two runs.
        path: the file; links to folders are relative to it.
        newer: the newer run; None: it cannot be looked into, so pictures and scripts are left out.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    write_clean_named(path, diff_page(comparison, path.parent.absolute(), newer=newer).encode())


def diff_page(comparison: Comparison, beside: Path, *, newer: StoredRun | None) -> str:
    """The comparison as HTML; arguments as of `write_diff_html`, ``beside`` is its folder."""
    groups = groups_of(comparison)
    whole = [one for group in SHOWN_WHOLE for one in groups[group]]
    cards = _cards(whole, newer)
    statements = _statements(comparison)
    entries = tuple(
        _entry(one, statements, cards, beside, is_full=position < MAX_FULL)
        for position, one in enumerate(whole[:MAX_CARDS])
    )
    statuses, counts = matrix(comparison)
    return rendered(
        "diff.html.jinja",
        comparison=comparison,
        tone=tone_of(comparison),
        whole=whole_heading(comparison),
        verdict=_verdict(comparison),
        meaning=meaning_of(comparison),
        doubts=_doubts(comparison),
        figures=tuple(_figures(comparison)),
        rows=tuple(run_rows(comparison)),
        entries=entries,
        entries_left=len(whole) - len(entries),
        words=tuple(dict.fromkeys(one.word for one in entries)),
        rules=sorted({one.changed.rule for one in entries}),
        max_open=_MAX_OPEN,
        max_shown=_MAX_SHOWN,
        drifted=DRIFTED,
        tables=tuple((group, groups[group]) for group in _TABLES if groups[group]),
        still_there=groups[Group.STILL_THERE],
        max_rows=MAX_ROWS,
        link=lambda one: _link(one, beside),
        lines_of=lambda side: _request_lines(side.operations),
        statuses=statuses,
        counts=counts,
        lost=LOST,
        lost_words=lost_words,
        shown_now=shown_now,
        statements=statements,
        moved=moved_rules(comparison),
        bad=(RuleStatus.BROKEN, RuleStatus.UNSURE),
        kept=RuleStatus.KEPT,
        transitions=changed_transitions(comparison),
        transition_words=transition_words,
        by_one_run=tried_by_one_run(comparison),
        moves=tuple(MoveKind),
        state_picture=_state_picture(comparison),
        latency_chart=latency_chart(comparison.latency),
        latency_note=LATENCY_NOTE,
        is_clear=is_clear,
        percentile_words=percentile_words,
        totals=diff_totals(comparison),
        version=comparison.runs[-1].cartfuzz if comparison.runs else "",
        common=common_texts(),
        exact={**_exact_lines(entries), **exact_scripts(cards.values())},
        counted=counted,
    )


def _exact_lines(entries: Iterable[Entry]) -> dict[str, str]:
    """By the name that its button has, each command to copy of an entry without a card."""
    exact: dict[str, str] = {}
    for entry in entries:
        changed = entry.changed
        if entry.card is None and entry.is_full:
            for name, text in (("curl", "\n".join(changed.curl)), ("replay", changed.replay)):
                if text:
                    exact[f"{changed.signature}-{name}"] = text
    return exact


def _doubts(comparison: Comparison) -> tuple[str, ...]:
    """Why the newer run may have missed something, but for what the verdict says already."""
    return tuple(plain(one) for one in comparison.verdict.doubts if one not in _verdict(comparison))


_TABLES = (Group.FIXED, Group.NOT_SEEN, Group.FLAKY, Group.KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number at the top that leads to its section."""

    label: str
    value: int
    target: str
    """ID of the section."""
    tone: str = ""


def _figures(comparison: Comparison) -> Iterator[Figure]:
    groups = groups_of(comparison)
    for group in Group:
        count = len(groups[group])
        if count or group in (Group.NEW, Group.FIXED, Group.STILL_THERE):
            target = "new" if group in SHOWN_WHOLE else group.name.lower()
            tone = _TONES.get(group, "") if count else ""
            yield Figure(label=group.value.lower(), value=count, target=target, tone=tone)
        if group is SHOWN_WHOLE[-1]:
            drifts = len(comparison.drifts)
            tone = "warn" if drifts else ""
            yield Figure(label="drifted", value=drifts, target="drifted", tone=tone)
    lost = len(comparison.lost_coverage)
    if lost:
        words = "rule with lost coverage" if lost == 1 else "rules with lost coverage"
        yield Figure(label=words, value=lost, target="lost", tone="warn")


_TONES = {
    Group.NEW: "fail",
    Group.DIFFERENT: "warn",
    Group.FIRST_SEEN: "warn",
    Group.FIXED: "ok",
    Group.FLAKY: "warn",
}


def _verdict(comparison: Comparison) -> tuple[str, str]:
    """The words of the verdict, and why it cannot be said; the figures below show the rest."""
    text = comparison.verdict.text.partition("; ")[0]
    word, _, reason = text.partition(": ")
    return word[:1].upper() + word[1:], reason


def _cards(wanted: list[DiscrepancyChange], newer: StoredRun | None) -> dict[str, Card]:
    """By signature, the cards of what the newer run shows."""
    if newer is None or not wanted:
        return {}
    names = {one.signature: position for position, one in enumerate(wanted)}
    bugs = [bug for bug in newer.summary.found if bug.signature in names]
    summary = msgspec.structs.replace(newer.summary, discrepancies=bugs, known=[])
    cards, _ = cards_of(summary, newer.found, newer.folder.absolute())
    return {card.bug.signature: card for card in cards}


def _entry(
    one: DiscrepancyChange,
    statements: dict[str, str],
    cards: dict[str, Card],
    beside: Path,
    *,
    is_full: bool,
) -> Entry:
    return Entry(
        changed=one,
        word=one.change.value,
        note=_sentence(one.note),
        link=_link(one, beside),
        card=cards.get(one.signature),
        statement=statements.get(one.rule, ""),
        requests=_request_lines(one.operations),
        is_full=is_full,
    )


def _statements(comparison: Comparison) -> dict[str, str]:
    """What each rule demands; empty where no run is known."""
    if not comparison.runs:
        return {}
    rules = catalogue(comparison.runs[-1].contract)
    return {name: rule.statement for name, rule in rules.items()}


def _request_lines(operations: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    return tuple(request_line(one) for one in operations[-_MAX_REQUESTS:])


def _sentence(note: str) -> str:
    text = plain(note)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _link(one: DiscrepancyChange, beside: Path) -> str:
    if not one.folder:
        return ""
    try:
        relative = Path(os.path.relpath(Path(one.folder).absolute(), beside))
    except ValueError:  # on another drive
        return ""
    # A folder may be named like the scheme of an address: "./" makes it a path.
    return f"./{quote(relative.as_posix(), errors='replace')}/"


def _state_picture(comparison: Comparison) -> object:
    if not comparison.transitions or not comparison.runs:
        return ""
    return diff_state_picture(comparison.transitions, comparison.runs[-1].contract)
