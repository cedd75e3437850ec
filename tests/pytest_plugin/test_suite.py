"""The ready-made suite on the sandbox: which tests fail, and what people read."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cartfuzz.analysis import summarise
from cartfuzz.contract import ContractVersion, Environment, catalogue
from cartfuzz.record import RunFinished, RunStarted, ScenarioRun, read_events
from cartfuzz.sandbox import start

from .runs import CELL, FAULT, outcomes, run_pytest, run_suite

FAULTY = ("--cartfuzz-sandbox-fault", FAULT)
BROKEN = "test_rule[2.5.1-STATE-08]"
FEW = ("-k", "STATE-08 or STATE-05 or cancelled-update_to_closed or open-update_to_cancelled")
"""Four tests, two of which fail with the fault."""
FEW_OUTCOMES = {
    BROKEN: "FAILED",
    "test_rule[2.5.1-STATE-05]": "PASSED",
    CELL: "FAILED",
    "test_cell[2.5.1-open-update_to_cancelled]": "PASSED",
}


def test_the_clean_sandbox_passes_every_test(pytester: pytest.Pytester) -> None:
    """Each rule and each phase has a test, and the report folder holds all that was sent."""
    result = run_suite(pytester, "--cartfuzz-explore", "20", "-n", "2", "--cartfuzz-report-dir=out")
    found = outcomes(result)
    assert result.ret == 0, result.outlines[-30:]
    assert set(found.values()) == {"PASSED", "SKIPPED"}
    rules = {name for name in found if name.startswith("test_rule")}
    assert rules == {f"test_rule[2.5.1-{rule}]" for rule in catalogue(ContractVersion.V2_5_1)}
    assert {name for name in found if found[name] == "SKIPPED"} == {
        f"test_rule[2.5.1-{rule}]" for rule in ("CART-04", "COUP-10", "BUDG-03")
    }
    assert {f"test_phase[2.5.1-{name}]" for name in ("edges", "wire", "race", "lost")} <= set(found)
    _agrees(pytester.path / "out")


def _agrees(folder: Path) -> None:
    """Asserts that record and summary describe one run, in which no two executions share a mark."""
    events = list(read_events(folder / "events.ndjson"))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    runs = [event for event in events if isinstance(event, ScenarioRun)]
    assert len(runs) == len(events) - 2
    first = [event for event in runs if not event.is_late_read]
    assert len({event.id for event in first}) == len(first)
    assert len({event.mark for event in first}) == len(first)
    assert all(event.mark.startswith(f"cf-{events[0].run}-") for event in runs)
    written = json.loads((folder / "summary.json").read_text("utf-8"))
    assert written["requests"] == summarise(events).requests == sum(r.requests for r in runs)
    assert {"edges", "wire", "explore", "race", "lost", "client"} <= set(written["phases"])
    assert (folder / "junit.xml").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("-n", "0"),
        ("-p", "no:xdist"),
        ("-n", "2", "--dist", "load"),
        ("-n", "2", "--dist", "loadscope"),
        ("-n", "2", "--dist", "worksteal"),
    ],
    ids=" ".join,
)
def test_the_same_tests_fail_however_they_are_distributed(
    pytester: pytest.Pytester, args: tuple[str, ...]
) -> None:
    """Without workers, and with each way in which pytest-xdist distributes tests."""
    result = run_suite(pytester, *FAULTY, *FEW, *args)
    assert outcomes(result) == FEW_OUTCOMES
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*= cartfuzz =*",
            "*rules tested",
            "the session IDs of this run contain cf-*",
            (
                "cartfuzz: FAILED  1 discrepancy; the chosen tests need *% of the sweeps; target: "
                f"the embedded sandbox at http://127.0.0.1:* with {FAULT}; seed 0"
            ),
        ]
    )


def test_a_failure_shows_the_difference_and_a_command_that_reproduces_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the terminal and in the JUnit file, which also names the rule; the command works from
    another folder."""
    report = ("--junitxml", "out.xml", "--cartfuzz-report-dir", "out")
    result = run_suite(pytester, *FAULTY, "-k", "STATE-08", *report)
    result.stdout.fnmatch_lines(
        [
            "STATE-08  A cancelled session stays cancelled*",
            "  implied: *",
            "  update of a cancelled session to closed: accepted   STATE-08-*",
            "    expected  a refusal with 400",
            "    found     200 *",
            '*3. update s0-cf-* {*"state":"closed"*} -> 200',
            "scenario edges/*; seed 0; target the embedded sandbox at http://127.0.0.1:* with *",
            f"reproduce: * -k STATE-08 --cartfuzz-scenario edges/* {FAULTY[0]} {FAULT} *-seed 0",
        ]
    )
    suite = ET.parse(pytester.path / "out.xml").getroot().find("testsuite")  # noqa: S314 - ours
    assert suite is not None
    (case,) = suite.findall("testcase")
    assert case.get("name") == BROKEN
    failure = case.find("failure")
    assert failure is not None
    assert "expected  a refusal with 400" in (failure.text or "")
    assert case.find("properties/property[@name='cartfuzz_rule']") is not None
    (folder,) = (pytester.path / "out" / "discrepancies").iterdir()
    assert (folder / "reproduce.sh").exists()
    (line,) = [line for line in result.outlines if line.startswith("reproduce: ")]
    monkeypatch.chdir(pytester.mkdir("elsewhere"))
    again = run_pytest(pytester, "-v", *shlex.split(line.removeprefix("reproduce: pytest ")))
    assert outcomes(again) == {BROKEN: "FAILED"}


