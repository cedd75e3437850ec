"""The suite's former path: it works, and one warning names the new one."""

from __future__ import annotations

import pytest

from cartfuzz.pytest_plugin.moved_suite import FORMER_SUITE

from .runs import SUITE, outcomes, run_tests

RULE = "test_rule[2.5.1-STATE-04]"
WARNING = f"*PytestDeprecationWarning: {FORMER_SUITE} has moved*pytest --pyargs {SUITE}*"
ONE_RULE = ("-p", "no:cacheprovider", "-k", "STATE-04 and test_rule")
COLLECT = ("--collect-only", "-qq")


def warnings_in(result: pytest.RunResult) -> list[str]:
    """The lines that warn of the former path."""
    return [line for line in result.outlines if "has moved" in line]


def collected(result: pytest.RunResult) -> list[str]:
    """The names of the tests that were collected."""
    return [line.partition("::")[2] for line in result.outlines if "::" in line]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_former_path_runs_the_suite_and_warns_once(
    pytester: pytest.Pytester, workers: str
) -> None:
    """Also where workers collect the tests."""
    result = run_tests(pytester, "--pyargs", FORMER_SUITE, *ONE_RULE, "-n", workers)
    assert outcomes(result) == {RULE: "PASSED"}
    result.stdout.fnmatch_lines([WARNING])
    assert len(warnings_in(result)) == 1


@pytest.mark.parametrize("rest", [".test_rules", f".test_rules::{RULE}"])
def test_modules_and_node_ids_under_the_former_path_work(
    pytester: pytest.Pytester, rest: str
) -> None:
    """As CI configurations name single tests."""
    result = run_tests(pytester, "--pyargs", FORMER_SUITE + rest, *ONE_RULE, *COLLECT)
    assert collected(result) == [RULE]
    assert len(warnings_in(result)) == 1


def test_the_former_path_works_in_the_configuration_file(pytester: pytest.Pytester) -> None:
    """Where ``testpaths`` names the suite, and no argument does."""
    pytester.makeini(f"[pytest]\naddopts = --pyargs\ntestpaths = {FORMER_SUITE}\n")
    result = run_tests(pytester, *ONE_RULE, *COLLECT)
    assert collected(result) == [RULE]
    assert len(warnings_in(result)) == 1


@pytest.mark.parametrize("workers", ["0", "2"])
def test_where_warnings_are_errors_one_line_gives_the_reason(
    pytester: pytest.Pytester, workers: str
) -> None:
    """No test runs, and no traceback is shown."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    result = run_tests(pytester, "--pyargs", FORMER_SUITE, *ONE_RULE, "-n", workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: cartfuzz: {FORMER_SUITE} has moved*use * {SUITE} *"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_a_filter_silences_the_warning(pytester: pytest.Pytester) -> None:
    """The suite is collected all the same."""
    pytester.makeini("[pytest]\nfilterwarnings = ignore:cartfuzz.harness.suite has moved\n")
    result = run_tests(pytester, "--pyargs", FORMER_SUITE, *ONE_RULE, *COLLECT)
    assert collected(result) == [RULE]
    assert not warnings_in(result)


@pytest.mark.parametrize("path", [SUITE, f"{FORMER_SUITE}s"])
def test_other_paths_are_left_alone(pytester: pytest.Pytester, path: str) -> None:
    """Neither the present path nor a longer name warns."""
    result = run_tests(pytester, "--pyargs", path, *ONE_RULE, *COLLECT)
    assert not warnings_in(result)
