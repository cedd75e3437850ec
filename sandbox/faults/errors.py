"""Seeds faults of refusals: wrong statuses, wrong bodies, leaks and missing checks of the key."""

from __future__ import annotations

from typing import Any

from ..calls import Call, Refusal, Reply, encode
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault
from .refused_updates import KeepsRefusedData

_TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/srv/promotions/sessions/handlers.py", line 118, in update\n'
    "    session = load(session_id)\n"
    "KeyError: 'session'"
)


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-02")
class FailsOnEmojiInCoupons(Service):
    """A coupon code with a character beyond U+FFFF is answered 500."""

    def check_known_code(self, code: str, pointer: str) -> None:
        if any(char > "\uffff" for char in code):
            raise Refusal(500, "internal error")
        super().check_known_code(code, pointer)


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-02")
class FailsOnLargeQuantities(Service):
    """A quantity over 32,767 does not fit its column and is answered 500."""

    def check_quantity(self, value: Any, pointer: str) -> None:
        super().check_quantity(value, pointer)
        if value > 32_767:
            raise Refusal(500, "internal error")


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-02")
class FailsOnEmptyAttributes(Service):
    """An empty map of attributes is answered 500."""

    def attributes(self, value: Any, declared: Any, pointer: str) -> dict[str, Any]:
        if value == {}:
            raise Refusal(500, "internal error")
        return super().attributes(value, declared, pointer)


@fault(FaultClass.ERRORS, Difficulty.EASY, "ERR-02")
class FailsOnListBodies(Service):
    """A body that is a list is answered 500."""

    def parse_body(self, call: Call) -> Any:
        body = super().parse_body(call)
        if isinstance(body, list):
            raise Refusal(500, "internal error")
        return body


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-02", operations=2)
class FailsOnMissingPositions(Service):
    """A return of a position outside the cart is answered 500."""

    def check_position(self, position: int, size: int) -> None:
        if position >= size:
            raise Refusal(500, "internal error")
        super().check_position(position, size)


@fault(FaultClass.ERRORS, Difficulty.HARD, "ERR-02")
class FailsOnRightToLeftIds(Service):
    """A session ID with a right-to-left override (U+202E) is answered 500."""

    def session_id(self, segment: bytes) -> str:
        session_id = super().session_id(segment)
        if "\u202e" in session_id:
            raise Refusal(500, "internal error")
        return session_id


@fault(FaultClass.ERRORS, Difficulty.EASY, "ERR-01")
class AnswersErrorsInHtml(Service):
    """A refusal is an HTML page."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        page = f"<html><body><h1>{refusal.status}</h1></body></html>".encode()
        return Reply(
            status=refusal.status, body=page, content_type="text/html", allow=refusal.allow
        )


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-01")
class AnswersMissingSessionsWithNothing(Service):
    """A 404 has an empty body."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        reply = super().refusal_reply(refusal)
        return Reply(status=404, body=b"") if refusal.status == 404 else reply


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-01")
class ForgetsTheMessage(Service):
    """The body of an error has a list of errors and no message."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        content = super().error_body(refusal)
        del content["message"]
        return content


@fault(FaultClass.ERRORS, Difficulty.EASY, "RESP-01", "CART-06", "CART-07", "CART-02", "STATE-03")
class AnswersErrorsWith200(Service):
    """A refusal is answered 200 with the error in its body."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        if refusal.status != 400:
            return super().refusal_reply(refusal)
        return Reply(status=200, body=encode({"error": refusal.content()}))


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "CART-06", "CART-07", "CART-09", "RET-03", "ATTR-03")
class AnswersInvalidBodiesWith422(Service):
    """An invalid body is answered 422."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        if refusal.pointer:
            refusal = Refusal(422, refusal.title, refusal.pointer)
        return super().refusal_reply(refusal)


@fault(FaultClass.ERRORS, Difficulty.EASY, "ERR-03")
class ShowsStackTraces(Service):
    """An error shows a stack trace of the server."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        content = super().error_body(refusal)
        content["errors"][0]["details"] = _TRACE
        return content


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-03")
class ShowsItsQueries(Service):
    """A 404 shows the SQL query that found nothing."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        content = super().error_body(refusal)
        if refusal.status == 404:
            content["message"] = "SELECT * FROM customer_sessions WHERE application_id = 1: no rows"
        return content


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-03")
class RepeatsTheKey(Service):
    """A 401 repeats the Authorization header."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        if refusal.status == 401:
            refusal = Refusal(401, f"not authorized: {self._header}")
        return super().refusal_reply(refusal)

    def key_is_valid(self, call: Call) -> bool:
        self._header = call.headers.get("authorization", "")
        return super().key_is_valid(call)


