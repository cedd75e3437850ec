"""The corpus of a run of tests: read by whoever opens the target, written once all is merged."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ..analysis import read_reproducers
from ..contract import ConfigurationError, ContractVersion
from ..harness.corpus.places import open_corpus
from ..harness.corpus.runs import keep, known_in
from ..harness.corpus.store import Corpus
from ..harness.plan import CorpusScenarios
from ..record import Event, Phase
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


def known_scenarios(
    settings: Settings, version: ContractVersion
) -> tuple[CorpusScenarios, tuple[str, ...]]:
    """What is known from before, and a line for each thing that is left out.

    Raises:
        ConfigurationError: the corpus cannot be used.
        CorpusError: it does not answer any more.
    """
    corpus = _corpus(settings)
    return (CorpusScenarios(), ()) if corpus is None else known_in(corpus, version)


def keep_found(events: Iterable[Event], settings: Settings) -> list[str]:
    """Stores what a run found; a line that says so, or why not."""
    try:
        corpus = _corpus(settings)
    except ConfigurationError as error:
        return [f"{error}; what this run found is not in the corpus"]
    return [] if corpus is None else [keep(read_reproducers(events), corpus)]


def _corpus(settings: Settings) -> Corpus | None:
    return open_corpus(settings.corpus, option=_OPTION) if settings.corpus else None
