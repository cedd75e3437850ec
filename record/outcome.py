"""What a target did: the part of a discrepancy's identity, or of an observation, that names it.

As with `Situation`, the `key` of an `Outcome` is a frozen spelling, which `Outcome.parse` reads
back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache

import msgspec


class OutcomeKind(Enum):
    """What sort of outcome it is, and so what its subject is."""

    ACCEPTED = auto()
    """The request was accepted."""
    ACCEPTED_WITH_EFFECT = auto()
    """The request was accepted, and what it sent had this effect."""
    ANSWERED = auto()
    """The answer had this status, which is no 5xx."""
    CRASHED = auto()
    """The answer had this status, a 5xx."""
    ITEM_FIELD_DIFFERS = auto()
    """This field of a cart item is not as expected."""
    FIELD_DIFFERS = auto()
    """This field of the session is not as expected."""
    FIELD_DIFFERS_PLURAL = auto()
    """The same, of a field with several values."""
    FIELD_CHANGES = auto()
    """This field of the session is not what it was before."""
    TOTAL_IS_WRONG = auto()
    """This total is not the sum that it should be."""
    STATE_IS = auto()
    """The session is in this state."""
    OTHER = auto()
    """One of a kind: the subject is the whole key."""


class Outcome(msgspec.Struct, frozen=True):
    """What a target did."""

    kind: OutcomeKind
    subject: str = ""
    """The field, status, state or effect; empty where the kind has none."""

    @classmethod
    def other(cls, text: str) -> Outcome:
        """An outcome that is one of a kind."""
        return cls(OutcomeKind.OTHER, text)

    @classmethod
    def accepted(cls, effect: str = "") -> Outcome:
        """The request was accepted; what it sent had ``effect``, where that can be seen."""
        return (
            cls(OutcomeKind.ACCEPTED_WITH_EFFECT, effect) if effect else cls(OutcomeKind.ACCEPTED)
        )

    @classmethod
    def answered(cls, status: int) -> Outcome:
        """The answer had ``status``."""
        return cls(
            OutcomeKind.CRASHED if status >= _SERVER_ERROR else OutcomeKind.ANSWERED, str(status)
        )

    @classmethod
    def field_differs(cls, field_name: str, *, plural: bool = False) -> Outcome:
        """A field of the session is not as expected."""
        kind = OutcomeKind.FIELD_DIFFERS_PLURAL if plural else OutcomeKind.FIELD_DIFFERS
        return cls(kind, field_name)

    @classmethod
    def parse(cls, key: str) -> Outcome:
        """The outcome that ``key`` spells; `OutcomeKind.OTHER` where it follows no pattern."""
        return _parsed(key)

    @property
    def key(self) -> str:
        """The frozen spelling: what signatures are made of and what records hold."""
        return _spelled(self)

    @property
    def text(self) -> str:
        """The outcome for people."""
        return self.key

    @property
    def differing_field(self) -> str:
        """The field of the session that is not as expected; empty where it is not about one."""
        return self.subject if self.kind in _DIFFERENCES else ""

    @property
    def is_acceptance(self) -> bool:
        return self.kind in _ACCEPTANCES

    def contradicts(self, other: Outcome) -> bool:
        """Whether the two cannot both come from one behaviour.

        An acceptance whose effect was not seen goes with any effect.
        """
        if self.is_acceptance and other.is_acceptance and not (self.subject and other.subject):
            return False
        return self != other


_SERVER_ERROR = 500
_ACCEPTANCES = frozenset((OutcomeKind.ACCEPTED, OutcomeKind.ACCEPTED_WITH_EFFECT))
_DIFFERENCES = frozenset((OutcomeKind.FIELD_DIFFERS, OutcomeKind.FIELD_DIFFERS_PLURAL))

# --- spelling and parsing -----------------------------------------------------------------------

_SUBJECT = "{}"
_TEMPLATES: Mapping[OutcomeKind, str] = {
    OutcomeKind.ACCEPTED: "accepted",
    OutcomeKind.ACCEPTED_WITH_EFFECT: "accepted, {}",
    OutcomeKind.ANSWERED: "answered {}",
    OutcomeKind.CRASHED: "{}",
    OutcomeKind.ITEM_FIELD_DIFFERS: "{} of a cart item differs",
    OutcomeKind.FIELD_DIFFERS: "{} differs",
    OutcomeKind.FIELD_DIFFERS_PLURAL: "{} differ",
    OutcomeKind.FIELD_CHANGES: "{} changes",
    OutcomeKind.TOTAL_IS_WRONG: "{} is wrong",
    OutcomeKind.STATE_IS: "state is {}",
    OutcomeKind.OTHER: "{}",
}
_SUBJECTS: Mapping[OutcomeKind, str] = {
    OutcomeKind.ACCEPTED_WITH_EFFECT: ".+",
    OutcomeKind.ANSWERED: "[0-9]+",
    OutcomeKind.CRASHED: "[5-9][0-9][0-9]",
    OutcomeKind.ITEM_FIELD_DIFFERS: ".*",
    OutcomeKind.STATE_IS: ".+",
    OutcomeKind.OTHER: ".*",
}
"""What a subject looks like; names of fields where nothing is given."""
_FIELD_NAME = r"\w+"

_PATTERNS = tuple(
    (
        kind,
        re.compile(template.replace(_SUBJECT, f"({_SUBJECTS.get(kind, _FIELD_NAME)})"), re.DOTALL),
    )
    for kind, template in _TEMPLATES.items()
)
"""The first that fits all of a key counts; that of `OutcomeKind.OTHER` fits every key."""


def _spelled(outcome: Outcome) -> str:
    return _TEMPLATES[outcome.kind].replace(_SUBJECT, outcome.subject, 1)


@lru_cache(maxsize=4_096)
def _parsed(key: str) -> Outcome:
    kind, found = next(
        (kind, found)
        for kind, pattern in _PATTERNS
        if (found := pattern.fullmatch(key)) is not None
    )
    return Outcome(kind, *found.groups())


SESSIONS_ARE_ONE = Outcome.other("they are one")
SESSIONS_HAVE_ONE_ID = Outcome.other("they have one id")
SEVERAL_FIELDS_DIFFER = Outcome.other("several fields differ")
SESSION_EXISTS = Outcome.other("session exists afterwards")
"""A read finds a session that nothing accepted has made."""
SESSION_IS_GONE = Outcome.other("it is gone")
"""A session that was shown is not found by a later read."""
