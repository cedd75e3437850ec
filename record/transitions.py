"""Names what one request asked of the state machine, and what became of it, as a short text."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from ..contract import Operation, Ruling
from .latency_buckets import END


class SourceState(StrEnum):
    """The state of a session before a request, as far as the model knows it."""

    NONE = "none"
    """The session does not exist."""
    OPEN = "open"
    CLOSED = "closed"
    PARTIALLY_RETURNED = "partially_returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A response was lost or wrong, or other requests were worked on at the same moment."""


class RequestedState(StrEnum):
    """The ``state`` that an update asks for."""

    NONE = "none"
    """It asks for none, or the request is no update."""
    OPEN = "open"
    CLOSED = "closed"
    PARTIALLY_RETURNED = "partially_returned"
    CANCELLED = "cancelled"
    OTHER = "other"
    """A value that is no state."""


class Answered(StrEnum):
    """What a request was answered, where the state machine is looked at."""

    ACCEPTED = "accepted"
    """2xx."""
    REFUSED = "refused"
    """A 4xx that the contract has something to say about."""
    CRASHED = "crashed"
    """A 5xx that is not a gateway's."""
    OTHER = "other"
    """A status that decides nothing: 429, a gateway's, a redirect."""
    NONE = "none"
    """No response came."""


class TransitionCase(msgspec.Struct, frozen=True):
    """One request, as the state machine sees it. There are less than two thousand different."""

    source: SourceState
    operation: Operation
    requested: RequestedState
    expected: Ruling
    """The verdict on the whole request: a body that is refused for its cart is a refusal."""
    answered: Answered
    dry: bool = False
    """Whether it was a dry run, which changes no state."""

    @property
    def key(self) -> str:
        """The text in a record: ``"open update closed accept accepted"``, ``" dry"`` after it."""
        words = (self.source, self.operation, self.requested, self.expected, self.answered)
        return " ".join((*words, "dry") if self.dry else words)

    @classmethod
    def parse(cls, key: str) -> TransitionCase:
        """The case whose `key` is ``key``.

        Raises:
            ValueError: there is none.
        """
        words = key.split(" ")
        dry = len(words) == _WORDS + 1 and words.pop() == "dry"
        if len(words) != _WORDS:
            raise ValueError(
                "a transition in a record: expected 'STATE OPERATION REQUESTED EXPECTED ANSWERED', "
                f"found {key!r}"
            )
        source, operation, requested, expected, answered = words
        return cls(
            source=SourceState(source),
            operation=Operation(operation),
            requested=RequestedState(requested),
            expected=Ruling(expected),
            answered=Answered(answered),
            dry=dry,
        )


_WORDS = 5


def _any_of(words: type[StrEnum]) -> str:
    return f"(?:{'|'.join(word.value for word in words)})"


_KEY_WORDS = (SourceState, Operation, RequestedState, Ruling, Answered)
TransitionKey = Annotated[
    str, msgspec.Meta(pattern=f"^{' '.join(map(_any_of, _KEY_WORDS))}(?: dry)?{END}")
]
"""A `TransitionCase.key`; a record with another text in its place is refused when it is read."""
