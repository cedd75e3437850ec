"""The summary on a terminal: complete, safe, and short if asked."""

from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import given, settings
from rich.console import Console

from cartfuzz.analysis import ReproductionRate
from cartfuzz.analysis.summary import PhaseTotals
from cartfuzz.contract import ContractVersion, Level, RuleLevel, catalogue
from cartfuzz.record import Kind, StopReason
from cartfuzz.record.events import Observed
from cartfuzz.reports import print_summary

from ..record.events import discrepancy
from .summaries import any_text, ended, partial, printed, summary_of, with_bug


@settings(deadline=None)
@given(any_text)
def test_a_target_cannot_control_the_terminal(text: str) -> None:
    """Whatever a target sent, only printable characters and line feeds are printed."""
    output = printed(summary_of(text))
    assert all(char.isprintable() or char == "\n" for char in output)
    assert "CART-02" in output


def test_markup_is_shown_as_it_is() -> None:
    """A target cannot colour or hide lines with the terminal library's markup."""
    assert "[red]evil[/red]" in printed(summary_of("[red]evil[/red]"))


def test_a_summary_is_complete() -> None:
    """With -v rule, statement, expectation, finding, requests, counts and verdict are printed."""
    output = printed(summary_of("odd"), verbosity=1)
    assert catalogue(ContractVersion.V2_5_1)["CART-02"].statement in output
    assert "expected  odd" in output
    assert f"{' ' * 6}1. update odd" in output
    assert '"identifiers":["odd","odd","odd","odd","odd"]' in output
    assert "1 scenario, 2 requests in 1.0 s" in output
    assert "not judged: 1 x odd" in output
    assert "FAILED  1 discrepancy" in output


def test_quiet_is_short() -> None:
    """With -q one line a discrepancy, ten of them, and the verdict are printed."""
    summary = summary_of("odd")
    (bug,) = summary.discrepancies
    lines = printed(summary, verbosity=-1).splitlines()
    assert lines[0] == f"{bug.signature}  update: odd"
    assert lines[1].startswith("FAILED  1 discrepancy")
    many = msgspec.structs.replace(summary, discrepancies=[bug] * 12)
    lines = printed(many, verbosity=-1).splitlines()
    assert lines[10] == "and 2 more"
    assert len(lines) == 12


def test_an_inconclusive_run_names_the_operations() -> None:
    """A run that tested nothing is not green: the operations that accepted nothing are named."""
    summary = ended(StopReason.COMPLETED, reached={"endpoint get": 1})
    assert "INCONCLUSIVE  nothing was ever accepted by: update, return" in printed(summary)


def test_lowered_rules_are_shown_with_their_reason() -> None:
    """A rule that the configuration turned into an observation is never forgotten."""
    levels = {"CART-02": RuleLevel(level=Level.OBSERVE, reason="raised limit")}
    shown = printed(summary_of("x", rule_levels=levels))
    assert "CART-02 is only observed here: raised limit" in shown


def test_minimisation_is_counted_apart() -> None:
    """Its executions and requests are shown if there were any."""
    summary = summary_of("x")
    assert "minimisation" not in printed(summary)
    cost = PhaseTotals(scenarios=24, requests=40)
    output = printed(msgspec.structs.replace(summary, minimisation=cost))
    assert "minimisation: 24 more executions, 40 more requests" in output


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (5, "confirmed: the smallest scenario showed it 5 times out of 5"),
        (2, "flaky: the smallest scenario showed it 2 times out of 5"),
        (0, "flaky: the smallest scenario did not show it again in 5 executions"),
    ],
)
def test_a_confirmation_gives_its_rate(shown: int, line: str) -> None:
    """Every time, some times, never."""
    summary = with_bug(summary_of("x"), confirmation=ReproductionRate(shown=shown, of=5))
    assert line in printed(summary, verbosity=1)


