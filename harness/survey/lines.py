"""What a survey found, as values: one line each, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sign(StrEnum):
    """What a line means for a run."""

    OK = "ok"
    """The target does what the configuration says."""
    NOTE = "note"
    """Good to know; nothing has to be done."""
    CHANGE = "change"
    """The configuration says something else, or nothing, and a run is better with it."""
    PROBLEM = "problem"
    """A run would be misled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A key of the configuration file, with the value that fits the target."""

    table: str
    """``"environment"`` or ``"target"``."""
    key: str
    value: str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLine:
    """One thing that was found out."""

    sign: Sign
    topic: str
    """A word or two: ``"contract"``, ``"flattening"``."""
    text: str
    """What was seen."""
    advice: str = ""
    """What to do; empty: nothing."""
    suggestion: Suggestion | None = None
