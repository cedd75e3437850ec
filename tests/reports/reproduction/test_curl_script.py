"""``reproduce.sh``: hostile content stays content, and each way of sending is there if needed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cartfuzz.contract import Cut
from cartfuzz.record import StatusIn
from cartfuzz.reports.reproduction import ArtefactRequest
from cartfuzz.reports.reproduction.curl_script import curl_script

from .examples import HOSTILE, artefact, request

REFUSED = StatusIn(statuses=(400,))
ENDS_A_HEREDOC = "x\nCARTFUZZ_END\n)\ntouch pwned\n( cat <<CARTFUZZ_END\nx"


def script_of(*requests: ArtefactRequest) -> str:
    """The script of an artefact with ``requests``."""
    return curl_script(artefact(REFUSED, requests=requests))


@pytest.mark.parametrize("header", ["", ENDS_A_HEREDOC, HOSTILE])
@pytest.mark.parametrize("cut", [None, Cut.SENT])
def test_hostile_content_is_not_run(header: str, cut: Cut | None, tmp_path: Path) -> None:
    """Whatever a scenario or a target says, the shell runs nothing of it."""
    shown = artefact(REFUSED)
    (sent,) = shown.requests
    headers = ((("Idempotency-Key", header),) if header else ()) + sent.headers
    sent = replace(sent, headers=headers, cut=cut)
    (tmp_path / "reproduce.sh").write_text(
        curl_script(replace(shown, requests=(sent,))), "utf-8", "backslashreplace"
    )
    done = subprocess.run(
        ["sh", "reproduce.sh"],  # noqa: S607 - the shell of the system
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "CARTFUZZ_API_KEY": "x"},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode not in (0, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["reproduce.sh"]


def test_the_api_key_is_in_no_script() -> None:
    """curl reads it from a pipe, Python from the environment; it is in no file."""
    keyed = request(headers=(("Authorization", "ApiKey-v1 {key}"),))
    by_curl, by_python = script_of(keyed), script_of(replace(keyed, cut=Cut.SENT))
    assert 'header = "Authorization: ApiKey-v1 {key}"' in by_curl
    assert "-K - " in by_curl
    assert "ApiKey-v1 {key}" in by_python


def test_only_what_is_needed_is_in_the_script() -> None:
    """Raw sockets for what curl cannot send, repetition for many sessions."""
    plain = script_of(request())
    assert "  send 0 PUT /" in plain
    assert "send_raw" not in plain
    assert "send_repeatedly" not in plain
    cut = script_of(request(cut=Cut.BODY))
    assert "  send_raw 'cut in the body' 0" in cut
    assert "import json, os, pathlib, selectors, socket, ssl, sys" in cut
    many = script_of(request(target="/s-{n}", repetitions=5))
    assert "  send_repeatedly 0 PUT '/s-{n}' 5" in many


def test_curl_adds_no_header_to_a_raw_request() -> None:
    """Those that it would add by itself are switched off unless they are given."""
    lines = (("Host", "{host}"), ("Content-Length", "1"), ("Accept", "a/b"))
    text = script_of(request(is_raw=True, headers=lines, body=b"{"))
    assert 'header = "Content-Type:"' in text
    assert 'header = "Accept: a/b"' in text
    assert 'header = "Accept:"' not in text


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"it's", "printf %s 'it'\"'\"'s' | with_fresh_marks"),
        (b"\xff", "echo /w== | base64 -d | LC_ALL=C with_fresh_marks"),
        (b"a\nb", "echo YQpi | base64 -d | LC_ALL=C with_fresh_marks"),
    ],
)
def test_a_body_is_readable_if_it_is_one_line_of_ascii(body: bytes, line: str) -> None:
    """Any other is base64."""
    assert line in script_of(request(body=body))


def test_each_mark_is_replaced() -> None:
    """By a fresh one of its own."""
    text = curl_script(artefact(REFUSED, marks=("cf-a", "cf-b"), requests=(request(),)))
    assert 'sed -e "s/cf-a/$MARK_1/g" -e "s/cf-b/$MARK_2/g"' in text
    assert "MARK_1=$(fresh_mark)\nMARK_2=$(fresh_mark)" in text
