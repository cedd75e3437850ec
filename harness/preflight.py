"""The check before a run: is this the session API, does it take the key and what is declared?

It reads a session that cannot exist, creates one with everything that is declared, and reads that
one. A few more updates follow only where the target refuses the declared things: they find which.
Each declared code is sent in a dry update: a slip in its declaration would look like many bugs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..contract import MARK, Fetch, Traffic, Update
from ..oracle.model.instants import instant
from ..wire import Delivery, NoResponse, Response, session_view
from ..wire.encoding import decode_json, request_of
from ..wire.marks import Use, mark_of
from ..wire.trace import execution_name, request_name
from .declared_codes import DeclaredCode
from .declared_values import Declared, body_with
from .errors import (
    CredentialsRefusedError,
    DeclarationRefusedError,
    NotSessionAPIError,
    TargetUnreachableError,
)
from .sender import Sender
from .transport.troubles import PROXY_WANTS_LOGIN, advice_for

MAX_REQUESTS = 9
_PATH = "/v2/customer_sessions/"
_UNDECIDED = frozenset((408, 409, 429))
_NO_METHOD = 405
_PROXY_LOGIN = 407
_UNKNOWN_PATH = frozenset((404, _NO_METHOD))
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
"""From where `instant` counts."""
_MAX_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightResult:
    """What the check saw of a target that can be tested."""

    requests: int
    refusal: str = ""
    """Status and text of the answer to an update that every target must accept; empty: it did."""
    clock_ahead_sec: float | None = None
    """How far the target's clock is ahead of this machine's, from the time of creation that it
    shows; below 0: behind; None: it shows none."""
    made: tuple[str, ...] = ()
    """The marks of the sessions that it made: each is the ID itself."""


def check_target(
    sender: Sender,
    *,
    url: str,
    run_id: str,
    declared: Sequence[Declared] = (),
    codes: Sequence[DeclaredCode] = (),
    traffic: Traffic = Traffic.ALL,
    hint: str = "",
) -> PreflightResult:
    """Checks a target with at most `MAX_REQUESTS` requests, and one for each of ``codes``.

    A target with bugs may answer in an odd way and is to be tested all the same, so only one that
    answers neither a read nor an update as the session API does is refused.

    Args:
        sender: sends at the rate of the run.
        url: of the target, for messages.
        run_id: the run's part of the marks.
        declared: what the environment declares, with a value for each.
        codes: codes that the environment declares.
        traffic: what may be sent; reads alone show little, and dry updates create nothing.
        hint: what may be wrong where nothing answers.

    Raises:
        TargetUnreachableError: nothing answers.
        CredentialsRefusedError: the target answers 401 or 403.
        NotSessionAPIError: something else than the session API answers.
        DeclarationRefusedError: the target takes updates, but not with something that is declared,
            or it rejects a declared code for a reason that its declaration excludes.
    """
    check = _Check(sender, url, run_id, traffic, hint)
    if traffic is Traffic.READS:
        return check.read_only()
    result = replace(check.result(declared), made=tuple(check.made))
    if result.refusal:
        return result
    return replace(result, requests=check.requests_with(codes))


class _Check:
    """One check, with its count of requests."""

    def __init__(self, sender: Sender, url: str, run_id: str, traffic: Traffic, hint: str) -> None:
        self._sender = sender
        self._is_dry = traffic is Traffic.DRY
        self._url = url
        self._run_id = run_id
        self._hint = hint
        self._sent = 0
        self._mark = ""
        self._takes_key = False
        self.made: list[str] = []
        """The marks of the sessions that it made."""

    def read_only(self) -> PreflightResult:
        """What a read alone shows.

        Raises:
            NotSessionAPIError: the session API does not answer so.
        """
        read = self._answer_to(Fetch())
        if not reads_sessions(read):
            raise NotSessionAPIError(self._other_api(read, read))
        return PreflightResult(requests=self._sent)

    def result(self, declared: Sequence[Declared]) -> PreflightResult:
        read = self._answer_to(Fetch())
        self._takes_key = True
        update = self._update(declared)
        if declared and _refuses(update):
            bare = self._update(())
            if bare.accepted:
                self._find_refused(declared, update)
            update = bare
        if not _may_be_the_api(read, update):
            raise NotSessionAPIError(self._other_api(read, update))
        if update.accepted:
            # Of the session that was created, as every run does first.
            ahead = _clock_ahead_sec(self._send(Fetch()))
            return PreflightResult(requests=self._sent, clock_ahead_sec=ahead)
        return PreflightResult(requests=self._sent, refusal=quoted(update))

    def requests_with(self, codes: Sequence[DeclaredCode]) -> int:
        """The requests sent so far, those that try each of ``codes`` included."""
        for code in codes:
            self._mark = ""
            answer = self._answer_to(Update(body=code.body(), dry=True))
            reason = code.rejection(decode_json(answer.body)) if answer.accepted else ""
            if reason:
                raise DeclarationRefusedError(
                    f"the target rejects the declared {code.kind} {code.code}: {reason}; correct "
                    f"{code.where} in the configuration, or the application: the code must exist, "
                    "and its campaign must run"
                )
        return self._sent

    def _find_refused(self, declared: Sequence[Declared], answer: Response) -> None:
        """Halves what is declared until one thing is left that is refused alone.

        Raises:
            DeclarationRefusedError: it was found, or the requests are used up.
        """
        suspects, refusal = list(declared), answer
        proved = True
        while len(suspects) > 1 and self._sent < MAX_REQUESTS - 1:
            half = suspects[: len(suspects) // 2]
            answer = self._update(half)
            if _refuses(answer):
                suspects, refusal, proved = half, answer, True
            else:
                suspects, proved = suspects[len(half) :], False
        if not proved:
            refusal = self._update(suspects)
            if not _refuses(refusal):
                return  # it takes several things together: the run says more of that
        names = ", ".join(one.name for one in suspects)
        places = ", ".join(one.where for one in suspects)
        several = "one of the declared" if len(suspects) > 1 else "the declared"
        raise DeclarationRefusedError(
            f"the target refuses {several} {suspects[0].kind} {names}: {quoted(refusal)}; "
            f"correct {places} in the configuration, or the application"
        )

    def _update(self, declared: Sequence[Declared]) -> Response:
        self._mark = ""  # each update creates a session of its own
        answer = self._answer_to(Update(body=body_with(declared), dry=self._is_dry))
        if answer.accepted and not self._is_dry:
            self.made.append(self._mark)
        return answer

    def _answer_to(self, step: Fetch | Update) -> Response:
        mixed_up = self._sender.mixed_up()
        outcome = self._send(step)
        if isinstance(outcome, NoResponse) and self._sender.mixed_up() > mixed_up:
            # Connections are not kept any more, so this time its answer is certain. The first time
            # its session may have been made: another update is for another session.
            if isinstance(step, Update) and not step.dry:
                self.made.append(self._mark)
                self._mark = ""
            outcome = self._send(step)
        if isinstance(outcome, NoResponse) and outcome.held_back:
            raise TargetUnreachableError(
                f"{self._url} cannot be checked before the run: {outcome.reason}; correct the "
                "plugin, or run without it"
            )
        if isinstance(outcome, NoResponse):
            known = advice_for(outcome.reason, url=self._url)
            parts = (outcome.reason, known or "start the target or correct the URL", self._hint)
            why = "; ".join(part for part in parts if part)
            raise TargetUnreachableError(f"{self._url} does not answer: {why}")
        if outcome.status == _PROXY_LOGIN:
            raise TargetUnreachableError(
                f"{self._url} is not reached: {PROXY_WANTS_LOGIN}; "
                + advice_for(PROXY_WANTS_LOGIN, url=self._url)
            )
        if outcome.status in (401, 403) and "html" in outcome.content_type.lower():
            raise NotSessionAPIError(
                f"{self._url} answers {outcome.status} with a page ({_content(outcome)}): a "
                "gateway or a sign-in is before the API; use an address that reaches the API "
                "itself, or give what the gateway wants with --header-env or --basic-auth-env"
            )
        if outcome.status in (401, 403) and self._takes_key:
            raise CredentialsRefusedError(
                f"{self._url} takes the API key for reads and refuses it for updates: "
                f"{quoted(outcome)}; use a key that may write, and a target that is not in a "
                "read-only mode"
            )
        if outcome.status in (401, 403):
            raise CredentialsRefusedError(
                f"{self._url} refuses the API key with {outcome.status}; set the environment "
                "variable to a key of an Integration API user of this application, without "
                '"ApiKey-v1" before it'
            )
        return outcome

    def _send(self, step: Fetch | Update) -> Response | NoResponse:
        self._mark = self._mark or mark_of(self._run_id, self._sent, use=Use.PREFLIGHT)
        self._sent += 1
        if not self._sender.may_send():
            return NoResponse(fate=Delivery.NOT_SENT, reason="the run was stopped")
        trace = request_name(execution_name(self._run_id, "preflight"), self._sent)
        return self._sender.send(request_of(step, MARK, self._mark, trace=trace), self._mark)

    def _other_api(self, read: Response, update: Response) -> str:
        if update.status == _NO_METHOD and read.status != _NO_METHOD and reads_sessions(read):
            return (
                f"{self._url} answers reads of sessions, and updates with {update.status}: only "
                "reads are let through; use an address that takes PUT requests as well, or correct "
                f"the base path of the URL, which comes before {_PATH}"
            )
        if {read.status, update.status} <= _UNKNOWN_PATH:
            return (
                f"nothing under {self._url} answers like the session API: a read and an update "
                f"below {_PATH} were answered {update.status}; correct the base path of the URL, "
                f"which comes before {_PATH}"
            )
        odd = read if not reads_sessions(read) else update
        return (
            f"{self._url} does not serve the session API: a request below {_PATH} was answered "
            f"{odd.status} with {_content(odd)}; {_advice(odd)}"
        )


def _may_be_the_api(read: Response, update: Response) -> bool:
    """Whether the session API may answer so, bugs included.

    An update decides: it is the one request that every target must accept. Where it is answered
    oddly, a read that is answered as the session API does speaks for a bug.
    """
    if update.status in _UNKNOWN_PATH or 300 <= update.status < 400:
        return False
    return _updates_sessions(update) or reads_sessions(read)


def reads_sessions(response: Response) -> bool:
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
    return is_object and (response.accepted or _refuses(response))


def _refuses(response: Response) -> bool:
    """Whether the target does not take the content of an update."""
    return response.status in (400, 422)


def _is_undecided(response: Response) -> bool:
    """Whether a response says nothing of what is there: a target may fail, or be busy."""
    return response.status >= 500 or response.status in _UNDECIDED


def _clock_ahead_sec(outcome: Response | NoResponse) -> float | None:
    """How far the time of creation that a fresh session shows is ahead of this machine's clock."""
    view = session_view(decode_json(outcome.body)) if isinstance(outcome, Response) else None
    created = instant(view.get("created")) if view is not None else None
    now = (datetime.now(UTC) - _EPOCH).total_seconds()
    return None if created is None else float(created) - now


def quoted(response: Response) -> str:
    """Status and error text of a refusal, with what the error points at."""
    body = decode_json(response.body)
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    parts = [body.get("message")] if isinstance(body, dict) else []
    if isinstance(first, dict):
        source = first.get("source")
        pointer = source.get("pointer") if isinstance(source, dict) else None
        parts += [first.get("title"), first.get("details"), pointer]
    texts = dict.fromkeys(part for part in parts if isinstance(part, str) and part)
    text = ", ".join(texts) or json.dumps(response.body.decode("utf-8", "replace"))
    return f"{response.status} {text[:_MAX_TEXT]}"


def _content(response: Response) -> str:
    return response.content_type.partition(";")[0].strip()[:80] or "no content type"


def _advice(response: Response) -> str:
    """What the user may change."""
    if 300 <= response.status < 400:
        return "use the address that it redirects to, and one that needs no sign-in"
    if response.accepted and "html" in response.content_type.lower():
        return "this is a web page, perhaps one to sign in: use the address of the API itself"
    if response.status in _UNKNOWN_PATH:
        return f"correct the base path of the URL, which comes before {_PATH}"
    return "this is another API: use the address of the Integration API"
