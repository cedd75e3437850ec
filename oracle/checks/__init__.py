"""The checks: pure functions from one judged response to what is wrong with it.

`STATUS_CHECKS` come first: a response with a wrong status is not looked into further.
`FORM_CHECKS` look at the response alone. `STATE_CHECKS` compare what the target holds with the
model; after a finding of theirs the session must be read again. `TOTAL_CHECKS` compute from what
the target should hold, so they run only where the others find nothing. So do those of
`effect_group`, which look at what the answer lists as effects.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...record import CheckName
from ..attribution.side_effects import untouched
from ..judged_response import VIEW, Finding, JudgedResponse, PastStep
from .check import Check
from .effects.context import new_effects
from .effects.form import check_effect_form, check_eligibility
from .effects.groups import EffectCheck, effect_group, tested_effect_rules
from .effects.repeats import is_remembered
from .effects.shown_counters import check_shown_counters
from .errors import check_data_without_key, check_error_format, check_leak
from .fields import check_fields
from .idempotency import check_repeated_write
from .identity import (
    check_first_session,
    check_identity,
    check_integration_id,
    check_untouched_time,
    check_update_count,
)
from .metamorphic import check_related_totals
from .positions import check_positions
from .returned_units import check_repeated_return, check_returned_units
from .schema import check_content, check_schema
from .state import check_state
from .status import (
    GATEWAY_STATUSES,
    INCONCLUSIVE_STATUSES,
    check_server_error,
    check_status,
    is_unfounded,
)
from .totals import check_totals, item_cost_reading, return_reading
from .unseen_causes import late_side_effect, unseen_findings


def _names(checks: Iterable[Check]) -> frozenset[CheckName]:
    return frozenset(check.name for check in checks)


_SERVER_ERROR = Check(CheckName.SERVER_ERROR, check_server_error)
RAW_CHECKS: tuple[Check, ...] = (
    Check(CheckName.ERROR_FORMAT, check_error_format),
    Check(CheckName.LEAK, check_leak),
    Check(CheckName.DATA_WITHOUT_KEY, check_data_without_key),
)
"""For responses to requests that no well-behaved client sends."""
_SHAPE_CHECKS: tuple[Check, ...] = (
    *RAW_CHECKS,
    Check(CheckName.SCHEMA, check_schema),
    Check(CheckName.CONTENT, check_content),
    Check(CheckName.EFFECT_FORM, check_effect_form),
    Check(CheckName.EFFECT_FORM, check_eligibility),
    Check(CheckName.SHOWN_COUNTERS, check_shown_counters),
)

STATUS_CHECKS: tuple[Check, ...] = (_SERVER_ERROR, Check(CheckName.STATUS, check_status))
FORM_CHECKS: tuple[Check, ...] = (
    *_SHAPE_CHECKS,
    Check(CheckName.FIRST_SESSION, check_first_session),
)
STATE_CHECKS: tuple[Check, ...] = (
    Check(CheckName.INTEGRATION_ID, check_integration_id),
    Check(CheckName.IDENTITY, check_identity),
    Check(CheckName.STATE, check_state),
    Check(CheckName.FIELDS, check_fields),
    Check(CheckName.POSITIONS, check_positions),
    Check(CheckName.RETURNED_UNITS, check_returned_units),
    Check(CheckName.REPEATED_RETURN, check_repeated_return),
    Check(CheckName.REPEATED_WRITE, check_repeated_write),
    Check(CheckName.UNTOUCHED_TIME, check_untouched_time),
    Check(CheckName.UPDATE_COUNT, check_update_count),
)
TOTAL_CHECKS: tuple[Check, ...] = (
    Check(CheckName.TOTALS, check_totals),
    Check(CheckName.RELATED_TOTALS, check_related_totals),
)
ORDERLESS_CHECKS = _names((_SERVER_ERROR, *_SHAPE_CHECKS))
"""Names of the checks that look at a response alone, whatever the target holds."""
AMOUNT_CHECKS = frozenset((CheckName.DISCOUNTS, CheckName.POINTS))
"""Names of the checks that compute what effects give: not a decision about the session, and wrong
amounts are no sign of another state."""
BELIEVED_CHECKS = _names(STATE_CHECKS) | {CheckName.SIDE_EFFECT, CheckName.ISOLATION}
"""Names of the findings after which the model believes what was shown, which may mislead it."""

__all__ = [
    "AMOUNT_CHECKS",
    "BELIEVED_CHECKS",
    "FORM_CHECKS",
    "GATEWAY_STATUSES",
    "INCONCLUSIVE_STATUSES",
    "ORDERLESS_CHECKS",
    "RAW_CHECKS",
    "STATE_CHECKS",
    "STATUS_CHECKS",
    "TOTAL_CHECKS",
    "VIEW",
    "Check",
    "EffectCheck",
    "Finding",
    "JudgedResponse",
    "PastStep",
    "effect_group",
    "is_remembered",
    "is_unfounded",
    "item_cost_reading",
    "late_side_effect",
    "new_effects",
    "return_reading",
    "tested_effect_rules",
    "unseen_findings",
    "untouched",
]
