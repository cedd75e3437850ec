"""Compares what two targets answer to the same requests. Pure: nothing here sends anything."""

from __future__ import annotations

from .answers import Answer, answer_of, compare_answers
from .bodies import MOST_DEPTH, nests_too_deep
from .differences import Change, Difference, PartDifference, ShownDifference
from .grouping import Sign, exposed, groups
from .ignored import NOTHING_IGNORED, Ignored
from .legible import marked_lines
from .renaming import Renaming
from .result import (
    ComparedStep,
    ComparedTarget,
    DifferenceEntry,
    SideBySide,
    Standing,
    Verdict,
)
from .situations import SessionKinds

__all__ = [
    "MOST_DEPTH",
    "NOTHING_IGNORED",
    "Answer",
    "Change",
    "ComparedStep",
    "ComparedTarget",
    "Difference",
    "DifferenceEntry",
    "Ignored",
    "PartDifference",
    "Renaming",
    "SessionKinds",
    "ShownDifference",
    "SideBySide",
    "Sign",
    "Standing",
    "Verdict",
    "answer_of",
    "compare_answers",
    "exposed",
    "groups",
    "marked_lines",
    "nests_too_deep",
]
