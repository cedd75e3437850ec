"""``cartfuzz import``: traffic that was recorded becomes seeds of a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from ..contract import ContractVersion
from ..harness.corpus.backends import open_corpus
from ..harness.corpus.entries import EntryKind
from ..harness.har.scenarios import Imported, import_har
from ..reports.plain import plain


@click.group("import")
def command() -> None:
    """Turn recorded traffic into seeds, which a run replays and changes."""


@command.command("har")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--corpus", "where", required=True, metavar="DIR|URL", help="A folder, or redis://HOST:PORT/DB."
)
@click.option(
    "--contract",
    type=click.Choice([version.value for version in ContractVersion]),
    default=ContractVersion.V2_5_1.value,
    show_default=True,
    help="The version of the contract that the recorded API keeps.",
)
@click.option(
    "--keep-codes",
    is_flag=True,
    help="Keep coupon and referral codes; else each gets another name.",
)
@click.option(
    "--mask-attribute",
    multiple=True,
    metavar="NAME",
    help="Replace all texts of this attribute; those that look personal are replaced anyway.",
)
def har(
    file: Path, where: str, contract: str, keep_codes: bool, mask_attribute: tuple[str, ...]
) -> int:
    """Import the exchanges of the session API in FILE, a HAR 1.2 file.

    Headers are not read. Sessions, profiles, identifiers, cards and codes get other names.
    """
    version = ContractVersion(contract)
    corpus = open_corpus(where, option="--corpus")
    imported = import_har(file, version, keep_codes=keep_codes, masked=frozenset(mask_attribute))
    if not imported.scenarios:
        raise click.ClickException(
            f"{file}: expected exchanges of /v2/customer_sessions/, found none; "
            f"left: {_reasons(imported) or 'the file holds no exchange at all'}"
        )
    new = corpus.add_seeds(version, imported.scenarios)
    for note in corpus.read(version, EntryKind.SEEDS).notes:
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    click.echo(
        f"imported {imported.exchange_count} exchanges as {len(imported.scenarios)} scenarios"
    )
    click.echo(f"{new} of them are new in {corpus.location}, contract {version.value}")
    if imported.skipped:
        click.echo(f"left: {_reasons(imported)}")
    for kind, names in imported.names.items():
        click.echo(f"the traffic uses {kind}, declare them: {_short(', '.join(names))}")
    return 0


def _reasons(imported: Imported) -> str:
    """Why how many exchanges were left, the most frequent reason first."""
    return "; ".join(
        f"{count} {_short(reason)} (first at {imported.first_locations[reason]})"
        for reason, count in imported.skipped.most_common(12)
    )


def _short(text: str) -> str:
    return plain(text, longest=300)
