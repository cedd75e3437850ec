"""An application of this Python environment as the target: ASGI, WSGI, and what is neither."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cartfuzz.cli import main
from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.local_app import serving

Output = pytest.CaptureFixture[str]
KEY = "the-key-of-the-shop"
MODULE = f"""
from urllib.parse import quote
from a2wsgi import ASGIMiddleware
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled


def make(*faults):
    return application(assembled(EXAMPLE_ENVIRONMENT, faults, (), "{KEY}"))


asgi = make()
faulty = make("closes-cancelled-sessions")
number = 7


async def without_raw_path(scope, receive, send):
    scope["raw_path"] = quote(scope["path"]).encode()
    await asgi(scope, receive, send)


wsgi = ASGIMiddleware(without_raw_path)


async def fails_at_start(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({{"type": "lifespan.startup.failed", "message": "no database"}})
"""


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory holds the module shop_of_a_test; the key is in the environment."""
    (tmp_path / "shop_of_a_test.py").write_text(MODULE, "utf-8")
    (tmp_path / "broken_shop_of_a_test.py").write_text("app = 1 / 0\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.setenv("CARTFUZZ_API_KEY", KEY)
    monkeypatch.delitem(sys.modules, "shop_of_a_test", raising=False)


@pytest.mark.parametrize("name", ["asgi", "make()", "wsgi"])
def test_an_application_is_a_target(name: str, tmp_path: Path, capsys: Output) -> None:
    """It is fuzzed over a real socket, by two processes, and nothing is found."""
    options = ["--requests", "300", "--seed", "1", "--workers", "2", "--no-minimise"]
    assert run(f"shop_of_a_test:{name}", tmp_path, *options) == 0
    assert "PASSED" in capsys.readouterr().out


def test_a_bug_of_an_application_is_found(tmp_path: Path, capsys: Output) -> None:
    """As of any other target; `replay` starts the application again."""
    report = str(tmp_path / "report")
    options = ("--phase", "edges", "--requests", "3000", "--seed", "1", "--no-minimise")
    assert run("shop_of_a_test:faulty", tmp_path, *options) == 1
    assert "STATE-08" in capsys.readouterr().out
    assert main(["replay", report, "--app", "shop_of_a_test:faulty"]) == 1
    assert main(["replay", report, "--app", "shop_of_a_test:asgi"]) == 0


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("shop_of_a_test", 'found "shop_of_a_test"'),
        (":asgi", 'found ":asgi"'),
        ("nowhere_at_all:app", "found ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("shop_of_a_test:nothing", "found nothing that can be called"),
        ("shop_of_a_test:number", "found nothing that can be called"),
        ("broken_shop_of_a_test:app", "found ZeroDivisionError: division by zero"),
        ("shop_of_a_test:fails_at_start", "found one that ended while it started"),
    ],
)
def test_what_is_no_application(spec: str, found: str) -> None:
    """One sentence with what was expected and what was found."""
    with pytest.raises(ConfigurationError, match=r"^--app: expected ") as raised, serving(spec):
        pass
    assert found in str(raised.value)


def test_an_application_and_a_url_are_two_targets(tmp_path: Path, capsys: Output) -> None:
    """Bad usage."""
    for other in (["http://127.0.0.1:1"], ["--sandbox"]):
        assert run("shop_of_a_test:asgi", tmp_path, *other) == 2
        assert "--app: expected no other target" in capsys.readouterr().err


def run(spec: str, folder: Path, *options: str) -> int:
    """The exit code of a run on an application."""
    (folder / "shop.toml").write_text('[environment]\nunknown_codes = "accepted"\n', "utf-8")
    fixed = ["--config", str(folder / "shop.toml"), "--report-dir", str(folder / "report")]
    return main(["run", "--app", spec, *fixed, *options])