def test_one_bug_fails_the_test_of_its_rule_and_one_cell(pytester: pytest.Pytester) -> None:
    """A target that ignores cancelling breaks a rule in each state; other tests name the first."""
    ignoring = ("--cartfuzz-sandbox-fault", "ignores-cancelling")
    moves = "STATE-05 or STATE-06 or STATE-10 or update_to_cancelled"
    result = run_suite(pytester, *ignoring, "-k", moves, "-rx")
    assert outcomes(result) == {
        "test_rule[2.5.1-STATE-05]": "FAILED",
        "test_rule[2.5.1-STATE-06]": "XFAIL",
        "test_rule[2.5.1-STATE-10]": "XFAIL",
        "test_cell[2.5.1-no_session-update_to_cancelled]": "PASSED",
        "test_cell[2.5.1-open-update_to_cancelled]": "FAILED",
        "test_cell[2.5.1-closed-update_to_cancelled]": "XFAIL",
        "test_cell[2.5.1-partially_returned-update_to_cancelled]": "XFAIL",
    }
    result.stdout.fnmatch_lines_random(
        [
            "XFAIL *STATE-10* - only seen as a symptom of STATE-05 (STATE-05-*)",
            "XFAIL *closed-update_to_cancelled* - the same bug as in 'open: update to cancelled'",
        ]
    )
    alone = run_suite(pytester, *ignoring, "-k", "STATE-10 or closed-update_to_cancelled")
    assert set(outcomes(alone).values()) == {"FAILED"}


def test_only_what_the_selected_tests_need_is_sent(pytester: pytest.Pytester) -> None:
    """One rule needs a few scenarios, not a whole phase."""
    result = run_suite(pytester, "-k", "CART-07")
    assert outcomes(result) == {"test_rule[2.5.1-CART-07]": "PASSED"}
    (line,) = [line for line in result.outlines if " scenarios, " in line]
    assert int(line.split(" ")[0]) < 20


def test_markers_leave_phases_out(pytester: pytest.Pytester) -> None:
    """The marker of the races covers the phase and the rules that only races test."""
    result = run_suite(
        pytester, "-m", "not cartfuzz_race", "-k", "PAR-0 or race", "--collect-only", "-qq"
    )
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result = run_suite(pytester, "-k", "PAR-0 or race", "--collect-only", "-qq")
    assert len([line for line in result.outlines if "::" in line]) == 4


def test_the_first_failure_ends_the_run_if_asked(pytester: pytest.Pytester) -> None:
    """``-x`` works as in any other suite."""
    result = run_suite(pytester, *FAULTY, *FEW, "-x")
    assert list(outcomes(result).values()).count("FAILED") == 1
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])


def test_the_last_failures_fail_again(pytester: pytest.Pytester) -> None:
    """With ``--lf``, even if only a random phase showed it."""
    faulty = ("--cartfuzz-sandbox-fault", "keeps-totals-of-the-first-cart")
    first = outcomes(run_suite(pytester, *faulty, "-k", "RESP-06 or explore"))
    assert first["test_rule[2.5.1-RESP-06]"] == "FAILED"
    again = outcomes(run_suite(pytester, *faulty, "--lf", "-k", "RESP-06"))
    assert again == {"test_rule[2.5.1-RESP-06]": "FAILED"}


