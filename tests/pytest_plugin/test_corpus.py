"""`--cartfuzz-corpus`: the suite sends what the corpus holds first, and stores what it finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cartfuzz.contract import ContractVersion
from cartfuzz.harness.corpus.backends import open_corpus
from cartfuzz.harness.corpus.entries import EntryKind
from cartfuzz.harness.corpus.store import SelectedEntries
from cartfuzz.pytest_plugin.options import settings_of

from .runs import FAULT, outcomes, run_suite

SUITE_ARGS = ("-p", "no:cacheprovider", "--cartfuzz-explore", "0", "--cartfuzz-corpus", "corpus")
CORPUS_TEST = "test_phase[2.5.1-corpus]"


def known(pytester: pytest.Pytester) -> SelectedEntries:
    corpus = open_corpus(str(pytester.path / "corpus"), option="--corpus")
    return corpus.read(ContractVersion.V2_5_1, EntryKind.FAILURES)


def summary(folder: Path) -> Any:
    return json.loads((folder / "summary.json").read_text("utf-8"))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_one_run_found_the_next_one_tries_first(
    pytester: pytest.Pytester, workers: str
) -> None:
    """Also where a single rule is selected; on the clean sandbox nothing fails."""
    fault = ("--cartfuzz-sandbox-fault", FAULT)
    first = run_suite(
        pytester, *SUITE_ARGS, *fault, "-n", workers, "-rs", "-k", "STATE-08 or corpus"
    )
    assert outcomes(first)[CORPUS_TEST] == "SKIPPED"
    first.stdout.fnmatch_lines(["*the corpus is empty*"])
    (failure,) = known(pytester).entries
    assert failure.signature.startswith("STATE-08-")
    first.stdout.fnmatch_lines(["corpus: 1 new of 1 found, in *"])

    alone = (*SUITE_ARGS, "-n", workers, "--cartfuzz-report-dir", "out", "-k", "corpus")
    second = run_suite(pytester, *alone, *fault)
    assert outcomes(second) == {CORPUS_TEST: "FAILED"}
    found = summary(pytester.path / "out")
    assert failure.signature in {entry["signature"] for entry in found["discrepancies"]}
    assert found["phases"]["edges"]["scenarios"] == 0

    third = run_suite(pytester, *alone)
    assert outcomes(third) == {CORPUS_TEST: "PASSED"}
    assert known(pytester).entries == (failure,)


def test_a_broken_corpus_ends_before_any_test(pytester: pytest.Pytester) -> None:
    """The error is one line, without the password."""
    pytester.makepyfile("def test_nothing():\n    pass\n")
    for where in ("redis://u:geheim@127.0.0.1/0", "/dev/null/corpus"):
        result = pytester.runpytest_inprocess("--cartfuzz-corpus", where)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: cartfuzz: --cartfuzz-corpus: expected *"])
        assert "geheim" not in result.stderr.str() + result.stdout.str()


def test_the_folder_is_relative_to_the_configuration_file(pytester: pytest.Pytester) -> None:
    """As pytest's own paths are; a URL stays as it is."""
    pytester.makeini("[pytest]\ncartfuzz_corpus = known/corpus\n")
    assert settings_of(pytester.parseconfig()).corpus == str(pytester.path / "known" / "corpus")
    pytester.makeini("[pytest]\ncartfuzz_corpus = redis://cache.example/1\n")
    assert settings_of(pytester.parseconfig()).corpus == "redis://cache.example/1"
