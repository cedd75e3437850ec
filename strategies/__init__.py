"""What to send: Hypothesis strategies for values, sessions, operations and scenarios.

They depend on the contract only, not on a target, so that any Hypothesis test can use them. The
rooms are ``values`` (parts of requests), ``scenarios`` (drawn ones), ``edges`` and ``malformed``
(deterministic sweeps).
"""

from __future__ import annotations

from .drawing import draw_examples, draw_scenarios
from .edges import edge_scenarios
from .malformed import malformed_scenarios
from .restricted import restricted
from .scenarios.explore import scenarios
from .scenarios.lost_answers import lost_answer_scenarios, lost_answers
from .scenarios.mutants import mutators
from .scenarios.races import races
from .values.attribute_check import check_attributes
from .values.attributes import attributes, from_declared_schema
from .values.carts import cart_items, carts
from .values.confusable_ids import CONFUSABLE_IDS, ConfusableIds, confusable_session_ids
from .values.costs import additional_costs
from .values.identifiers import identifiers, session_ids
from .values.invalid_requests import InvalidRequest, invalid_requests
from .values.money import ODD_PRICES, prices, quantities
from .values.odd_identifiers import ODD_IDENTIFIERS, IdentifierFamily, OddIdentifier
from .values.samples import Samples
from .values.sessions import returns, sessions, updates

__all__ = [
    "CONFUSABLE_IDS",
    "ODD_IDENTIFIERS",
    "ODD_PRICES",
    "ConfusableIds",
    "IdentifierFamily",
    "InvalidRequest",
    "OddIdentifier",
    "Samples",
    "additional_costs",
    "attributes",
    "cart_items",
    "carts",
    "check_attributes",
    "confusable_session_ids",
    "draw_examples",
    "draw_scenarios",
    "edge_scenarios",
    "from_declared_schema",
    "identifiers",
    "invalid_requests",
    "lost_answer_scenarios",
    "lost_answers",
    "malformed_scenarios",
    "mutators",
    "prices",
    "quantities",
    "races",
    "restricted",
    "returns",
    "scenarios",
    "session_ids",
    "sessions",
    "updates",
]
