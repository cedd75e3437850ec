"""`cartfuzz check`: the check before a run, as its users call it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cartfuzz.cli import main
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.harness.preflight import PreflightResult
from cartfuzz.sandbox import start

from ..harness.transport.scripted_server import answering, scripted_server

Output = pytest.CaptureFixture[str]
SHOP = """
[environment.session_attributes]
channel = { type = "string", enum = ["web", "app"] }
giftScore = "TYPE"

[environment.additional_costs]
shipping = "session"
"""


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The base URL of a sandbox that has giftScore as a number; its key is in the environment."""
    attributes = {**EXAMPLE_ENVIRONMENT.session_attributes, "giftScore": {"type": "number"}}
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, session_attributes=attributes)
    with start(environment) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        yield sandbox.url


def configuration(folder: Path, attribute_type: str) -> str:
    """A configuration file with giftScore of this type."""
    file = folder / "cartfuzz.toml"
    file.write_text(SHOP.replace("TYPE", attribute_type))
    return str(file)


def test_everything_is_accepted(url: str, tmp_path: Path, capsys: Output) -> None:
    """Exit 0: the target, the contract, what is declared, and the sessions that were cancelled."""
    assert main(["check", url, "--config", configuration(tmp_path, "number")]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    contract = "the configuration says contract 2.5.1"
    assert first == f"{url} answers as the session API; {contract}"
    assert "ok      declared      the target takes 3 declared attributes and costs" in lines
    assert any(line.startswith("ok      contract      2.5.1: ") for line in lines)
    (made,) = (line for line in lines if "made and cancelled" in line)
    assert made.count("cf-") == 2


def test_the_missing_lines_are_written(url: str, tmp_path: Path, capsys: Output) -> None:
    """Only where it is asked for; the rest of the file stays as it is, and the next check is ok."""
    file = configuration(tmp_path, "number")
    before = Path(file).read_text()
    assert main(["check", url, "--config", file]) == 0
    assert 'unknown_codes = "accepted"' in capsys.readouterr().out
    assert Path(file).read_text() == before
    assert main(["check", url, "--config", file, "--write"]) == 0
    assert f"{file}: written" in capsys.readouterr().out
    written = Path(file).read_text()
    assert before.strip() in written
    added = [line for line in written.splitlines() if line not in before.splitlines()]
    assert added == ["[environment]", 'unknown_codes = "accepted"']
    assert main(["check", url, "--config", file]) == 0
    assert "lines for" not in capsys.readouterr().out


def test_a_wrong_version_is_a_problem(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2: a run by the wrong version would blame many rules."""
    current = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
    with start(current) as sandbox:
        monkeypatch.setenv("CARTFUZZ_API_KEY", sandbox.api_key)
        assert main(["check", sandbox.url, "--contract", "2.5.1"]) == 2
    shown = capsys.readouterr().out
    assert "problem contract      current: " in shown
    assert '    contract = "current"' in shown


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_refused_declaration(url: str, command: str, tmp_path: Path, capsys: Output) -> None:
    """Exit 2, one line before a run: the attribute, the target's text, the key to correct."""
    wrong = configuration(tmp_path, "string")
    report = ("--report-dir", str(tmp_path / "report"))
    options = () if command == "check" else (*report, "--requests", "10")
    assert main([command, url, "--config", wrong, *options]) == 2
    output = capsys.readouterr()
    assert output.err.count("\n") == 1
    assert "the target refuses the declared session attribute giftScore: 400 " in output.err
    assert "correct environment.session_attributes.giftScore in the configuration" in output.err
    named = "problem declared      the session attribute giftScore is refused: 400 "
    assert (named in output.out) == (command == "check")
    assert ("ok      declared      taken: " in output.out) == (command == "check")


@pytest.mark.parametrize("path", ["/wrong", "/v2/customer_sessions"])
def test_a_wrong_base_path(url: str, path: str, capsys: Output) -> None:
    """Exit 3 and what to change: no rule is blamed for the address."""
    assert main(["check", f"{url}{path}"]) == 3
    error = capsys.readouterr().err
    assert f"nothing under {url}{path} answers like the session API" in error
    assert "correct the base path" in error


def test_a_file_that_is_not_read_is_not_written(capsys: Output) -> None:
    """``--write`` has nothing to change then."""
    assert main(["check", "http://127.0.0.1:9", "--no-config", "--write"]) == 2
    assert "found --no-config" in capsys.readouterr().err


def test_no_target(capsys: Output) -> None:
    """As of a run: a sandbox only where it is asked for."""
    assert main(["check"]) == 2
    assert "or --sandbox" in capsys.readouterr().err
    assert main(["check", "--sandbox"]) == 0
    assert "the embedded sandbox at" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ahead_sec", "text"),
    [(7200.0, "its clock is 2.0 h ahead of"), (-300.0, "its clock is 5 min behind"), (9.0, "")],
)
def test_a_clock_that_is_off_is_named(
    url: str, ahead_sec: float, text: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """From a minute on; it fails nothing, because no rule depends on it."""
    seen = PreflightResult(requests=3, clock_ahead_sec=ahead_sec)
    monkeypatch.setattr("cartfuzz.cli.check.preflight", lambda *_, **__: ("abcdefgh", seen))
    assert main(["check", url]) == 0
    shown = capsys.readouterr().out
    assert text in shown
    assert ("its clock" in shown) == bool(text)


def test_a_target_that_refuses_every_update(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """Exit 5: it may be the session API, and a run could judge nothing."""
    refusal = b'{"message":"maintenance"}'
    answers = [(404, b'{"message":"not found"}'), (400, refusal)]

    def script(connection: socket.socket) -> None:
        status, body = answers.pop(0)
        answering(status, body, headers=b"Content-Type: application/json\r\n")(connection)

    monkeypatch.setenv("CARTFUZZ_API_KEY", "key-of-the-shop")
    with scripted_server(script) as server:
        assert main(["check", server.url]) == 5
    assert "refuses an empty update: 400 maintenance" in capsys.readouterr().out
