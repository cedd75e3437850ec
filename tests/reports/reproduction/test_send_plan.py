"""Which requests go out together, and by which means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cartfuzz.contract import MARK, Cut, Fetch, Scenario
from cartfuzz.reports.reproduction import HOST_PLACEHOLDER
from cartfuzz.reports.reproduction.send_plan import SendMode, curl_can_send, send_plan

from .examples import artefact, request

RAW = request(is_raw=True, target="/x", body=b"{")
HEADERS = (("Host", HOST_PLACEHOLDER), ("Content-Length", "1"), ("Content-Type", "text/plain"))


@pytest.mark.parametrize(
    ("changes", "by_curl"),
    [
        ({"headers": HEADERS}, True),
        ({"headers": HEADERS[1:]}, False),
        ({"headers": HEADERS[:1]}, False),
        ({"headers": (*HEADERS, ("X", "é"))}, False),
        ({"headers": (*HEADERS, ("X", "1"), ("x", "2"))}, False),
        ({"headers": (*HEADERS, ("Expect", "?"))}, False),
        ({"headers": HEADERS, "target": "/a b"}, False),
        ({"headers": HEADERS, "target": "http://x/"}, False),
        ({"headers": HEADERS, "method": "P T"}, False),
        ({"headers": HEADERS, "is_raw": False, "cut": Cut.SENT}, False),
        ({"headers": (), "is_raw": False}, True),
    ],
)
def test_curl_sends_only_what_it_does_not_change(changes: Any, by_curl: bool) -> None:
    """It changes odd headers, targets and methods, adds a Host, and cannot cut a connection."""
    shown = artefact(None, requests=(replace(RAW, **changes),))
    (group,) = send_plan(shown)
    assert curl_can_send(shown, group) is by_curl


def test_ordinary_requests_form_one_group() -> None:
    """Any HTTP client sends them one after the other."""
    (group,) = send_plan(artefact(None, requests=(request(),) * 3))
    assert (group.mode, group.label, group.indices) == (
        SendMode.ONE_BY_ONE,
        "one by one",
        (0, 1, 2),
    )
    assert not group.needs_raw_sockets


def test_a_burst_is_one_group() -> None:
    """The requests before and after it are sent one by one."""
    burst = Scenario(title="", sessions=(MARK,), steps=(Fetch(),) * 4, burst=(1, 3))
    plan = send_plan(artefact(None, scenario=burst, requests=(request(),) * 4))
    assert [(group.label, group.indices) for group in plan] == [
        ("one by one", (0,)),
        ("together", (1, 2)),
        ("one by one", (3,)),
    ]
    assert plan[1].needs_raw_sockets


def test_cuts_and_repetitions_have_their_own_groups() -> None:
    """Their labels give the place of the cut and the number of times."""
    plan = send_plan(artefact(None, requests=(request(cut=Cut.HEAD), request(repetitions=7))))
    assert [(group.mode, group.label) for group in plan] == [
        (SendMode.CUT, "cut in the head"),
        (SendMode.REPEATED, "7 times"),
    ]
    assert [group.needs_raw_sockets for group in plan] == [True, False]


def test_a_read_after_a_raw_request_uses_its_connection() -> None:
    """If it reads the same session; another request, or another session, does not."""
    read = request(method="GET")
    plan = send_plan(artefact(None, requests=(RAW, read, RAW, request(), RAW)))
    assert [group.indices for group in plan] == [(0, 1), (2,), (3,), (4,)]
    plan = send_plan(artefact(None, requests=(RAW, replace(read, session_index=1))))
    assert [group.indices for group in plan] == [(0,), (1,)]
