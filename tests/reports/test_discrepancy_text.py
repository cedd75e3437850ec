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


def test_requests_of_a_burst_are_one_group() -> None:
    """Requests that are sent at the same moment do not look like a sequence."""
    alone = {"operation": "update", "session": "s0", "status": 200}
    burst = {**alone, "burst": True}
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[alone, burst, burst, alone]))
    assert lines[-5:] == [
        "      1. update s0 -> 200",
        "         together:",
        "      2.   update s0 -> 200",
        "      3.   update s0 -> 200",
        "      4. update s0 -> 200",
    ]
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[alone, burst]))
    assert lines[-2] == "         together with others:"
    lines = discrepancy_lines(with_bug(summary_of("odd"), operations=[alone]))
    assert not any("together" in line for line in lines)


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
    assert lines[-1].strip() == '1. update s0 dry wrong credentials ["x"] -> no answer'


def test_what_was_not_confirmed_is_listed_apart() -> None:
    """Its rule is no heading: nobody knows yet whether it is broken."""
    lines = discrepancy_lines(with_bug(summary_of("odd"), unconfirmed=True))
    assert lines[1].startswith("Not confirmed")
    assert lines[1].endswith(": 1")
    assert lines[2].startswith("  update: odd   CART-02-")
    assert not any(line.startswith("CART-02") for line in lines)


def test_the_target_is_quoted_on_one_line() -> None:
    """Whatever its error says."""
    lines = discrepancy_lines(with_bug(summary_of("odd"), points_at="/a: \x1b[2J\nforged"))
    assert "    the target points at /a: \\x1b[2J\\nforged" in lines
