"""What would have failed a run but does not: known failures, and rules that are only observed."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from ..analysis import Bug, Summary
from .plain import plain
from .wording import counted, times


def known_text(summary: Summary, *, short: bool = False) -> Iterator[Text]:
    """The lines about it; none where there is nothing.

    Args:
        summary: of the run.
        short: whether to count only.
    """
    if short:
        words = []
        if summary.known:
            words.append(f"{len(summary.known)} known")
        if summary.muted:
            words.append(f"{len(summary.muted)} by rules that are only observed")
        if words:
            yield Text(f"not counted: {', '.join(words)}", style="yellow")
        return
    if summary.known:
        yield from (Text(""), Text("Known, so that they do not fail the run:", style="bold yellow"))
    for bug in summary.known:
        yield _line(bug.signature, bug.title, _ticket(summary, bug), bug.count)
    if summary.muted:
        yield Text("")
        yield Text("Would have failed, but the rule is only observed:", style="bold yellow")
    for one in summary.muted:
        level = summary.rules.get(one.rule)
        reason = level.reason if level is not None and level.reason else "no reason given"
        yield _line(one.signature, one.title, f"{one.rule}: {reason}", one.count)
    unseen = len(summary.baseline) - len(_seen(summary) & summary.baseline.keys())
    if unseen:
        yield Text(
            f"not seen of the baseline: {counted(unseen, 'entry', 'entries')}; "
            "cartfuzz baseline check lists the stale ones",
            style="yellow",
        )


def _line(signature: str, title: str, why: str, count: int) -> Text:
    return Text.assemble(
        ("  ", ""),
        (plain(title), "yellow"),
        (f"   {plain(signature)}, seen {times(count)}; {plain(why)}", "dim"),
    )


def _ticket(summary: Summary, bug: Bug) -> str:
    known = summary.baseline.get(bug.signature)
    return known.text if known is not None else "no ticket"


def _seen(summary: Summary) -> set[str]:
    muted = {one.signature for one in summary.muted}
    return muted | {name for bug in summary.found for name in bug.signatures}
