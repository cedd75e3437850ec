"""No target, a target that does not answer, a target that dies: one error, whatever needs it."""

from __future__ import annotations

from collections import Counter

import pytest

from cartfuzz.contract import Environment
from cartfuzz.sandbox import start

from .runs import SUITE, outcomes, run_pytest, run_suite

OWN_TESTS = """
def test_one(cartfuzz_client):
    assert cartfuzz_client.open().update({}).accepted

def test_two(cartfuzz_client):
    assert cartfuzz_client.open().update({}).accepted

def test_without_a_target():
    pass
"""
DEATH = """
import os
import signal

import pytest

@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    if item.name == "test_death":
        os.kill(int(os.environ["TARGET_PID"]), signal.SIGKILL)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_suite_needs_a_target(pytester: pytest.Pytester, workers: str) -> None:
    """Without one it is bad usage, in one line that names both ways."""
    result = run_pytest(pytester, "--pyargs", SUITE, "-n", workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line.strip()]
    assert line.startswith("ERROR: cartfuzz: no target was named: ")
    assert "--cartfuzz-url" in line
    assert "--cartfuzz-sandbox" in line


def test_the_suite_can_be_listed_without_a_target(pytester: pytest.Pytester) -> None:
    """Nothing is sent for that."""
    result = run_pytest(pytester, "--pyargs", SUITE, "--collect-only", "-qq")
    assert result.ret == 0


def test_own_tests_without_a_target_are_one_error(pytester: pytest.Pytester) -> None:
    """The tests that need none pass, and no sandbox is started unasked."""
    pytester.makepyfile(OWN_TESTS)
    result = run_pytest(pytester)
    result.assert_outcomes(passed=1, errors=1, skipped=1)
    result.stdout.fnmatch_lines(["cartfuzz: no target was named: add --cartfuzz-url URL, or *"])


def test_a_target_that_does_not_answer_is_one_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For all workers together; the text names the URL and not the key."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "geheim")
    result = run_suite(
        pytester, "--cartfuzz-url", "http://127.0.0.1:1", "-k", "CART", "-n", "2", "-rs"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    found = Counter(outcomes(result).values())
    assert set(found) == {"ERROR", "SKIPPED"}
    assert found["ERROR"] == 1
    text = result.stdout.str()
    assert text.count("does not answer: connection refused; start the target") == 1
    result.stdout.fnmatch_lines(["SKIPPED *does not answer: *(one other test reports it)"])
    assert "geheim" not in text


@pytest.mark.parametrize(
    "args",
    [
        ("--pyargs", SUITE, "-k", "death or STATE"),
        ("--pyargs", SUITE, "-k", "death or machine or STATE-08"),
        ("test_own.py",),
    ],
    ids=["rules", "machine", "own tests"],
)
def test_a_target_that_dies_is_one_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    """The others are skipped, and the report says that the target is lost."""
    pytester.makeconftest(DEATH)
    pytester.makepyfile(
        test_death="def test_death(cartfuzz_client):\n    cartfuzz_client.open().update({})\n",
        test_own=OWN_TESTS,
    )
    with start(Environment()) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        monkeypatch.setenv("TARGET_PID", str(sandbox.pid))
        options = ("--cartfuzz-url", sandbox.url, "--cartfuzz-give-up-after", "1s")
        result = run_pytest(pytester, "-v", "test_death.py", *options, *args)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    found = Counter(outcomes(result).values())
    assert found["ERROR"] + found["FAILED"] == 1
    assert found["SKIPPED"] >= 1
    result.stdout.fnmatch_lines([f"cartfuzz: TARGET LOST  *; target: {sandbox.url}; seed 0"])


@pytest.mark.parametrize("hidden", ["-q", "--no-header"])
def test_the_target_is_named_where_pytest_prints_no_header(
    pytester: pytest.Pytester, hidden: str
) -> None:
    """In a line before the tests, and in the last line of the section."""
    pytester.makepyfile(OWN_TESTS)
    result = run_pytest(pytester, hidden, "--cartfuzz-sandbox")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "cartfuzz: embedded sandbox, seed 0 *",
            "cartfuzz: PASSED  no discrepancy; target: the embedded sandbox at http://*; seed 0",
        ]
    )
