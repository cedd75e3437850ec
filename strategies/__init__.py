"""What to send: Hypothesis strategies for values, sessions, operations and scenarios.

They know the contract and no target, and can be used in anybody's Hypothesis tests.
"""

from __future__ import annotations

from .attributes import attributes, from_declared_schema
from .breaks import Break, breaks
from .carts import cart_items, carts
from .costs import additional_costs
from .drawing import draw_examples, draw_scenarios
from .edges import edge_scenarios
from .identifiers import identifiers, session_ids
from .library import LIBRARY, Family, OddIdentifier
from .losses import loss_scenarios, losses
from .money import ODD_PRICES, prices, quantities
from .mutants import mutators
from .races import races
from .samples import Samples
from .scenarios import scenarios
from .sessions import returns, sessions, updates
from .twins import TWINS, Twins, twin_session_ids
from .wire import wire_scenarios

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
