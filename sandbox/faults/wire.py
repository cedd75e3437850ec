"""Seeds faults that malformed requests show: accepted bodies, failures and weak checks of keys."""

from __future__ import annotations

import ast
import json
import re
import traceback
from typing import Any

from ..calls import Call, Refusal, Reply
from ..service import Service
from .fault import Difficulty, FaultClass, fault

_COMMENT = re.compile(rb"/\*.*?\*/|(?://|#)[^\n]*", re.DOTALL)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _reject_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


class _InvalidJsonReader(Service):
    """Accepts some bodies that are not JSON."""

    def parse_body(self, call: Call) -> Any:
        if _is_json(call.body):
            return super().parse_body(call)
        try:
            return self.parse_invalid_json(call.body)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return super().parse_body(call)

    def parse_invalid_json(self, text: bytes) -> Any:
        """The value that is read from ``text``; a ValueError refuses it."""
        raise NotImplementedError(f"{type(self).__name__} must define parse_invalid_json()")


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class ReadsNotANumber(_InvalidJsonReader):
    """NaN and Infinity are accepted as numbers, the default of the JSON library."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(text, parse_constant=lambda _: 0)


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class RepairsTruncatedJson(_InvalidJsonReader):
    """A body without its last braces is completed."""

    def parse_invalid_json(self, text: bytes) -> Any:
        for ending in (b"}", b"]}", b"}]}", b'"}}'):
            if _is_json(text + ending):
                return json.loads(text + ending)
        raise ValueError(f"no ending completes the {len(text)} bytes")


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class ReadsTheFirstValueOnly(_InvalidJsonReader):
    """A streaming parser stops after the first value and ignores the rest."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.JSONDecoder(parse_constant=_reject_constant).raw_decode(text.decode())[0]


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class ReadsComments(_InvalidJsonReader):
    """Comments in a body are ignored."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(_COMMENT.sub(b"", text), parse_constant=_reject_constant)


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04")
class ReadsSingleQuotes(_InvalidJsonReader):
    """A body with strings in single quotes is accepted."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return ast.literal_eval(text.decode().strip())


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04")
class ReadsTrailingCommas(_InvalidJsonReader):
    """A comma after the last member is ignored."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(re.sub(rb",\s*([}\]])", rb"\1", text), parse_constant=_reject_constant)


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04")
class ReadsLeadingZeros(_InvalidJsonReader):
    """Leading zeros of a number are ignored."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(re.sub(rb":\s*0+(?=\d)", b":", text), parse_constant=_reject_constant)


@fault(FaultClass.WIRE, Difficulty.EASY, "ERR-04")
class TakesEmptyBodies(Service):
    """An empty body is accepted as an update without fields."""

    def parse_body(self, call: Call) -> Any:
        return super().parse_body(call) if call.body.strip() else {"customerSession": {}}


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04", operations=2)
class ReturnsFromBrokenBodies(Service):
    """The parser of returns stops after the first value and ignores the rest."""

    async def return_items(self, call: Call, session_id: str) -> Reply:
        if not _is_json(call.body):
            try:
                body, _ = json.JSONDecoder().raw_decode(call.body.decode())
            except (ValueError, RecursionError):
                return await super().return_items(call, session_id)
            call = Call(
                method=call.method,
                path=call.path,
                query=call.query,
                headers=call.headers,
                body=json.dumps(body).encode(),
            )
        return await super().return_items(call, session_id)


class _FailingReader(Service):
    """Answers 500 to some bodies."""

    def fails_on(self, body: bytes) -> bool:
        """Whether the parser fails on ``body``."""
        raise NotImplementedError(f"{type(self).__name__} must define fails_on()")

    async def handle(self, call: Call) -> Reply:
        if call.body and self.key_is_valid(call) and self.fails_on(call.body):
            return Reply(status=500, body=b'{"message":"internal error"}')
        return await super().handle(call)


@fault(FaultClass.WIRE, Difficulty.EASY, "ERR-02")
class FailsOnInvalidUtf8(_FailingReader):
    """A body that is not UTF-8 is answered 500."""

    def fails_on(self, body: bytes) -> bool:
        try:
            body.decode()
        except UnicodeDecodeError:
            return True
        return False


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-02")
class FailsOnDeepBodies(_FailingReader):
    """A deeply nested body exhausts the stack of the parser and is answered 500."""

    def fails_on(self, body: bytes) -> bool:
        try:
            json.loads(body)
        except RecursionError:
            return True
        except ValueError:
            return False
        return False


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-02")
class FailsOnLongIntegers(_FailingReader):
    """An integer of 300 digits or more is answered 500."""

    def fails_on(self, body: bytes) -> bool:
        return re.search(rb"\d{300}", body) is not None


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-03")
class ExplainsUnreadableBodies(Service):
    """The refusal of a body that is not JSON shows the stack trace of the parser."""

    def parse_body(self, call: Call) -> Any:
        try:
            return super().parse_body(call)
        except Refusal as refusal:
            raise Refusal(refusal.status, traceback.format_exc()) from None


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-06", operations=2)
class StoresBeforeItHasReadAll(Service):
    """An update is stored before the end of its body is parsed, and refused after that."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if not _is_json(call.body) and not call.dry:
            try:
                body, _ = json.JSONDecoder(parse_constant=_reject_constant).raw_decode(
                    call.body.decode()
                )
            except (ValueError, RecursionError):
                return await super().update(call, session_id)
            stored = self.load(session_id)
            result = self.apply_update(stored, session_id, self.parse_session(body))
            self.settle_promotions(stored, result)
            self.save(session_id, result)
        return await super().update(call, session_id)


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "AUTH-01")
class ComparesKeysAsFarAsTheyGo(Service):
    """A prefix of the right key is accepted, even an empty one."""

    def key_is_valid(self, call: Call) -> bool:
        scheme, _, key = call.headers.get("authorization", "").partition(" ")
        return scheme == "ApiKey-v1" and self.api_key.startswith(key.strip())


@fault(FaultClass.WIRE, Difficulty.HARD, "AUTH-01")
class TakesAStarForAKey(Service):
    """A star, left over from tests, is accepted as a key."""

    def key_is_valid(self, call: Call) -> bool:
        return super().key_is_valid(call) or call.headers.get("authorization") == "ApiKey-v1 *"
