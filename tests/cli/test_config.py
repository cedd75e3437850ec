"""``cartfuzz config show``, and what a run says of the configuration that it found."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.cli.configuration_edit import file_tables, with_suggestions
from cartfuzz.harness.configuration import read_configuration
from cartfuzz.harness.survey import Suggestion

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_a_folder_with_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cartfuzz.toml").write_text("[target]\nrps = 3\n[rules]\nCART-02 = 'observe'\n")


def test_it_shows_toml_with_sources(capsys: Output) -> None:
    """What it prints is a configuration with the same values."""
    assert main(["config", "show", "http://127.0.0.1:9", "--max-requests", "7"]) == 0
    text = capsys.readouterr().out
    assert "# configuration file: cartfuzz.toml\n" in text
    assert "  # cartfuzz.toml: target.rps\n" in text
    assert "  # option --max-requests\n" in text
    assert tomllib.loads(text)["target"]["rps"] == 3
    Path("shown.toml").write_text(text)
    target = read_configuration(Path("shown.toml")).target
    assert (target.rps, target.max_requests, target.url) == (3, 7, "http://127.0.0.1:9")


def test_all_keys(capsys: Output) -> None:
    """--all names those without a value."""
    assert main(["config", "show", "--all"]) == 0
    assert "# proxy is not set\n" in capsys.readouterr().out


def test_json(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """One object with file, place of the key, and a value and a source for each key."""
    monkeypatch.setenv("CARTFUZZ_WORKERS", "2")
    assert main(["config", "show", "http://127.0.0.1:9", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["file"] == "cartfuzz.toml"
    values = {one["key"]: one for one in found["values"]}
    assert values["target.workers"] == {
        "key": "target.workers",
        "value": 2,
        "source": "environment variable CARTFUZZ_WORKERS",
    }


def test_what_a_run_would_refuse(capsys: Output) -> None:
    """Exit 2 with the reason, after the values."""
    assert main(["config", "show", "http://shop.example"]) == 2
    output = capsys.readouterr()
    assert 'url = "http://shop.example"' in output.out
    assert "expected permission to send load to shop.example" in output.err


def test_a_run_names_what_it_read(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """The file that was found, the variables, and one that is nearly a variable."""
    monkeypatch.setenv("CARTFUZZ_IN_FLIGHT", "2")
    monkeypatch.setenv("CARTFUZZ_RSP", "2")
    dry = ["run", "http://127.0.0.1:9", "--dry-run", "--phase", "wire"]
    assert main(dry) == 0
    error = capsys.readouterr().err
    assert "configuration: cartfuzz.toml, CARTFUZZ_IN_FLIGHT\n" in error
    assert "CARTFUZZ_RSP is no variable of Cartfuzz; CARTFUZZ_RPS is" in error
    monkeypatch.delenv("CARTFUZZ_IN_FLIGHT")
    assert main([*dry, "--no-config"]) == 0
    assert "configuration:" not in capsys.readouterr().err


def test_the_check_writes_into_pyproject() -> None:
    """Where the configuration was found there, suggestions go below ``[tool.cartfuzz]``."""
    before = "[project]\nname = 'shop'  # kept\n\n[tool.cartfuzz.target]\nrps = 3\n"
    suggestion = Suggestion(table="environment", key="flattening", value=True)
    under = file_tables(Path("pyproject.toml"))
    after = with_suggestions(before, [suggestion], under=under)
    assert "# kept" in after
    assert tomllib.loads(after)["tool"]["cartfuzz"] == {
        "target": {"rps": 3},
        "environment": {"flattening": True},
    }
    assert file_tables(Path("cartfuzz.toml")) == ()


def test_json_goes_into_a_file_as_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """FILE is no URL, and a name that is no text of Unicode is data."""
    monkeypatch.setenv("CARTFUZZ_API_KEY_FILE", "a\udcff")
    assert main(["config", "show", "http://127.0.0.1:9", "--json", "shown.json"]) in {0, 2}
    assert "\\udcff" in Path("shown.json").read_text("ascii")


def test_a_variable_that_a_key_names_is_no_slip(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """People may name the place of a secret as they like."""
    Path("cartfuzz.toml").write_text('[target]\nproxy_auth_env = "CARTFUZZ_PROXY_AUTH"\n')
    monkeypatch.setenv("CARTFUZZ_PROXY_AUTH", "user:password")
    main(["run", "http://127.0.0.1:9", "--dry-run"])
    assert "no variable of Cartfuzz" not in capsys.readouterr().err
    Path("cartfuzz.toml").write_text("[target]\n")
    main(["run", "http://127.0.0.1:9", "--dry-run"])
    assert "CARTFUZZ_PROXY_AUTH is no variable of Cartfuzz" in capsys.readouterr().err


def test_until_is_shown(capsys: Output) -> None:
    """It is no key, and the lines stay TOML."""
    assert main(["config", "show", "http://127.0.0.1:9", "--until", "06:00"]) == 0
    text = capsys.readouterr().out
    assert "# end of a run, by --until: in " in text
    assert "until" not in tomllib.loads(text)["run"]
    assert main(["config", "show", "http://127.0.0.1:9"]) == 0
    assert "--until" not in capsys.readouterr().out
