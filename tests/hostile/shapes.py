"""Modes whose answers are JSON of odd shape: deep, of odd values, of other types or sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from tests.hostile.exchange import (
    Exchange,
    Json,
    Moves,
    body_replaced,
    leaves_changed,
    message,
    planted,
    refusal,
    session_changed,
    texts_changed,
)
from tests.hostile.mode import Area, Mode


def _lists(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def _objects(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def _mixed(levels: int) -> bytes:
    return b'[{"a":' * (levels // 2) + b"1" + b"}]" * (levels // 2)


_DEPTHS: tuple[tuple[str, Callable[[int], bytes], int], ...] = (
    *((f"lists-{levels}", _lists, levels) for levels in (500, 700, 900, 970, 5000, 100_000)),
    *((f"objects-{levels}", _objects, levels) for levels in (500, 700, 970, 5000, 100_000)),
    ("mixed-960", _mixed, 960),
)
_RAW: tuple[tuple[str, str, bytes], ...] = (
    ("nan", "NaN", b"NaN"),
    ("infinity", "Infinity", b"-Infinity"),
    ("number-overflow", "1e400", b"1e400"),
    ("number-underflow", "1e-99999999", b"1e-99999999"),
    ("exponent-huge", "an exponent of 5,000 digits", b"1e" + b"9" * 5000),
    ("integer-5000-digits", "an integer of 5,000 digits", b"9" * 5000),
    ("number-leading-zeros", "a number with leading zeros", b"0001"),
    ("duplicate-names", "one name three times", b'{"a":1,"a":2,"a":{"a":3}}'),
    ("surrogates", "lone surrogates", b'{"\\ud800":"\\udfff\\ud800"}'),
    ("nul-text", "NUL in a name and a text", b'{"a\\u0000b":"c\\u0000d"}'),
    ("nul-raw", "a raw NUL in a text", b'"a\x00b"'),
    ("line-separator", "line separators in a text", b'"a\\u2028b\\u2029c\\u0085d"'),
    ("empty-name", "an empty name", b'{"":{"":""}}'),
    (
        "python-names",
        "names of Python and JavaScript",
        b'{"__class__":1,"__proto__":{"x":1},"constructor":2}',
    ),
    ("comments", "comments in JSON", b"{/* a */}"),
    ("single-quotes", "single quotes", b"{'a':'b'}"),
    ("trailing-comma", "a trailing comma", b'{"a":1,}'),
    ("invalid-utf8", "bytes that are no UTF-8", b'"\xff\xfe\xc0\x80\xed\xa0\x80"'),
    ("true-upper-case", "True of Python", b"True"),
)


def _planted(raw: bytes, exchange: Exchange) -> Moves:
    return [planted(exchange, raw)]


def _encoded(codec: str, exchange: Exchange) -> Moves:
    text = exchange.answer.body.decode("utf-8", "replace")
    return [body_replaced(exchange, text.encode(codec, "replace"))]


def _surrounded(before: bytes, after: bytes, exchange: Exchange) -> Moves:
    return [body_replaced(exchange, before + exchange.answer.body + after)]


def _body(body: bytes, exchange: Exchange) -> Moves:
    return [body_replaced(exchange, body)]


def _typed(content_type: bytes, exchange: Exchange) -> Moves:
    answer = exchange.answer
    headers = ((b"content-type", content_type),) if content_type else ()
    return [message(answer.body, status=answer.status, reason=answer.reason, headers=headers)]


def _leaves(change: Callable[[Json], Json], exchange: Exchange) -> Moves:
    changed = leaves_changed(exchange.json(), change)
    return [body_replaced(exchange, json.dumps(changed).encode())]


def _as_text(value: Json) -> Json:
    return value if isinstance(value, str) else str(value)


def _as_number(value: Json) -> Json:
    return 7 if isinstance(value, str) else value


def _large(value: Json) -> Json:
    return 1e308 if isinstance(value, int | float) and not isinstance(value, bool) else value


def _long(value: Json) -> Json:
    return (
        int("9" * 400) if isinstance(value, int | float) and not isinstance(value, bool) else value
    )


def _negative(value: Json) -> Json:
    return -value if isinstance(value, int | float) and not isinstance(value, bool) else value


def _to_list(value: Json) -> Json:
    """Each object as a list of its pairs."""
    if isinstance(value, dict):
        return [[name, _to_list(item)] for name, item in value.items()]
    return [_to_list(item) for item in value] if isinstance(value, list) else value


def _to_object(value: Json) -> Json:
    """Each list as an object of its places."""
    if isinstance(value, list):
        return {str(n): _to_object(item) for n, item in enumerate(value)}
    return (
        {name: _to_object(item) for name, item in value.items()}
        if isinstance(value, dict)
        else value
    )


def _whole(change: Callable[[Json], Json], exchange: Exchange) -> Moves:
    return [body_replaced(exchange, json.dumps(change(exchange.json())).encode())]


def _upper(exchange: Exchange) -> Moves:
    changed = texts_changed(exchange.json(), str.upper)
    return [body_replaced(exchange, json.dumps(changed).encode())]


def _identity(value: Json, exchange: Exchange) -> Moves:
    return [session_changed(exchange, {"id": value, "applicationId": value})]


def _totals(value: Json, exchange: Exchange) -> Moves:
    names = ("total", "cartItemTotal", "additionalCostTotal", "cartItemAdditionalCostTotal")
    return [session_changed(exchange, dict.fromkeys(names, value))]


def _session(value: Json, exchange: Exchange) -> Moves:
    return [
        body_replaced(exchange, json.dumps({"customerSession": value, "effects": value}).encode())
    ]


def _cart(value: Json, exchange: Exchange) -> Moves:
    return [session_changed(exchange, {"cartItems": value})]


def _swapped(place: int, exchange: Exchange) -> Moves:
    earlier = exchange.earlier or (exchange.answer,)
    return [earlier[place % len(earlier)].message()]


def _refused_without_form(exchange: Exchange) -> Moves:
    return [refusal("no", status=400).replace(b'"errors": [', b'"errors": [null, 7, [], ')]


MODES = (
    *(
        Mode(
            f"depth-{name}",
            Area.SHAPE,
            f"attributes are {name.replace('-', ' of ')} levels",
            partial(_planted, make(levels)),
        )
        for name, make, levels in _DEPTHS
    ),
    *(
        Mode(name, Area.SHAPE, f"attributes hold {what}", partial(_planted, raw))
        for name, what, raw in _RAW
    ),
    Mode(
        "body-lists-100000",
        Area.SHAPE,
        "the body is 100,000 levels of lists",
        partial(_body, _lists(100_000)),
    ),
    Mode(
        "body-unclosed",
        Area.SHAPE,
        "the body is a million opening brackets",
        partial(_body, b"[" * 1_000_000),
    ),
    Mode("body-empty", Area.SHAPE, "an empty body", partial(_body, b"")),
    Mode("body-object", Area.SHAPE, "an empty object", partial(_body, b"{}")),
    Mode("body-list", Area.SHAPE, "an empty list", partial(_body, b"[]")),
    Mode("body-null", Area.SHAPE, "null", partial(_body, b"null")),
    Mode("body-number", Area.SHAPE, "a number", partial(_body, b"42")),
    Mode("body-text", Area.SHAPE, "a text", partial(_body, b'"ok"')),
    Mode("body-twice", Area.SHAPE, "two JSON texts", partial(_surrounded, b"", b"{}")),
    Mode(
        "body-cut",
        Area.SHAPE,
        "half a JSON text",
        lambda exchange: _body(exchange.answer.body[: len(exchange.answer.body) // 2], exchange),
    ),
    Mode(
        "byte-order-mark",
        Area.SHAPE,
        "a byte order mark before the JSON text",
        partial(_surrounded, b"\xef\xbb\xbf", b""),
    ),
    Mode(
        "anti-hijack",
        Area.SHAPE,
        "the prefix of JSON against hijacking",
        partial(_surrounded, b")]}',\n", b""),
    ),
    Mode("utf-16", Area.SHAPE, "JSON in UTF-16", partial(_encoded, "utf-16")),
    Mode("utf-32", Area.SHAPE, "JSON in UTF-32", partial(_encoded, "utf-32-be")),
    Mode(
        "charset-unknown",
        Area.SHAPE,
        "a charset of no known name",
        partial(_typed, b"application/json; charset=klingon"),
    ),
    Mode(
        "charset-wrong",
        Area.SHAPE,
        "the charset UTF-16 for UTF-8",
        partial(_typed, b"application/json; charset=utf-16"),
    ),
    Mode("type-html", Area.SHAPE, "JSON as text/html", partial(_typed, b"text/html")),
    Mode("type-missing", Area.SHAPE, "no content type", partial(_typed, b"")),
    Mode(
        "type-long",
        Area.SHAPE,
        "a content type of 8 kB of semicolons",
        partial(_typed, b"application/json" + b";" * 8000),
    ),
    Mode("all-null", Area.SHAPE, "null for each value", partial(_leaves, lambda _: None)),
    Mode("all-true", Area.SHAPE, "true for each value", partial(_leaves, lambda _: True)),
    Mode("all-texts", Area.SHAPE, "texts for numbers", partial(_leaves, _as_text)),
    Mode("all-numbers", Area.SHAPE, "numbers for texts", partial(_leaves, _as_number)),
    Mode("all-1e308", Area.SHAPE, "1e308 for each number", partial(_leaves, _large)),
    Mode("all-400-digits", Area.SHAPE, "400 digits for each number", partial(_leaves, _long)),
    Mode("all-negative", Area.SHAPE, "each number negated", partial(_leaves, _negative)),
    Mode("all-lists", Area.SHAPE, "lists for objects", partial(_whole, _to_list)),
    Mode("all-objects", Area.SHAPE, "objects for lists", partial(_whole, _to_object)),
    Mode("all-upper-case", Area.SHAPE, "upper case for each text", _upper),
    Mode("id-400-digits", Area.SHAPE, "an id of 400 digits", partial(_identity, int("9" * 400))),
    Mode("id-fraction", Area.SHAPE, "an id with a fraction", partial(_identity, 1.5)),
    Mode("id-2-63", Area.SHAPE, "an id of 2 to the 63rd, plus 1", partial(_identity, 2**63 + 1)),
    Mode("id-object", Area.SHAPE, "an object as id", partial(_identity, {"$oid": "1"})),
    Mode("totals-1e308", Area.SHAPE, "totals of 1e308", partial(_totals, 1e308)),
    Mode("totals-400-digits", Area.SHAPE, "totals of 400 digits", partial(_totals, int("9" * 400))),
    Mode("totals-text", Area.SHAPE, "totals as texts", partial(_totals, "12.50")),
    Mode("session-list", Area.SHAPE, "a session that is a list", partial(_session, [])),
    Mode("session-text", Area.SHAPE, "a session that is a text", partial(_session, "open")),
    Mode("session-null", Area.SHAPE, "a session that is null", partial(_session, None)),
    Mode("cart-of-nulls", Area.SHAPE, "cart items that are null", partial(_cart, [None, None])),
    Mode("cart-of-lists", Area.SHAPE, "cart items that are lists", partial(_cart, [[], [[]]])),
    Mode(
        "cart-1e308",
        Area.SHAPE,
        "a quantity and a price of 1e308",
        partial(_cart, [{"name": "a", "sku": "b", "quantity": 1e308, "price": 1e308}]),
    ),
    Mode(
        "errors-odd", Area.SHAPE, "a refusal whose errors are of other types", _refused_without_form
    ),
    Mode("swapped-first", Area.SHAPE, "the first answer of the run again", partial(_swapped, 0)),
    Mode("swapped-last", Area.SHAPE, "the answer before this one", partial(_swapped, -1)),
)
