"""A harmless request or two before a run: is this the session API, and does it take the key?"""

from __future__ import annotations

from ..contract import MARK, Fetch, Update
from ..wire import NoResponse, Response, session_view
from ..wire.encoding import decode_json, request_of
from ..wire.marks import Use, mark_of
from .errors import CredentialsRefusedError, NotSessionAPIError, TargetUnreachableError
from .transport import Transport

_PATH = "/v2/customer_sessions/"
_PROBE = Update(body={"customerSession": {}}, dry=True)
"""Every target must accept it, whatever it holds and whatever is configured."""
_UNDECIDED = frozenset((408, 409, 429))


def check_target(transport: Transport, *, url: str, run_id: str) -> None:
    """Reads a session that cannot exist, and where the response is odd tries a dry update as well.

    A target with bugs may answer the read in an odd way and is to be tested all the same, so only
    one that answers neither as the session API does is refused.

    Raises:
        TargetUnreachableError: nothing answers.
        CredentialsRefusedError: the target answers 401 or 403.
        NotSessionAPIError: something else than the session API answers.
    """
    mark = mark_of(run_id, 0, use=Use.PREFLIGHT)
    read = _answered(transport, Fetch(), mark, url)
    if _reads_sessions(read):
        return
    if not _updates_sessions(_answered(transport, _PROBE, mark, url)):
        raise NotSessionAPIError(
            f"{url} does not serve the session API: a read below {_PATH} was answered "
            f"{read.status} with {_content(read)}; {_advice(read)}"
        )


def _answered(transport: Transport, step: Fetch | Update, mark: str, url: str) -> Response:
    outcome = transport.send(request_of(step, MARK, mark))
    if isinstance(outcome, NoResponse):
        raise TargetUnreachableError(
            f"{url} does not answer: {outcome.reason}; start the target or correct the URL"
        )
    if outcome.status in (401, 403):
        raise CredentialsRefusedError(
            f"{url} refuses the API key with {outcome.status}; "
            "set the environment variable to a key of an Integration API user of this application"
        )
    return outcome


def _reads_sessions(response: Response) -> bool:
    """Whether the session API may answer so to a read of a session that does not exist."""
    if _is_undecided(response):
        return True
    body = decode_json(response.body)
    if response.status == 200:
        return session_view(body) is not None
    is_error = isinstance(body, dict) and isinstance(body.get("message"), str)
    return is_error and 400 <= response.status < 500


def _updates_sessions(response: Response) -> bool:
    """Whether the session API may answer so to an update that it must accept, bugs included."""
    if _is_undecided(response):
        return True
    is_object = isinstance(decode_json(response.body), dict)
    return is_object and (response.accepted or response.status in (400, 422))


def _is_undecided(response: Response) -> bool:
    """Whether a response says nothing of what is there: a target may fail, or be busy."""
    return response.status >= 500 or response.status in _UNDECIDED


def _content(response: Response) -> str:
    return response.content_type.partition(";")[0].strip()[:80] or "no content type"


def _advice(response: Response) -> str:
    """What the user may change."""
    if 300 <= response.status < 400:
        return "use the address that it redirects to, and one that needs no sign-in"
    if response.accepted and "html" in response.content_type.lower():
        return "this is a web page, perhaps one to sign in: use the address of the API itself"
    if response.status in (404, 405):
        return f"correct the base path of the URL, which comes before {_PATH}"
    return "this is another API: use the address of the Integration API"
