"""``cartfuzz diff``: two runs, or an earlier run and a target of today, side by side."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
from rich.console import Console

from ..analysis import Bug, Change, Comparison, DiscrepancyChange, FailOn, compare
from ..harness.triage.replay import Replayed, Verdict
from ..reports import print_comparison, write_json, write_markdown
from .records import stored_run, summary_at
from .stored_scenarios import replayed
from .targets import TargetOptions, target_options

_CHANGES = {
    Verdict.STILL_THERE: Change.STILL_THERE,
    Verdict.GONE: Change.FIXED,
    Verdict.DIFFERENT: Change.DIFFERENT,
    Verdict.UNDECIDED: Change.NOT_EXERCISED,
}


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option("--rerun", metavar="URL", help="Send the scenarios of OLD to this target instead.")
@click.option(
    "--markdown", type=click.Path(path_type=Path), metavar="FILE", help="Also as Markdown."
)
@click.option(
    "--json", "as_json", type=click.Path(path_type=Path), metavar="FILE", help="For scripts."
)
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice([one.value for one in FailOn]),
    help="End with 1 if there is such a change.",
)
@target_options
def command(
    *,
    old: Path,
    new: Path | None,
    rerun: str | None,
    markdown: Path | None,
    as_json: Path | None,
    fail_on: tuple[str, ...],
    **given: object,
) -> int:
    """Compare the runs OLD and NEW, each a run folder or its summary.json.

    With --rerun there is no NEW: the scenarios of OLD are sent to a target, and what they show is
    compared, pair by pair.
    """
    if (new is None) == (rerun is None):
        raise click.UsageError("expected OLD and NEW, or --rerun URL and OLD")
    if new is not None:
        result = compare(summary_at(old), summary_at(new), names=(str(old), str(new)))
    else:
        result = _rerun(old, rerun or "", msgspec.convert(given, TargetOptions))
    print_comparison(result, Console(highlight=False))
    if markdown is not None:
        write_markdown(result, markdown)
    if as_json is not None:
        write_json(result, as_json)
    return 1 if result.fails(FailOn(one) for one in fail_on) else 0


def _rerun(old: Path, url: str, options: TargetOptions) -> Comparison:
    summary = summary_at(old)
    entries = {name: entry for entry in summary.discrepancies for name in entry.signatures}
    stored = stored_run(old)
    changes: dict[str, DiscrepancyChange] = {}
    for done in replayed(stored, stored.scenarios.values(), url=url, options=options):
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
    return Comparison.build(changes.values(), names=(str(old), url))


def _paired(done: Replayed, entry: Bug) -> DiscrepancyChange:
    change = _CHANGES[done.verdict]
    if done.stored.solid is False and done.verdict in (Verdict.GONE, Verdict.STILL_THERE):
        note = f"{done.verdict.value} in {done.executions} executions"
        return DiscrepancyChange.of(entry, Change.FLAKY, note)
    note = done.run.inconclusive[-1] if done.verdict is Verdict.UNDECIDED else ""
    return DiscrepancyChange.of(entry, change, note)
