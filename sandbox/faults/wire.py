"""Requests that no well-behaved client sends, taken for good or badly refused."""

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
        json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(name: str) -> None:
    raise ValueError(name)


class _InvalidJsonReader(Service):
    """Reads what is no JSON in a way of its own."""

    def parse_body(self, call: Call) -> Any:
        if _is_json(call.body):
            return super().parse_body(call)
        try:
            return self.parse_invalid_json(call.body)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return super().parse_body(call)

    def parse_invalid_json(self, text: bytes) -> Any:
        raise NotImplementedError  # each fault below has its own


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class ReadsNotANumber(_InvalidJsonReader):
    """NaN and Infinity pass for numbers, as the JSON library has it by default."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(text, parse_constant=lambda _: 0)


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class RepairsTruncatedJson(_InvalidJsonReader):
    """Braces that are missing at the end of a body are added."""

    def parse_invalid_json(self, text: bytes) -> Any:
        for closed in (b"}", b"]}", b"}]}", b'"}}'):
            if _is_json(text + closed):
                return json.loads(text + closed)
        raise ValueError("beyond repair")


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class ReadsTheFirstValueOnly(_InvalidJsonReader):
    """A streaming reader stops behind the first value; what follows is never looked at."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.JSONDecoder(parse_constant=_refuse).raw_decode(text.decode())[0]


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-04")
class ReadsComments(_InvalidJsonReader):
    """Comments in bodies are skipped."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(_COMMENT.sub(b"", text), parse_constant=_refuse)


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04")
class ReadsSingleQuotes(_InvalidJsonReader):
    """A body in single quotes is read as the language reads its own literals."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return ast.literal_eval(text.decode().strip())


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04")
class ReadsTrailingCommas(_InvalidJsonReader):
    """A comma behind the last member is skipped."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(re.sub(rb",\s*([}\]])", rb"\1", text), parse_constant=_refuse)


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04")
class ReadsLeadingZeros(_InvalidJsonReader):
    """The number 01 is 1."""

    def parse_invalid_json(self, text: bytes) -> Any:
        return json.loads(re.sub(rb":\s*0+(?=\d)", b":", text), parse_constant=_refuse)


@fault(FaultClass.WIRE, Difficulty.EASY, "ERR-04")
class TakesEmptyBodies(Service):
    """No body is an empty session."""

    def parse_body(self, call: Call) -> Any:
        return super().parse_body(call) if call.body.strip() else {"customerSession": {}}


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-04", operations=2)
class ReturnsFromBrokenBodies(Service):
    """Returns read their body with an older library, which takes what follows it."""

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
    """Fails inside while it reads a body."""

    def fails_on(self, body: bytes) -> bool:
        raise NotImplementedError  # each fault below has its own

    async def handle(self, call: Call) -> Reply:
        if call.body and self.key_is_valid(call) and self.fails_on(call.body):
            return Reply(status=500, body=b'{"message":"internal error"}')
        return await super().handle(call)


@fault(FaultClass.WIRE, Difficulty.EASY, "ERR-02")
class FailsOnInvalidUtf8(_FailingReader):
    """A body that is no UTF-8 ends the handler."""

    def fails_on(self, body: bytes) -> bool:
        try:
            body.decode()
        except UnicodeDecodeError:
            return True
        return False


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-02")
class FailsOnDeepBodies(_FailingReader):
    """A recursive reader runs out of stack."""

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
    """An integer of hundreds of digits ends the handler."""

    def fails_on(self, body: bytes) -> bool:
        return re.search(rb"\d{300}", body) is not None


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "ERR-03")
class ExplainsUnreadableBodies(Service):
    """Where a body cannot be read, the answer tells how the reader got there."""

    def parse_body(self, call: Call) -> Any:
        try:
            return super().parse_body(call)
        except Refusal as refusal:
            raise Refusal(refusal.status, traceback.format_exc()) from None


@fault(FaultClass.WIRE, Difficulty.HARD, "ERR-06", operations=2)
class StoresBeforeItHasReadAll(Service):
    """The session is stored as soon as it was read; that the rest is broken comes too late."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if not _is_json(call.body) and not call.dry:
            try:
                body, _ = json.JSONDecoder(parse_constant=_refuse).raw_decode(call.body.decode())
            except (ValueError, RecursionError):
                return await super().update(call, session_id)
            stored = self.load(session_id)
            result = self.apply_update(stored, session_id, self.parse_session(body))
            self.settle_coupons(stored, result)
            self.save(session_id, result)
        return await super().update(call, session_id)


@fault(FaultClass.WIRE, Difficulty.MEDIUM, "AUTH-01")
class ComparesKeysAsFarAsTheyGo(Service):
    """A key passes if the right one begins with it: so does an empty one."""

    def key_is_valid(self, call: Call) -> bool:
        scheme, _, key = call.headers.get("authorization", "").partition(" ")
        return scheme == "ApiKey-v1" and self.api_key.startswith(key.strip())


@fault(FaultClass.WIRE, Difficulty.HARD, "AUTH-01")
class TakesAStarForAKey(Service):
    """A star, meant for tests, passes for any key."""

    def key_is_valid(self, call: Call) -> bool:
        return super().key_is_valid(call) or call.headers.get("authorization") == "ApiKey-v1 *"
