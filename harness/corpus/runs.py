"""Reads the scenarios of a corpus before a run, and stores the run's failures after it."""

from __future__ import annotations

from ...analysis import RunReproducers
from ...contract import ContractVersion
from ..errors import CorpusError
from ..plan import CorpusScenarios
from .entries import EntryKind
from .store import Corpus


def read_corpus_scenarios(
    corpus: Corpus, version: ContractVersion
) -> tuple[CorpusScenarios, tuple[str, ...]]:
    """The scenarios that a run sends, and a line for each entry or limit that excludes some.

    Args:
        corpus: where they are stored.
        version: the contract version of the run.

    Raises:
        CorpusError: the corpus cannot be read any more.
    """
    failures = corpus.read(version, EntryKind.FAILURES)
    seeds = corpus.read(version, EntryKind.SEEDS)
    known = CorpusScenarios(failures=failures.scenarios, seeds=seeds.scenarios)
    return known, (*failures.notes, *seeds.notes)


def store_failures(reproducers: RunReproducers, corpus: Corpus) -> str:
    """Stores one scenario of each discrepancy of a run.

    Returns:
        A line for the user: how many were new, or why they could not be stored. It is no error, so
        that the run still reports what it found.
    """
    scenarios = {
        signature: reproducer.scenario for signature, reproducer in reproducers.scenarios.items()
    }
    try:
        new = corpus.add_failures(reproducers.started.contract, scenarios)
    except CorpusError as error:
        return f"{error}; what this run found is not in the corpus"
    return f"corpus: {new} new of {len(scenarios)} found, in {corpus.location}"
