"""Where the configuration is found, and which of several sources counts."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from cartfuzz.contract import ConfigurationError, ContractVersion, Environment
from cartfuzz.harness.access.access_settings import AccessSettings
from cartfuzz.harness.configuration import Configuration
from cartfuzz.harness.configuration_sources import configuration_for
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.resolution import resolve
from cartfuzz.harness.settings import Settings

OWN = "[target]\nrps = 3\n"
SHARED = "[project]\nname = 'shop'\n[tool.cartfuzz.target]\nrps = 4\n"


def found(folder: Path, **given: object) -> Configuration | None:
    settings = Settings(folders=(folder,), **given)  # type: ignore[arg-type]  # a test names them
    return configuration_for(settings, environ={})


def test_the_file_of_the_folder_is_found(tmp_path: Path) -> None:
    """``cartfuzz.toml`` counts before ``pyproject.toml``, whose table counts before nothing."""
    assert found(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    assert found(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text(SHARED)
    shared = found(tmp_path)
    assert shared is not None
    assert shared.target.rps == 4
    assert shared.sources["target.rps"].endswith("pyproject.toml: tool.cartfuzz.target.rps")
    (tmp_path / "cartfuzz.toml").write_text(OWN)
    own = found(tmp_path)
    assert own is not None
    assert (own.target.rps, own.file) == (3, str(tmp_path / "cartfuzz.toml"))


def test_no_folder_above_is_searched(tmp_path: Path) -> None:
    """A file that directs load at a target is where the user sees it."""
    (tmp_path / "cartfuzz.toml").write_text(OWN)
    (tmp_path / "below").mkdir()
    assert found(tmp_path / "below") is None


def test_no_config_reads_none(tmp_path: Path) -> None:
    """The option wins over a file that is there, and contradicts one that is named."""
    (tmp_path / "cartfuzz.toml").write_text(OWN)
    assert found(tmp_path, no_config=True) is None
    with pytest.raises(ConfigurationError, match="--no-config: expected no --config as well"):
        found(tmp_path, no_config=True, config=tmp_path / "cartfuzz.toml")


def test_mistakes_in_pyproject_name_it(tmp_path: Path) -> None:
    """The table around the key is part of its name; a file without the table is refused."""
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.cartfuzz.target]\nrsp = 4\n")
    with pytest.raises(ConfigurationError) as raised:
        found(tmp_path)
    assert str(raised.value).startswith(f"{path}: tool.cartfuzz.target.rsp: expected one of")
    assert str(raised.value).endswith('"rsp"; did you mean "rps"?')
    path.write_text("[project]\n")
    with pytest.raises(ConfigurationError, match=r"tool\.cartfuzz: expected a table with the"):
        found(tmp_path, config=path)


def plan_of(*sources: str, folder: Path) -> Plan:
    """The plan where each of the named sources gives a rate, a version and a proxy of its own."""
    (folder / "named.toml").write_text(TEXT.format(rps=3, contract="current", proxy="named"))
    (folder / "cartfuzz.toml").write_text(TEXT.format(rps=4, contract="current", proxy="found"))
    option = "option" in sources
    settings = Settings(
        url="http://127.0.0.1:9",
        rps=1 if option else None,
        contract="2.5.1" if option else None,
        access=AccessSettings(proxy="http://option:1" if option else None),
        config=folder / "named.toml" if "named" in sources else None,
        folders=(folder,) if "found" in sources else (),
    )
    variables = {
        "CARTFUZZ_RPS": "2",
        "CARTFUZZ_CONTRACT": "current",
        "CARTFUZZ_PROXY": "http://variable:1",
    }
    environ = variables if "variable" in sources else {}
    configuration = configuration_for(settings, environ=environ)
    return resolve(settings, configuration, sandbox_environment=Environment)


TEXT = """
[target]
rps = {rps}
proxy = "http://{proxy}:1"
[environment]
contract = "{contract}"
"""
ORDER = ("option", "variable", "named", "found", "default")
EXPECTED = {
    "option": (1, ContractVersion.V2_5_1, "http://option:1"),
    "variable": (2, ContractVersion.CURRENT, "http://variable:1"),
    "named": (3, ContractVersion.CURRENT, "http://named:1"),
    "found": (4, ContractVersion.CURRENT, "http://found:1"),
    "default": (None, ContractVersion.V2_5_1, ""),
}


@pytest.mark.parametrize(("first", "second"), [*itertools.combinations(ORDER, 2)])
def test_the_first_source_counts(first: str, second: str, tmp_path: Path) -> None:
    """Command line, variable, file that is named, file that is found, default: each pair."""
    plan = plan_of(first, second, folder=tmp_path)
    assert (plan.rps, plan.environment.contract, plan.access.proxy) == EXPECTED[first]


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    """It counts before the file that is found, and after the option."""
    for name, rps in (("own", 5), ("option", 6), ("cartfuzz", 7)):
        (tmp_path / f"{name}.toml").write_text(f"[target]\nrps = {rps}\n")
    environ = {"CARTFUZZ_CONFIG": str(tmp_path / "own.toml")}
    for option, expected in ((None, 5), (tmp_path / "option.toml", 6)):
        settings = Settings(config=option, folders=(tmp_path,))
        configuration = configuration_for(settings, environ=environ)
        assert configuration is not None
        assert configuration.target.rps == expected


def test_variables_alone_change_the_environment_of_the_sandbox() -> None:
    """Without a file the sandbox keeps its example shop, in the version of the variable."""
    settings = Settings(sandbox=True, folders=())
    configuration = configuration_for(settings, environ={"CARTFUZZ_CONTRACT": "current"})
    shop = Environment(additional_costs={"shipping": "session"})  # type: ignore[dict-item]
    plan = resolve(settings, configuration, sandbox_environment=lambda: shop)
    assert plan.environment.contract is ContractVersion.CURRENT
    assert plan.environment.additional_costs == shop.additional_costs


def test_keys_of_the_target_reach_the_plan(tmp_path: Path) -> None:
    """How a target that suffers is treated can be configured, and options count before it."""
    path = tmp_path / "cartfuzz.toml"
    path.write_text(
        "[target]\nslow_down = false\ngive_up_after = '1m 30s'\nmax_requests = 70\n"
        "api_key_env = 'SHOP_KEY'\n"
    )
    url = "http://127.0.0.1:9"
    plain = Settings(url=url, config=path)
    plan = resolve(plain, configuration_for(plain, environ={}), sandbox_environment=Environment)
    assert (plan.slow_down, plan.give_up_sec, plan.max_requests) == (False, 90, 70)
    assert plan.api_key_env == "SHOP_KEY"
    given = Settings(
        url=url, config=path, slow_down=True, give_up_sec=5, max_requests=6, api_key_env="OTHER"
    )
    plan = resolve(given, configuration_for(given, environ={}), sandbox_environment=Environment)
    assert (plan.slow_down, plan.give_up_sec, plan.max_requests) == (True, 5, 6)
    assert plan.api_key_env == "OTHER"
