"""``report.sarif``: valid SARIF 2.1.0, and results that tools recognise in the next run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from cartfuzz.analysis import Summary
from cartfuzz.analysis.muted import Muted
from cartfuzz.contract import ContractVersion, catalogue
from cartfuzz.record import Kind, KnownFailure, StopReason
from cartfuzz.reports.sarif import sarif_log, write_sarif

from .schemas_of_others import sarif
from .summaries import any_text, ended, summary_of, with_bug


def run_of(summary: Summary) -> dict[str, Any]:
    """The only run of the log, which is valid."""
    log = json.loads(json.dumps(sarif_log(summary)))
    sarif().validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def result_of(summary: Summary) -> dict[str, Any]:
    """The only result."""
    (result,) = run_of(summary)["results"]
    assert isinstance(result, dict)
    return result


@settings(deadline=None)
@given(any_text)
def test_it_is_always_valid(text: str) -> None:
    """Whatever a target sent; and nothing of it is a placeholder or a link of a message."""
    summary = with_bug(summary_of(text), points_at=text, cause=text)
    message = result_of(summary)["message"]["text"]
    assert message.replace("{{", "").replace("}}", "").count("{") == 0
    assert "](" not in message or "[" not in message.replace("\\[", "")


def test_a_backslash_before_a_bracket_makes_no_link() -> None:
    """Every bracket has an odd number of backslashes before it: the last one escapes it."""
    text = "\\[a](http://evil.example) \\\\[b](http://evil.example)"
    message = result_of(with_bug(summary_of(text), points_at=text, cause=text))["message"]["text"]
    runs = [len(found[1]) for found in re.finditer(r"(\\*)\[", message)]
    assert runs
    assert all(length % 2 for length in runs)


def test_the_file_is_the_log(tmp_path: Path) -> None:
    """In ASCII, so that every reader takes it."""
    summary = summary_of("é\ud800")
    write_sarif(summary, tmp_path / "report.sarif")
    text = (tmp_path / "report.sarif").read_text("ascii")
    assert json.loads(text) == sarif_log(summary)


def test_a_result_names_rule_operation_and_signature() -> None:
    """The fingerprint is the signature, which the next run has as well."""
    summary = summary_of("odd")
    (bug,) = summary.discrepancies
    run = run_of(summary)
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "CART-02"
    assert "Source: NewCustomerSessionV2.cartItems" in rule["help"]["text"]
    assert result["partialFingerprints"]["cartfuzzSignature/v1"] == bug.signature
    (location,) = result["locations"]
    assert location["logicalLocations"][0]["name"] == "update"
    assert location["physicalLocation"]["artifactLocation"]["uri"] == (
        f"discrepancies/{bug.signature}/explain.md"
    )
    assert len(run["tool"]["driver"]["rules"]) == len(catalogue(ContractVersion.V2_5_1))
    assert "baselineState" not in result


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"kind": Kind.VIOLATION}, "error"),
        ({"kind": Kind.CONTRADICTION}, "warning"),
        ({"kind": Kind.FLAKY}, "warning"),
        ({"unconfirmed": True}, "note"),
    ],
)
def test_the_level_is_that_of_the_kind(changes: dict[str, Any], level: str) -> None:
    """Only what breaks a rule every time is an error."""
    assert result_of(with_bug(summary_of("odd"), **changes))["level"] == level


def test_known_ones_are_suppressed_and_unchanged() -> None:
    """With their tickets; what is not in the baseline is new. Observed rules are suppressed too."""
    summary = summary_of("odd")
    (bug,) = summary.discrepancies
    new = msgspec.structs.replace(bug, signature="STATE-01-0123456789", rule="STATE-01")
    changed = msgspec.structs.replace(
        summary,
        discrepancies=[new],
        known=[bug],
        baseline={bug.signature: KnownFailure(ticket="SHOP-1", reason="later")},
        muted=[Muted(signature="RET-03-ab", rule="RET-03", title="drifts", count=2)],
    )
    fresh, known, muted = run_of(changed)["results"]
    assert (fresh["baselineState"], fresh["suppressions"]) == ("new", [])
    assert known["baselineState"] == "unchanged"
    assert known["suppressions"][0]["justification"] == "SHOP-1: later"
    assert muted["suppressions"][0]["status"] == "accepted"


def test_a_rule_outside_the_catalogue_has_a_descriptor() -> None:
    """Its result is not lost."""
    run = run_of(with_bug(summary_of("odd"), rule="NEW-99"))
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "NEW-99"


@pytest.mark.parametrize(
    ("reason", "is_successful"), [(StopReason.COMPLETED, True), (StopReason.TARGET_LOST, False)]
)
def test_the_verdict_is_a_notification(reason: StopReason, is_successful: bool) -> None:
    """A run that lost its target is no successful execution."""
    (invocation,) = run_of(ended(reason, "gone"))["invocations"]
    assert invocation["executionSuccessful"] is is_successful
    assert len(invocation["toolExecutionNotifications"]) == 1
