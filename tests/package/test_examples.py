"""The examples keep their promises: what docs/extending.md describes is what they do."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis import Summary
from cartfuzz.analysis.summary import read_summary
from cartfuzz.cli import main
from cartfuzz.harness.plugins.loading import GROUP, extensions_of

ROOT = Path(__file__).parents[2]
OWN_RULE = ROOT / "examples" / "own_rule"
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What an example imports stays in its test."""
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    before = set(sys.modules)
    yield
    extensions_of.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith(("acme_", "toy_")):
            del sys.modules[name]


@pytest.fixture
def own_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory is the example; the keys of its shop are in the environment."""
    monkeypatch.chdir(OWN_RULE)
    monkeypatch.setenv("CARTFUZZ_API_KEY", "acme-api-key")
    monkeypatch.setenv("ACME_SIGNING_KEY", "signing")


def run(folder: Path, app: str, *options: str) -> tuple[int, Summary]:
    known = ["--config", "cartfuzz.toml", "--report-dir", str(folder), "-q", "--seed", "1"]
    code = main(["run", "--app", app, *known, *options])
    return code, read_summary(folder / "summary.json")


@pytest.mark.usefixtures("own_rule")
def test_the_own_rule_finds_the_fault(tmp_path: Path, capsys: Output) -> None:
    """The smallest scenario is a session with a cost, and its receipt; replay judges it again."""
    code, summary = run(tmp_path / "faulty", "acme_shop:faulty", "--scenarios", "20")
    assert code == 1
    (bug,) = summary.discrepancies
    assert (bug.rule, len(bug.operations)) == ("ACME-01", 2)
    assert bug.operations[1]["operation"] == "receipt"
    capsys.readouterr()
    assert main(["replay", str(tmp_path / "faulty"), "--app", "acme_shop:faulty"]) == 1
    assert "still there: ACME-01" in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "faulty"), "--app", "acme_shop:app"]) == 0
    assert "gone: ACME-01" in capsys.readouterr().out


@pytest.mark.usefixtures("own_rule")
def test_the_own_rule_is_silent_on_the_clean_shop(tmp_path: Path) -> None:
    """The rules are tested, and kept; what is drawn for them as well."""
    code, summary = run(tmp_path, "acme_shop:app", "--phase", "explore", "--scenarios", "20")
    assert code in (0, 5)
    assert not summary.discrepancies
    assert "ACME-01" in summary.coverage.rules


@pytest.mark.usefixtures("own_rule")
def test_a_reader_without_the_plugin_is_told_what_is_missing(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports need no plugin. A replay names the one that it needs, in one line."""
    folder = tmp_path / "run"
    run(folder, "acme_shop:faulty", "--scenarios", "20", "--no-minimise")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_rules")
    extensions_of.cache_clear()
    capsys.readouterr()
    assert main(["report", str(folder)]) == 1
    assert "ACME-01 (documented)" in capsys.readouterr().out
    assert main(["replay", str(folder)]) == 2
    error = capsys.readouterr().err
    assert "plugin acme_rules:PLUGIN: expected the module acme_rules" in error
    assert len(error.splitlines()) == 1


@pytest.mark.usefixtures("own_rule")
def test_own_rules_are_listed_and_explained(capsys: Output) -> None:
    """As those of the contract are."""
    assert main(["rules", "--plugin", "acme_rules", "--json"]) == 0
    rules = msgspec.json.decode(capsys.readouterr().out)["rules"]
    assert [one["id"] for one in rules][-2:] == ["ACME-01", "ACME-02"]
    assert main(["explain", "ACME-01", "--plugin", "acme_rules"]) == 0
    out = capsys.readouterr().out
    assert "a rule of the plugin acme" in out
    assert "GET /acme/receipts/" in out


def test_the_package_has_an_entry_point() -> None:
    """Installed, it takes part in every run."""
    document = tomllib.loads((OWN_RULE / "pyproject.toml").read_text("utf-8"))
    assert document["project"]["entry-points"][GROUP] == {"acme": "acme_rules:PLUGIN"}


@pytest.fixture
def second_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory is the example; the token of its engine is in the environment."""
    monkeypatch.chdir(ROOT / "examples" / "second_contract")
    monkeypatch.setenv("CARTFUZZ_API_KEY", "toy-token")


@pytest.mark.usefixtures("second_contract")
@pytest.mark.parametrize("phase", ["edges", "race"])
def test_the_toy_engine_raises_no_alarm(phase: str, tmp_path: Path) -> None:
    """Model and checks are silent on its wire form, concurrent requests included."""
    _, summary = run(tmp_path, "toy_engine:app", "--phase", phase, "--scenarios", "40")
    assert not summary.discrepancies
    assert summary.coverage.endpoints["update"] > 20
    assert not summary.failed_judgements


@pytest.mark.usefixtures("second_contract")
def test_the_fault_of_the_toy_engine_is_found(tmp_path: Path) -> None:
    """It is a bug of the state machine, with the smallest scenario, in words of the contract."""
    code, summary = run(tmp_path, "toy_engine:faulty", "--scenarios", "200", "--phase", "edges")
    assert code == 1
    (bug,) = summary.discrepancies
    assert (bug.rule, len(bug.operations)) == ("STATE-08", 3)
    script = (tmp_path / "discrepancies" / bug.signature / "explain.md").read_text("utf-8")
    assert "requests go out as the plugin toy makes them" in script
    folder = str(tmp_path)
    assert main(["replay", folder, bug.signature, "--app", "toy_engine:faulty"]) == 1
    assert main(["replay", folder, bug.signature, "--app", "toy_engine:app"]) == 0
