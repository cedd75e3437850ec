"""Refusals of the valid key, which say nothing about the rules.

The preflight has seen the target accept the key. A 401, 403 or 407 to it later is a matter of
gates, proxies and rights, not of the session API. A gate may even have let the request pass and
refused the answer.
"""

from __future__ import annotations

from ..contract import Credentials, Raw, Step
from ..wire import NoResponse, Response
from .model import lacks_key

BEFORE_API = frozenset((403, 407))
"""Statuses that the API does not have: something before it refused."""
KEY_STATUSES = frozenset((401,)) | BEFORE_API


def refuses_valid_key(step: Step, outcome: Response | NoResponse) -> bool:
    """Whether a request with the valid key was answered as one without; raw ones included.

    A raw request that writes its Authorization line in another way is refused for that.
    """
    if isinstance(outcome, NoResponse) or outcome.status not in KEY_STATUSES:
        return False
    if isinstance(step, Raw):
        named = {name.lower() for name, _ in step.headers} | set(step.omitted_headers)
        return "authorization" not in named and not lacks_key(step)
    return step.credentials is Credentials.VALID


def may_hide_acceptance(step: Step, outcome: Response | NoResponse) -> bool:
    """Whether the API may have accepted a request, and something before it refused the answer."""
    if refuses_valid_key(step, outcome):
        return True
    is_before = isinstance(outcome, Response) and outcome.status in BEFORE_API
    # With a key that the target may take, as one of two Authorization lines.
    return is_before and isinstance(step, Raw) and not lacks_key(step)
