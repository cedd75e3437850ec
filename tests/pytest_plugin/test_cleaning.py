"""What a run of pytest leaves in its target, and what cancels it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cartfuzz.cli import main

from ..served import KEY, Served, served
from .runs import run_tests

TEST = """
def test_own(cartfuzz_client):
    conversation = cartfuzz_client.open("first", "second")
    conversation.update({})
    conversation.update({}, state="closed", at=1)
"""


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    with served() as one:
        yield one


def run(pytester: pytest.Pytester, sandbox: Served, *options: str) -> pytest.RunResult:
    pytester.makepyfile(TEST)
    result = run_tests(pytester, "--cartfuzz-url", sandbox.url, *options)
    result.assert_outcomes(passed=1)
    return result


def test_sessions_of_tests_are_cleaned_later(pytester: pytest.Pytester, sandbox: Served) -> None:
    """By the command that the terminal names; that of the preflight as well."""
    folder = pytester.path / "report"
    result = run(pytester, sandbox, "--cartfuzz-report-dir", str(folder))
    result.stdout.fnmatch_lines([f"3 sessions left; to cancel them: cartfuzz clean {folder}"])
    assert sorted(sandbox.states().values()) == ["closed", "open", "open"]
    assert main(["clean", str(folder)]) == 0
    assert set(sandbox.states().values()) == {"cancelled"}


READ = """
def test_own(cartfuzz_client):
    cartfuzz_client.open().read()
"""


def test_what_only_reads_leaves_nothing(pytester: pytest.Pytester, sandbox: Served) -> None:
    """So no command is named that would cancel nothing."""
    pytester.makepyfile(READ)
    options = ("--cartfuzz-report-dir", "report", "--cartfuzz-traffic", "reads")
    result = run_tests(pytester, "--cartfuzz-url", sandbox.url, *options)
    result.assert_outcomes(passed=1)
    assert not sandbox.states()
    result.stdout.no_fnmatch_line("*to cancel them*")


def test_a_run_can_clean_itself(pytester: pytest.Pytester, sandbox: Served) -> None:
    """``--cartfuzz-clean``, without a report too."""
    result = run(pytester, sandbox, "--cartfuzz-clean")
    result.stdout.fnmatch_lines(["3 sessions cancelled"])
    assert set(sandbox.states().values()) == {"cancelled"}


def test_what_may_not_write_cannot_clean(pytester: pytest.Pytester, sandbox: Served) -> None:
    """Bad usage, before anything is sent."""
    pytester.makepyfile(TEST)
    options = ("--cartfuzz-clean", "--cartfuzz-traffic", "dry")
    result = run_tests(pytester, "--cartfuzz-url", sandbox.url, *options)
    result.stderr.fnmatch_lines(["*--cartfuzz-clean cancels sessions*"])
    assert not sandbox.calls
