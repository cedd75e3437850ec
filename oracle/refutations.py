"""Keeps why possible states were refuted, and derives what a discrepancy says of them.

Deciding and explaining are apart: `PossibleStates` holds what the target may hold,
`Refutations` why it holds nothing else. From that come the claim of a discrepancy that no possible
state explains, and the other readings of all later discrepancies.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..record import MOST_READINGS, Claim, Discrepancy, explained
from ..wire import NoResponse, Response
from .checks import AMOUNT_CHECKS, ORDERLESS_CHECKS
from .judgement import Judgement

_NEVER = ORDERLESS_CHECKS | AMOUNT_CHECKS


class Refutations:
    """What contradicted the possible states of one execution."""

    def __init__(self) -> None:
        self._statuses: dict[int, int | None] = {}
        self._claims: list[tuple[int, Claim | None]] = []
        self._reported: set[str] = set()
        self._doubts: dict[str, None] = {}

    def note_response(self, step_index: int, outcome: Response | NoResponse) -> None:
        """Remembers the status of a response, for the claims."""
        self._statuses[step_index] = outcome.status if isinstance(outcome, Response) else None

    def contradictions(self, judgement: Judgement) -> list[Discrepancy]:
        """The discrepancies that show that the target is in another state than assumed.

        Not those of checks that never look at the state, nor of those that compute amounts of
        effects; nor those that were reported before: what the target does wrong in any case, it
        does in every state, so they refute none.
        """
        return [
            found
            for found in judgement.discrepancies
            if found.check not in _NEVER and found.signature not in self._reported
        ]

    def refute(self, step_index: int, judgement: Judgement) -> list[Discrepancy]:
        """The contradictions in the response to a step, remembered if there are any.

        Call it once for each possible state.
        """
        found = self.contradictions(judgement)
        if found:
            claims = (contradiction.claim for contradiction in found)
            self._claims.append((step_index, next((c for c in claims if c is not None), None)))
        return found

    def drop(self, contradictions: Iterable[Discrepancy]) -> None:
        """Remembers why states were dropped while others remained.

        If a contradiction was a bug of the target, the state was dropped wrongly, and all that is
        found later may be a consequence of that bug.
        """
        self._doubts.update(dict.fromkeys(readings_of(contradictions)))

    def annotated(self, discrepancies: Iterable[Discrepancy]) -> tuple[Discrepancy, ...]:
        """``discrepancies`` as they are reported: with the bugs that they may follow from."""
        reported = tuple(map(self._with_doubts, discrepancies))
        self._reported.update(found.signature for found in reported)
        return reported

    def withdraw(self, step_index: int, discrepancies: Iterable[Discrepancy]) -> None:
        """Forgets what the response to a step contradicted: it was no contradiction."""
        self._claims = [known for known in self._claims if known[0] != step_index]
        self._reported.difference_update(found.signature for found in discrepancies)

    def claim(self, burst: tuple[int, int] | None) -> Claim | None:
        """The claim that one of the possible states explains the responses so far.

        Args:
            burst: the steps of the scenario that are concurrent.
        """
        return explained(self._statuses, self._claims, burst)

    def _with_doubts(self, found: Discrepancy) -> Discrepancy:
        if not self._doubts:
            return found
        others = dict.fromkeys((*found.alternatives, *self._doubts))
        others.pop(found.signature, None)
        return msgspec.structs.replace(found, alternatives=tuple(others)[:MOST_READINGS])


def readings_of(discrepancies: Iterable[Discrepancy]) -> tuple[str, ...]:
    """The signatures of ``discrepancies``, then those of their other readings."""
    found = tuple(discrepancies)
    return (
        *(one.signature for one in found),
        *(other for one in found for other in one.alternatives),
    )
