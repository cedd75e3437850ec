"""The exit codes: one number for each way in which a command can end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cartfuzz.analysis import RunOutcome
from cartfuzz.cli import main
from cartfuzz.cli.exit_codes import EXIT_CODES, ExitCode, exit_code_of
from cartfuzz.contract import CartfuzzError, ConfigurationError
from cartfuzz.harness.errors import (
    ClusterError,
    CorpusError,
    CredentialsRefusedError,
    WorkerFailedError,
)
from cartfuzz.record import BadRecordError
from cartfuzz.sandbox import SandboxError, UnknownFaultError

PAGE = Path(__file__).parents[2] / "docs" / "exit-codes.md"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("key", expected="x", found="y"), 2),
        (BadRecordError("line 1"), 2),
        (UnknownFaultError("no fault"), 2),
        (SandboxError("no port"), 2),
        (ClusterError("no scheduler"), 2),
        (CorpusError("no server"), 2),
        (CredentialsRefusedError("401"), 3),
        (WorkerFailedError("a traceback"), 4),
        (CartfuzzError("any other"), 4),
    ],
)
def test_an_error_ends_with_the_code_of_its_branch(
    error: CartfuzzError, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the user can put right is 2, the target's fault 3, a fault of Cartfuzz 4."""
    assert exit_code_of(error) == code

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr("cartfuzz.cli.rules.catalogue_with", failing)
    assert main(["rules"]) == code


def test_ctrl_c_is_the_code_of_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that the user breaks off ends with 128 + SIGINT."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cartfuzz.cli.rules.catalogue_with", interrupted)
    assert main(["rules"]) == 130


def test_each_outcome_of_a_run_has_a_code() -> None:
    """A run ends with 0 only if it passed, and no two outcomes share a code."""
    assert set(EXIT_CODES) == set(RunOutcome)
    silent = {outcome for outcome, code in EXIT_CODES.items() if code == 0}
    assert silent == {RunOutcome.PASSED}
    assert len(set(EXIT_CODES.values())) == len(EXIT_CODES)


def test_the_page_lists_the_codes() -> None:
    """Its one table has each code with the word of each outcome, and no other code."""
    table = PAGE.read_text("utf-8").partition("| exit code | verdict |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\d+) \| ([A-Z ]*)\|", table, re.MULTILINE)
    assert {int(code) for code, _ in rows} == set(ExitCode)
    words = {word.strip(): int(code) for code, word in rows if word.strip()}
    assert words == {outcome.word: code for outcome, code in EXIT_CODES.items()}
