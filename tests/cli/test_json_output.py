"""``--json [FILE]``: one JSON document for programs, in one form for all commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import msgspec
import pytest

from cartfuzz.analysis import Summary
from cartfuzz.cli import cartfuzz, main
from cartfuzz.cli.json_output import JsonOption
from cartfuzz.cli.schema import PUBLISHED

from ..served import KEY, served
from .test_schemas import OLDER, validator

Output = pytest.CaptureFixture[str]
SHORT = ("--requests", "40", "--no-minimise", "--seed", "1")
OLD = OLDER[0].parents[1]
"""Records of an older version."""
ALL, WIRE = str(OLD / "all"), str(OLD / "wire")
PAGE = Path(__file__).parents[2] / "docs" / "terminal.md"
KNOWN = "STATE-16-83ffed9b43"
"""A discrepancy that the run `ALL` shows."""
PRINTING = {
    "diff": (ALL, WIRE),
    "replay": (WIRE, "--sandbox-fault", "takes-empty-bodies"),
    "history": (str(OLD),),
    "rules": (),
    "serve": ("--list-faults",),
    "config show": ("--config", str(OLD / "cartfuzz.toml")),
    "baseline accept": (KNOWN, ALL, "--reason", "later"),
    "baseline check": (ALL,),
    "baseline prune": (ALL,),
    "clean": ("left", "URL"),
    "compare": ("URL", "OTHER", *SHORT),
    "ci": ("--sandbox", *SHORT, "--against", ALL, "--report", "markdown"),
}
"""By command, arguments with which it writes JSON; those of `ALONE` have tests of their own."""
ALONE = {"run", "check", "explain"}
EXPECTED: Mapping[str, Mapping[str, object]] = {
    "baseline check": {"left": 1},
    "baseline prune": {"left": 1},
    "clean": {"complete": True},
    "compare": {"verdict": "no difference"},
    "ci": {"outcome": "passed", "folder": "cartfuzz-report"},
}
"""Members of what some write."""


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
    validator("summary").validate(json.loads(shown.out))
    assert json.loads(shown.out) == json.loads(Path("run/summary.json").read_text("utf-8"))
    assert "PASSED" in shown.err

    assert main(["replay", "run", "--json", "-"]) == 0
    shown = capsys.readouterr()
    nothing = {"target": "", "contract": "", "replayed": [], "unsent": [], "format": 1}
    assert json.loads(shown.out) == nothing
    assert main(["history", "run", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["targets"]) == 1
    assert main(["diff", "run", "run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_a_check_is_its_lines(capsys: Output) -> None:
    """Each with a sign, a topic and what to do."""
    assert main(["check", "--sandbox", "--json"]) == 0
    shown = capsys.readouterr()
    result = json.loads(shown.out)
    validator("check").validate(result)
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
    validator("explain").validate(rule)
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


def options() -> Iterator[tuple[str, JsonOption]]:
    """Each command that writes JSON, by its name, with its option."""
    with click.Context(cartfuzz) as context:
        names = cartfuzz.list_commands(context)
        for name, command in ((one, cartfuzz.get_command(context, one)) for one in names):
            parts = command.commands if isinstance(command, click.Group) else {"": command}
            for part, one in parts.items():
                for option in one.params if one else ():
                    if isinstance(option, JsonOption):
                        yield f"{name} {part}".strip(), option


def test_every_command_that_writes_json_has_a_schema() -> None:
    """And a test below, and a row of the page on the terminal."""
    found = dict(options())
    assert found.keys() == PRINTING.keys() | ALONE
    schemas = [option.schema for option in found.values()]
    assert set(schemas) < PUBLISHED.keys()
    page = (
        PAGE.read_text("utf-8").partition("| command | `--json` writes |")[2].partition("\n\n")[0]
    )
    listed = re.findall(r"^\| `([a-z]+)[^|]*\|[^|]+\| `(\w+)` \|$", page, re.MULTILINE)
    assert sorted(listed) == sorted({(name.split()[0], one.schema) for name, one in found.items()})


@pytest.mark.parametrize("name", PRINTING)
def test_what_a_command_writes_is_valid(
    name: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its published schema, with its version; nothing else is on standard output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    Path("cartfuzz-baseline.toml").write_text(f'"{KNOWN}" = "SHOP-1"\n', "utf-8")
    with served() as target, served() as other:
        words = {"URL": target.url, "OTHER": other.url}
        if name == "clean":
            main(["run", target.url, "--report-dir", "left", *SHORT])
        capsys.readouterr()
        code = main([*name.split(), *(words.get(one, one) for one in PRINTING[name]), "--json"])
    assert code == (1 if name == "replay" else 0)
    document = json.loads(capsys.readouterr().out)
    validator(dict(options())[name].schema).validate(document)
    assert document["format"] == 1
    assert EXPECTED.get(name, {}).items() <= document.items()
