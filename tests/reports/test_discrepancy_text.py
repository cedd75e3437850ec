"""The discrepancies of a run as lines of text."""

from __future__ import annotations

from cartfuzz.analysis.bugs import Symptom
from cartfuzz.reports import discrepancy_lines

from .summaries import summary_of, with_bug


def test_a_rule_is_the_heading_of_its_discrepancies() -> None:
    """Rule and statement, its source, then each discrepancy with signature and count."""
    lines = discrepancy_lines(summary_of("odd"))
    assert lines[1].startswith("CART-02  ")
    assert lines[2].startswith("  implied: ")
    assert lines[3].startswith("  update: odd   CART-02-")
    assert lines[3].endswith(", seen once")


def test_a_rule_outside_the_catalogue_has_a_heading_too() -> None:
    """Its statement is unknown, its discrepancies are shown."""
    lines = discrepancy_lines(with_bug(summary_of("odd"), rule="NEW-99"))
    assert lines[1] == "NEW-99  "
    assert lines[2].startswith("  update: odd")


def test_symptoms_are_listed_up_to_four() -> None:
    """What else the run saw of a bug: four of them, and how many more."""
    symptom = Symptom(signature="ERR-06-00", rule="ERR-06", title="leaves a trace", count=1)
    lines = discrepancy_lines(with_bug(summary_of("odd"), symptoms=(symptom,) * 6))
    assert lines.count("    also seen as  ERR-06  leaves a trace   ERR-06-00") == 4
    assert "    and as 2 more" in lines


def test_a_burst_is_named_before_its_requests() -> None:
    """Requests that are sent at the same moment do not look like a sequence."""
    alone = {"operation": "update", "session": "s0", "status": 200}
    burst = {**alone, "burst": True}
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[alone, burst, burst]))
    assert lines[-4] == "    (Requests 2 and 3 are sent at the same moment)"
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[alone, burst]))
    assert lines[-3] == "    (Request 2 is sent at the same moment as others)"
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[alone]))
    assert not any("moment" in line for line in lines)


def test_an_operation_is_one_line() -> None:
    """Dry runs, odd credentials, bodies without a session and missing answers are shown."""
    operation = {
        "operation": "update",
        "session": "s0",
        "dry": True,
        "credentials": "wrong",
        "body": ["x"],
        "status": None,
    }
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[operation]))
    assert lines[-1].strip() == "1. update s0 dry wrong credentials ['x'] -> no answer"
