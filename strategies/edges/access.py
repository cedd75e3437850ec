"""Every operation without a valid key (AUTH-01)."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract import Credentials, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples, return_body, update_body

_BAD_CREDENTIALS = (Credentials.MISSING, Credentials.WRONG, Credentials.SCHEME)


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Bad credentials on a session that exists and on one that does not, with valid reads."""
    for credentials in _BAD_CREDENTIALS:
        yield _on_existing_session(samples, credentials)
        yield _on_unknown_session(samples, credentials)


def _on_existing_session(samples: Samples, credentials: Credentials) -> Scenario:
    builder = ScenarioBuilder(f"{credentials.value} credentials on a closed session")
    session = samples.session()
    builder.update(session, "STATE-01").get()
    changed = update_body(samples.session(6))
    builder.update_with_body(changed, "AUTH-01", credentials=credentials).get("AUTH-01")
    builder.update_with_body(changed, "AUTH-01", dry=True, credentials=credentials)
    builder.get("AUTH-01", credentials=credentials)
    builder.update({"state": "closed"}, "STATE-04")
    body = return_body({"position": 0, "quantity": session["cartItems"][0]["quantity"]})
    builder.return_with_body(body, "AUTH-01", credentials=credentials).get("AUTH-01")
    builder.return_with_body(body, "AUTH-01", dry=True, credentials=credentials)
    if samples.current:
        builder.reopen("AUTH-01", credentials=credentials).get("AUTH-01")
    # The response must not reveal whether a request was well-formed.
    builder.update_with_body({}, "AUTH-01", credentials=credentials)
    return builder.get("AUTH-01").build()


def _on_unknown_session(samples: Samples, credentials: Credentials) -> Scenario:
    builder = ScenarioBuilder(f"{credentials.value} credentials on no session")
    builder.get("AUTH-01", credentials=credentials)
    builder.update_with_body(update_body(samples.session()), "AUTH-01", credentials=credentials)
    return builder.get("AUTH-01", "ERR-05").build()
