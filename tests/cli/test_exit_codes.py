"""The exit codes: one number for each way in which a command can end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cartfuzz.analysis import RunOutcome
from cartfuzz.cli import main
from cartfuzz.cli.exit_codes import ExitCode, exit_code_of
from cartfuzz.cli.run_loop import EXIT_CODES
from cartfuzz.contract import CartfuzzError, ConfigurationError
from cartfuzz.harness.errors import (
    ClusterError,
    CorpusError,
    CredentialsRefusedError,
    WorkerFailedError,
)
from cartfuzz.record import BadRecordError
from cartfuzz.sandbox import SandboxError, UnknownFaultError

README = Path(__file__).parents[2] / "README.md"


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

    monkeypatch.setattr("cartfuzz.cli.rules.catalogue", failing)
    assert main(["rules"]) == code


def test_ctrl_c_is_the_code_of_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that the user breaks off ends with 128 + SIGINT."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cartfuzz.cli.rules.catalogue", interrupted)
    assert main(["rules"]) == 130


def test_each_outcome_of_a_run_has_a_code() -> None:
    """A run ends with 0 only if nothing was found."""
    assert set(EXIT_CODES) == set(RunOutcome)
    silent = {outcome for outcome, code in EXIT_CODES.items() if code == 0}
    assert silent == {RunOutcome.PASSED, RunOutcome.INTERRUPTED}


def test_the_readme_lists_the_codes() -> None:
    """Its table has each code, and no other one."""
    table = README.read_text("utf-8").partition("| exit code | meaning |")[2].partition("\n\n")[0]
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert listed == set(ExitCode)
