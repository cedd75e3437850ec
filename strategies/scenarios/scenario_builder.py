"""Writes a scenario of the sweep step by step."""

from __future__ import annotations

from typing import Any

from ...contract import (
    MARK,
    Credentials,
    Fetch,
    Raw,
    Reopen,
    ReturnItems,
    Scenario,
    SessionState,
    Step,
    Update,
)
from ..values.samples import Samples, request, return_request

Json = dict[str, Any]


class ScenarioBuilder:
    """A scenario in the making; every method adds one step and returns the tale itself.

    ``at`` is the index of the session, ``aims`` are rule IDs. Without sessions the tale has a
    single one with a plain ID.
    """

    def __init__(self, title: str, *sessions: str) -> None:
        self._title = title
        self._sessions = sessions or (f"edge-{MARK}",)
        self._steps: list[Step] = []

    def put(self, session: Json, *aims: str, at: int = 0, dry: bool = False) -> ScenarioBuilder:
        """An update with ``session``, which asks for the session in the answer."""
        return self.send(request(session), *aims, at=at, dry=dry)

    def send(
        self,
        body: Any,
        *aims: str,
        at: int = 0,
        dry: bool = False,
        now: str | None = None,
        credentials: Credentials = Credentials.VALID,
    ) -> ScenarioBuilder:
        """An update with any body."""
        step = Update(session=at, body=body, dry=dry, now=now, credentials=credentials, aims=aims)
        self._steps.append(step)
        return self

    def get(
        self, *aims: str, at: int = 0, credentials: Credentials = Credentials.VALID
    ) -> ScenarioBuilder:
        """A read."""
        step = Fetch(session=at, credentials=credentials, aims=aims or ("RESP-03",))
        self._steps.append(step)
        return self

    def back(
        self,
        items: list[Json],
        *aims: str,
        at: int = 0,
        dry: bool = False,
        key: str | None = None,
    ) -> ScenarioBuilder:
        """A return of ``items``."""
        return self.send_back(return_request(*items), *aims, at=at, dry=dry, key=key)

    def send_back(
        self,
        body: Any,
        *aims: str,
        at: int = 0,
        dry: bool = False,
        key: str | None = None,
        credentials: Credentials = Credentials.VALID,
    ) -> ScenarioBuilder:
        """A return with any body."""
        step = ReturnItems(
            session=at,
            body=body,
            dry=dry,
            idempotency_key=key,
            credentials=credentials,
            aims=aims,
        )
        self._steps.append(step)
        return self

    def reopen(
        self, *aims: str, at: int = 0, credentials: Credentials = Credentials.VALID
    ) -> ScenarioBuilder:
        """A reopen (current only)."""
        self._steps.append(Reopen(session=at, credentials=credentials, aims=aims))
        return self

    def raw(self, what: str, body: bytes, *aims: str, at: int = 0) -> ScenarioBuilder:
        """An update with bytes for a body; ``what`` as in `cartfuzz.strategies.malformed`."""
        self._steps.append(Raw(session=at, what=what, body=body, aims=aims))
        return self

    def scenario(self) -> Scenario:
        """What was written so far."""
        return Scenario(title=self._title, sessions=self._sessions, steps=tuple(self._steps))


def lead_to(
    tale: ScenarioBuilder,
    state: SessionState | None,
    samples: Samples,
    *,
    at: int = 0,
    number: int = 0,
) -> None:
    """Takes a session that does not exist to ``state`` by legal steps, with data in every field.

    The cart holds three items; in partially_returned the first has gone back whole.
    """
    if state is None:
        return
    session = samples.session(number)
    tale.put(session, "STATE-01", at=at)
    if state is SessionState.OPEN:
        return
    if state is SessionState.CANCELLED:
        tale.put({"state": "cancelled"}, "STATE-05", at=at)
        return
    tale.put({"state": "closed"}, "STATE-04", at=at)
    if state is SessionState.PARTIALLY_RETURNED:
        first = {"position": 0, "quantity": session["cartItems"][0]["quantity"]}
        tale.back([first], "RET-01", at=at)
