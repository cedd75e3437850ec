"""``cartfuzz import``: makes seeds of a corpus from recorded traffic."""

from __future__ import annotations

from pathlib import Path

import click

from ..contract import ConfigurationError, ContractVersion
from ..harness.corpus.backends import open_corpus
from ..harness.corpus.entries import EntryKind
from ..harness.har.scenarios import Imported, import_har
from ..reports.plain import plain
from ..reports.wording import counted
from .options import contract_option, corpus_option

_MAX_REASONS = 12
_MAX_TEXT = 300


@click.group("import")
def command() -> None:
    """Make seeds of recorded traffic: scenarios that a run sends, and mutates."""


@command.command("har")
@click.argument("file", type=click.Path(path_type=Path))
@corpus_option("Corpus that the seeds are added to.", required=True)
@contract_option("Contract version of the recorded API.", default=ContractVersion.V2_5_1)
@click.option(
    "--keep-codes",
    is_flag=True,
    help="Keep coupon and referral codes. Without it each is renamed.",
)
@click.option(
    "--mask-attribute",
    multiple=True,
    metavar="NAME",
    help="Replace all texts of this attribute. Texts that look personal are always replaced. "
    "May be repeated.",
)
def har(
    file: Path, corpus: str, contract: str, keep_codes: bool, mask_attribute: tuple[str, ...]
) -> None:
    """Import the exchanges of the session API in FILE, a HAR 1.2 file.

    Headers are not read. Sessions, profiles, identifiers, cards and codes are renamed.
    """
    version = ContractVersion(contract)
    store = open_corpus(corpus, option="--corpus")
    imported = import_har(file, version, keep_codes=keep_codes, masked=frozenset(mask_attribute))
    if not imported.scenarios:
        raise ConfigurationError(
            str(file),
            expected="exchanges of /v2/customer_sessions/",
            found=f"none; skipped: {_reasons(imported) or 'the file holds no exchange at all'}",
        )
    new = store.add_seeds(version, imported.scenarios)
    for note in store.read(version, EntryKind.SEEDS).notes:
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    click.echo(
        f"imported {counted(imported.exchange_count, 'exchange')} as "
        f"{counted(len(imported.scenarios), 'scenario')}"
    )
    are = "is" if new == 1 else "are"
    click.echo(f"{new} of them {are} new in {store.location}, contract {version.value}")
    if imported.unanswered_count:
        # The recorded answers are not compared with, so a missing one takes nothing away.
        click.echo(f"taken although no answer was recorded: {imported.unanswered_count}")
    if imported.skipped:
        click.echo(f"skipped: {_reasons(imported)}")
    for kind, names in imported.names.items():
        click.echo(f"the traffic uses {kind}, declare them: {_short(', '.join(names))}")


def _reasons(imported: Imported) -> str:
    """How many exchanges were skipped for each reason, the most frequent first."""
    return "; ".join(
        f"{count} {_short(reason)} (first at {imported.first_locations[reason]})"
        for reason, count in imported.skipped.most_common(_MAX_REASONS)
    )


def _short(text: str) -> str:
    return plain(text, longest=_MAX_TEXT)
