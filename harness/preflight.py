"""One harmless request before a run: does the target answer, and does it take the key?"""

from __future__ import annotations

from ..contract import MARK, Fetch
from ..wire import NoResponse
from ..wire.encoding import request_of
from ..wire.marks import Use, mark_of
from .errors import CredentialsRefusedError, TargetUnreachableError
from .transport import Transport


def check_target(transport: Transport, *, url: str, run_id: str) -> None:
    """Reads a session that cannot exist.

    Raises:
        TargetUnreachableError: nothing answers.
        CredentialsRefusedError: the target answers 401 or 403.
    """
    outcome = transport.send(request_of(Fetch(), MARK, mark_of(run_id, 0, use=Use.PREFLIGHT)))
    if isinstance(outcome, NoResponse):
        raise TargetUnreachableError(
            f"{url} does not answer: {outcome.reason}; start the target or correct the URL"
        )
    if outcome.status in (401, 403):
        raise CredentialsRefusedError(
            f"{url} refuses the API key with {outcome.status}; "
            "set the environment variable to a key of an Integration API user of this application"
        )
