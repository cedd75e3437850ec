"""Reads the corpus for a run of tests, and stores in it what the run found."""

from __future__ import annotations

import pytest

from ..analysis import RunReproducers
from ..contract import ConfigurationError, ContractVersion
from ..harness.corpus.backends import open_corpus
from ..harness.corpus.runs import read_corpus_scenarios, store_failures
from ..harness.corpus.store import Corpus
from ..harness.plan import CorpusScenarios
from .options import PluginSettings

_OPTION = "--cartfuzz-corpus"


def check_corpus(settings: PluginSettings) -> None:
    """Opens the corpus, to prove before a test runs that this is possible.

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
    """The scenarios of the corpus, and a line for each entry that is left out.

    Raises:
        ConfigurationError: the corpus cannot be used.
        CorpusError: it does not answer any more.
    """
    corpus = _corpus(settings)
    return (CorpusScenarios(), ()) if corpus is None else read_corpus_scenarios(corpus, version)


def keep_found(found: RunReproducers, settings: PluginSettings) -> list[str]:
    """Stores what a run found, if the settings name a corpus.

    Returns:
        A line for the terminal that reports it, or the error; empty without a corpus.
    """
    try:
        corpus = _corpus(settings)
    except ConfigurationError as error:
        return [f"{error}; what this run found is not in the corpus"]
    return [] if corpus is None else [store_failures(found, corpus)]


def _corpus(settings: PluginSettings) -> Corpus | None:
    return open_corpus(settings.corpus, option=_OPTION) if settings.corpus else None
