"""What the API promises, as data: operations, schemas, limits, states, rules, the environment.

This room imports no other. It neither sends nor judges.
"""

from __future__ import annotations

from .campaigns import (
    MAX_CODE_LENGTH,
    NOTHING_EXCLUSIVE,
    NUMBER,
    NUMBERS_PER_EXECUTION,
    PLACEHOLDERS,
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    DiscountBase,
    Exclusive,
    Loyalty,
    Redeemable,
    Referral,
)
from .codes_by_text import CodesByText
from .environment import EXAMPLE_ENVIRONMENT, CodeCase, CostScope, Environment, UnknownCodes
from .errors import CartfuzzError, ConfigurationError, UsageError
from .limits import Limits, limits_of
from .operations import (
    API_KEY,
    MARK,
    SESSION_IN_PATH,
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
from .own_operations import OwnOperation
from .releases import ADDED, NEWEST_RELEASE, OLDEST_RELEASE, Addition, Release
from .retired import RETIRED_RULES, present_rule
from .rules import (
    Catalogue,
    Demand,
    Level,
    Rule,
    RuleLevel,
    Sureness,
    catalogue,
    catalogue_with,
)
from .schemas import Entity, schema
from .states import Operation, Ruling, SessionState, Transition, transition, transitions
from .traffic import Traffic
from .versions import ContractVersion

__all__ = [
    "ADDED",
    "API_KEY",
    "EXAMPLE_ENVIRONMENT",
    "MARK",
    "MAX_CODE_LENGTH",
    "NEWEST_RELEASE",
    "NOTHING_EXCLUSIVE",
    "NUMBER",
    "NUMBERS_PER_EXECUTION",
    "OLDEST_RELEASE",
    "PLACEHOLDERS",
    "RETIRED_RULES",
    "SESSION_IN_PATH",
    "Addition",
    "Budget",
    "BudgetCount",
    "BudgetScope",
    "CartfuzzError",
    "Catalogue",
    "CodeCase",
    "CodesByText",
    "ConfigurationError",
    "ContractVersion",
    "CostScope",
    "Coupon",
    "Credentials",
    "Cut",
    "Demand",
    "DiscountBase",
    "Entity",
    "Environment",
    "Exclusive",
    "Fetch",
    "Level",
    "Limits",
    "Loyalty",
    "Operation",
    "OwnOperation",
    "Raw",
    "Redeemable",
    "Referral",
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
    "Traffic",
    "Transition",
    "UnknownCodes",
    "Update",
    "UsageError",
    "catalogue",
    "catalogue_with",
    "limits_of",
    "present_rule",
    "schema",
    "transition",
    "transitions",
]
