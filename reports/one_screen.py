"""The summary of a run that fits one screen: a table, what matters most, and where the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote

from rich.text import Text

from ..analysis import Bug, Summary
from ..analysis.importance import by_importance
from ..contract import MARK
from ..record import Kind
from .discrepancy_text import request_lines
from .known_text import known_text
from .plain import plain
from .reproducers_shown import ShownReproducer
from .run_folder import ARTEFACTS_FOLDER
from .screen import Screen, in_rows
from .totals_text import limitations_text, totals_text, untested_text
from .wording import counted, duration, marks, standing, times

MOST = 5
"""Discrepancies that are shown."""
_INDENT = "  "
_GAP = "   "
_EXPECTED_SHARE = 0.5
"""Of the row that holds what was expected and what was found."""


def one_screen(
    summary: Summary,
    screen: Screen,
    folder: Path | None,
    last: Sequence[Text],
    *,
    reproducers: Mapping[str, ShownReproducer],
) -> Iterator[Text]:
    """The lines; they take at most the height of ``screen``, unless ``last`` leaves no room.

    Args:
        summary: of the run.
        screen: where they are shown.
        folder: where the report of the run is; None: it has none.
        last: the lines at the end, which are never left out.
        reproducers: by signature, how a discrepancy is shown again.
    """
    first = [Text(""), *_table(summary, screen)]
    total = len(summary.discrepancies)
    rows_of_where = max(screen.rows(_where(summary, screen, folder, more)) for more in (0, total))
    room = screen.height - screen.rows([*first, _sent(summary), *last]) - rows_of_where
    shown = _shown(summary, screen, reproducers, room)
    entries = list(_with_requests(shown, screen, reproducers, room))
    details = _fitting(_details(summary), screen, room - screen.rows(entries))
    more = total - len(shown)
    where = _where(summary, screen, folder, more)
    yield from (*first, *entries, *details, _sent(summary), *where, *last)


def _sent(summary: Summary) -> Text:
    """How much was sent, and what it takes to send it again and to clean up after it."""
    return Text(
        f"{counted(summary.scenarios, 'scenario')}, {counted(summary.requests, 'request')} in "
        f"{duration(summary.seconds)}; seed {summary.seed}; marks {marks(summary)}"
    )


def _table(summary: Summary, screen: Screen) -> Iterator[Text]:
    """How many discrepancies there are of each standing, and how many requests nobody judged."""
    bugs = summary.discrepancies
    counts = {
        "found": len(bugs),
        "known": len(summary.known),
        "flaky": sum(bug.kind is Kind.FLAKY and not bug.unconfirmed for bug in bugs),
        "not confirmed": sum(bug.unconfirmed for bug in bugs),
        "not judged": sum(summary.inconclusive.values()),
    }
    cells = [
        (name.rjust(width), str(count).rjust(width))
        for name, count in counts.items()
        for width in (max(len(name), len(str(count))),)
    ]
    names = _GAP.join(name for name, _ in cells)
    if len(names) > screen.width:
        pairs = (f"{name} {count}" for name, count in counts.items())
        yield from (Text(line, style="bold") for line in in_rows(pairs, screen))
        return
    yield Text(names, style="dim")
    numbers = Text(_GAP.join(count for _, count in cells), style="bold")
    if bugs:
        numbers.stylize("red", 0, len(cells[0][1]))
    yield numbers


def _shown(
    summary: Summary,
    screen: Screen,
    reproducers: Mapping[str, ShownReproducer],
    room: int,
) -> Sequence[tuple[Bug, Sequence[Text]]]:
    """The most important discrepancies, as many as fit ``room`` rows, but one at least."""
    shown: list[tuple[Bug, Sequence[Text]]] = []
    for bug in by_importance(summary.discrepancies, summary.catalogue)[:MOST]:
        entry = list(_entry(bug, summary, screen, reproducers.get(bug.signature)))
        room -= screen.rows(entry)
        if shown and room < 0:
            break
        shown.append((bug, entry))
    return shown


def _with_requests(
    shown: Sequence[tuple[Bug, Sequence[Text]]],
    screen: Screen,
    reproducers: Mapping[str, ShownReproducer],
    room: int,
) -> Iterator[Text]:
    """The lines of each, and those of its requests where all fit: few discrepancies leave room for
    what was sent, of the most important ones; as lines of curl where these fit."""
    room -= sum(screen.rows(entry) for _, entry in shown)
    for position, (bug, entry) in enumerate(shown):
        yield from entry
        share = room // (len(shown) - position)
        for requests in _forms_of_requests(bug, screen, reproducers.get(bug.signature)):
            rows = screen.rows(requests)
            if rows <= share:
                yield from requests
                room -= rows
                break


def _forms_of_requests(
    bug: Bug, screen: Screen, reproducer: ShownReproducer | None
) -> Iterator[list[Text]]:
    """The requests of a discrepancy, the best form first: lines of curl, then a line each."""
    if reproducer is not None and reproducer.curl:
        lines = (line for line in reproducer.curl if not line.startswith("#"))
        yield [Text(line, style="cyan", no_wrap=True) for line in lines]
    yield [Text(line, style="cyan") for line in request_lines(bug.operations)]
    # In one row each; the part of session IDs that is not the same twice gives way to bodies.
    lines = (line.replace(f"-{MARK}", "") for line in request_lines(bug.operations))
    yield [Text(screen.cut(line), style="cyan") for line in lines]


def _entry(
    bug: Bug,
    summary: Summary,
    screen: Screen,
    reproducer: ShownReproducer | None,
) -> Iterator[Text]:
    head = f"{plain(bug.rule)} ({', '.join(_marks(bug, summary))})"
    title = screen.cut(plain(bug.title), screen.width - len(head) - 2)
    yield Text.assemble((head, "bold red"), f"  {title}")
    yield Text(_INDENT + _expected_and_found(bug, screen))
    signature = plain(bug.signature)
    place = plain(str(reproducer.path)) if reproducer is not None else signature
    if reproducer is not None and screen.rows_of(_INDENT + place) > 1:  # a line below has the rest
        script = f"/{reproducer.path.name}" if reproducer.path.suffix else ""
        place = f"{ARTEFACTS_FOLDER}/{signature}{script}"
    about = next((one for one in _counts(bug) if screen.rows_of(_INDENT + place + one) == 1), "")
    yield Text.assemble(_INDENT, place, (about, "dim"))


def _marks(bug: Bug, summary: Summary) -> Iterator[str]:
    """How sure the rule is, and what makes the discrepancy less than a confirmed violation."""
    rule = summary.catalogue.get(bug.rule)
    if rule is not None:
        yield rule.sureness.value
    if bug.unconfirmed or bug.kind is not Kind.VIOLATION or rule is None:
        yield standing(bug)


def _counts(bug: Bug) -> Iterator[str]:
    """How often it was seen, and shown by its smallest scenario; the longest text first."""
    seen, rate = f"  seen {times(bug.count)}", bug.confirmation
    if rate is not None:
        yield f"{seen}, shown {rate.shown} of {rate.of}"
    yield seen


def _expected_and_found(bug: Bug, screen: Screen) -> str:
    """``"expected a refusal with 400; found 200 {}"``, each part cut to its share of a row."""
    expected, found = plain(bug.expected), plain(bug.found)
    room = screen.width - len(f"{_INDENT}expected ; found ")
    for_expected = max(int(room * _EXPECTED_SHARE), room - len(screen.encodable(found)))
    expected = screen.cut(expected, for_expected)
    return screen.cut(f"expected {expected}; found {found}", screen.width - len(_INDENT))


def _details(summary: Summary) -> Iterator[Text]:
    """What else is to be known, the most important lines first."""
    yield from limitations_text(summary)
    yield from known_text(summary, short=True)
    yield from untested_text(summary, all_rules=False)
    yield from list(totals_text(summary))[1:]


def _fitting(lines: Iterator[Text], screen: Screen, room: int) -> Iterator[Text]:
    """Those of ``lines`` that still fit ``room`` rows."""
    for line in lines:
        rows = screen.rows_of(line.plain)
        if rows <= room:
            room -= rows
            yield line


def _where(summary: Summary, screen: Screen, folder: Path | None, more: int = 0) -> Iterator[Text]:
    """Where the rest is; ``more`` discrepancies are there alone."""
    what = f"{more} more" if more else "all of it"
    everything = f"cartfuzz report {plain(quote(str(folder)))} -v" if folder else "-v"
    shown = by_importance(summary.discrepancies, summary.catalogue)[:1]
    lines = [f"{what}: {everything}", *(f"a rule: cartfuzz explain {plain(b.rule)}" for b in shown)]
    joined = "; ".join(lines)
    if screen.rows_of(joined) == 1:
        lines = [joined]
    yield from (Text(line, style="dim") for line in lines)
