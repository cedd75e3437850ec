"""What a shell completes besides options: rules, faults, formats, folders, signatures."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from ..analysis import read_summary
from ..analysis.report_format import Format
from ..contract import ContractVersion, catalogue
from ..reports.plain import plain
from ..reports.run_folder import DEFAULT_BASE, SUMMARY_FILE, run_folder_at


def rule_ids(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The IDs of the rules that begin with ``incomplete``, whose case does not count."""
    rules = {rule.id: rule for version in ContractVersion for rule in catalogue(version).values()}
    beginning = incomplete.upper()
    return [
        CompletionItem(rule.id, help=rule.statement)
        for rule in rules.values()
        if rule.id.startswith(beginning)
    ]


def fault_names(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of the seeded faults that begin with ``incomplete``, with their mistakes."""
    from ..sandbox import FAULTS  # noqa: PLC0415 - 0.1 s that only a completion takes

    return [
        CompletionItem(fault.name, help=fault.summary)
        for fault in FAULTS.values()
        if fault.name.startswith(incomplete)
    ]


def format_names(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The formats of a report that fit behind those that ``incomplete`` names already."""
    before, comma, beginning = incomplete.rpartition(",")
    named = before.split(",")
    return [
        CompletionItem(f"{before}{comma}{one.value}")
        for one in Format
        if one.value.startswith(beginning) and one.value not in named
    ]


def signatures(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The signatures of the run that the line names, else of the latest one; none: it has none."""
    folder = run_folder_at(context.params.get("run_dir") or DEFAULT_BASE)
    try:
        summary = read_summary(folder / SUMMARY_FILE)
    except (OSError, ValueError):
        return []
    beginning = incomplete.upper()
    return [
        CompletionItem(bug.signature, help=plain(bug.title))
        for bug in summary.found
        if bug.signature.upper().startswith(beginning)
    ]


def folders(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Has the shell complete folders."""
    return [CompletionItem(incomplete, type="dir")]
