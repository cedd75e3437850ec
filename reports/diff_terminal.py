"""A comparison of two runs in a terminal: the verdict first, in lines that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from rich.console import Console
from rich.text import Text

from ..analysis import Comparison, DiscrepancyChange, Drift, LostCoverage, SideOfDrift
from ..record import Kind
from .diff_totals import diff_totals
from .diff_words import (
    DRIFTED,
    LATENCY_NOTE,
    LOST,
    SHOWN_WHOLE,
    Group,
    RunRow,
    changed_transitions,
    groups_of,
    is_clear,
    lost_words,
    meaning_of,
    moved_rules,
    percentile_words,
    run_rows,
    shown_now,
    tone_of,
    transition_words,
    tried_by_one_run,
)
from .discrepancy_text import request_lines
from .plain import plain
from .screen import Screen
from .wording import counted

_TONES = {"fail": "bold red", "warn": "bold yellow", "ok": "bold green"}
_STYLES = {
    Group.NEW: "bold red",
    Group.DIFFERENT: "red",
    Group.FIRST_SEEN: "yellow",
    Group.FIXED: "green",
    Group.FLAKY: "yellow",
}
_MAX_REQUESTS = 12
_MAX_LINES = 12
_MAX_ENTRIES = 20
_MAX_TEXT = 320
_MAX_NOW = 3
_LABEL = 12
_NARROWEST = 40


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Prints verdict, both runs, each change, what else changed, and the totals.

    Lines are wrapped at the width of ``console``, but for commands and folders, which people copy.
    """
    printer = _Printer(console)
    printer.comparison(comparison)


