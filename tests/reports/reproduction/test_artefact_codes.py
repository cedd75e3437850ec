"""Codes of patterns in scripts: real codes, new ones for each attempt, the same ones everywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Coupon, Scenario, Update
from cartfuzz.record import StatusIn
from cartfuzz.reports.reproduction import ArtefactRequest
from cartfuzz.reports.reproduction.artefact_codes import codes_in
from cartfuzz.reports.reproduction.artefact_request import requests_of
from cartfuzz.reports.reproduction.curl_script import curl_script
from cartfuzz.reports.reproduction.explain import explanation
from cartfuzz.reports.reproduction.pytest_script import pytest_script
from cartfuzz.sandbox import start

from .examples import artefact, found

REFUSED = StatusIn(statuses=(400,))
CODES = (
    Coupon(code="SALE-{n}", first=10, last=19, limit=2),
    Coupon(code='É"$(x)`/.*[a]\\&{n}', first=1, last=99),
    Coupon(code="{n}", first=100, last=200),
    Coupon(code="WELCOME"),
)


def update(*codes: str) -> ArtefactRequest:
    """An update that sends ``codes``."""
    return ArtefactRequest.of(Update(body={"customerSession": {"couponCodes": list(codes)}}), "s")


def script_of(*codes: str, write: Any) -> str:
    """The script of an artefact with one update."""
    requests = (update(*codes),)
    text: str = write(artefact(REFUSED, requests=requests, codes=codes_in(requests, CODES)))
    return text


def python_codes(text: str, attempt: int) -> dict[str, str]:
    """What the Python script writes for each placeholder in an attempt."""
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "test_reproduce.py", "exec"), names)  # noqa: S102 - the script under test
    fresh: dict[str, str] = names["fresh_codes"](attempt)
    return fresh


def shell_codes(text: str, body: str, folder: Path, number: str = "") -> str:
    """What the shell script writes for ``body`` in its first attempt."""
    lines = text.splitlines()
    kept = [line for line in lines if line.startswith(("with_fresh_marks() {", "CODE_", "RANDOM_"))]
    assert any(line.startswith("CODE_0=") for line in kept)
    script = "\n".join(("set -eu", "MARK_1=m", *sorted(kept, key=_in_order), "with_fresh_marks"))
    environment = {**os.environ, "CARTFUZZ_CODE_NUMBER": number}
    done = subprocess.run(
        [shutil.which("sh") or "sh", "-c", script],
        input=body,
        text=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        check=True,
    )
    return done.stdout


def _in_order(line: str) -> int:
    order = ("RANDOM_", 'CODE_NUMBER="', "with_fresh", "CODE_")
    return next(place for place, start in enumerate(order) if line.startswith(start))


def test_python_takes_new_numbers_for_each_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both codes of a pattern differ, and each one exists; a number may be given."""
    monkeypatch.setenv("CARTFUZZ_CODE_NUMBER", "12")
    text = script_of("SALE-{n}", "SALE-{n+1}", "sale-{n}", write=pytest_script)
    assert python_codes(text, 0) == {
        "SALE-{n}": "SALE-12",
        "SALE-{n+1}": "SALE-13",
        "sale-{n}": "sale-12",
    }
    assert python_codes(text, 1)["SALE-{n}"] == "SALE-14"
    monkeypatch.delenv("CARTFUZZ_CODE_NUMBER")
    for attempt in range(20):
        fresh = python_codes(text, attempt)
        assert CODES[0].matches(fresh["SALE-{n}"])
        assert CODES[0].matches(fresh["SALE-{n+1}"])
        assert fresh["SALE-{n}"] != fresh["SALE-{n+1}"]


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
@pytest.mark.parametrize("number", ["12", "0012", "3", "900", ""])
def test_the_shell_takes_numbers_that_exist(number: str, tmp_path: Path) -> None:
    """The given number, wrapped into the range, or a random one."""
    text = script_of("SALE-{n}", "SALE-{n+1}", write=curl_script)
    one, other = shell_codes(text, "SALE-{n} SALE-{n+1}", tmp_path, number).split()
    assert CODES[0].matches(one)
    assert CODES[0].matches(other)
    assert one != other
    if number.endswith("12"):
        assert (one, other) == ("SALE-12", "SALE-13")


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_odd_codes_stay_texts(tmp_path: Path) -> None:
    """Neither sed nor the shell gives a meaning to what a code holds."""
    codes = (CODES[1].written(), CODES[2].written())
    text = script_of(*codes, write=curl_script)
    body = update(*codes).body or b""
    shown = json.loads(shell_codes(text, body.decode(), tmp_path, "120"))
    odd, plain = shown["customerSession"]["couponCodes"]
    assert CODES[1].matches(odd)
    assert CODES[2].matches(plain)
    assert plain == "120"


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_both_scripts_send_codes_that_exist(tmp_path: Path) -> None:
    """Alone and at the same moment: the target accepts each code once, and then rejects it."""
    shop = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupons=CODES[:1], budgets=())
    steps = tuple(
        Update(
            session=index,
            body={"customerSession": {"couponCodes": ["SALE-{n}"], "state": "closed"}},
        )
        for index in range(3)
    )
    scenario = Scenario(
        title="three", sessions=tuple(f"s{n}-{MARK}" for n in range(3)), steps=steps, burst=(1, 3)
    )
    requests = requests_of(scenario)
    with start(shop) as sandbox:
        made = artefact(
            # The claim is wrong, so that the script ends after its first attempt.
            REFUSED,
            discrepancy=found(REFUSED, step=2),
            scenario=scenario,
            requests=requests,
            target=sandbox.url,
            codes=codes_in(requests, CODES),
        )
        (tmp_path / "reproduce.sh").write_text(curl_script(made))
        (tmp_path / "test_reproduce.py").write_text(pytest_script(made))
        for number, command in (
            ("12", [shutil.which("sh") or "sh", "reproduce.sh"]),
            ("14", [sys.executable, "-c", "import test_reproduce as t; t.test_reproduce()"]),
        ):
            done = subprocess.run(
                command,
                cwd=tmp_path,
                env={
                    **os.environ,
                    "CARTFUZZ_API_KEY": sandbox.api_key,
                    "CARTFUZZ_CODE_NUMBER": number,
                },
                text=True,
                capture_output=True,
                check=False,
            )
            assert done.returncode == 1
            shown = done.stdout + done.stderr
            assert "expected status 400; found 200" in shown
            assert f"SALE-{number}" in shown


def test_without_codes_scripts_have_none() -> None:
    """A placeholder of no pattern is a text as any other."""
    for write in (pytest_script, curl_script, explanation):
        assert "CODE" not in script_of("WELCOME", "OTHER-{n}", write=write)


def test_the_explanation_names_the_codes() -> None:
    """As the scenario writes them."""
    assert "It has numbers of its own for the codes `SALE-{n}`" in script_of(
        "SALE-{n}", write=explanation
    )


def test_python_replaces_odd_codes_in_bodies_and_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies are bytes in its text, claims have escapes."""
    monkeypatch.setenv("CARTFUZZ_CODE_NUMBER", "7")
    code = CODES[1]
    fresh = python_codes(script_of(code.written(), write=pytest_script), 0)
    body = (update(code.written()).body or b"").decode("latin-1")
    claim = json.dumps([code.written()])
    for placeholder, real in fresh.items():
        body, claim = body.replace(placeholder, real), claim.replace(placeholder, real)
    sent = json.loads(body.encode("latin-1"))
    assert sent["customerSession"]["couponCodes"] == json.loads(claim) == [code.numbered(7)]
