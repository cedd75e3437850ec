"""Defines dialects of error bodies and of the statuses of refusals."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...contract import Environment
from ..calls import UNKNOWN_SESSION, Call, Refusal, Reply, encode
from ..service import Service
from ..sessions import Session
from ..values import describe
from .campaigns import COUPON_LIMITS, RefusingUsedUpCoupons
from .dialect import Area, dialect

_DETAILS = ("error details",)
_PARALLEL = ("parallel updates",)
_PUBLIC = "a public link is nothing of the inside"


def _with_details(body: dict[str, Any], details: str) -> dict[str, Any]:
    """``body``, an ErrorResponse, with ``details`` in each of its errors."""
    return _with_members(body, {"details": details})


def _with_members(body: dict[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` with ``members`` in each of its errors."""
    return _with_errors(body, lambda error: {**error, **members})


def _with_errors(
    body: dict[str, Any], changed: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """``body`` with each of its errors changed that is an object; those of a 409 may be texts."""
    errors = [
        changed(error) if isinstance(error, dict) else error for error in body.get("errors") or ()
    ]
    return {**body, "errors": errors} if errors else body


@dialect(Area.ERRORS, "ERR-01", decides=("error list",))
class WritesTheErrorVariant(Service):
    """The body of an error has a StatusCode and no list of errors."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        return {"message": refusal.title, "StatusCode": refusal.status}


@dialect(Area.ERRORS, "ERR-01", source="RFC 9457, section 3")
class WritesProblemDetails(Service):
    """Errors are problem details with the documented members besides."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        return replace(super().refusal_reply(refusal), content_type="application/problem+json")

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        problem = {"type": "about:blank", "title": refusal.title, "status": refusal.status}
        return {**problem, **super().error_body(refusal)}


@dialect(Area.ERRORS, "ERR-03", source=_PUBLIC, decides=_DETAILS)
class LinksToTheReference(Service):
    """Errors name the page of the reference: /go/reference/v2.customer_sessions."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        body = super().error_body(refusal)
        return _with_details(body, "see /go/reference/v2.customer_sessions")


@dialect(Area.ERRORS, "ERR-03", source=_PUBLIC, decides=_DETAILS)
class LinksToPages(Service):
    """Errors link to a page of the documentation."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        body = super().error_body(refusal)
        return _with_details(body, "see https://docs.example.com/app/errors.html#validation")


@dialect(Area.ERRORS, "ERR-03", decides=_DETAILS)
class SpeaksOfRulesInCapitals(Service):
    """Errors hold a sentence of rules with SELECT, FROM, UPDATE and SET in it."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        sentence = "SELECT one value FROM the list WHERE it fits, UPDATE the session and SET it"
        return _with_details(super().error_body(refusal), sentence)


@dialect(Area.ERRORS, "ERR-03", decides=_DETAILS)
class SpeaksLikeGo(Service):
    """Errors have the words of Go's JSON decoder, which name the field and its type."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        words = "json: cannot unmarshal string into Go struct field CartItem.quantity of type int64"
        return _with_details(super().error_body(refusal), words)


@dialect(Area.ERRORS, "ERR-03", decides=_DETAILS)
class ShowsTheGrammar(Service):
    """Errors show the grammar that a value must follow, with slashes, dots and line numbers."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        grammar = "expected ^[A-Za-z0-9._%+@/-]{4,108}$ at line 1, column 17"
        return _with_details(super().error_body(refusal), grammar)


@dialect(Area.ERRORS, "ERR-01")
class SpeaksGerman(Service):
    """The message of an error is in the language of the shop."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        return {**super().error_body(refusal), "message": "Ungültige Anfrage: „Wert prüfen“"}


@dialect(Area.ERRORS, "ERR-01")
class SpeaksForOneMessage(Service):
    """The message of every error is the same; only its errors tell them apart."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        return {**super().error_body(refusal), "message": "Bad Request"}


@dialect(Area.ERRORS, "ERR-01", decides=("error list",))
class WritesNullForNoErrors(Service):
    """The list of errors is null, as a nil slice of Go."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        return {**super().error_body(refusal), "errors": None}


@dialect(Area.ERRORS, "ERR-01", decides=("error list",))
class WritesNoErrors(Service):
    """The list of errors is empty."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        return {**super().error_body(refusal), "errors": []}


@dialect(Area.ERRORS, "ERR-01")
class ListsTwoErrors(Service):
    """A second error sums up the first one, and points to the whole body."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        body = super().error_body(refusal)
        second = {"title": "1 validation error", "source": {"pointer": "/"}}
        return {**body, "errors": [*(body.get("errors") or ()), second]}


@dialect(Area.ERRORS, "ERR-01")
class PointsToResources(Service):
    """The source of an error names a resource and a line, not a pointer."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        body = super().error_body(refusal)
        return _with_members(body, {"source": {"resource": "customer_sessions", "line": "1"}})


@dialect(Area.ERRORS, "ERR-01")
class PointsToNothing(Service):
    """An error without a place has all members of its source as empty texts."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        body = super().error_body(refusal)
        nothing = {"pointer": "", "parameter": "", "line": "", "resource": ""}
        return _with_errors(
            body, lambda error: {**error, "source": {**nothing, **error.get("source", {})}}
        )


@dialect(Area.ERRORS, "ERR-01")
class AddsErrorMembers(Service):
    """An error has a code, a time and the ID of its request."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        extra = {"code": "E1042", "timestamp": "2026-08-19T12:00:00Z", "requestId": "8f14e45f"}
        return {**super().error_body(refusal), **extra}


@dialect(Area.ERRORS, "AUTH-01", source="ErrorResponseWithStatus requires no member")
class Answers401WithoutMessage(Service):
    """The body of a 401 is an object with its status, and WWW-Authenticate names the scheme."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        reply = super().refusal_reply(refusal)
        if refusal.status != 401:
            return reply
        challenge = ("www-authenticate", 'ApiKey-v1 realm="integration"')
        return replace(reply, body=encode({"StatusCode": 401}), headers=(*reply.headers, challenge))


@dialect(
    Area.ERRORS,
    "COUP-03",
    source="the errors of a 409 have no type",
    decides=COUPON_LIMITS,
    coupon_limits={"ONCE": 2},
)
class Writes409WithTexts(RefusingUsedUpCoupons):
    """A coupon has a low limit, and the errors of a 409 are texts."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        body = super().error_body(refusal)
        return {**body, "errors": [refusal.title]} if refusal.status == 409 else body


@dialect(Area.ERRORS, "ERR-05", "RET-04", "STATE-16")
class Answers400ForUnknownSessions(Service):
    """Requests on a session that does not exist are answered 400."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        if refusal.title == UNKNOWN_SESSION:
            refusal = Refusal(400, refusal.title)
        return super().refusal_reply(refusal)


@dialect(Area.ERRORS, "RET-04", "STATE-16")
class Answers404ForOtherStates(Service):
    """A return and a reopen of a session whose state allows none are answered 404."""

    def check_returnable(self, stored: Session) -> None:
        try:
            super().check_returnable(stored)
        except Refusal as refusal:
            raise Refusal(404, refusal.title) from None

    def check_reopen(self, stored: Session) -> None:
        try:
            super().check_reopen(stored)
        except Refusal as refusal:
            raise Refusal(404, refusal.title) from None


@dialect(Area.ERRORS, "CART-02", "CART-04")
class Answers413ForLargeCarts(Service):
    """A cart of too many items or units is answered 413."""

    def check_item_count(self, size: int, pointer: str) -> None:
        try:
            super().check_item_count(size, pointer)
        except Refusal as refusal:
            raise Refusal(413, refusal.title, pointer) from None

    def check_quantity_sum(self, items: list[dict[str, Any]], pointer: str) -> None:
        try:
            super().check_quantity_sum(items, pointer)
        except Refusal as refusal:
            raise Refusal(413, refusal.title, pointer) from None


@dialect(Area.ERRORS, "ERR-04", source="415 for the media type")
class RefusesOtherMediaTypes(Service):
    """A body that calls itself something other than JSON is answered 415."""

    def parse_body(self, call: Call) -> Any:
        media_type = call.headers.get("content-type", "application/json").partition(";")[0]
        if media_type.strip().lower() != "application/json":
            raise Refusal(415, f"the body must be application/json, found {describe(media_type)}")
        return super().parse_body(call)


@dialect(Area.ERRORS, "IDENT-U3")
class AnswersOddIdsInHtml(Service):
    """A proxy answers requests with a slash or control character in the ID, in HTML."""

    async def handle(self, call: Call) -> Reply:
        if b"%2F" in call.path or b"%0" in call.path or b"%1" in call.path:
            return Reply(status=400, body=b"<h1>Bad Request</h1>", content_type="text/html")
        return await super().handle(call)


@dialect(Area.ERRORS, "CART-01", source="a server may limit the size of bodies")
class RefusesLargeBodies(Service):
    """A proxy refuses bodies of more than 16 KiB."""

    def parse_body(self, call: Call) -> Any:
        if len(call.body) > 16 * 1024:
            raise Refusal(413, f"the body is too large: {len(call.body)} bytes")
        return super().parse_body(call)


class _LimitsParallelUpdates(Service):
    """So many updates of one session may be under way; one more is answered 409."""

    _most = 1

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._locks: dict[str, asyncio.Lock] = {}
        self._updates: Counter[str] = Counter()

    async def update(self, call: Call, session_id: str) -> Reply:
        if self._updates[session_id] >= self._most:
            raise Refusal(409, f"{self._updates[session_id]} updates of this session are under way")
        self._updates[session_id] += 1
        try:
            async with self._locks.setdefault(session_id, asyncio.Lock()):
                await asyncio.sleep(0)
                return await super().update(call, session_id)
        finally:
            self._updates[session_id] -= 1


@dialect(
    Area.ERRORS,
    "PAR-01",
    source="409 of updateCustomerSessionV2: parallel requests",
    decides=_PARALLEL,
)
class RefusesTheFourthParallelUpdate(_LimitsParallelUpdates):
    """One update of a session is worked on and two wait; one more is answered 409."""

    _most = 3


@dialect(
    Area.ERRORS,
    "PAR-01",
    "PAR-U1",
    source="409 of updateCustomerSessionV2: parallel requests",
    note="the number of requests that wait is documented in current",
    decides=_PARALLEL,
)
class RefusesParallelUpdates(_LimitsParallelUpdates):
    """One update of a session is worked on, and none waits: it is answered 409."""
