"""What counts of the configuration, and where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.harness.access.access_settings import AccessSettings
from cartfuzz.harness.configuration_sources import configuration_for
from cartfuzz.harness.effective import EffectiveConfiguration, effective_configuration
from cartfuzz.harness.reference import TABLES, keys_of_table
from cartfuzz.harness.settings import Settings

FILE = """
[target]
rps = 3
allow_hosts = ["a.example"]
headers = { X-A = "file" }
cacert = "own.pem"
[environment]
contract = "current"
[environment.additional_costs]
shipping = "session"
[rules]
CART-02 = "observe"
"""


def effective(folder: Path, text: str, settings: Settings, **environ: str) -> dict[str, object]:
    return {
        one.key: (one.value, one.source) for one in whole(folder, text, settings, environ).values
    }


def whole(
    folder: Path, text: str, settings: Settings, environ: dict[str, str]
) -> EffectiveConfiguration:
    (folder / "cartfuzz.toml").write_text(text)
    found = configuration_for(settings, environ=environ)
    return effective_configuration(settings, found)


def test_each_value_names_its_source(tmp_path: Path) -> None:
    """Option, variable, key of the file, default; two of them where they are joined."""
    settings = Settings(
        url="http://127.0.0.1:9",
        timeout_sec=4,
        allow_hosts=("b.example",),
        slow_down=False,
        access=AccessSettings(header=("X-B: option",)),
        folders=(tmp_path,),
    )
    found = effective(tmp_path, FILE, settings, CARTFUZZ_WORKERS="2", CARTFUZZ_SOLE_USER="no")
    file = f"{tmp_path / 'cartfuzz.toml'}: "
    assert found["target.url"] == ("http://127.0.0.1:9", "argument URL")
    assert found["target.timeout_sec"] == (4, "option --timeout")
    assert found["target.slow_down"] == (False, "option --no-slow-down")
    assert found["target.workers"] == (2, "environment variable CARTFUZZ_WORKERS")
    assert found["target.rps"] == (3, f"{file}target.rps")
    assert found["target.in_flight"] == (4, "default")
    assert found["target.give_up_after"] == ("60s", "default")
    assert found["target.cacert"] == (str(tmp_path / "own.pem"), f"{file}target.cacert")
    assert found["target.headers"] == (
        {"X-A": "file", "X-B": "option"},
        f"option --header and {file}target.headers",
    )
    assert found["target.allow_hosts"] == (
        ["b.example", "a.example"],
        f"option --allow-host and {file}target.allow_hosts",
    )
    assert found["environment.contract"] == ("current", f"{file}environment.contract")
    assert found["environment.sole_user"] == (False, "environment variable CARTFUZZ_SOLE_USER")
    assert found["environment.additional_costs"] == (
        {"shipping": "session"},
        f"{file}environment.additional_costs",
    )
    assert found["rules.CART-02"] == (
        {"level": "observe", "reason": ""},
        f"{file}rules.CART-02",
    )


def test_every_key_is_there(tmp_path: Path) -> None:
    """Keys without a value too."""
    found = effective(tmp_path, "", Settings(folders=(tmp_path,)))
    keys = {
        key.path
        for table in ("target", "run", "environment", "compare", "plugins")
        for key in keys_of_table(table, TABLES[table])
    }
    assert found.keys() == keys


def test_secrets_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API key is named by its place; credentials of a URL that is refused are left out."""
    monkeypatch.setenv("SHOP_KEY", "geheim-0123456789")
    monkeypatch.setenv("GATE", "geheim-9876543210")
    text = (
        "[target]\napi_key_env = 'SHOP_KEY'\nurl = 'http://127.0.0.1:9'\n"
        "header_env = { X-Gate = 'GATE' }\n"
    )
    found = whole(tmp_path, text, Settings(folders=(tmp_path,)), {})
    assert found.api_key == "environment variable SHOP_KEY, which is set"
    assert "geheim" not in repr(found)
    header = "[target]\nurl = 'http://127.0.0.1:9'\nheaders = { Authorization = 'geheim' }\n"
    unread = whole(tmp_path, header, Settings(folders=(tmp_path,)), {})
    assert "expected no secret" in unread.problem
    assert "geheim" not in repr(unread)
    bad = "[target]\nurl = 'http://user:geheim@127.0.0.1'\nproxy = 'http://u:geheim@p:1'\n"
    refused = whole(tmp_path, bad, Settings(folders=(tmp_path,)), {})
    assert "no user name or password" in refused.problem
    assert "geheim" not in repr(refused)


def test_a_configuration_that_a_run_refuses_is_shown_all_the_same(tmp_path: Path) -> None:
    """With the reason; its values are those that were written."""
    settings = Settings(url="http://shop.example", folders=(tmp_path,))
    found = whole(tmp_path, "[target]\nrps = 2\n", settings, {"CARTFUZZ_SINCE": "26.03"})
    assert found.problem
    values = {one.key: one.value for one in found.values}
    assert (values["target.url"], values["target.rps"]) == ("http://shop.example", 2)


def test_a_path_may_hold_an_at_sign(tmp_path: Path) -> None:
    """A URL without its scheme may not: it may hold credentials."""
    text = "[run]\nlog_file = 'a@b.log'\n[target]\nurl = 'user:geheim@127.0.0.1'\n"
    found = whole(tmp_path, text, Settings(folders=(tmp_path,)), {})
    values = {one.key: one.value for one in found.values}
    assert values["run.log_file"] == str(tmp_path / "a@b.log")
    assert "geheim" not in repr(found)
