"""The executable model of the contract: what a target must answer, and what it holds then.

Pure: values in, values out. `expect` gives the verdict on a step before it is sent,
`after_acceptance` the session that the target must hold if it accepts, `after_view` what an
answer adds to that knowledge.
"""

from __future__ import annotations

from ...contract.fields import DATA_FIELDS
from .expectation import (
    LONGEST_KEY,
    Expectation,
    Verdict,
    expect,
    raw_situation,
    situation_of,
    stored_state_decides,
    without_key,
)
from .input_classes import magnitude
from .instants import instant, same_instant
from .knowledge import UNKNOWN, AtLeast, is_empty, is_number, same_json
from .raw_requests import is_write, lacks_key, ordinary_step
from .remarks.remark import Remark, Topic
from .remarks.updates import acceptance_rules, requested_state, requests_session, sent_session
from .session import Identity, SessionModel
from .transition import (
    after_acceptance,
    after_view,
    model_of_view,
    with_idempotency_key,
    with_identity,
    with_write_key,
)

__all__ = [
    "DATA_FIELDS",
    "LONGEST_KEY",
    "UNKNOWN",
    "AtLeast",
    "Expectation",
    "Identity",
    "Remark",
    "SessionModel",
    "Topic",
    "Verdict",
    "acceptance_rules",
    "after_acceptance",
    "after_view",
    "expect",
    "instant",
    "is_empty",
    "is_number",
    "is_write",
    "lacks_key",
    "magnitude",
    "model_of_view",
    "ordinary_step",
    "raw_situation",
    "requested_state",
    "requests_session",
    "same_instant",
    "same_json",
    "sent_session",
    "situation_of",
    "stored_state_decides",
    "with_idempotency_key",
    "with_identity",
    "with_write_key",
    "without_key",
]
