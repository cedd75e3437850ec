"""``cartfuzz init``: few questions or none, a file that works, no secret, nothing replaced."""

from __future__ import annotations

from pathlib import Path

import click.testing
import pytest

from cartfuzz.cli import init, main
from cartfuzz.contract import ContractVersion, Environment
from cartfuzz.harness.configuration import read_configuration
from cartfuzz.harness.configuration_schema import schema_text
from cartfuzz.sandbox import start

Output = pytest.CaptureFixture[str]
STAGING = "https://staging.example.com"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(monkeypatch: pytest.MonkeyPatch, *answers: str) -> click.testing.Result:
    """What ``init`` does in a terminal where ``answers`` are typed."""
    monkeypatch.setattr(init, "is_terminal", lambda: True)
    typed = "".join(f"{answer}\n" for answer in answers)
    return click.testing.CliRunner().invoke(init.command, [], input=typed)


def test_without_questions(capsys: Output) -> None:
    """The file has the options, the host of the URL may get load, and a schema is there."""
    assert (
        main(["init", "--yes", "--url", f"{STAGING}/", "--rps", "5", "--contract", "current"]) == 0
    )
    found = read_configuration(Path("cartfuzz.toml"))
    assert (found.target.url, found.target.allow_hosts) == (STAGING, ("staging.example.com",))
    assert found.target.rps == 5
    assert found.environment.contract is ContractVersion.CURRENT
    assert Path("cartfuzz.schema.json").read_text() == schema_text()
    assert Path("cartfuzz.toml").read_text().startswith("#:schema ./cartfuzz.schema.json\n")
    assert "next: cartfuzz check\n" in capsys.readouterr().out


def test_the_file_works_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """``check`` and ``run`` find it, and take the target from it."""
    with start(Environment()) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        assert main(["init", "--yes", "--url", sandbox.url]) == 0
        assert main(["check"]) == 0
        assert main(["run", "--scenarios", "1", "--allow-partial", "-q"]) == 0


def test_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong answer is asked again; a text that may be a key is not shown and not written."""
    key = "0123456789abcdef0123456789abcdef"
    result = asked(
        monkeypatch, "ftp://x", STAGING, "y", "2.5.1", "y", "7", "variable", key, "SHOP_KEY"
    )
    assert result.exit_code == 0, result.output
    found = read_configuration(Path("cartfuzz.toml"))
    assert (found.target.url, found.target.rps) == (STAGING, 7)
    assert found.target.allow_hosts == ("staging.example.com",)
    assert found.target.api_key_env == "SHOP_KEY"
    assert found.environment.flattening
    assert key not in Path("cartfuzz.toml").read_text()
    assert "(it is not shown)" in result.output


def test_answers_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter on every question makes a file that names no target."""
    result = asked(monkeypatch, *[""] * 8)
    assert result.exit_code == 0, result.output
    assert read_configuration(Path("cartfuzz.toml")).target.url is None
    assert "next: cartfuzz check URL" in result.output


def test_a_host_that_looks_like_production_is_not_allowed(capsys: Output) -> None:
    """Its permission has to be written by hand."""
    assert main(["init", "--yes", "--url", "https://shop.prod.example.com"]) == 0
    assert read_configuration(Path("cartfuzz.toml")).target.allow_hosts == ()
    assert "looks like production" in capsys.readouterr().err


def test_a_file_that_is_there_is_kept(tmp_path: Path, capsys: Output) -> None:
    """Unless --force is given; a folder means the file in it."""
    path = tmp_path / "cartfuzz.toml"
    path.write_text("[target]\nrps = 3\n")
    for arguments in ((), (str(tmp_path),), (str(path),)):
        assert main(["init", "--yes", *arguments]) == 2
        assert "expected no such file, or --force" in capsys.readouterr().err
    assert path.read_text() == "[target]\nrps = 3\n"
    assert main(["init", "--yes", "--force", "--no-schema", str(path)]) == 0
    assert read_configuration(path).target.rps is None
    schema = tmp_path / "cartfuzz.schema.json"
    assert not schema.exists()
    path.unlink()
    schema.write_text("{}")
    assert main(["init", "--yes", str(path)]) == 2
    assert (schema.read_text(), path.exists()) == ("{}", False)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "expected a terminal to ask in, found none: add --yes"),
        (("--yes", "--url", ""), "--url: expected http://HOST"),
        (("--yes", "--url", "http://u:geheim@x"), "no user name or password"),
        (("--yes", "--api-key-env", "0123geheim"), "(it is not shown)"),
        (("--yes", "--api-key-env", "A", "--api-key-file", "b"), "expected one place"),
        (("--yes", "--rps", "0"), "expected a number above 0"),
        (("--yes", "--allow-host", "http://shop.example"), "HOST or HOST:PORT"),
        (("--yes", "--contract", "current", "--no-flattening"), "carts are always flattened"),
        (("--yes", "pyproject.toml"), "expected a file of its own"),
    ],
)
def test_bad_usage(arguments: tuple[str, ...], expected: str, capsys: Output) -> None:
    """Exit 2 with one line, and nothing is written."""
    assert main(["init", *arguments]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert "geheim" not in error
    assert list(Path().iterdir()) == []
