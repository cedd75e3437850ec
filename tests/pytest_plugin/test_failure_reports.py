"""What people read of a failed test: a reason in one line, the conversation, nothing twice."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from .runs import FAULT, run_tests

OWN_TESTS = """
from hypothesis import given, settings, strategies as st

def sell(client):
    order = client.open()
    item = {"name": "Mug", "sku": "mug", "quantity": 2, "price": 7.0}
    order.update({"cartItems": [item]})
    return order

def test_sum(cartfuzz_client):
    assert sell(cartfuzz_client).read().session["total"] == 15

def test_many(cartfuzz_client):
    for number in range(5):
        order = sell(cartfuzz_client)
    for number in range(15):
        order.update({"profileId": "p" * 1000})
    raise ValueError("its own reason")

def test_of_the_contract(cartfuzz_client):
    order = sell(cartfuzz_client)
    order.update(state="cancelled")
    order.update(state="closed")
"""


def test_a_failed_assertion_shows_what_was_sent_and_answered(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bounded lines, without the key; the newest conversations come last."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "geheim")
    pytester.makepyfile(OWN_TESTS)
    result = run_tests(pytester, "-k", "sum or many")
    result.stdout.fnmatch_lines(
        [
            "E       assert 14* == 15",
            "*- cartfuzz conversation -*",
            '1. PUT /v2/customer_sessions/session-cf-* {"customerSession":{"cartItems":*',
            "   -> 200 {*",
            "2. GET /v2/customer_sessions/session-cf-*",
            "   -> 200 {*",
            "*ValueError: its own reason",
            "*- cartfuzz conversation -*",
            "(3 earlier conversations are left out)",
            "1. PUT *",
            "(the first 4 requests are left out)",
            "5. PUT *pppp*…",
            "16. PUT *",
        ]
    )
    assert max(map(len, result.outlines)) < 500
    assert len(result.outlines) < 120
    assert "geheim" not in result.stdout.str()


def test_the_short_summary_and_the_junit_file_give_the_reason(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, also on a CI system, where pytest does not cut it; the report comes once."""
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(OWN_TESTS)
    fault = ("--cartfuzz-sandbox-fault", FAULT)
    result = run_tests(pytester, *fault, "-k", "contract", "--junitxml", "out.xml")
    (line,) = [line for line in result.outlines if line.startswith("FAILED ")]
    reason = line.partition(" - ")[2]
    assert reason.startswith("STATE-08: found 200 ")
    assert reason.endswith(
        "expected a refusal with 400: update of a cancelled session to closed: accepted"
    )
    assert result.stdout.str().count("3. update ") == 1
    suite = ET.parse(pytester.path / "out.xml").getroot()  # noqa: S314 - ours
    (failure,) = suite.iter("failure")
    assert failure.get("message") == reason
