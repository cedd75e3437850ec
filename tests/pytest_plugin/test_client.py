"""The client: what fails a test, what does not, and what people read."""

from __future__ import annotations

import pytest

from ..restarting import restarting
from ..served import KEY
from .runs import FAULT, outcomes, run_tests

CLOSES = """
import pytest

def close_a_cancelled_order(client):
    order = client.open()
    order.update(state="open")
    order.update(state="cancelled")
    return order.update(state="closed")

def test_unmarked(cartfuzz_client):
    assert close_a_cancelled_order(cartfuzz_client).status == 400

@pytest.mark.cartfuzz(rule="STATE-08")
def test_of_the_rule(cartfuzz_client):
    assert close_a_cancelled_order(cartfuzz_client).status == 400

@pytest.mark.cartfuzz(rule="CART-01")
def test_of_another_rule(cartfuzz_client):
    close_a_cancelled_order(cartfuzz_client)
"""


def test_a_test_fails_for_its_rule_only(pytester: pytest.Pytester) -> None:
    """Unmarked tests fail for any rule, marked ones for their own rule only."""
    pytester.makepyfile(CLOSES)
    assert set(outcomes(run_tests(pytester)).values()) == {"PASSED"}
    result = run_tests(pytester, "--cartfuzz-sandbox-fault", FAULT)
    assert outcomes(result) == {
        "test_unmarked": "FAILED",
        "test_of_the_rule": "FAILED",
        "test_of_another_rule": "PASSED",
    }
    result.stdout.fnmatch_lines(
        [
            "*ContractBrokenError: STATE-08  A cancelled session stays cancelled*",
            "*expected  a refusal with 400",
            '*1. update session-cf-* {*"state":"open"*} -> 200',
            '*3. update session-cf-* {*"state":"closed"*} -> 200',
            "*= cartfuzz =*",
            "cartfuzz: FAILED  1 discrepancy; target: the embedded sandbox at http:*",
        ]
    )


def test_conversations_never_meet(pytester: pytest.Pytester) -> None:
    """Each conversation has sessions and texts of its own, shown with the placeholder."""
    pytester.makepyfile(
        """
        import pytest
        from cartfuzz.contract import MARK

        def test_marks(cartfuzz_client):
            one, other = cartfuzz_client.open(), cartfuzz_client.open()
            one.update({"profileId": one.unique("p")}, state="closed")
            assert other.read().status == 404
            reply = one.read()
            assert reply.session["profileId"] == f"p-{MARK}"
            assert reply.session["integrationId"] == f"session-{MARK}"
            with pytest.raises(ValueError, match="contract 2.5.1 has no reopen"):
                one.reopen()
        """
    )
    assert outcomes(run_tests(pytester)) == {"test_marks": "PASSED"}


def test_scenarios_are_executed(pytester: pytest.Pytester) -> None:
    """`check` executes any scenario, and fails the test for what it shows."""
    pytester.makepyfile(
        """
        from cartfuzz.strategies import edge_scenarios

        def test_cells(cartfuzz_client):
            for scenario in edge_scenarios(cartfuzz_client.environment):
                if "STATE-08" in scenario.aims:
                    assert cartfuzz_client.check(scenario).requests
        """
    )
    assert outcomes(run_tests(pytester)) == {"test_cells": "PASSED"}
    red = run_tests(pytester, "--cartfuzz-sandbox-fault", FAULT)
    assert outcomes(red) == {"test_cells": "FAILED"}


RESTARTED = """
def test_first(cartfuzz_client):
    order = cartfuzz_client.open("first")
    order.update({})
    order.read()

def test_second(cartfuzz_client):
    order = cartfuzz_client.open("second")
    order.update({})
    order.read()
"""


def test_a_restart_of_the_target_is_no_finding(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier test has left is gone as well; the test fails, and the report blames no
    rule."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    pytester.makepyfile(RESTARTED)
    with restarting(lambda _, call: call.method == "GET" and b"second" in call.path) as sandbox:
        result = run_tests(pytester, "--cartfuzz-url", sandbox.url)
    assert outcomes(result) == {"test_first": "PASSED", "test_second": "FAILED"}
    result.stdout.fnmatch_lines(
        ["*NoAnswerError: *: the target lost its state meanwhile: what it answered proves nothing*"]
    )
    result.stdout.no_fnmatch_line("*RESP-*")
