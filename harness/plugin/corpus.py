"""The corpus of a run of tests: read by whoever opens the target, written once all is merged."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ...contract import ConfigurationError, ContractVersion
from ...record import Event, stored
from ..corpus.entries import Shelf
from ..corpus.places import open_corpus
from ..corpus.store import Corpus
from ..errors import CorpusError
from ..plan import Known, Phase
from .options import Settings

_OPTION = "--cartfuzz-corpus"


def phases_of(settings: Settings) -> tuple[Phase, ...]:
    """The phases of a run; without a corpus nothing is known from before."""
    return tuple(phase for phase in Phase if settings.corpus or phase is not Phase.CORPUS)


def check_corpus(settings: Settings) -> None:
    """Proves that the corpus can be used, before a test runs.

    Raises:
        pytest.UsageError: with the text for the user.
    """
    try:
        _corpus(settings)
    except ConfigurationError as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None


def read_known(settings: Settings, version: ContractVersion) -> tuple[Known, tuple[str, ...]]:
    """What is known from before, and a line for each thing that is left out.

    Raises:
        ConfigurationError: the corpus cannot be used.
        CorpusError: it does not answer any more.
    """
    corpus = _corpus(settings)
    if corpus is None:
        return Known(), ()
    failures, seeds = corpus.read(version, Shelf.FAILURES), corpus.read(version, Shelf.SEEDS)
    known = Known(failures=failures.scenarios, seeds=seeds.scenarios)
    return known, (*failures.notes, *seeds.notes)


def keep_found(events: Iterable[Event], settings: Settings) -> list[str]:
    """Stores what a run found; a line that says so, or why not."""
    found = stored(events)
    scenarios = {signature: one.scenario for signature, one in found.scenarios.items()}
    try:
        corpus = _corpus(settings)
        if corpus is None:
            return []
        new = corpus.add_failures(found.started.contract, scenarios)
    except (ConfigurationError, CorpusError) as error:
        return [f"{error}; what this run found is not in the corpus"]
    return [f"corpus: {new} new of {len(scenarios)} found, in {corpus.place}"]


def _corpus(settings: Settings) -> Corpus | None:
    return open_corpus(settings.corpus, option=_OPTION) if settings.corpus else None
