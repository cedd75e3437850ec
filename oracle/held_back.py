"""Decides when a wrong status of a dry update is reported (DRY-02): at once, or a step later.

The real update that follows may be answered just as wrongly. Then both break one rule, and it is
reported once, with the real update. So the dry response is held back until the next step on its
session; `DryResponse` compares the two.
"""

from __future__ import annotations

from dataclasses import replace

from ..contract import Credentials, Fetch, Update
from ..record import CheckName
from .checks import unseen_findings
from .dry_run_pairs import DryResponse
from .judged_response import Finding, JudgedResponse
from .model import stored_state_decides


def dry_response(
    step_index: int, judged: JudgedResponse, wrong_status: Finding | None
) -> DryResponse | None:
    """The response to keep until the next step; None where the step is no dry update.

    Args:
        step_index: index of the step in the scenario.
        judged: the step and its response.
        wrong_status: what is wrong with the status, if anything.
    """
    if not isinstance(judged.step, Update) or not judged.step.dry:
        return None
    finding = None
    if wrong_status is not None and is_held_back(judged, wrong_status):
        finding = _with_context(wrong_status, judged)
    return DryResponse(
        number=step_index,
        step=judged.step,
        accepted=judged.accepted,
        status=judged.status,
        finding=finding,
        stored_state_decides=stored_state_decides(judged.step, judged.before, judged.environment),
    )


def is_held_back(judged: JudgedResponse, wrong_status: Finding | None) -> bool:
    """Whether the status of a dry update is reported later, with that of its real twin.

    A server error, a wrong answer to a wrong key and a session that vanished have nothing to do
    with what the update asks for: they are reported at once.
    """
    return (
        isinstance(judged.step, Update)
        and judged.step.dry
        and judged.step.credentials is Credentials.VALID
        and (wrong_status is None or wrong_status.check is CheckName.STATUS)
        and judged.status < 500
    )


def difference_from_dry(
    earlier: DryResponse | None, judged: JudgedResponse, wrong_status: Finding | None
) -> Finding | None:
    """What the next step on the session shows of the dry response before it.

    Args:
        earlier: that response, if there is one.
        judged: the next step and its response.
        wrong_status: what is wrong with its status, if anything.
    """
    if earlier is None or isinstance(judged.step, Fetch):
        return None  # after a read the twin may still come
    return earlier.compared_with(judged, wrong_status)


def _with_context(finding: Finding, judged: JudgedResponse) -> Finding:
    """``finding`` with what would explain it now: a step later that can no longer be worked out."""
    return replace(finding, alternatives=(*finding.alternatives, *unseen_findings(judged)))