def test_a_phase_alone_fails_for_what_it_finds(pytester: pytest.Pytester) -> None:
    """No test of a rule was selected that could fail for it."""
    found = outcomes(run_suite(pytester, *FAULTY, "-k", "test_phase and explore"))
    assert found == {"test_phase[2.5.1-explore]": "FAILED"}


def test_the_state_machine_shows_the_smallest_scenario(pytester: pytest.Pytester) -> None:
    """In a screen, and without the calls that Hypothesis drew; the seed decides what is drawn."""
    result = run_suite(pytester, *FAULTY, "-k", "machine", "-n", "0")
    assert outcomes(result) == {"test_machine[2.5.1]": "FAILED"}
    result.stdout.fnmatch_lines(
        [
            "STATE-08  *",
            "*confirmed: *",
            '*3. update s0-cf-* {*"state":"closed"*} -> 200',
            "reproduce: pytest --pyargs cartfuzz.suite -k test_machine *--cartfuzz-seed 0",
            "FAILED *test_machine*STATE-08: found 200*",
        ]
    )
    assert len(result.outlines) < 40
    assert "SessionMachine" not in result.stdout.str()


def test_a_bug_that_a_rule_reports_does_not_fail_the_state_machine(
    pytester: pytest.Pytester,
) -> None:
    """One bug, one failed test: the machine names the other one."""
    result = run_suite(pytester, *FAULTY, "-k", "machine or STATE-08", "-n", "0", "-rx")
    assert outcomes(result) == {"test_machine[2.5.1]": "XFAIL", BROKEN: "FAILED"}
    result.stdout.fnmatch_lines(["XFAIL *the same bug as in test_rule?2.5.1-STATE-08?"])


def test_the_other_contract_version_has_its_own_tests(pytester: pytest.Pytester) -> None:
    """``--cartfuzz-contract current`` brings the rules that only that version has."""
    result = run_suite(pytester, "--cartfuzz-contract", "current", "-k", "STATE-15 or STATE-16")
    assert outcomes(result) == {
        "test_rule[current-STATE-15]": "PASSED",
        "test_rule[current-STATE-16]": "PASSED",
    }


def test_an_observed_rule_is_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    """The reason is that of the configuration file."""
    pytester.path.joinpath("shop.toml").write_text(
        '[rules]\nSTATE-08 = { level = "observe", reason = "SHOP-7" }\n', "utf-8"
    )
    result = run_suite(pytester, *FAULTY, "--cartfuzz-config", "shop.toml", "-k", "STATE-08", "-rs")
    assert outcomes(result) == {BROKEN: "SKIPPED"}
    result.stdout.fnmatch_lines(["*only observed by configuration: SHOP-7*"])


def test_a_worker_that_dies_is_replaced_and_the_run_goes_on(pytester: pytest.Pytester) -> None:
    """Its shards are sent by another worker."""
    pytester.makepyfile(test_crash="import os\n\ndef test_crash():\n    os._exit(3)\n")
    result = run_suite(pytester, "test_crash.py", "-n", "2", "-k", "STATE-08 or crash")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*crashed while running*test_crash*", "cartfuzz: PASSED  no discrepancy; *"]
    )


def test_a_target_by_its_url_leaves_its_key_nowhere(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither on the terminal nor in a file of the report."""
    with start(Environment()) as sandbox:
        monkeypatch.setenv("SHOP_KEY", sandbox.api_key)
        args = ("--cartfuzz-url", sandbox.url, "--cartfuzz-api-key-env", "SHOP_KEY")
        result = run_suite(
            pytester, *args, "-k", "CART-07 or STATE-04", "-n", "2", "--cartfuzz-report-dir", "out"
        )
    assert outcomes(result) == {
        "test_rule[2.5.1-CART-07]": "PASSED",
        "test_rule[2.5.1-STATE-04]": "PASSED",
    }
    result.stdout.fnmatch_lines(["report: *out"])
    told = [result.stdout.str(), result.stderr.str()]
    files = [path for path in (pytester.path / "out").rglob("*") if path.is_file()]
    told += [path.read_text("utf-8") for path in files]
    assert {"summary.json", "junit.xml", "events.ndjson"} <= {path.name for path in files}
    assert not [text for text in told if sandbox.api_key in text]
