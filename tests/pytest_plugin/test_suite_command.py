"""The command that runs a part of the suite again: it works as pasted, in any folder."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cartfuzz.pytest_plugin.options import PluginSettings
from cartfuzz.pytest_plugin.suite_command import SuiteCommand


def test_it_goes_to_the_same_target_with_the_same_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quoted for a shell; paths are absolute, and the key stays in the environment."""
    monkeypatch.setenv("SHOP_KEY", "geheim")
    settings = PluginSettings(
        url="https://shop.example/a",
        api_key_env="SHOP_KEY",
        api_key_file=tmp_path / "the key",
        config=tmp_path / "my shop" / "it's.toml",
        contract="current",
        allow_hosts=("shop.example", "b.example"),
        rps=2.5,
        explore=20,
    )
    command = SuiteCommand.of(settings, url="https://shop.example/a", seed=7)
    line = command.line("RET-03", scenarios=["explore/0/3"])
    assert shlex.split(line) == [
        *("pytest", "--pyargs", "cartfuzz.suite", "-k", "RET-03"),
        *("--cartfuzz-scenario", "explore/0/3"),
        *("--cartfuzz-url", "https://shop.example/a"),
        *("--cartfuzz-allow-host", "shop.example", "--cartfuzz-allow-host", "b.example"),
        *("--cartfuzz-api-key-env", "SHOP_KEY"),
        *("--cartfuzz-api-key-file", str(tmp_path / "the key")),
        *("--cartfuzz-config", str(tmp_path / "my shop" / "it's.toml")),
        *("--cartfuzz-contract", "current", "--cartfuzz-rps", "2.5"),
        *("--cartfuzz-explore", "20", "--cartfuzz-seed", "7"),
    ]
    assert "geheim" not in line


def test_it_starts_the_sandbox_where_that_was_the_target() -> None:
    """Plain, or with its faults."""
    plain = SuiteCommand.of(PluginSettings(sandbox=True), url="", seed=0).line()
    assert plain == "pytest --pyargs cartfuzz.suite --cartfuzz-sandbox --cartfuzz-seed 0"
    faulty = SuiteCommand.of(PluginSettings(faults=("f",)), url="", seed=0).line()
    assert faulty == "pytest --pyargs cartfuzz.suite --cartfuzz-sandbox-fault f --cartfuzz-seed 0"


def test_it_names_the_plugins_of_options() -> None:
    """Else what only they find is not found again from another folder."""
    settings = PluginSettings(sandbox=True, plugins=("acme_rules", "acme_rules:OTHER"))
    line = SuiteCommand.of(settings, url="", seed=0).line()
    assert "--cartfuzz-plugin acme_rules --cartfuzz-plugin acme_rules:OTHER" in line


def test_a_relative_path_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The line is pasted in another folder."""
    monkeypatch.chdir(tmp_path)
    line = SuiteCommand.of(PluginSettings(baseline=Path("known.toml")), url="", seed=0).line()
    assert f"--cartfuzz-baseline {tmp_path.resolve()}/known.toml" in line
