"""Environment variables: one name a key, the types and bounds of the key, errors that name them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cartfuzz.analysis.report_format import Format
from cartfuzz.contract import ConfigurationError, ContractVersion, Environment, Traffic
from cartfuzz.harness.run_settings import RunSettings
from cartfuzz.harness.target_settings import TargetSettings
from cartfuzz.harness.variables import key_variables, misspelt, overridden, read_variables


def test_each_key_of_one_value_has_a_variable() -> None:
    """The name is the prefix and the key in capitals; tables have none; no name is there twice."""
    keys = [one.key for one in key_variables().values()]
    assert len(set(keys)) == len(keys)
    assert all(name == f"CARTFUZZ_{one.key.upper()}" for name, one in key_variables().items())
    run = RunSettings.__struct_fields__
    fields = (*TargetSettings.__struct_fields__, *run, *Environment.__struct_fields__)
    tables = {"headers", "header_env", "header_file", "session_attributes", "item_attributes"}
    tables |= {"additional_costs", "coupon_limits", "coupons", "referrals", "budgets", "loyalty"}
    assert set(fields) - set(keys) == tables
    assert "CARTFUZZ_API_KEY" not in key_variables()


def test_values_have_the_types_of_the_keys() -> None:
    """Numbers, truth values, enumerations, lists with commas, paths from the current folder."""
    found = read_variables(
        {
            "CARTFUZZ_RPS": "2.5",
            "CARTFUZZ_WORKERS": "3",
            "CARTFUZZ_TRAFFIC": "dry",
            "CARTFUZZ_SLOW_DOWN": "off",
            "CARTFUZZ_ALLOW_HOSTS": "a.example, b.example:81",
            "CARTFUZZ_CACERT": "own.pem",
            "CARTFUZZ_CONTRACT": "current",
            "CARTFUZZ_FLATTENING": "TRUE",
            "CARTFUZZ_CONFIG": "shop.toml",
            "HOME": "/",
        }
    )
    assert found.target == {
        "rps": 2.5,
        "workers": 3,
        "traffic": Traffic.DRY,
        "slow_down": False,
        "allow_hosts": ("a.example", "b.example:81"),
        "cacert": str(Path("own.pem").absolute()),
    }
    assert found.environment == {"contract": ContractVersion.CURRENT, "flattening": True}
    assert found.config == Path("shop.toml")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CARTFUZZ_RPS", "0", "expected a number above 0, found 0"),
        ("CARTFUZZ_RPS", "nan", "expected a number above 0, found nan"),
        ("CARTFUZZ_WORKERS", "257", "expected a whole number from 1 to 256, found 257"),
        ("CARTFUZZ_WORKERS", "many", 'expected a whole number from 1 to 256, found "many"'),
        ("CARTFUZZ_TIMEOUT_SEC", "1e300", "expected a number above 0, at most 86400"),
        ("CARTFUZZ_FLATTENING", "maybe", 'expected true or false, found "maybe"'),
        ("CARTFUZZ_TRAFFIC", "redas", 'found "redas"; did you mean "reads"?'),
        ("CARTFUZZ_GIVE_UP_AFTER", "soon", "expected a duration above zero"),
        ("CARTFUZZ_URL", " ", "found an empty text; unset it, or give it a value"),
        ("CARTFUZZ_CONFIG", "", "found an empty text"),
    ],
)
def test_a_wrong_value_names_the_variable(name: str, value: str, message: str) -> None:
    """Bounds are those of the key, and an empty text is no value."""
    with pytest.raises(ConfigurationError) as raised:
        read_variables({name: value})
    assert str(raised.value).startswith(f"environment variable {name}: ")
    assert message in str(raised.value)


def test_what_only_the_whole_table_shows_names_the_variable_too() -> None:
    """A time of zero has the right form, and is refused all the same."""
    found = read_variables({"CARTFUZZ_GIVE_UP_AFTER": "0s"})
    with pytest.raises(ConfigurationError, match="environment variable CARTFUZZ_GIVE_UP_AFTER"):
        found.over("target", TargetSettings())


def test_a_variable_replaces_the_other_places_of_a_secret() -> None:
    """The file names a keyring, a variable names a file: the file of the variable counts."""
    file = TargetSettings(api_key_keyring="shop", basic_auth_env="LOGIN", rps=3)
    found = read_variables({"CARTFUZZ_API_KEY_FILE": "/k", "CARTFUZZ_BASIC_AUTH_FILE": "/l"})
    assert found.over("target", file) == TargetSettings(
        api_key_file="/k", basic_auth_file="/l", rps=3
    )
    assert found.replaces("target.api_key_keyring")
    assert not found.replaces("target.rps")


def test_a_bound_of_a_run_replaces_the_bounds_of_the_file() -> None:
    """Of a time in the file and a number in a variable the number alone counts."""
    found = read_variables(
        {"CARTFUZZ_REQUESTS": "9", "CARTFUZZ_REPORT": "html, har", "CARTFUZZ_LOG_FILE": "-"}
    )
    changed = found.over("run", RunSettings(duration="1h", seed=1))
    formats = (Format.HTML, Format.HAR)
    assert changed == RunSettings(requests=9, seed=1, report=formats, log_file="-")
    assert found.replaces("run.duration")
    assert not found.replaces("run.seed")


def test_another_version_has_no_release_of_the_first() -> None:
    """A file for ``current`` with a release, and a variable with 2.5.1, go together."""
    current = Environment(contract=ContractVersion.CURRENT, since="26.03")
    changed = overridden(current, {"contract": ContractVersion.V2_5_1})
    assert (changed.contract, changed.since) == (ContractVersion.V2_5_1, "")
    same = overridden(current, {"contract": ContractVersion.CURRENT})
    assert msgspec.structs.asdict(same) == msgspec.structs.asdict(current)
    with pytest.raises(ConfigurationError, match="environment variable CARTFUZZ_SINCE"):
        overridden(Environment(), {"since": "26.03"})


def test_a_misspelt_variable_is_named() -> None:
    """The nearest one is; variables of scripts and secrets, and of others, are not."""
    known = dict.fromkeys(("CARTFUZZ_API_KEY", "CARTFUZZ_NO_SKIP", "CARTFUZZ_SOURCE"), "x")
    given = {"CARTFUZZ_RSP": "1", "CARTFUZZ_RPS": "1", "CARTFUZZ_QWERTZ": "", "SHOP_RPS": "1"}
    assert list(misspelt({**known, **given}, ())) == [("CARTFUZZ_RSP", "CARTFUZZ_RPS")]
    assert not list(misspelt({**known, **given}, ("CARTFUZZ_RSP",)))
