"""``cartfuzz diff``: compares two runs, or an earlier run and a target as it is now."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from ..analysis import Bug, Change, Comparison, DiscrepancyChange, FailOn, compare
from ..harness.settings import Settings
from ..harness.triage.replay import Replayed, Verdict
from ..reports import print_comparison, write_json, write_markdown
from .exit_codes import ExitCode
from .options import target_options, with_settings
from .records import stored_run, summary_at
from .resend import resend

_CHANGES = {
    Verdict.STILL_THERE: Change.STILL_THERE,
    Verdict.GONE: Change.FIXED,
    Verdict.DIFFERENT: Change.DIFFERENT,
    Verdict.UNDECIDED: Change.NOT_EXERCISED,
}


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option(
    "--rerun", "url", metavar="URL", help="Send the scenarios of OLD to this target instead."
)
@click.option(
    "--markdown",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the comparison as Markdown too.",
)
@click.option(
    "--json",
    "as_json",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the comparison as JSON too.",
)
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice([one.value for one in FailOn]),
    help="End with exit code 1 if there is such a change. May be repeated.",
)
@target_options
@with_settings
def command(
    *,
    old: Path,
    new: Path | None,
    markdown: Path | None,
    as_json: Path | None,
    fail_on: tuple[str, ...],
    settings: Settings,
) -> ExitCode:
    """Compare the runs OLD and NEW, each a run folder or its summary.json.

    With --rerun there is no NEW: the scenarios of OLD are sent to a target, and each is compared
    with what it showed before.
    """
    if (new is None) == (settings.url is None):
        found = "OLD alone" if new is None else f"{new} as NEW, and --rerun"
        raise click.UsageError(f"expected OLD and NEW, or --rerun URL and OLD, found {found}")
    if new is not None:
        result = compare(summary_at(old), summary_at(new), names=(str(old), str(new)))
    else:
        result = _rerun(old, settings)
    print_comparison(result, Console(highlight=False))
    if markdown is not None:
        write_markdown(result, markdown)
    if as_json is not None:
        write_json(result, as_json)
    fails = result.fails(FailOn(one) for one in fail_on)
    return ExitCode.DISCREPANCIES if fails else ExitCode.NOTHING_FOUND


def _rerun(old: Path, settings: Settings) -> Comparison:
    """``old`` against what the target of ``settings`` shows for the same scenarios."""
    summary = summary_at(old)
    entries = {name: entry for entry in summary.discrepancies for name in entry.signatures}
    stored = stored_run(old)
    changes: dict[str, DiscrepancyChange] = {}
    for done in resend(stored, stored.scenarios.values(), settings):
        entry = entries[done.stored.signature]
        changes[entry.signature] = _paired(done, entry)
        for other in done.run.discrepancies:
            if other.signature not in entries:
                changes[other.signature] = DiscrepancyChange(
                    change=Change.NEW,
                    signature=other.signature,
                    rule=other.rule,
                    title=other.title,
                    expected=other.expected,
                    found=other.found,
                    note=f"shown by the scenario of {entry.signature}",
                )
    for entry in summary.discrepancies:
        if entry.signature not in changes:
            note = "no single scenario shows it, so nothing could be sent again"
            changes[entry.signature] = DiscrepancyChange.of(entry, Change.NOT_EXERCISED, note)
    return Comparison.build(changes.values(), names=(str(old), str(settings.url)))


def _paired(done: Replayed, entry: Bug) -> DiscrepancyChange:
    change = _CHANGES[done.verdict]
    if done.stored.solid is False and done.verdict in (Verdict.GONE, Verdict.STILL_THERE):
        note = f"{done.verdict.value} in {done.executions} executions"
        return DiscrepancyChange.of(entry, Change.FLAKY, note)
    note = done.run.inconclusive[-1] if done.verdict is Verdict.UNDECIDED else ""
    return DiscrepancyChange.of(entry, change, note)
