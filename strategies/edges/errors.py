"""Bodies that are no requests, and sessions that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.invalid_requests import WRONG_BODIES
from ..values.samples import EVERYTHING, Samples, request


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Wrong bodies on a session and on none; unknown sessions; answers that nobody asked for."""
    tale = ScenarioBuilder("bodies that are no requests, on a session")
    tale.put(samples.session(), "STATE-01")
    for _, body in WRONG_BODIES:
        tale.send(body, "ERR-04", "ERR-01", "ERR-06")
    yield tale.get("ERR-06").scenario()
    for what, body in WRONG_BODIES:
        tale = ScenarioBuilder(f"body on no session: {what}")
        yield tale.send(body, "ERR-04").get("ERR-05", "ERR-06").scenario()
    tale = ScenarioBuilder("nothing is there")
    tale.get("ERR-05").get("ERR-05").back([{"position": 0, "quantity": 1}], "RET-04")
    if samples.current:
        tale.reopen("STATE-16")
    yield tale.get("ERR-05").scenario()
    yield _minimal_requests()
    yield _asked_for(samples)


def _minimal_requests() -> Scenario:
    tale = ScenarioBuilder("an empty session")
    tale.put({}, "STATE-01").get("STATE-01", "RESP-01").put({}, "STATE-12").get("RESP-03")
    return tale.put({"state": "closed"}, "STATE-04").get("RESP-01").scenario()


def _asked_for(samples: Samples) -> Scenario:
    """Answers with and without the session, and with everything."""
    tale = ScenarioBuilder("what the answer is asked for")
    session = samples.session()
    tale.send(request(session, show=False), "STATE-01", "RESP-U1").get("RESP-03")
    tale.send({"customerSession": session, "responseContent": []}, "STATE-12", "RESP-U1")
    body = {"customerSession": session, "responseContent": [*EVERYTHING]}
    return tale.send(body, "RESP-02", "RESP-01").get("RESP-03").scenario()
