"""Modes whose answers are large: many members, long numbers, long texts, many header lines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import cache, partial

from tests.hostile.coding import coded
from tests.hostile.exchange import Exchange, Move, Moves, body_replaced, message, planted, repeated
from tests.hostile.mode import Area, Mode

_MB = 1_000_000
_LARGE = 15 * _MB


def _list_of(piece: bytes, total: int) -> bytes:
    return b"[" + repeated(piece + b",", total) + piece + b"]"


def _members(total: int) -> bytes:
    """An object of distinct members."""
    count = total // 13
    return b"{" + b",".join(b'"m%07d":1' % n for n in range(count)) + b"}"


def _items(total: int) -> bytes:
    """Cart items as a lawful view has them."""
    lines = (
        b'{"name":"n%06d","sku":"s%06d","quantity":1,"price":2,"position":%d,"returnedQuantity":0,'
        b'"remainingQuantity":1}' % (n, n, n)
        for n in range(total // 115)
    )
    return b"[" + b",".join(lines) + b"]"


def _errors(total: int) -> bytes:
    return _list_of(b'{"title":"no","source":{"pointer":"/customerSession"}}', total)


def _text(total: int) -> bytes:
    return b'"' + b"a" * total + b'"'


def _effects(total: int) -> bytes:
    piece = json.dumps(
        {
            "campaignId": 1,
            "rulesetId": 1,
            "ruleIndex": 0,
            "ruleName": "r",
            "effectType": "noop",
            "props": {},
        }
    )
    return _list_of(piece.encode(), total)


_VALUES: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("lists-15mb", "attributes are 15 MB of [[],[],...]", partial(_list_of, b"[]", _LARGE)),
    ("lists-2mb", "attributes are 2 MB of [[],[],...]", partial(_list_of, b"[]", 2 * _MB)),
    ("objects-15mb", "attributes are 15 MB of [{},{},...]", partial(_list_of, b"{}", _LARGE)),
    ("members-15mb", "attributes are 15 MB of distinct members", partial(_members, _LARGE)),
    (
        "digits-15mb",
        "attributes are 15 MB of numbers with one digit",
        partial(_list_of, b"7", _LARGE),
    ),
    (
        "numbers-long-15mb",
        "attributes are 15 MB of numbers with 300 digits",
        partial(_list_of, b"7" * 300, _LARGE),
    ),
    ("number-15mb", "attributes are one number of 15 MB", lambda: b"7" * _LARGE),
    ("fraction-15mb", "attributes are one fraction of 15 MB", lambda: b"0." + b"7" * _LARGE),
    ("text-15mb", "attributes are one text of 15 MB", partial(_text, _LARGE)),
    (
        "texts-15mb",
        "attributes are 15 MB of one-character texts",
        partial(_list_of, b'"a"', _LARGE),
    ),
    (
        "escapes-15mb",
        r"attributes are one text of \u0041",
        lambda: b'"' + b"\\u0041" * (_LARGE // 6) + b'"',
    ),
    ("nulls-15mb", "attributes are 15 MB of null", partial(_list_of, b"null", _LARGE)),
    (
        "members-45000",
        "attributes are 45,000 distinct members, 0.6 MB",
        partial(_members, 45_000 * 13),
    ),
    (
        "members-90000",
        "attributes are 90,000 distinct members, 1.2 MB",
        partial(_members, 90_000 * 13),
    ),
    (
        "lists-45000",
        "attributes are 45,000 empty lists, 135 kB",
        partial(_list_of, b"[]", 45_000 * 3),
    ),
    ("name-10mb", "a member whose name has 10 MB", lambda: b'{"' + b"k" * 10 * _MB + b'":1}'),
    (
        "blanks-15mb",
        "15 MB of blanks between two members",
        lambda: b'{"a":1,' + b" " * _LARGE + b'"b":2}',
    ),
)


@cache
def _built(make: Callable[[], bytes]) -> bytes:
    """Each large value is made once."""
    return make()


def _planted(make: Callable[[], bytes], exchange: Exchange) -> Moves:
    return [planted(exchange, _built(make))]


def _replaced(name: str, make: Callable[[], bytes], exchange: Exchange) -> Moves:
    """The value of one member of the session, or of the answer, wherever the answer has it."""
    value = exchange.json()
    if not isinstance(value, dict):
        return [exchange.answer.message()]
    session = value.get("customerSession")
    if isinstance(session, dict) and name in session:
        value = {**value, "customerSession": {**session, name: "@here@"}}
    else:
        value = {**value, name: "@here@"}
    body = json.dumps(value).encode().replace(b'"@here@"', _built(make))
    return [body_replaced(exchange, body)]


def _squeezed(exchange: Exchange) -> Moves:
    """20 kB on the wire."""
    return [coded(_squeezed_lists(), b"gzip"), Move.CLOSE]


@cache
def _squeezed_lists() -> bytes:
    return gzip.compress(b'{"customerSession":{"attributes":' + _list_of(b"[]", _LARGE) + b"}}", 6)


def _headers(count: int, size: int, exchange: Exchange) -> Moves:
    lines = tuple((b"x-h%d" % n, b"v" * size) for n in range(count))
    answer = exchange.answer
    return [
        message(
            answer.body,
            status=answer.status,
            reason=answer.reason,
            headers=(*answer.headers, *lines),
        )
    ]


def _page(exchange: Exchange) -> Moves:
    page = b"<html><body>" + repeated(b"<p>maintenance</p>", 5 * _MB) + b"</body></html>"
    return [message(page, headers=((b"content-type", b"text/html"),))]


_MEMBERS: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
    ("cart-12mb", "a view with 12 MB of cart items", "cartItems", partial(_items, 12 * _MB)),
    (
        "effects-300kb",
        "effects are 300 kB of [[],[],...]",
        "effects",
        partial(_list_of, b"[]", 300_000),
    ),
    (
        "effects-3mb",
        "effects are 3 MB of [[],[],...]",
        "effects",
        partial(_list_of, b"[]", 3 * _MB),
    ),
    (
        "effects-lawful-10mb",
        "10 MB of effects in their right form",
        "effects",
        partial(_effects, 10 * _MB),
    ),
    ("coupons-5mb", "coupon codes of 5 MB", "couponCodes", partial(_list_of, b'"SALE"', 5 * _MB)),
    (
        "identifier-10mb",
        "a session whose integration ID has 10 MB",
        "integrationId",
        partial(_text, 10 * _MB),
    ),
    ("errors-10mb", "10 MB of errors", "errors", partial(_errors, 10 * _MB)),
    ("message-10mb", "an error message of 10 MB", "message", partial(_text, 10 * _MB)),
)

MODES = (
    *(Mode(name, Area.SIZE, what, partial(_planted, make)) for name, what, make in _VALUES),
    *(
        Mode(name, Area.SIZE, what, partial(_replaced, member, make))
        for name, what, member, make in _MEMBERS
    ),
    Mode("lists-15mb-gzip", Area.SIZE, "15 MB of [[],[],...] in 20 kB of gzip", _squeezed),
    Mode("headers-100", Area.SIZE, "100 header lines, lawful", partial(_headers, 100, 20), False),
    Mode("headers-100000", Area.SIZE, "100,000 header lines", partial(_headers, 100_000, 8), False),
    Mode("header-10mb", Area.SIZE, "a header line of 10 MB", partial(_headers, 1, 10 * _MB), False),
    Mode("page-5mb", Area.SIZE, "a page of 5 MB in place of JSON", _page),
)
