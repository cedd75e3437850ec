"""``--json [FILE]``: one JSON document for programs, in one form for all commands."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis import Summary
from cartfuzz.cli import main

Output = pytest.CaptureFixture[str]


def test_a_run_is_its_summary(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard output alone; what people read is on standard error, and the exit code stays."""
    monkeypatch.chdir(tmp_path)
    arguments = ("run", "--sandbox", "--scenarios", "3", "--phase", "edges", "--seed", "1")
    assert main([*arguments, "--report-dir", "run", "--json"]) == 0
    shown = capsys.readouterr()
    summary = msgspec.json.decode(shown.out, type=Summary)
    assert summary.scenarios == 3
    assert json.loads(shown.out) == json.loads(Path("run/summary.json").read_text("utf-8"))
    assert "PASSED" in shown.err

    assert main(["replay", "run", "--json", "-"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"target": "", "contract": "", "replayed": [], "unsent": []}
    assert main(["history", "run", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["targets"]) == 1
    assert main(["diff", "run", "run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_a_check_is_its_lines(capsys: Output) -> None:
    """Each with a sign, a topic and what to do."""
    assert main(["check", "--sandbox", "--json"]) == 0
    shown = capsys.readouterr()
    result = json.loads(shown.out)
    assert {"sign", "topic", "text", "advice"} == set(result["lines"][0])
    assert result["contract"] == "2.5.1"
    assert result["requests"] > 1
    assert "answers as the session API" in shown.err


def test_a_file_leaves_standard_output_to_people(tmp_path: Path, capsys: Output) -> None:
    """Both are written."""
    file = tmp_path / "rule.json"
    assert main(["explain", "CART-02", "--json", str(file)]) == 0
    assert capsys.readouterr().out.startswith("CART-02  A cart of more than 1000 items")
    rule = json.loads(file.read_text("ascii"))
    assert (rule["id"], rule["contracts"]) == ("CART-02", ["2.5.1", "current"])
    assert rule["examples"]["refuse"][0].startswith("PUT /v2/customer_sessions/")
    assert "has-no-item-limit" in rule["faults"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "--json", "CART-02"),
        ("run", "--json", "http://127.0.0.1:1"),
        ("diff", "--json", "a/summary.json", "b"),
        ("rules", "--json", "/no-such-folder/x.json"),
        ("serve", "--json"),
        ("run", "--sandbox", "--dry-run", "--json"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(arguments: tuple[str, ...], capsys: Output) -> None:
    """No argument is taken for a file, and no report is overwritten; one line says what to do."""
    assert main(list(arguments)) == 2
    error = capsys.readouterr().err
    assert "--json" in error
    assert error.count("\n") == 1
