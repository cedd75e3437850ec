"""Requests of artefacts: complete, but for API key, host and mark."""

from __future__ import annotations

import json

from cartfuzz.contract import MARK, Cut, Fetch, Raw, Scenario, Update
from cartfuzz.reports.reproduction import HOST_PLACEHOLDER, KEY_PLACEHOLDER, ArtefactRequest
from cartfuzz.reports.reproduction.artefact_request import requests_of

from .examples import request


def test_an_update_becomes_a_complete_request() -> None:
    """Method, target, all headers with placeholders, body, dry run and cut."""
    step = Update(session=1, body={"customerSession": {}}, dry=True, cut=Cut.BODY)
    made = ArtefactRequest.of(step, f"s-{MARK}")
    assert (made.method, made.session_index, made.dry, made.cut) == ("PUT", 1, True, Cut.BODY)
    assert made.target.startswith(f"/v2/customer_sessions/s-{MARK}")
    headers = dict(made.headers)
    assert headers["Host"] == HOST_PLACEHOLDER
    assert KEY_PLACEHOLDER in headers["Authorization"]
    assert headers["Content-Length"] == str(len(made.body or b""))
    assert json.loads(made.body or b"") == {"customerSession": {}}
    assert not made.is_raw


def test_a_raw_step_is_marked() -> None:
    """Its bytes and headers must be sent exactly."""
    assert ArtefactRequest.of(Raw(oddity="truncated JSON", body=b"{"), f"s-{MARK}").is_raw


def test_clients_write_some_headers_themselves() -> None:
    """A script does not repeat Host, Content-Length and User-Agent."""
    names = [name for name, _ in ArtefactRequest.of(Fetch(), "s").explicit_headers]
    assert "Authorization" in names
    assert not {"Host", "User-Agent", "Content-Length"} & set(names)


def test_a_payload_is_json() -> None:
    """Bytes become latin-1; all headers are in it only if asked for."""
    sent = request(headers=(("Host", "h"), ("X", "1")), body=b"\xff")
    explicit = sent.payload(all_headers=False)
    assert json.loads(json.dumps(explicit)) == {
        "session": 0,
        "dry": False,
        "method": "PUT",
        "target": "/",
        "headers": [["X", "1"]],
        "body": "\u00ff",
    }
    assert len(sent.payload(all_headers=True)["headers"]) == 2


def test_a_mark_is_replaced_everywhere() -> None:
    """In target, headers and body; a request without a body gets none."""
    sent = request(target=f"/{MARK}", headers=(("X", MARK),), body=MARK.encode())
    assert sent.with_mark("new") == request(target="/new", headers=(("X", "new"),), body=b"new")
    assert request().with_mark("new").body is None


def test_each_step_has_a_request_to_its_session() -> None:
    """In the order of the steps."""
    sessions = (f"a-{MARK}", f"b-{MARK}")
    steps = (Fetch(session=1), Fetch(session=0))
    requests = requests_of(Scenario(title="", sessions=sessions, steps=steps))
    assert [one.target.rpartition("/")[2] for one in requests] == [sessions[1], sessions[0]]


def test_a_right_length_is_left_open_for_raw_sockets() -> None:
    """Codes may become longer; a length that is wrong on purpose stays."""
    for given, shown in (("2", "{length}"), ("3", "3")):
        made = ArtefactRequest(
            session_index=0,
            method="PUT",
            target="/",
            headers=(("Content-Length", given), ("X-Two", "2")),
            body=b"{}",
        )
        lines = made.payload(all_headers=True)["headers"]
        assert lines == (("Content-Length", shown), ("X-Two", "2"))
