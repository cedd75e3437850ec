"""Known failures: xfail with the ticket, failed once they are fixed; and malformed baselines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartfuzz.analysis import Change
from cartfuzz.pytest_plugin.baseline import read_baseline, rule_of
from cartfuzz.record import KnownFailure

from .runs import FAULT, outcomes, run_suite

TICKET = "SHOP-12: closing a cancelled order"
BROKEN = "test_rule[2.5.1-STATE-08]"


def signature(pytester: pytest.Pytester) -> str:
    run_suite(
        pytester,
        *("--cartfuzz-sandbox-fault", FAULT, "-k", "STATE-08", "--cartfuzz-report-dir", "out"),
    )
    summary = json.loads((pytester.path / "out" / "summary.json").read_text("utf-8"))
    (entry,) = summary["discrepancies"]
    return str(entry["signature"])


def test_a_known_failure_is_expected(pytester: pytest.Pytester) -> None:
    """Its signature in a JSON file makes the test of its rule xfail with the ticket."""
    known = pytester.path / "known.json"
    known.write_text(json.dumps({signature(pytester): TICKET}), "utf-8")
    result = run_suite(
        pytester,
        *("--cartfuzz-sandbox-fault", FAULT, "-k", "STATE-08", "-rx"),
        *("--cartfuzz-baseline", "known.json", "-n", "2"),
    )
    assert outcomes(result) == {BROKEN: "XFAIL"}
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"XFAIL *{TICKET}", f"known failure: STATE-08-*, {TICKET}"])


def test_the_summary_of_a_run_is_a_baseline(pytester: pytest.Pytester) -> None:
    """All that the run found is known then."""
    signature(pytester)
    result = run_suite(
        pytester,
        *("--cartfuzz-sandbox-fault", FAULT, "-k", "STATE-08"),
        *("--cartfuzz-baseline", "out/summary.json"),
    )
    assert outcomes(result) == {BROKEN: "XFAIL"}


@pytest.mark.parametrize("strict", [True, False])
def test_a_known_failure_that_is_fixed_fails_where_strict(
    pytester: pytest.Pytester, strict: bool
) -> None:
    """Only with the option: otherwise the test of the rule passes."""
    pytester.path.joinpath("known.toml").write_text(f'"STATE-08-0123456789" = "{TICKET}"', "utf-8")
    args = ["--cartfuzz-baseline", "known.toml", "-k", "STATE-08 or test_phase"]
    args += ["--cartfuzz-explore", "0"]
    result = run_suite(pytester, *args, *(["--cartfuzz-baseline-strict"] if strict else []))
    assert outcomes(result)[BROKEN] == ("FAILED" if strict else "PASSED")
    if strict:
        result.stdout.fnmatch_lines([f"*STATE-08-0123456789 ({TICKET}), found them fixed*"])


def test_a_part_of_the_suite_proves_nothing_fixed(pytester: pytest.Pytester) -> None:
    """The failure may show in scenarios that were not sent."""
    pytester.path.joinpath("known.toml").write_text(f'"STATE-08-0123456789" = "{TICKET}"', "utf-8")
    args = ("--cartfuzz-baseline", "known.toml", "--cartfuzz-baseline-strict", "-k", "STATE-08")
    assert outcomes(run_suite(pytester, *args)) == {BROKEN: "PASSED"}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("known.json", "[]", "found list"),
        ("known.json", "{", "expected JSON"),
        ("known.toml", "x", "expected a TOML file"),
        ("known.json", '{"STATE-08": "x"}', "'STATE-08'"),
        ("known.json", '{"STATE-08-0123456789": ""}', "expected a signature"),
        ("known.json", '{"STATE-08-0123456789": 3}', "found 3"),
        ("known.json", "[" * 100_000, "expected JSON"),
        ("known.json", '{"discrepancies": [3]}', "expected a signature"),
    ],
)
def test_a_malformed_baseline_is_refused(tmp_path: Path, name: str, text: str, found: str) -> None:
    """The error names option, file, what was expected and what was found."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(pytest.UsageError, match="--cartfuzz-baseline") as error:
        read_baseline(path)
    assert found in str(error.value)
    assert name in str(error.value)


@pytest.mark.parametrize("rule", ["STATE-08", "CART-U1", "RESP-07"])
def test_a_signature_names_its_rule(tmp_path: Path, rule: str) -> None:
    """For every form of rule ID."""
    path = tmp_path / "known.toml"
    path.write_text(f'{rule}-0123456789 = "T-1"', "utf-8")
    assert read_baseline(path) == {f"{rule}-0123456789": KnownFailure(ticket="T-1")}
    assert rule_of(f"{rule}-0123456789") == rule


def test_a_comparison_of_runs_is_a_baseline(tmp_path: Path) -> None:
    """What only the newer run shows is not known, so that it fails."""
    changes = [
        {"change": change.value, "signature": f"CART-{number:02}-0123456789", "title": change.value}
        for number, change in enumerate(Change)
    ]
    path = tmp_path / "diff.json"
    path.write_text(json.dumps({"changes": changes}), "utf-8")
    known = {one.text for one in read_baseline(path).values()}
    assert known == {"still there", "flaky", "not seen"}
