"""Builds a scenario of a sweep, one step a call."""

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
from ..values.samples import Samples, return_body, update_body

Json = dict[str, Any]


class ScenarioBuilder:
    """A scenario under construction. Each verb adds one step and returns the builder.

    In all of them ``aims`` are the rule IDs that the step puts to the test, and ``session_index``
    is an index into the sessions.

    Args:
        title: what the scenario is about, in a few plain words.
        sessions: the session IDs, each with the mark once; none: one session with a plain ID.
    """

    def __init__(self, title: str, *sessions: str) -> None:
        self._title = title
        self._sessions = sessions or (f"edge-{MARK}",)
        self._steps: list[Step] = []
        self._burst: tuple[int, int] | None = None

    def update(
        self,
        session: Json,
        *aims: str,
        session_index: int = 0,
        dry: bool = False,
        idempotency_key: str | None = None,
    ) -> ScenarioBuilder:
        """Adds an update that sends ``session`` and requests the session in the response."""
        return self.update_with_body(
            update_body(session),
            *aims,
            session_index=session_index,
            dry=dry,
            idempotency_key=idempotency_key,
        )

    def update_with_body(
        self,
        body: Any,
        *aims: str,
        session_index: int = 0,
        dry: bool = False,
        now: str | None = None,
        idempotency_key: str | None = None,
        credentials: Credentials = Credentials.VALID,
    ) -> ScenarioBuilder:
        """Adds an update with any JSON value as its body."""
        return self._add(
            Update(
                session=session_index,
                body=body,
                dry=dry,
                now=now,
                idempotency_key=idempotency_key,
                credentials=credentials,
                aims=aims,
            )
        )

    def get(
        self, *aims: str, session_index: int = 0, credentials: Credentials = Credentials.VALID
    ) -> ScenarioBuilder:
        """Adds a read; without ``aims`` it aims at RESP-03."""
        return self._add(
            Fetch(session=session_index, credentials=credentials, aims=aims or ("RESP-03",))
        )

    def return_items(
        self,
        items: list[Json],
        *aims: str,
        session_index: int = 0,
        dry: bool = False,
        idempotency_key: str | None = None,
    ) -> ScenarioBuilder:
        """Adds a return of ``items``: ``{"position": …, "quantity": …}`` each."""
        return self.return_with_body(
            return_body(*items),
            *aims,
            session_index=session_index,
            dry=dry,
            idempotency_key=idempotency_key,
        )

    def return_with_body(
        self,
        body: Any,
        *aims: str,
        session_index: int = 0,
        dry: bool = False,
        idempotency_key: str | None = None,
        credentials: Credentials = Credentials.VALID,
    ) -> ScenarioBuilder:
        """Adds a return with any JSON value as its body."""
        return self._add(
            ReturnItems(
                session=session_index,
                body=body,
                dry=dry,
                idempotency_key=idempotency_key,
                credentials=credentials,
                aims=aims,
            )
        )

    def reopen(
        self,
        *aims: str,
        session_index: int = 0,
        idempotency_key: str | None = None,
        credentials: Credentials = Credentials.VALID,
    ) -> ScenarioBuilder:
        """Adds a reopen (current only)."""
        return self._add(
            Reopen(
                session=session_index,
                idempotency_key=idempotency_key,
                credentials=credentials,
                aims=aims,
            )
        )

    def raw(self, oddity: str, body: bytes, *aims: str, session_index: int = 0) -> ScenarioBuilder:
        """Adds a raw update with ``body``; ``oddity`` as in `cartfuzz.contract.Raw`."""
        return self._add(Raw(session=session_index, oddity=oddity, body=body, aims=aims))

    def step(self, step: Step) -> ScenarioBuilder:
        """Adds ``step`` as it is, such as one of an `OwnOperation`."""
        return self._add(step)

    def together(self, count: int) -> ScenarioBuilder:
        """Makes the burst of the last ``count`` steps: they are sent at the same moment."""
        self._burst = (len(self._steps) - count, len(self._steps))
        return self

    def build(self) -> Scenario:
        """The scenario of the steps so far.

        Raises:
            ValueError: a session ID does not hold the mark once, a step names no session, or the
                burst has no step or holds an operation of a plugin.
        """
        return Scenario(
            title=self._title,
            sessions=self._sessions,
            steps=tuple(self._steps),
            burst=self._burst,
        )

    def _add(self, step: Step) -> ScenarioBuilder:
        self._steps.append(step)
        return self


def lead_to(
    builder: ScenarioBuilder,
    state: SessionState | None,
    samples: Samples,
    *,
    session_index: int = 0,
) -> None:
    """Adds the legal steps that take a new session to ``state``, with data in every field.

    The cart holds three items; in partially_returned all units of the first have gone back.

    Args:
        builder: the scenario, whose session ``session_index`` does not exist yet.
        state: where to lead; None: the session is not created.
        samples: the data.
        session_index: which session.
    """
    if state is None:
        return
    session = samples.session()
    builder.update(session, "STATE-01", session_index=session_index)
    if state is SessionState.OPEN:
        return
    if state is SessionState.CANCELLED:
        builder.update({"state": "cancelled"}, "STATE-05", session_index=session_index)
        return
    builder.update({"state": "closed"}, "STATE-04", session_index=session_index)
    if state is SessionState.PARTIALLY_RETURNED:
        first = {"position": 0, "quantity": session["cartItems"][0]["quantity"]}
        builder.return_items([first], "RET-01", session_index=session_index)
