"""What the API promises, as data: operations, schemas, limits, states, rules, the environment.

This room imports no other. It neither sends nor judges.
"""

from __future__ import annotations

from .environment import EXAMPLE_ENVIRONMENT, CodeCase, CostScope, Environment, UnknownCodes
from .errors import CartfuzzError, ConfigurationError, UsageError
from .limits import Limits, limits_of
from .operations import (
    API_KEY,
    MARK,
    Credentials,
    Cut,
    Fetch,
    Raw,
    Reopen,
    ReturnItems,
    Scenario,
    Step,
    Update,
)
from .releases import ADDED, NEWEST_RELEASE, OLDEST_RELEASE, Addition, Release
from .rules import Catalogue, Demand, Level, Rule, RuleLevel, Sureness, catalogue
from .schemas import Entity, schema
from .states import Operation, Ruling, SessionState, Transition, transition, transitions
from .versions import ContractVersion

__all__ = [
    "ADDED",
    "API_KEY",
    "EXAMPLE_ENVIRONMENT",
    "MARK",
    "NEWEST_RELEASE",
    "OLDEST_RELEASE",
    "Addition",
    "CartfuzzError",
    "Catalogue",
    "CodeCase",
    "ConfigurationError",
    "ContractVersion",
    "CostScope",
    "Credentials",
    "Cut",
    "Demand",
    "Entity",
    "Environment",
    "Fetch",
    "Level",
    "Limits",
    "Operation",
    "Raw",
    "Release",
    "Reopen",
    "ReturnItems",
    "Rule",
    "RuleLevel",
    "Ruling",
    "Scenario",
    "SessionState",
    "Step",
    "Sureness",
    "Transition",
    "UnknownCodes",
    "Update",
    "UsageError",
    "catalogue",
    "limits_of",
    "schema",
    "transition",
    "transitions",
]
