"""Bodies that are not requests, sessions that do not exist, and requested response contents."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.invalid_requests import WRONG_BODIES
from ..values.samples import RESPONSE_CONTENT, Samples, update_body


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Wrong bodies with and without a session, unknown sessions, and response contents."""
    builder = ScenarioBuilder("bodies that are no requests, on a session")
    builder.update(samples.session(), "STATE-01")
    for _, body in WRONG_BODIES:
        builder.update_with_body(body, "ERR-04", "ERR-01", "ERR-06")
    yield builder.get("ERR-06").build()
    for description, body in WRONG_BODIES:
        builder = ScenarioBuilder(f"body on no session: {description}")
        yield builder.update_with_body(body, "ERR-04").get("ERR-05", "ERR-06").build()
    builder = ScenarioBuilder("nothing is there")
    builder.get("ERR-05").get("ERR-05").return_items([{"position": 0, "quantity": 1}], "RET-04")
    if samples.current:
        builder.reopen("STATE-16")
    yield builder.get("ERR-05").build()
    yield _minimal_requests()
    yield _response_content(samples)


def _minimal_requests() -> Scenario:
    builder = ScenarioBuilder("an empty session")
    builder.update({}, "STATE-01").get("STATE-01", "RESP-01").update({}, "STATE-12").get("RESP-03")
    return builder.update({"state": "closed"}, "STATE-04").get("RESP-01").build()


def _response_content(samples: Samples) -> Scenario:
    """Updates that request the session, nothing, an empty list, and everything."""
    builder = ScenarioBuilder("what the answer is asked for")
    session = samples.session()
    builder.update_with_body(update_body(session, show=False), "STATE-01", "RESP-U1").get("RESP-03")
    builder.update_with_body(
        {"customerSession": session, "responseContent": []}, "STATE-12", "RESP-U1"
    )
    body = {"customerSession": session, "responseContent": [*RESPONSE_CONTENT]}
    return builder.update_with_body(body, "RESP-02", "RESP-01").get("RESP-03").build()
