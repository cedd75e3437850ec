"""The corpus of a run: what is read from it before, and what is put into it after."""

from __future__ import annotations

import click

from ...contract import ContractVersion
from ...record import StoredRun
from ...reports.plain import plain
from ..corpus.entries import Shelf
from ..corpus.store import Corpus
from ..errors import CorpusError
from ..plan import Known


def known_in(corpus: Corpus, version: ContractVersion) -> Known:
    """What a run by ``version`` sends of ``corpus``; says what it leaves out, and why.

    Raises:
        CorpusError: the corpus does not answer any more.
    """
    failures = corpus.read(version, Shelf.FAILURES)
    seeds = corpus.read(version, Shelf.SEEDS)
    for note in (*failures.notes, *seeds.notes):
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    return Known(failures=failures.scenarios, seeds=seeds.scenarios)


def keep(stored: StoredRun, corpus: Corpus) -> str:
    """Stores what a run found; a line that says so, or why not: what was found is reported in any
    case."""
    scenarios = {signature: one.scenario for signature, one in stored.scenarios.items()}
    try:
        new = corpus.add_failures(stored.started.contract, scenarios)
    except CorpusError as error:
        return f"{error}; what this run found is not in the corpus"
    return f"corpus: {new} new of {len(scenarios)} found, in {corpus.place}"
