"""The corpus of a run of tests: read by whoever opens the target, written once all is merged."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ..analysis import stored
from ..contract import ConfigurationError, ContractVersion
from ..harness.corpus.backends import open_corpus
from ..harness.corpus.runs import read_corpus_scenarios, store_failures
from ..harness.corpus.store import Corpus
from ..harness.plan import CorpusScenarios
from ..record import Event
from .options import PluginSettings

_OPTION = "--cartfuzz-corpus"


def check_corpus(settings: PluginSettings) -> None:
    """Proves that the corpus can be used, before a test runs.

    Raises:
        pytest.UsageError: with the text for the user.
    """
    try:
        _corpus(settings)
    except ConfigurationError as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None


def known_scenarios(
    settings: PluginSettings, version: ContractVersion
) -> tuple[CorpusScenarios, tuple[str, ...]]:
    """What is known from before, and a line for each thing that is left out.

    Raises:
        ConfigurationError: the corpus cannot be used.
        CorpusError: it does not answer any more.
    """
    corpus = _corpus(settings)
    return (CorpusScenarios(), ()) if corpus is None else read_corpus_scenarios(corpus, version)


def keep_found(events: Iterable[Event], settings: PluginSettings) -> list[str]:
    """Stores what a run found; a line that says so, or why not."""
    try:
        corpus = _corpus(settings)
    except ConfigurationError as error:
        return [f"{error}; what this run found is not in the corpus"]
    return [] if corpus is None else [store_failures(stored(events), corpus)]


def _corpus(settings: PluginSettings) -> Corpus | None:
    return open_corpus(settings.corpus, option=_OPTION) if settings.corpus else None
