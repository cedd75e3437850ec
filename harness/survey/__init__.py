"""Finds out what a target is like, for `cartfuzz check`: it asks, and changes nothing for good."""

from __future__ import annotations

from .lines import Sign, Suggestion, SurveyLine
from .survey import Survey, survey_target

__all__ = ["Sign", "Suggestion", "Survey", "SurveyLine", "survey_target"]
