"""What to send: Hypothesis strategies for values, sessions, operations and scenarios.

They know the contract and no target, and can be used in anybody's Hypothesis tests.
"""

from __future__ import annotations

from .drawing import draw_examples, draw_scenarios
from .edges import edge_scenarios
from .malformed import wire_scenarios
from .scenarios.explore import scenarios
from .scenarios.lost_answers import loss_scenarios, losses
from .scenarios.mutants import mutators
from .scenarios.races import races
from .values.attributes import attributes, from_declared_schema
from .values.carts import cart_items, carts
from .values.confusable_ids import TWINS, Twins, twin_session_ids
from .values.costs import additional_costs
from .values.identifiers import identifiers, session_ids
from .values.invalid_requests import Break, breaks
from .values.money import ODD_PRICES, prices, quantities
from .values.odd_identifiers import LIBRARY, Family, OddIdentifier
from .values.samples import Samples
from .values.sessions import returns, sessions, updates

__all__ = [
    "LIBRARY",
    "ODD_PRICES",
    "TWINS",
    "Break",
    "Family",
    "OddIdentifier",
    "Samples",
    "Twins",
    "additional_costs",
    "attributes",
    "breaks",
    "cart_items",
    "carts",
    "draw_examples",
    "draw_scenarios",
    "edge_scenarios",
    "from_declared_schema",
    "identifiers",
    "loss_scenarios",
    "losses",
    "mutators",
    "prices",
    "quantities",
    "races",
    "returns",
    "scenarios",
    "session_ids",
    "sessions",
    "twin_session_ids",
    "updates",
    "wire_scenarios",
]
