"""Raw requests: which ordinary step one amounts to, whether it must be refused, or what is open.

Judged by the bytes alone; what the author of a raw step calls it only names the situation.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from ...contract import API_KEY, Fetch, Operation, Raw, Reopen, ReturnItems, Step, Update
from .remarks.remark import Remark, refuse, silent

_USUAL_METHODS = {
    Operation.UPDATE: "PUT",
    Operation.GET: "GET",
    Operation.RETURN: "POST",
    Operation.REOPEN: "PUT",
}
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_MEDIA_TYPES = frozenset(
    ("application/json", "application/json; charset=utf-8", "application/json;charset=utf-8")
)
_NEEDLESS = frozenset(("accept", "user-agent"))
_DEEPEST = 64
"""Levels of nesting that every JSON library reads."""
_LONGEST_NUMBER = 300
_BOM = b"\xef\xbb\xbf"


class Nature(Enum):
    """What a raw request is to the contract."""

    ORDINARY = auto()
    """A well-behaved client might have sent it."""
    MALFORMED = auto()
    """Its body is no JSON text (RFC 8259): refused by ERR-04."""
    KEYLESS = auto()
    """It has no valid key: refused by AUTH-01."""
    OPEN = auto()
    """The contract does not say what becomes of it."""


@lru_cache(maxsize=64)
def nature(step: Raw) -> Nature:
    """What ``step`` is to the contract."""
    key = _key(step)
    if key is Nature.KEYLESS:
        return key
    if key is Nature.OPEN or _odd_around_the_body(step):
        return Nature.OPEN
    if step.endpoint in (Operation.GET, Operation.REOPEN):
        return Nature.OPEN if step.body else Nature.ORDINARY
    return _body(step.body)[0]


def ordinary(step: Step) -> Step:
    """The ordinary step that a raw one amounts to; ``step`` itself where there is none."""
    if not isinstance(step, Raw) or nature(step) is not Nature.ORDINARY:
        return step
    if step.endpoint is Operation.GET:
        return Fetch(session=step.session, aims=step.aims)
    if step.endpoint is Operation.REOPEN:
        return Reopen(session=step.session, aims=step.aims)
    _, body = _body(step.body)
    dry = step.query == "dry=true"
    if step.endpoint is Operation.RETURN:
        return ReturnItems(session=step.session, body=body, dry=dry, aims=step.aims)
    return Update(session=step.session, body=body, dry=dry, aims=step.aims)


def lacks_key(step: Step) -> bool:
    """Whether a raw step has no valid key."""
    return isinstance(step, Raw) and nature(step) is Nature.KEYLESS


def is_keyless_only(step: Raw) -> bool:
    """Whether nothing but the key is odd about ``step``, so that the answer is a 401."""
    if _odd_around_the_body(step):
        return False
    return step.endpoint in (Operation.GET, Operation.REOPEN) or (
        _body(step.body)[0] is Nature.ORDINARY
    )


def may_write(step: Raw) -> bool:
    """Whether a target might take ``step`` for a request to change something."""
    return (step.method or _USUAL_METHODS[step.endpoint]) not in _SAFE_METHODS


def raw_remarks(step: Raw) -> Iterator[Remark]:
    """Why a raw step that is not ordinary is refused, or why its answer is open."""
    if nature(step) is Nature.MALFORMED:
        yield refuse("ERR-04", step.oddity)
    else:
        yield silent("ERR-04", step.oddity)


def family(step: Raw) -> str:
    """What kind of raw request it is: ``"nearly JSON"`` of ``"nearly JSON: stray comma"``."""
    return step.oddity.partition(":")[0]


def _odd_around_the_body(step: Raw) -> bool:
    """Whether method, path, query or header lines are other than usual."""
    if step.path is not None or step.query not in ("", "dry=true"):
        return True
    if step.method is not None and step.method != _USUAL_METHODS[step.endpoint]:
        return True
    if not set(step.omitted_headers) <= _NEEDLESS | {"authorization"}:
        return True
    names = [name.lower() for name, _ in step.headers]
    return len(set(names)) < len(names) or any(
        _odd_line(name, value)
        for name, (_, value) in zip(names, step.headers, strict=True)
        if name != "authorization"
    )


def _odd_line(name: str, value: str) -> bool:
    return name != "content-type" or value.lower() not in _MEDIA_TYPES


def _key(step: Raw) -> Nature:
    """`KEYLESS`, `ORDINARY` with a valid key, or `OPEN` where it may pass for one."""
    lines = [value for name, value in step.headers if name.lower() == "authorization"]
    if not lines:
        missing = step.credentials.value != "valid" or "authorization" in step.omitted_headers
        return Nature.KEYLESS if missing else Nature.ORDINARY
    right = [value == f"ApiKey-v1 {API_KEY}" for value in lines]
    if all(right):
        return Nature.ORDINARY if len(lines) == 1 else Nature.OPEN
    # Other cases, blanks and joined values are between HTTP and the target.
    return Nature.OPEN if any(API_KEY in value for value in lines) else Nature.KEYLESS


class _Doubt(Exception):  # noqa: N818 - no error: the reader gives up on purpose
    """The text is JSON, but readers differ on what it says."""


def _body(text: bytes) -> tuple[Nature, Any]:
    """What ``text`` is as the body of a request, and its value where it has just one."""
    if text.startswith(_BOM) or b"\x00" in text[:4]:
        return Nature.OPEN, None  # with a byte order mark, or UTF-16: some read it
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        return Nature.OPEN, None
    try:
        value = json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except (_Doubt, RecursionError):
        return Nature.OPEN, None
    except ValueError:
        return Nature.MALFORMED, None
    return (Nature.OPEN if _is_deep(value) else Nature.ORDINARY), value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Doubt
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value) or len(text) > _LONGEST_NUMBER:
        raise _Doubt
    return value


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _Doubt
    return int(text)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            member
            for outer in level
            if isinstance(outer, list | dict)
            for member in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
