"""The public names for plugins: rules, operations and header lines of a company's own.

docs/extending.md shows them at work. Everything here is a frozen value or a function.

====================  =========================================================================
name                  what it is
====================  =========================================================================
`Plugin`              what a module offers as ``PLUGIN``, or an entry point names
`Rule`                ID, statement, demands, sureness and source of a rule
`Check`               a rule with the function that judges it
`Answer`              what that function gets
`KEPT`, `Broken`      what it returns; None: the rule says nothing about the answer
`OwnOperation`        an operation that the contract does not know
`ScenarioBuilder`     builds a scenario, one step a call
`Translation`         the wire form of another engine
`ContractProfile`     its names, paths, states and statuses as data
`ProfileTranslation`  a translation by such a profile
====================  =========================================================================
"""

from __future__ import annotations

from .contract import (
    MARK,
    SESSION_IN_PATH,
    Demand,
    Environment,
    Fetch,
    OwnOperation,
    Reopen,
    ReturnItems,
    Rule,
    Scenario,
    SessionState,
    Step,
    Sureness,
    Update,
)
from .harness.plugins.plugin import Plugin, Translation
from .oracle.own_checks import KEPT, Answer, Broken, Check, KnownSession, Verdict
from .record import Holds, Near, Present, StatusIn, TypeIs
from .strategies.scenarios.scenario_builder import ScenarioBuilder
from .wire import Request, Response
from .wire.contract_profile import ContractProfile, ProfileTranslation, UntranslatableError

__all__ = [
    "KEPT",
    "MARK",
    "SESSION_IN_PATH",
    "Answer",
    "Broken",
    "Check",
    "ContractProfile",
    "Demand",
    "Environment",
    "Fetch",
    "Holds",
    "KnownSession",
    "Near",
    "OwnOperation",
    "Plugin",
    "Present",
    "ProfileTranslation",
    "Reopen",
    "Request",
    "Response",
    "ReturnItems",
    "Rule",
    "Scenario",
    "ScenarioBuilder",
    "SessionState",
    "StatusIn",
    "Step",
    "Sureness",
    "Translation",
    "TypeIs",
    "UntranslatableError",
    "Update",
    "Verdict",
]
