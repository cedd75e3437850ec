"""What a sequential oracle knows between two steps, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from .counters import NO_COUNTERS, Counters
from .dry_run_pairs import DryResponse
from .effects import Effects
from .judged_response import PastStep
from .model import SessionModel
from .stale_reads import NOT_CREATED, AcceptedState


class SessionKnowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one session."""

    model: SessionModel = SessionModel()
    """What the target holds, as far as is known."""
    unseen_steps: tuple[PastStep, ...] = ()
    """The steps, on any session, since a response last showed this one as it must be; oldest
    first."""
    last_update: Any = None
    """The body of the last accepted write, if that was an update."""
    last_view: Mapping[str, Any] | None = None
    """The session as the last response showed it."""
    last_effects: Effects | None = None
    """As `JudgedResponse.earlier_effects`."""
    accepted_states: tuple[AcceptedState, ...] = (NOT_CREATED,)
    """What the session held after each accepted write, oldest first."""
    held_back: DryResponse | None = None
    """The response to the last dry update, until the next step on the session."""


class OracleState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of all sessions of a scenario."""

    sessions: tuple[SessionKnowledge, ...]
    """In the order of the scenario's sessions."""
    misleading: tuple[str, ...] = ()
    """Signatures of discrepancies that may have misled the model since: what was accepted wrongly,
    and what was shown and believed. Of all sessions together."""
    counters: Counters = NO_COUNTERS
    """The redemptions that the sessions share limits of."""

    @classmethod
    def initial(cls, session_count: int) -> OracleState:
        """Nothing was sent yet."""
        return cls(sessions=(SessionKnowledge(),) * session_count)

    def with_session(self, index: int, session: SessionKnowledge) -> OracleState:
        """The state with other knowledge of one session."""
        sessions = (*self.sessions[:index], session, *self.sessions[index + 1 :])
        return OracleState(sessions=sessions, misleading=self.misleading, counters=self.counters)

    def with_model(self, index: int, model: SessionModel) -> OracleState:
        """The state with another model of one session."""
        return self.with_session(index, replace(self.sessions[index], model=model))

    def with_past_step(self, past: PastStep) -> OracleState:
        """The state after a step that may have changed something: every session remembers it.

        The other sessions do as well, since a target may mix sessions up (IDENT-01).
        """
        sessions = tuple(
            replace(session, unseen_steps=(*session.unseen_steps, past))
            for session in self.sessions
        )
        return OracleState(sessions=sessions, misleading=self.misleading, counters=self.counters)

    def with_misleading(self, signatures: tuple[str, ...]) -> OracleState:
        """The state with these signatures in place of the former ones."""
        if signatures == self.misleading:
            return self
        return OracleState(sessions=self.sessions, misleading=signatures, counters=self.counters)

    def with_counters(self, counters: Counters) -> OracleState:
        """The state with other counters."""
        if counters is self.counters:
            return self
        return OracleState(sessions=self.sessions, misleading=self.misleading, counters=counters)

    def with_effects(self, index: int, effects: Effects | None) -> OracleState:
        """The state after an accepted write to session ``index``, answered with ``effects``.

        Whatever it moved may count for the campaigns of other sessions as well.
        """
        if effects is None and not any(known.last_effects for known in self.sessions):
            return self
        sessions = tuple(
            replace(known, last_effects=effects if number == index else None)
            for number, known in enumerate(self.sessions)
        )
        return OracleState(sessions=sessions, misleading=self.misleading, counters=self.counters)

    def agrees_with(self, other: OracleState) -> bool:
        """Whether no response can ever fit one of the two and not the other."""
        return self.counters.agrees_with(other.counters) and all(
            map(_agree, self.sessions, other.sessions)
        )

    def differing_sessions(self, other: OracleState) -> list[int]:
        """The sessions, by index, of which a response can fit one of the two and not the other."""
        pairs = zip(self.sessions, other.sessions, strict=True)
        return [index for index, (mine, yours) in enumerate(pairs) if not _agree(mine, yours)]


def _agree(mine: SessionKnowledge, yours: SessionKnowledge) -> bool:
    return mine is yours or (
        mine.model == yours.model
        and mine.last_update == yours.last_update
        and mine.last_effects == yours.last_effects
    )
