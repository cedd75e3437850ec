"""What a run takes out of a corpus before it begins, and puts into it at its end."""

from __future__ import annotations

from ...analysis import RunReproducers
from ...contract import ContractVersion
from ..errors import CorpusError
from ..plan import CorpusScenarios
from .entries import Shelf
from .store import Corpus


def known_in(corpus: Corpus, version: ContractVersion) -> tuple[CorpusScenarios, tuple[str, ...]]:
    """What a run by ``version`` sends of ``corpus``, and a line for each thing that is left out.

    Raises:
        CorpusError: the corpus does not answer any more.
    """
    failures = corpus.read(version, Shelf.FAILURES)
    seeds = corpus.read(version, Shelf.SEEDS)
    known = CorpusScenarios(failures=failures.scenarios, seeds=seeds.scenarios)
    return known, (*failures.notes, *seeds.notes)


def keep(stored: RunReproducers, corpus: Corpus) -> str:
    """Stores what a run found; a line that says so, or why not: what was found is reported in any
    case."""
    scenarios = {signature: one.scenario for signature, one in stored.scenarios.items()}
    try:
        new = corpus.add_failures(stored.started.contract, scenarios)
    except CorpusError as error:
        return f"{error}; what this run found is not in the corpus"
    return f"corpus: {new} new of {len(scenarios)} found, in {corpus.place}"