def test_flaky_discrepancies_come_last_under_their_own_heading() -> None:
    """They are not listed by rule, and the verdict counts them."""
    summary = summary_of("x")
    (bug,) = summary.discrepancies
    flaky = msgspec.structs.replace(bug, kind=Kind.FLAKY, title="now and then", rule="AAA-01")
    both = msgspec.structs.replace(summary, discrepancies=[flaky, bug])
    output = printed(both, verbosity=1)
    heading = output.index("Flaky: the smallest scenario does not show it every time")
    assert output.index("update: x") < heading < output.index("now and then")
    assert "FAILED  2 discrepancies, 1 of them flaky" in output


def test_long_scenarios_are_shown_by_their_end() -> None:
    """The last twelve requests keep their numbers; a line says how many are left out."""
    (bug,) = summary_of("x").discrepancies
    output = printed(with_bug(summary_of("x"), operations=bug.operations * 15), verbosity=1)
    assert "(the first 3 are left out)" in output
    assert "   4. update" in output
    assert "  15. update" in output
    assert "   3. update" not in output


def test_observations_are_shown_on_request() -> None:
    """By rule with its statement, the situation, what the target did, and how often."""
    observed = Observed(rule="MERGE-U1", situation="a map", outcome="merged", count=7)
    summary = msgspec.structs.replace(summary_of("x"), observations=[observed])
    heading = "What the target did where the contract is silent:"
    assert heading not in printed(summary)
    for output in (printed(summary, verbosity=1), printed(summary, observations=True)):
        assert heading in output
        assert catalogue(ContractVersion.V2_5_1)["MERGE-U1"].statement in output
        assert "a map -> merged (7)" in output


@pytest.mark.parametrize(
    ("reason", "detail", "verdict"),
    [
        (StopReason.COMPLETED, "", "PASSED  no discrepancy"),
        (StopReason.INTERRUPTED, "", "INTERRUPTED  no discrepancy; interrupted after 1 s"),
        (StopReason.COMPLETED, "quiet", "PASSED  no discrepancy; stopped as asked: quiet"),
        (
            StopReason.TARGET_LOST,
            "refused",
            "TARGET LOST  refused; no discrepancy",
        ),
        (StopReason.FAILED, "KeyError: 'x'", "INTERNAL ERROR  KeyError: 'x'; no discrepancy"),
    ],
)
def test_the_verdict_is_the_last_line(reason: StopReason, detail: str, verdict: str) -> None:
    """Each outcome has its word and its reason."""
    assert (
        printed(ended(reason, detail)).splitlines()[-1] == f"{verdict}; target: http://127.0.0.1:1"
    )


def test_a_failed_run_that_ended_early_gives_both_reasons() -> None:
    """Discrepancies hide neither that the target was lost, nor that the run was interrupted."""
    summary = ended(StopReason.TARGET_LOST, "gone", discrepancies=(discrepancy("CART-02"),))
    assert "TARGET LOST  gone; 1 discrepancy; target" in printed(summary)
    summary = ended(StopReason.INTERRUPTED, discrepancies=(discrepancy("CART-02"),))
    assert "FAILED  1 discrepancy; interrupted after 1 s; target" in printed(summary)


def test_a_partial_run_says_how_far_it_is() -> None:
    """And how long a full round takes: 1200 requests at 2 a second, and a third more."""
    expected = (
        "PARTIAL  no discrepancy; 50% of the sweeps done; at this rate one full round takes "
        "about 13 min; target: http://127.0.0.1:1"
    )
    assert printed(partial()).splitlines()[-1] == expected


def test_untested_rules_are_named_with_what_it_takes() -> None:
    """A few of them, and all with -v."""
    assert " more (-v); to test them, let the sweeps run" in printed(partial())
    shown = printed(partial(), verbosity=1)
    assert "(-v)" not in shown
    assert "AUTH-01" in shown


def test_an_ascii_console_gets_escapes() -> None:
    """A console that cannot show a text gets its escapes, and the report goes on to its end."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    summary = ended(
        StopReason.COMPLETED, discrepancies=(discrepancy("CART-02", outcome="\u65e5\u672c"),)
    )
    print_summary(summary, Console(file=stream, width=200, highlight=False))
    stream.flush()
    text = raw.getvalue().decode("ascii")
    assert r"\u65e5\u672c" in text
    assert text.rstrip().endswith("FAILED  1 discrepancy; target: http://127.0.0.1:1")
