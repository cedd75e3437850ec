"""The checks: pure functions from one judged answer to what is wrong with it.

`STATUS_CHECKS` come first: an answer whose very status is wrong is not looked into further.
`FORM_CHECKS` look at the answer alone. `STATE_CHECKS` compare what the target holds with the model;
after a finding of theirs the model must be told anew what the target holds. `TOTAL_CHECKS` compute
from what the target should hold, so they wait for the others to find nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..attribution.side_effects import untouched
from ..judged_response import VIEW, Finding, JudgedResponse, PastStep
from .errors import check_data_without_key, check_error_format, check_leak
from .fields import check_fields, check_state
from .identity import (
    check_first_session,
    check_identity,
    check_integration_id,
    check_untouched_time,
    check_update_count,
)
from .metamorphic import check_related_totals
from .returned_units import check_repeated_return, check_returned_units
from .schema import check_content, check_schema
from .status import GATEWAY_STATUSES, INCONCLUSIVE_STATUSES, check_server_error, check_status
from .totals import check_totals, item_cost_reading, return_reading
from .unseen_causes import late_trace, suspects

Check = Callable[[JudgedResponse], Iterator[Finding]]

STATUS_CHECKS: tuple[Check, ...] = (check_server_error, check_status)
FORM_CHECKS: tuple[Check, ...] = (
    check_error_format,
    check_leak,
    check_data_without_key,
    check_schema,
    check_content,
    check_first_session,
)
RAW_CHECKS: tuple[Check, ...] = (check_error_format, check_leak, check_data_without_key)
"""What is looked at in the answer to a request that no well-behaved client sends."""
TOTAL_CHECKS: tuple[Check, ...] = (check_totals, check_related_totals)
STATE_CHECKS: tuple[Check, ...] = (
    check_integration_id,
    check_identity,
    check_state,
    check_fields,
    check_returned_units,
    check_repeated_return,
    check_untouched_time,
    check_update_count,
)

ORDERLESS_CHECKS = frozenset(
    check.__name__.removeprefix("check_")
    for check in (
        check_server_error,
        check_error_format,
        check_leak,
        check_data_without_key,
        check_schema,
        check_content,
    )
)
"""Names of the checks that look at an answer alone, whatever the target holds."""

__all__ = [
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
    "Finding",
    "JudgedResponse",
    "PastStep",
    "item_cost_reading",
    "late_trace",
    "return_reading",
    "suspects",
    "untouched",
]
