"""One row of the table: a way to misbehave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from tests.hostile.exchange import Exchange, Moves


class Area(StrEnum):
    """What a mode attacks."""

    CONNECTION = "connection"
    GARBAGE = "garbage"
    FRAMING = "framing"
    CODING = "coding"
    SIZE = "size"
    SHAPE = "shape"
    PATTERN = "pattern"
    STATUS = "status"
    SECRET = "secret"  # noqa: S105  # the name of an area
    TERMINAL = "terminal"
    MARKUP = "markup"
    TIME = "time"


class Stage(Enum):
    """When a mode acts."""

    CONNECTED = auto()
    """Before a byte of the request is read; then each connection holds one request only."""
    REQUESTED = auto()
    """At the first bytes of a request, which the lawful server never sees."""
    ANSWERED = auto()
    """When the lawful server has answered."""


@dataclass(frozen=True)
class Mode:
    """A way to misbehave, as data."""

    name: str
    area: Area
    what: str
    """What the client meets."""
    act: Callable[[Exchange], Moves]
    finding: bool = True
    """Whether a finding about the target's data is just; not so where only the connection is
    disturbed, or where the answer is lawful HTTP with the right content."""
    stage: Stage = Stage.ANSWERED