@fault(FaultClass.ERRORS, Difficulty.EASY, "AUTH-01", operations=2)
class ReadsNeedNoKey(Service):
    """A read needs no API key."""

    def key_is_valid(self, call: Call) -> bool:
        return call.method == "GET" or super().key_is_valid(call)


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "AUTH-01", operations=2)
class ReturnsNeedNoKey(Service):
    """A return needs no API key."""

    def key_is_valid(self, call: Call) -> bool:
        return call.path.endswith(b"/returns") or super().key_is_valid(call)


@fault(FaultClass.ERRORS, Difficulty.EASY, "AUTH-01")
class TakesAnyKey(Service):
    """Every key is accepted under the right scheme."""

    def key_is_valid(self, call: Call) -> bool:
        return call.headers.get("authorization", "").startswith("ApiKey-v1 ")


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "AUTH-01")
class IgnoresTheScheme(Service):
    """The right key is accepted under every scheme."""

    def key_is_valid(self, call: Call) -> bool:
        return call.headers.get("authorization", "").endswith(f" {self.api_key}")


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "AUTH-01", operations=2)
class AppliesBeforeCheckingTheKey(Service):
    """An update is carried out before its key is checked."""

    async def route(self, call: Call) -> Reply:
        if not self.key_is_valid(call) and call.method == "PUT":
            headers = {**call.headers, "authorization": f"ApiKey-v1 {self.api_key}"}
            await super().route(
                Call(
                    method=call.method,
                    path=call.path,
                    query=call.query,
                    headers=headers,
                    body=call.body,
                )
            )
        return await super().route(call)


@fault(FaultClass.ERRORS, Difficulty.EASY, "ERR-05")
class AnswersUnknownSessionsWith200(Service):
    """A read of an unknown session is answered 200 without a session."""

    async def read(self, session_id: str) -> Reply:
        if self.load(session_id) is None:
            return self.success_reply({"effects": []})
        return await super().read(session_id)


@fault(FaultClass.ERRORS, Difficulty.MEDIUM, "ERR-05")
class CreatesSessionsOnReads(Service):
    """A read of an unknown session creates it."""

    async def read(self, session_id: str) -> Reply:
        if self.load(session_id) is None:
            self.save(session_id, self.apply_update(None, session_id, {}))
        return await super().read(session_id)


@fault(FaultClass.ERRORS, Difficulty.EASY, "RESP-01")
class ForgetsFirstSession(Service):
    """Answers show sessions without firstSession."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        del shown["firstSession"]
        return shown


@fault(FaultClass.ERRORS, Difficulty.EASY, "RESP-01")
class ForgetsCreatedCoupons(Service):
    """Answers omit createdCoupons instead of showing an empty list."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        content = super().state_content(session, body)
        del content["createdCoupons"]
        return content


@fault(FaultClass.ERRORS, Difficulty.EASY, "RESP-01", "RESP-06")
class WritesTotalsAsText(Service):
    """The total is a string."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        return {**shown, "total": str(shown["total"])}


@fault(FaultClass.ERRORS, Difficulty.EASY, "RESP-02")
class NeverShowsTheSession(Service):
    """No answer to a write shows the session: responseContent is ignored."""

    def requests_session(self, body: Any) -> bool:
        super().requests_session(body)
        return False


@fault(FaultClass.ERRORS, Difficulty.EASY, "ERR-04", "DRY-02")
class TakesBodiesWithoutSession(Service):
    """A body without customerSession is accepted as an update without fields."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        if isinstance(body, dict) and "customerSession" not in body:
            body = {"customerSession": {}}
        return super().parse_session(body)


@fault(FaultClass.ERRORS, Difficulty.HARD, "ERR-06", "CART-06", operations=3)
class StoresItemsWhileValidating(KeepsRefusedData):
    """A refused update of an open session has already stored its identifiers."""

    def keep_refused(self, session: Session, data: dict[str, Any]) -> None:
        identifiers = data.get("identifiers")
        if isinstance(identifiers, list):
            session.data["identifiers"] = identifiers
