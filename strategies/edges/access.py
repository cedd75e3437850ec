"""Every operation without a valid key (AUTH-01), and what an outsider may not find out."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Credentials, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples, request, return_request

_BAD = (Credentials.MISSING, Credentials.WRONG, Credentials.SCHEME)


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """On a session that exists and on one that does not; a valid read follows each attempt."""
    for credentials in _BAD:
        yield _on_existing(samples, credentials)
        yield _on_nothing(samples, credentials)


def _on_existing(samples: Samples, credentials: Credentials) -> Scenario:
    tale = ScenarioBuilder(f"{credentials.value} credentials on a closed session")
    session = samples.session()
    tale.put(session, "STATE-01").get()
    changed = request(samples.session(6))
    tale.send(changed, "AUTH-01", credentials=credentials).get("AUTH-01")
    tale.send(changed, "AUTH-01", dry=True, credentials=credentials)
    tale.get("AUTH-01", credentials=credentials)
    tale.put({"state": "closed"}, "STATE-04")
    back = return_request({"position": 0, "quantity": session["cartItems"][0]["quantity"]})
    tale.send_back(back, "AUTH-01", credentials=credentials).get("AUTH-01")
    tale.send_back(back, "AUTH-01", dry=True, credentials=credentials)
    if samples.current:
        tale.reopen("AUTH-01", credentials=credentials).get("AUTH-01")
    # Whoever is not let in must not learn from the answer whether the request was well-formed.
    tale.send({}, "AUTH-01", credentials=credentials)
    return tale.get("AUTH-01").scenario()


def _on_nothing(samples: Samples, credentials: Credentials) -> Scenario:
    tale = ScenarioBuilder(f"{credentials.value} credentials on no session")
    tale.get("AUTH-01", credentials=credentials)
    tale.send(request(samples.session()), "AUTH-01", credentials=credentials)
    return tale.get("AUTH-01", "ERR-05").scenario()
