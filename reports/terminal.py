"""The summary of a run on a terminal: one screen of it, all of it, or its verdict alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..analysis import RunOutcome, Summary
from ..analysis.importance import by_importance
from .discrepancy_text import discrepancy_text
from .known_text import known_text
from .one_screen import one_screen
from .plain import plain
from .reproducers_shown import ShownReproducer
from .screen import Screen, print_lines
from .totals_text import limitations_text, totals_text, untested_text
from .wording import target_name, verdict_reason

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
_MAX_QUIET = 10
"""Discrepancies that ``-q`` names."""
_MAX_TITLE = 160


def print_summary(
    summary: Summary,
    console: Console,
    *,
    verbosity: int = 0,
    observations: bool = False,
    notes: Iterable[str] = (),
    folder: Path | None = None,
    reproducers: Mapping[str, ShownReproducer] | None = None,
) -> None:
    """Prints what was found, what was tested, and the verdict, which names the target.

    Args:
        summary: of the run.
        console: where it is printed.
        verbosity: at 0 what fits one screen of 80 columns and 24 rows; above 0 all there is,
            observations as well; below 0 one line a discrepancy, and the verdict.
        observations: whether to print observations at any verbosity.
        notes: further lines, before the verdict; not with a ``verbosity`` below 0.
        folder: where the report of the run is; None: it has none.
        reproducers: by signature, how a discrepancy is shown again.
    """
    shown_again = reproducers or {}
    verdict = _verdict(summary)
    if verbosity == 0:
        others = [Text(plain(note)) for note in notes]
        lines = one_screen(
            summary, Screen.of(console), folder, [*others, verdict], reproducers=shown_again
        )
        further = _observations(summary) if observations else ()
        shown: Iterable[Text] = (*further, *lines)
    elif verbosity > 0:
        shown = (*_whole(summary, shown_again), *(Text(plain(note)) for note in notes), verdict)
    else:
        shown = (*_quiet(summary, observations=observations), verdict)
    print_lines(shown, console)


def _whole(summary: Summary, reproducers: Mapping[str, ShownReproducer]) -> Iterator[Text]:
    yield from discrepancy_text(summary, reproducers)
    yield from known_text(summary)
    yield Text("")
    yield from totals_text(summary)
    yield from limitations_text(summary)
    yield from untested_text(summary, all_rules=True)
    yield from _observations(summary)


def _quiet(summary: Summary, *, observations: bool) -> Iterator[Text]:
    """One line a discrepancy, for the most important ones, and how many others there are."""
    ordered = by_importance(summary.discrepancies, summary.catalogue)
    for bug in ordered[:_MAX_QUIET]:
        title = plain(bug.title, longest=_MAX_TITLE)
        yield Text.assemble((plain(bug.signature), "bold red"), f"  {title}")
    if len(ordered) > _MAX_QUIET:
        yield Text(f"and {len(ordered) - _MAX_QUIET} more", style="dim")
    yield from known_text(summary, short=True)
    if observations:
        yield from _observations(summary)


def _observations(summary: Summary) -> Iterator[Text]:
    yield Text("")
    yield Text("What the target did where the contract is silent:", style="bold")
    rules = summary.catalogue
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
    target = plain(target_name(summary.target, summary.sandbox, insecure=summary.insecure))
    word = (summary.outcome.word, _STYLES[summary.outcome])
    return Text.assemble(word, f"  {verdict_reason(summary)}; target: {target}")
