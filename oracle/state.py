"""What an oracle has learnt so far of the sessions of its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .dry_run_pairs import DryResponse
from .judged_response import PastStep
from .model import SessionModel


@dataclass(slots=True, kw_only=True)
class OracleState:
    """By session, in the order of the scenario's sessions."""

    models: list[SessionModel]
    """What the target holds, as far as is known."""
    unseen_steps: list[list[PastStep]]
    """What was done since a response last showed the session as it must be."""
    last_update: list[Any]
    """The body of the last accepted write, if that was an update."""
    views: list[Mapping[str, Any] | None]
    """The session as the last answer showed it."""
    dry: dict[int, DryResponse]
    """The last response to a dry update, until the next step shows whether it was right."""
    mistakes: list[str]
    """Signatures of what was found that may mislead ever after: what should not have been accepted,
    and what was shown and believed. Of all sessions together."""

    @classmethod
    def of(cls, sessions: int) -> OracleState:
        """Of that many sessions to which nothing was sent yet."""
        return cls(
            models=[SessionModel() for _ in range(sessions)],
            unseen_steps=[[] for _ in range(sessions)],
            last_update=[None] * sessions,
            views=[None] * sessions,
            dry={},
            mistakes=[],
        )

    def copied(self) -> OracleState:
        """The same, to be changed apart."""
        return OracleState(
            models=list(self.models),
            unseen_steps=[list(steps) for steps in self.unseen_steps],
            last_update=list(self.last_update),
            views=list(self.views),
            dry=dict(self.dry),
            mistakes=list(self.mistakes),
        )

    def agrees_with(self, other: OracleState) -> bool:
        """Whether no answer can tell the two apart."""
        return self.models == other.models and self.last_update == other.last_update
