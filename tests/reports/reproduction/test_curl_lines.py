"""Lines of curl to paste: the shell runs nothing of a target, and the key is on no command line."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartfuzz.contract import MARK, Cut, Fetch, Scenario
from cartfuzz.record.target_access import SecretLine, TargetAccess
from cartfuzz.reports.reproduction import Artefact, ArtefactRequest
from cartfuzz.reports.reproduction.curl_lines import curl_lines
from cartfuzz.reports.reproduction.own_access import with_own_lines

from .examples import HOSTILE, artefact, request

KEY = ("Authorization", "ApiKey-v1 {key}")
CURL = """#!/bin/sh
{ for one in "$@"; do printf '%s\\0' "$one"; done; } >> arguments
cat > input
"""
"""Keeps its arguments and what it reads."""
printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


def of(*requests: ArtefactRequest) -> Artefact:
    """An artefact of ``requests``."""
    return replace(artefact(None, requests=requests), target="http://127.0.0.1:1")


def run(lines: list[str], folder: Path) -> tuple[list[str], str]:
    """What a curl gets as arguments, and what it can read, where a shell runs ``lines``."""
    curl = folder / "curl"
    curl.write_text(CURL)
    curl.chmod(0o755)
    subprocess.run(
        ["sh", "-euc", "\n".join(lines)],  # noqa: S607 - the shell of the system
        cwd=folder,
        env={"PATH": f"{folder}:/usr/bin:/bin", "CARTFUZZ_API_KEY": "geheim", "GATE": "sesame"},
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert {one.name for one in folder.iterdir()} == {"curl", "arguments", "input"}
    return (folder / "arguments").read_text().split("\0")[:-1], (folder / "input").read_text()


@settings(deadline=None, max_examples=25)
@given(body=printable, target=printable, header=printable)
def test_a_shell_sends_what_was_sent(
    tmp_path_factory: pytest.TempPathFactory, body: str, target: str, header: str
) -> None:
    """Whatever it holds, with a new mark in the place of the old one."""
    sent = request(
        target=f"/{target}{MARK}", headers=(KEY, ("X-Odd", header)), body=(body + MARK).encode()
    )
    lines = curl_lines(of(sent))
    if "{key}" in target + header + body:
        assert lines is None
        return
    assert lines is not None
    arguments, given_key = run(lines, tmp_path_factory.mktemp("curl"))
    *_, url, _, odd, _, data = arguments
    mark = data.removeprefix(body)
    assert mark.startswith("cf-")
    assert len(mark) == len(MARK)
    assert url == f"http://127.0.0.1:1/{target}{mark}"
    assert (odd, data) == (f"X-Odd: {header}", body + mark)
    assert given_key == "Authorization: ApiKey-v1 geheim\n"
    assert not [one for one in arguments if "geheim" in one]


def test_a_request_without_the_key_is_sent_without_it(tmp_path: Path) -> None:
    """Such as one with wrong credentials."""
    lines = curl_lines(of(request(headers=(("Authorization", "ApiKey-v1 wrong"),))))
    assert lines is not None
    arguments, key = run(lines, tmp_path)
    assert "Authorization: ApiKey-v1 wrong" in arguments
    assert key == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"cut": Cut.SENT},
        {"is_raw": True, "headers": (("Transfer-Encoding", "chunked"),)},
        {"repetitions": 3},
        {"body": b"\xff"},
        {"body": b"two\nlines"},
        {"body": json.dumps(["x"] * 1000).encode()},
        {"target": "/\x1b"},
        {"headers": (("X-Odd", HOSTILE),)},
    ],
)
def test_what_no_line_can_send_has_none(changes: dict[str, object]) -> None:
    """A cut connection, raw bytes, many times, what is no plain text, and long bodies."""
    assert curl_lines(of(request(**changes))) is None


def test_requests_at_the_same_moment_have_none() -> None:
    """Lines are run one after another."""
    race = Scenario(title="race", sessions=(MARK,), steps=(Fetch(),) * 2, burst=(0, 2))
    shown = of(request(), request())
    assert curl_lines(shown) is not None
    assert curl_lines(replace(shown, scenario=race)) is None


def test_the_lines_obey_no_proxy_of_the_surroundings(tmp_path: Path) -> None:
    """Each curl reads no configuration of its user first, and ignores all proxies."""
    keyed = request(headers=(KEY,))
    lines = curl_lines(of(keyed))
    assert lines is not None
    arguments, _ = run(lines, tmp_path)
    assert arguments[:3] == ["-q", "--noproxy", "*"]


@pytest.mark.parametrize("with_key", [True, False])
def test_secret_lines_are_read_from_their_variables(tmp_path: Path, *, with_key: bool) -> None:
    """They go the way of the key; the key is in the header line that the gate wants."""
    secret = SecretLine(name="X-Gate", variable="GATE")
    access = TargetAccess(secret_headers=(secret,), api_key_header="X-Key")
    sent = request(headers=(KEY,) if with_key else ())
    shown = of(*with_own_lines((sent,), access, "http://127.0.0.1:1"))
    lines = curl_lines(replace(shown, access=access))
    assert lines is not None
    assert "$GATE" in "\n".join(lines).replace("{", "")
    arguments, given = run(lines, tmp_path)
    key = "X-Key: ApiKey-v1 geheim\n" if with_key else ""
    assert given == f"{key}X-Gate: sesame\n"
    assert not any("sesame" in one or "secret" in one for one in arguments)
