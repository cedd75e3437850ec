"""A corpus of version 0.1.0 is opened, and a run sends what it holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cartfuzz.contract import ContractVersion
from cartfuzz.harness.corpus.backends import open_corpus
from cartfuzz.harness.corpus.entries import EntryKind
from cartfuzz.harness.corpus.runs import read_corpus_scenarios
from cartfuzz.harness.corpus.store import Corpus

from .format_0_1 import EXPECTED, FOLDER


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A copy of the stored corpus, since opening one writes to it."""
    shutil.copytree(FOLDER / "corpus", tmp_path / "corpus")
    return open_corpus(str(tmp_path / "corpus"), option="--corpus")


@pytest.mark.parametrize("version", ContractVersion)
def test_failures_are_read(corpus: Corpus, version: ContractVersion) -> None:
    """Each failure has its signature and its scenario, and no entry is left out."""
    shelved = corpus.read(version, EntryKind.FAILURES)
    found = {entry.signature: len(entry.scenario.steps) for entry in shelved.entries}
    assert found == EXPECTED["corpus"][version.value]["failures"]
    assert shelved.notes == ()


@pytest.mark.parametrize("version", ContractVersion)
def test_recorded_traffic_is_read(corpus: Corpus, version: ContractVersion) -> None:
    """Each seed has its steps, in the order in which a run sends them."""
    shelved = corpus.read(version, EntryKind.SEEDS)
    found = [len(scenario.steps) for scenario in shelved.scenarios]
    assert found == EXPECTED["corpus"][version.value]["seeds"]
    assert shelved.notes == ()


@pytest.mark.parametrize("version", ContractVersion)
def test_a_run_uses_all_of_it(corpus: Corpus, version: ContractVersion) -> None:
    """What a run takes out of the corpus is all that is in it."""
    known, notes = read_corpus_scenarios(corpus, version)
    expected = EXPECTED["corpus"][version.value]
    assert len(known.failures) == len(expected["failures"])
    assert len(known.seeds) == len(expected["seeds"])
    assert notes == ()


@pytest.mark.parametrize("version", ContractVersion)
def test_what_is_stored_again_is_not_new(corpus: Corpus, version: ContractVersion) -> None:
    """The bytes of an entry are the same as before, so nothing is stored twice."""
    failures = corpus.read(version, EntryKind.FAILURES)
    again = {entry.signature: entry.scenario for entry in failures.entries}
    assert corpus.add_failures(version, again) == 0
    assert corpus.add_seeds(version, corpus.read(version, EntryKind.SEEDS).scenarios) == 0
    assert corpus.read(version, EntryKind.FAILURES) == failures
