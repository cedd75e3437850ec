"""Settings and configuration become a plan: which value counts, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    ConfigurationError,
    ContractVersion,
    Environment,
    Level,
    RuleLevel,
)
from cartfuzz.harness.access.target_guard import POLITE_RPS
from cartfuzz.harness.configuration import Configuration
from cartfuzz.harness.configuration_sources import configuration_for
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.resolution import requested_rps, resolve
from cartfuzz.harness.settings import Settings
from cartfuzz.harness.target_settings import TargetSettings
from cartfuzz.record import Phase

ELSEWHERE = "https://staging.example.com"
NAMED = Settings(url=ELSEWHERE, allow_hosts=("staging.example.com",))


def plan_of(settings: Settings, configuration: Configuration | None = None) -> Plan:
    return resolve(settings, configuration, sandbox_environment=lambda: EXAMPLE_ENVIRONMENT)


@pytest.mark.parametrize(
    ("settings", "target", "rps"),
    [
        (Settings(), TargetSettings(), None),
        (Settings(url="http://127.0.0.1:1"), TargetSettings(), None),
        (Settings(url="http://[::1]:1"), TargetSettings(), None),
        (NAMED, TargetSettings(), POLITE_RPS),
        (NAMED, TargetSettings(rps=3.0), 3.0),
        (replace(NAMED, rps=500.0), TargetSettings(rps=3.0), 500.0),
        (Settings(rps=7.0), TargetSettings(), 7.0),
    ],
)
def test_the_rate(settings: Settings, target: TargetSettings, rps: float | None) -> None:
    """An option before the file, the file before the default: none on loopback, else polite."""
    configuration = Configuration(target=target)
    assert plan_of(settings, configuration).rps == rps
    assert requested_rps(settings, configuration) == (settings.rps or target.rps)


def test_an_option_counts_before_the_file_and_the_file_before_the_default() -> None:
    """For each setting that both can hold."""
    file = Configuration(
        target=TargetSettings(url="http://127.0.0.1:1/", timeout_sec=5.0, workers=2, in_flight=8)
    )
    plan = plan_of(Settings(), file)
    assert (plan.url, plan.timeout_sec) == ("http://127.0.0.1:1", 5.0)
    assert (plan.workers, plan.in_flight) == (2, 8)
    options = Settings(url="http://127.0.0.1:2", timeout_sec=6.0, workers=3, in_flight=9, seed=4)
    plan = plan_of(options, file)
    assert (plan.url, plan.timeout_sec, plan.seed) == ("http://127.0.0.1:2", 6.0, 4)
    assert (plan.workers, plan.in_flight) == (3, 9)
    default = plan_of(Settings())
    assert (default.url, default.timeout_sec, default.workers, default.in_flight) == ("", 30, 1, 4)


def test_the_environment() -> None:
    """The file's; without a file nothing for a real target, the example shop for the sandbox."""
    declared = Environment(flattening=True)
    assert plan_of(Settings(), Configuration(environment=declared)).environment == declared
    assert plan_of(Settings()).environment == EXAMPLE_ENVIRONMENT
    assert plan_of(Settings(url="http://127.0.0.1:1")).environment == Environment()
    current = plan_of(Settings(contract="current"), Configuration(environment=declared))
    assert current.environment.contract is ContractVersion.CURRENT
    assert current.environment.flattening


def test_levels_of_rules_that_the_version_lacks_are_left_out() -> None:
    """The file may be about another version than the option names."""
    level = RuleLevel(level=Level.OBSERVE)
    file = Configuration(rule_levels={"CART-02": level, "CART-99": level})
    assert plan_of(Settings(), file).rule_levels == {"CART-02": level}


def test_the_phases() -> None:
    """All but the corpus without one; with a corpus it is sent first, whatever is named."""
    assert plan_of(Settings()).phases == tuple(phase for phase in Phase if phase.value != "corpus")
    assert plan_of(Settings(corpus="folder")).phases == tuple(Phase)
    assert plan_of(Settings(phases=("race",))).phases == (Phase.RACE,)
    both = plan_of(Settings(phases=("race",), corpus="folder"))
    assert both.phases == (Phase.CORPUS, Phase.RACE)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(contract="3"), '--contract: expected one of 2.5.1, current, found "3"'),
        (Settings(phases=("chaos",)), '--phase: expected one of corpus, edges, .*, found "chaos"'),
        (Settings(phases=("corpus",)), "--corpus: expected a folder or a URL.*, found no such"),
        (Settings(url=ELSEWHERE, prefix="--cf-"), "add --cf-allow-host staging.example.com"),
        (
            Settings(url="http://127.0.0.1:1", faults=("trims-ids",), prefix="--cf-"),
            "--cf-sandbox-fault: expected no target URL, .*, found trims-ids and a target URL",
        ),
    ],
)
def test_what_is_refused(settings: Settings, message: str) -> None:
    """The message names the option as the user wrote it, and what was found."""
    with pytest.raises(ConfigurationError, match=message):
        plan_of(settings)


def test_no_file_is_no_configuration(tmp_path: Path) -> None:
    """Only a file that is named is read."""
    assert configuration_for(Settings()) is None
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: expected a readable file"):
        configuration_for(Settings(config=tmp_path / "nowhere.toml"))
