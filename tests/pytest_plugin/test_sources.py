"""Where pytest's options come from: command line, variables, pytest's file, Cartfuzz's file."""

from __future__ import annotations

import shlex

import pytest

from cartfuzz.contract import ContractVersion
from cartfuzz.pytest_plugin.options import PluginSettings, settings_of
from cartfuzz.pytest_plugin.suite_command import SuiteCommand
from cartfuzz.pytest_plugin.target import located, plan_for

URL = "http://127.0.0.1:{}"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTFUZZ_API_KEY", "a-key-of-sixteen-or-more")


def settings(pytester: pytest.Pytester, *args: str) -> PluginSettings:
    return settings_of(pytester.parseconfig(*args))


def test_each_source_counts_before_the_next(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other is added, the last first."""
    toml = '[tool.cartfuzz.target]\nurl = "http://127.0.0.1:4"\nrps = 4\n'
    toml += '[tool.cartfuzz.environment]\ncontract = "current"\n'
    pytester.makepyprojecttoml(toml)
    plan = plan_for(settings(pytester))
    assert (plan.url, plan.rps) == (URL.format(4), 4)
    assert plan.environment.contract is ContractVersion.CURRENT
    pytester.makeini("[pytest]\ncartfuzz_url = http://127.0.0.1:3\ncartfuzz_rps = 3\n")
    plan = plan_for(settings(pytester))
    assert (plan.url, plan.rps) == (URL.format(3), 3)
    monkeypatch.setenv("CARTFUZZ_URL", URL.format(2))
    monkeypatch.setenv("CARTFUZZ_RPS", "2")
    plan = plan_for(settings(pytester))
    assert (plan.url, plan.rps) == (URL.format(2), 2)
    given = ("--cartfuzz-url", URL.format(1), "--cartfuzz-rps", "1")
    plan = plan_for(settings(pytester, *given))
    assert (plan.url, plan.rps) == (URL.format(1), 1)


def test_a_variable_counts_before_the_sandbox_of_the_file(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option for the sandbox counts before the variable."""
    pytester.makeini("[pytest]\ncartfuzz_sandbox = true\n")
    assert settings(pytester).sandbox
    monkeypatch.setenv("CARTFUZZ_URL", URL.format(2))
    assert plan_for(settings(pytester)).url == URL.format(2)
    assert plan_for(settings(pytester, "--cartfuzz-sandbox")).url == ""


def test_a_wrong_variable_ends_pytest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a line that names it, before a test runs."""
    pytester.makepyfile("def test_nothing():\n    pass\n")
    monkeypatch.setenv("CARTFUZZ_RPS", "0")
    result = pytester.runpytest_inprocess("--cartfuzz-url", URL.format(1))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*environment variable CARTFUZZ_RPS: expected a number above 0*"])


def test_the_command_for_again_names_what_was_found(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It works from another folder, and where the variables are not set."""
    path = pytester.makefile(".toml", cartfuzz="[target]\nrps = 4\n")
    monkeypatch.setenv("CARTFUZZ_CONTRACT", "current")
    monkeypatch.setenv("CARTFUZZ_GIVE_UP_AFTER", "1m30s")
    found = located(settings(pytester))
    line = SuiteCommand.of(found, url=URL.format(1), seed=0).line()
    assert f"--cartfuzz-config {path.resolve()}" in line
    assert "--cartfuzz-contract current" in line
    assert "--cartfuzz-give-up-after 90s" in line
    again = settings(pytester, *shlex.split(line)[3:])
    assert again.give_up_sec == 90
