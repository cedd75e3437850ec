"""The names of the checks: the part of a discrepancy's identity that names what found it."""

from __future__ import annotations

from enum import StrEnum


class CheckName(StrEnum):
    """What found a discrepancy. The values are frozen: signatures, baselines and records hold them.

    A finding has the name of what it shows, so one check may report under several names.
    """

    # The answer to one request.
    SERVER_ERROR = "server_error"
    STATUS = "status"
    DRY_RUN = "dry_run"
    ERROR_FORMAT = "error_format"
    LEAK = "leak"
    DATA_WITHOUT_KEY = "data_without_key"
    SCHEMA = "schema"
    CONTENT = "content"
    FIRST_SESSION = "first_session"
    # What the target holds.
    INTEGRATION_ID = "integration_id"
    IDENTITY = "identity"
    STATE = "state"
    FIELDS = "fields"
    POSITIONS = "positions"
    RETURNED_UNITS = "returned_units"
    REPEATED_RETURN = "repeated_return"
    REPEATED_WRITE = "repeated_write"
    UNTOUCHED_TIME = "untouched_time"
    UPDATE_COUNT = "update_count"
    SIDE_EFFECT = "trace"
    """A refused or dry request changed something."""
    ISOLATION = "isolation"
    """Two sessions share what each should have for itself."""
    TOTALS = "totals"
    RELATED_TOTALS = "related_totals"
    COUNTERS = "counters"
    """Redemptions of all sessions of a scenario together."""
    # The effects that the answer lists.
    EFFECT_FORM = "effect_form"
    EFFECT_CODES = "effect_codes"
    EFFECT_POSITIONS = "effect_positions"
    EFFECTS_AGAIN = "effects_again"
    """The same effects once more, or those that were rolled back."""
    ROLLBACKS = "rollbacks"
    DISCOUNTS = "discounts"
    POINTS = "points"
    SHOWN_COUNTERS = "shown_counters"
    # Several requests, or the whole run.
    LATE_READ = "revisit"
    """A session that nobody wrote to changed until it was read again."""
    STALE_READ = "stale_read"
    """A read showed an older accepted state, and a later one the present state."""
    LOST_ANSWER = "lost_answer"
    LINEARIZABILITY = "linearizability"
    RUN_INVARIANTS = "ledger"
    CONTRADICTION = "drift"


BY_REQUEST = frozenset((CheckName.STATUS, CheckName.SERVER_ERROR, CheckName.DRY_RUN))
"""Checks whose findings depend on what is in the request, not on what the target holds."""
