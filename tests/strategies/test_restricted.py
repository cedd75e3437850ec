"""Scenarios of which only dry requests, or only reads, are left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut, Scenario, Traffic, Update
from cartfuzz.harness.transport.restricted_transport import RestrictedTransport
from cartfuzz.strategies import (
    edge_scenarios,
    lost_answers,
    malformed_scenarios,
    races,
    restricted,
    scenarios,
)
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.encoding import request_of

DRAWN = st.one_of(
    scenarios(EXAMPLE_ENVIRONMENT), races(EXAMPLE_ENVIRONMENT), lost_answers(EXAMPLE_ENVIRONMENT)
)
RESTRICTIONS = [Traffic.DRY, Traffic.READS]
WORDS = {Traffic.DRY: "dry requests and reads", Traffic.READS: "reads"}
SENT = Response(status=200, body=b"{}")


class Recording:
    """Answers everything, and keeps what it was given."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response | NoResponse:
        self.requests.append(request)
        return SENT

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(one) for one in requests]

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        return [self.send(one) for one in requests]

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        self.requests.append(request)
        return NoResponse(fate=Delivery.UNKNOWN, reason=cut.value)

    def close(self) -> None:
        """Has nothing to close."""


def requests(scenario: Scenario) -> list[Request]:
    return [request_of(one, scenario.sessions[one.session], MARK) for one in scenario.steps]


def may_go(request: Request, traffic: Traffic) -> bool:
    """Whether the transport lets a request out."""
    return RestrictedTransport(Recording(), traffic).send(request) is SENT


@pytest.mark.parametrize("traffic", RESTRICTIONS)
def test_what_is_left_of_the_sweeps_may_go_out(traffic: Traffic) -> None:
    """Every request, and no scenario twice; much is left."""
    sweeps = (*edge_scenarios(EXAMPLE_ENVIRONMENT), *malformed_scenarios(EXAMPLE_ENVIRONMENT))
    left = list(restricted(sweeps, traffic))
    assert all(may_go(request, traffic) for one in left for request in requests(one))
    assert len({repr((one.sessions, one.steps)) for one in left}) == len(left)
    assert 200 < len(left) < len(sweeps)


@given(drawn=DRAWN)
@pytest.mark.parametrize("traffic", RESTRICTIONS)
def test_what_is_left_of_a_drawn_scenario_may_go_out(drawn: Scenario, traffic: Traffic) -> None:
    """And nothing that could go out as it is was left out."""
    left = [request for one in restricted([drawn], traffic) for request in requests(one)]
    assert all(may_go(request, traffic) for request in left)
    reads = [request for request in requests(drawn) if may_go(request, Traffic.READS)]
    if drawn.burst is None:
        assert [request for request in left if request.method == "GET"] == reads


def test_without_a_restriction_nothing_changes() -> None:
    """Not even the identity of the scenarios."""
    sweep = edge_scenarios(EXAMPLE_ENVIRONMENT)
    assert list(restricted(sweep, Traffic.ALL)) == list(sweep)


@pytest.mark.parametrize(
    ("method", "target", "headers", "allowed"),
    [
        ("GET", "/v2/customer_sessions/s", (), RESTRICTIONS),
        ("GET", "/v2/customer_sessions/s", (("X-HTTP-Method-Override", "PUT"),), []),
        ("PUT", "/v2/customer_sessions/s?dry=true", (), [Traffic.DRY]),
        ("POST", "/v2/customer_sessions/s/returns?dry=true", (), [Traffic.DRY]),
        ("PUT", "/v2/customer_sessions/s?dry=true&dry=false", (), []),
        ("PUT", "/v2/customer_sessions/s?dry=false", (), []),
        ("PUT", "/v2/customer_sessions/s?dry=True", (), []),
        ("PUT", "/v2/customer_sessions/s?DRY=true", (), []),
        ("PUT", "/v2/customer_sessions/s?now=dry=true", (), []),
        ("PUT", "/v2/customer_sessions/s", (), []),
        ("DELETE", "/v2/customer_sessions/s?dry=true", (), []),
        ("PUT", "/v2/customer_sessions/s/reopen", (), []),
    ],
)
def test_the_last_gate(
    method: str, target: str, headers: tuple[tuple[str, str], ...], allowed: list[Traffic]
) -> None:
    """Whoever asks for it: alone, in a burst, in a sequence, or cut."""
    request = Request(method=method, target=target, headers=headers)
    read = Request(method="GET", target="/v2/customer_sessions/s")
    for traffic in RESTRICTIONS:
        inner = Recording()
        gate = RestrictedTransport(inner, traffic)
        outcomes = [
            gate.send(request),
            *gate.burst([read, request]),
            *gate.sequence([request, read]),
            gate.cut(request, Cut.SENT),
        ]
        if traffic in allowed:
            assert inner.requests == [request, read, request, request, read, request]
        else:
            assert inner.requests == []
            held = NoResponse(fate=Delivery.NOT_SENT, reason=f"only {WORDS[traffic]} may be sent")
            assert outcomes == [held] * 6


def test_an_update_with_a_key_becomes_a_plain_dry_one() -> None:
    """A dry request needs no Idempotency-Key."""
    step = Update(body={"customerSession": {}}, idempotency_key=f"key-{MARK}")
    scenario = Scenario(title="one", sessions=(f"s-{MARK}",), steps=(step,))
    (left,) = restricted([scenario], Traffic.DRY)
    assert left.steps == (Update(body={"customerSession": {}}, dry=True),)