class _Printer:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._screen = Screen.of(console)
        self._width = max(console.width, _NARROWEST)

    def comparison(self, shown: Comparison) -> None:
        self._text(Text(plain(shown.verdict.text), style=_TONES[tone_of(shown)]))
        self._text(Text(meaning_of(shown)))
        self._runs(shown)
        for warning in shown.warnings:
            self._text(Text(f"warning: {plain(warning)}", style="yellow"), hang=9)
        groups = groups_of(shown)
        for group in SHOWN_WHOLE:
            self._group(group, groups[group])
        self._drifts(shown.drifts)
        for group in (Group.FIXED, Group.NOT_SEEN, Group.FLAKY, Group.KNOWN):
            self._group(group, groups[group])
        self._unchanged(groups[Group.STILL_THERE])
        self._rules(shown)
        self._transitions(shown)
        self._lost(shown.lost_coverage)
        self._latency(shown)
        self._not_compared(shown)
        self._line(Text(""))
        self._text(Text(plain(diff_totals(shown)), style="bold"))

    def _runs(self, shown: Comparison) -> None:
        rows = list(run_rows(shown))
        if not rows:
            return
        self._line(Text(""))
        half = (self._width - _LABEL - 2) // 2
        heads = (f"old: {shown.old}", f"{'new' if len(shown.runs) > 1 else 'again'}: {shown.new}")
        for row in (RunRow(label="", old=heads[0], new=heads[1]), *rows):
            old, other = (self._wrapped(Text(plain(text)), half) for text in (row.old, row.new))
            for number, (left, right) in enumerate(zip_longest(old, other, fillvalue=Text(""))):
                label = "" if number else row.label
                gap = " " * (half - left.cell_len + 2)
                line = f"{label:<{_LABEL}}{left.plain}{gap}{right.plain}".rstrip()
                self._line(Text(line))

    def _group(self, group: Group, entries: tuple[DiscrepancyChange, ...]) -> None:
        if not entries:
            return
        self._heading(group.value, len(entries), group.meaning, _STYLES.get(group, ""))
        for one in entries[:_MAX_ENTRIES]:
            name = Text.assemble("  ", (plain(one.rule), "bold"), f"  {plain(one.title)}")
            self._text(name, hang=4)
            for label, text in _details(group, one):
                self._labelled(label, text)
            if group in SHOWN_WHOLE:
                self._requests(one.operations, most=_MAX_REQUESTS)
                self._where(one)
        self._more(len(entries), _MAX_ENTRIES)

    def _where(self, one: DiscrepancyChange) -> None:
        if one.folder:
            self._line(Text(f"    scripts   {plain(one.folder)}"))
        if one.replay:
            self._line(Text(f"    again     {plain(one.replay, longest=2_000)}"))

    def _drifts(self, drifts: tuple[Drift, ...]) -> None:
        if not drifts:
            return
        self._heading("Drifted", len(drifts), DRIFTED, "yellow")
        for one in drifts[:_MAX_LINES]:
            self._text(
                Text.assemble("  ", (plain(one.rule), "bold"), f"  {plain(one.situation)}"), hang=4
            )
            for word, side in (("before", one.old), ("after", one.new)):
                self._labelled(word, _side(side))
                self._requests(side.operations, most=1)
        self._more(len(drifts))

    def _unchanged(self, entries: tuple[DiscrepancyChange, ...]) -> None:
        if not entries:
            return
        self._heading(Group.STILL_THERE.value, len(entries), Group.STILL_THERE.meaning, "dim")
        names = ", ".join(map(_named, entries))
        self._text(Text(f"  {names}", style="dim"), hang=2)

    def _rules(self, shown: Comparison) -> None:
        moved = moved_rules(shown)
        if not moved:
            return
        total = sum(len(one.rules) for one in moved)
        self._heading(
            "Rules", total, f"of {counted(len(shown.rules), 'rule')}, with another status now"
        )
        for one in moved:
            rules = _some(one.rules)
            self._text(Text(f"  {one.before.value} -> {one.after.value}: {rules}"), hang=4)

    def _transitions(self, shown: Comparison) -> None:
        changed = changed_transitions(shown)
        by_one = tried_by_one_run(shown)
        if not changed and not by_one:
            return
        self._heading("State machine", len(changed), "answered in another way now")
        for one in changed[:_MAX_LINES]:
            state, request, how = transition_words(one)
            line = Text(f"  {state}: {request} {how}")
            if one.is_worse:
                line.append(", which is worse", style="red")
            self._text(line, hang=4)
        self._more(len(changed))
        if by_one:
            self._text(Text(f"  {by_one}", style="dim"), hang=2)

    def _lost(self, lost: tuple[LostCoverage, ...]) -> None:
        if not lost:
            return
        self._heading("Lost coverage", len(lost), LOST, "yellow")
        for one in lost[:_MAX_LINES]:
            self._text(Text(f"  {plain(one.rule)}  {plain(lost_words(one))}"), hang=4)
        self._more(len(lost))

    def _latency(self, shown: Comparison) -> None:
        if not shown.latency:
            return
        clear = [one for one in shown.latency if is_clear(one)]
        about = f"of {counted(len(shown.latency), 'operation')}, clearly slower or faster"
        self._heading("Latency", len(clear), about)
        for one in clear:
            words = f"median {percentile_words(one.median)}, 95% {percentile_words(one.p95)}"
            self._text(Text(f"  {plain(one.operation)} {one.verdict.value}: {words}"), hang=4)
        if clear:
            self._text(Text(f"  {LATENCY_NOTE}.", style="dim"), hang=2)

    def _not_compared(self, shown: Comparison) -> None:
        if not shown.not_compared:
            return
        self._heading("Not compared", len(shown.not_compared), "")
        for one in shown.not_compared:
            self._text(Text(f"  {plain(one.what)}: {plain(one.why)}"), hang=4)

    def _heading(self, word: str, count: int, meaning: str, style: str = "") -> None:
        self._line(Text(""))
        about = f": {meaning}" if meaning else ""
        self._text(Text.assemble((f"{word} ({count})", f"bold {style}".strip()), about), hang=2)

    def _labelled(self, label: str, text: str) -> None:
        indent = " " * 4
        self._text(Text(f"{indent}{label:<10}{text}"), hang=14)

    def _requests(self, operations: tuple[Mapping[str, Any], ...], *, most: int) -> None:
        """The last ``most`` requests, the one that shows it is among them."""
        for line in request_lines(operations, most=most):
            self._text(Text(line, style="cyan"), hang=9)

    def _more(self, total: int, shown: int = _MAX_LINES) -> None:
        if total > shown:
            self._text(Text(f"  and {total - shown} more: --html or --json has them"), hang=4)

    def _text(self, text: Text, *, hang: int = 0) -> None:
        """Prints ``text`` wrapped; further lines begin with ``hang`` spaces."""
        shown = self._screen.shown(text)
        first, *rest = self._wrapped(shown, self._width)
        self._line(first)
        if rest:
            left = shown[len(first.plain) :]
            left = left[len(left.plain) - len(left.plain.lstrip()) :]
            for line in self._wrapped(left, self._width - hang):
                self._line(Text(" " * hang).append_text(line))

    def _wrapped(self, text: Text, width: int) -> list[Text]:
        """Lines of at most ``width`` cells; a text without spaces is cut into them."""
        lines = list(text.wrap(self._console, width)) or [Text("")]
        for line in lines:
            line.rstrip()
        return lines

    def _line(self, line: Text) -> None:
        self._console.print(self._screen.shown(line), soft_wrap=True)


def _details(group: Group, one: DiscrepancyChange) -> Iterator[tuple[str, str]]:
    """What is to be known of a discrepancy, by label."""
    if group in SHOWN_WHOLE:
        if one.cause:
            yield "cause", plain(one.cause)
        yield "expected", plain(one.expected, longest=_MAX_TEXT)
        yield "before" if one.shows_now else "found", plain(one.found, longest=_MAX_TEXT)
        for text in shown_now(one)[:_MAX_NOW]:
            yield "now", plain(text, longest=_MAX_TEXT)
    if one.ticket:
        yield "ticket", plain(one.ticket)
    if one.note:
        yield "why", plain(one.note)
    yield "signature", _named(one)


def _named(one: DiscrepancyChange) -> str:
    """The signature, with what makes the discrepancy less than a confirmed violation."""
    words = plain(one.signature)
    if one.kind is Kind.CONTRADICTION:
        words += " (contradicts itself)"
    return f"{words} (not confirmed)" if one.unconfirmed else words


def _side(side: SideOfDrift) -> str:
    outcomes = " or ".join(map(plain, side.outcomes))
    return f"{outcomes}; request {side.step + 1} of scenario {plain(side.scenario)}"


def _some(names: Iterable[str]) -> str:
    listed = list(map(plain, names))
    more = len(listed) - _MAX_LINES
    return ", ".join(listed[:_MAX_LINES]) + (
        f" and {counted(more, 'more', 'more')}" if more > 0 else ""
    )
