"""Modes that send the API key back, in each form and at each place."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from tests.hostile.exchange import (
    Exchange,
    Moves,
    body_replaced,
    header_added,
    message,
    planted,
    refusal,
    session_changed,
)
from tests.hostile.keys import FORMS
from tests.hostile.mode import Area, Mode


def _in_attributes(form: Callable[[str], str], exchange: Exchange) -> Moves:
    return [planted(exchange, json.dumps({"note": f"key: {form(exchange.key)}."}).encode())]


def _in_error(form: Callable[[str], str], exchange: Exchange) -> Moves:
    return [refusal(f"the key {form(exchange.key)} has no such right")]


def _raw_escapes(exchange: Exchange) -> Moves:
    """JSON escapes as they go over the wire, for each letter."""
    return [planted(exchange, b'"' + FORMS["json-all"](exchange.key).encode() + b'"')]


def _split(exchange: Exchange) -> Moves:
    middle = len(exchange.key) // 2
    parts = {"first": exchange.key[:middle], "second": exchange.key[middle:]}
    return [planted(exchange, json.dumps(parts).encode())]


def _thirds(exchange: Exchange) -> Moves:
    size = -(-len(exchange.key) // 3)
    parts = [exchange.key[at : at + size] for at in range(0, len(exchange.key), size)]
    return [planted(exchange, json.dumps([{"part": one} for one in reversed(parts)]).encode())]


def _split_error(exchange: Exchange) -> Moves:
    middle = len(exchange.key) // 2
    body = {"message": exchange.key[:middle], "errors": [{"title": exchange.key[middle:]}]}
    return [message(json.dumps(body).encode(), status=400, reason=b"Bad Request")]


def _letters(exchange: Exchange) -> Moves:
    return [planted(exchange, json.dumps(list(exchange.key)).encode())]


def _in_name(exchange: Exchange) -> Moves:
    return [planted(exchange, json.dumps({exchange.key: {exchange.key: 1}}).encode())]


def _in_identifier(exchange: Exchange) -> Moves:
    return [session_changed(exchange, {"integrationId": exchange.key, "state": exchange.key})]


def _in_header(name: bytes, exchange: Exchange) -> Moves:
    return [header_added(exchange, name, exchange.key.encode())]


def _in_reason(exchange: Exchange) -> Moves:
    return [refusal("no", status=400, reason=b"Bad key " + exchange.key.encode())]


def _in_location(exchange: Exchange) -> Moves:
    place = f"http://127.0.0.1/?key={FORMS['url'](exchange.key)}".encode()
    return [message(b"", status=302, reason=b"Found", headers=((b"location", place),))]


def _in_page(exchange: Exchange) -> Moves:
    page = f"<html><body>{FORMS['html'](exchange.key)}</body></html>".encode()
    return [message(page, status=500, reason=b"Error", headers=((b"content-type", b"text/html"),))]


def _request_echoed(exchange: Exchange) -> Moves:
    return [refusal(exchange.request.decode("latin-1"))]


def _in_no_json(exchange: Exchange) -> Moves:
    return [body_replaced(exchange, b"{ " + exchange.key.encode())]


def _in_first_line(exchange: Exchange) -> Moves:
    return [exchange.key.encode() + b"\r\n\r\n"]


MODES = (
    *(
        Mode(
            f"key-{name}",
            Area.SECRET,
            f"the API key in an attribute: {name}",
            partial(_in_attributes, form),
        )
        for name, form in FORMS.items()
    ),
    *(
        Mode(
            f"key-error-{name}",
            Area.SECRET,
            f"the API key in a refusal: {name}",
            partial(_in_error, FORMS[name]),
        )
        for name in ("raw", "url", "url-lower", "url-twice", "base64", "hex", "html", "json-all")
    ),
    Mode("key-escapes", Area.SECRET, "the API key in JSON escapes of the wire", _raw_escapes),
    Mode("key-thirds", Area.SECRET, "the API key in three members of a list", _thirds),
    Mode("key-split", Area.SECRET, "the API key in two attributes", _split),
    Mode(
        "key-split-error",
        Area.SECRET,
        "the API key in message and title of a refusal",
        _split_error,
    ),
    Mode("key-letters", Area.SECRET, "the API key as a list of letters", _letters),
    Mode("key-name", Area.SECRET, "the API key as a name", _in_name),
    Mode("key-identifier", Area.SECRET, "the API key as ID and state of a session", _in_identifier),
    *(
        Mode(
            f"key-header-{name.decode()}",
            Area.SECRET,
            f"the API key in the header {name.decode()}",
            partial(_in_header, name),
            False,
        )
        for name in (b"authorization", b"x-debug", b"set-cookie")
    ),
    Mode("key-reason", Area.SECRET, "the API key in the reason of the status line", _in_reason),
    Mode("key-location", Area.SECRET, "the API key in the URL of a redirect", _in_location),
    Mode("key-page", Area.SECRET, "the API key in a page of a 500", _in_page),
    Mode("key-request", Area.SECRET, "the request as it came in a refusal", _request_echoed),
    Mode("key-no-json", Area.SECRET, "the API key in a body that is no JSON", _in_no_json),
    Mode("key-first-line", Area.SECRET, "the API key in place of HTTP", _in_first_line, False),
)
