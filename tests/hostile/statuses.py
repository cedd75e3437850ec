"""Modes with odd statuses: outside the range, redirects, refusals of the key, requests to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

from tests.hostile.exchange import (
    Exchange,
    Headers,
    Move,
    Moves,
    error_body,
    header_added,
    message,
    refusal,
)
from tests.hostile.mode import Area, Mode

_JSON: Headers = ((b"content-type", b"application/json"),)
_PAGE = (
    b"<html><head><title>Sign in</title></head><body><form action='/login'></form></body></html>"
)


def _status(code: int | str, reason: bytes, exchange: Exchange) -> Moves:
    answer = exchange.answer
    return [message(answer.body, status=code, reason=reason, headers=answer.headers)]


def _without_body(code: int, reason: bytes, _: Exchange) -> Moves:
    return [b"HTTP/1.1 %d %b\r\n\r\n" % (code, reason)]


def _page(code: int, reason: bytes, _: Exchange) -> Moves:
    return [message(_PAGE, status=code, reason=reason, headers=((b"content-type", b"text/html"),))]


def _redirect(code: int, path: str, exchange: Exchange) -> Moves:
    location = (b"location", (exchange.canary + path).encode())
    return [message(b"", status=code, reason=b"Moved", headers=(location,))]


def _redirect_to(location: bytes, _: Exchange) -> Moves:
    return [message(b"", status=302, reason=b"Found", headers=((b"location", location),))]


def _header(name: bytes, value: str, exchange: Exchange) -> Moves:
    return [header_added(exchange, name, value.replace("CANARY", exchange.canary).encode())]


def _refused(code: int, reason: bytes, _: Exchange) -> Moves:
    return [refusal("no", status=code, reason=reason)]


def _upgrade(exchange: Exchange) -> Moves:
    head = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"
    return [head + exchange.answer.message(), Move.CLOSE]


def _dated(days: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(days=days), usegmt=True)


def _wait(code: int, reason: bytes, value: str | float, _: Exchange) -> Moves:
    """``value``: the text of Retry-After, or days from now."""
    written = value if isinstance(value, str) else _dated(value)
    headers = (*_JSON, (b"retry-after", written.encode()))
    return [message(error_body("later"), status=code, reason=reason, headers=headers)]


def _wait_unsaid(code: int, reason: bytes, _: Exchange) -> Moves:
    return [message(error_body("later"), status=code, reason=reason)]


def _wait_twice(_: Exchange) -> Moves:
    headers = (*_JSON, (b"retry-after", b"1"), (b"retry-after", b"99999"))
    return [message(error_body("later"), status=429, reason=b"Too Many Requests", headers=headers)]


_WAITS: tuple[tuple[str, str, str | float], ...] = (
    ("seconds", "1 s", "1"),
    ("minute", "60 s", "60"),
    ("date", "a date 2 s ahead", 2 / 86_400),
    ("date-far", "a date in 20 years", 7300.0),
    ("date-past", "a date of last year", -365.0),
    ("negative", "-5", "-5"),
    ("absurd", "400 digits", "9" * 400),
    ("fraction", "0.5", "0.5"),
    ("text", "a word", "soon"),
    ("empty", "nothing", ""),
    ("exponent", "1e9", "1e9"),
    ("infinite", "inf", "inf"),
    ("date-odd", "a date of no calendar", "Fri, 99 Foo 9999 99:99:99 GMT"),
    ("other-digits", "digits of another script", "\u0663\u0664"),
)
_CODES: tuple[tuple[int | str, bytes, str], ...] = (
    (999, b"Blocked", "of no class"),
    (600, b"Unknown", "of no class"),
    (299, b"Fine", "unknown success"),
    (201, b"Created", "with the view"),
    (206, b"Partial Content", "to a request without Range"),
    (418, b"Teapot", "with the lawful body"),
    (599, b"Timeout", "with the lawful body"),
    (500, b"Internal Server Error", "with the lawful body"),
)
_BARE: tuple[tuple[int, bytes], ...] = (
    (204, b"No Content"),
    (304, b"Not Modified"),
)
_PAGES: tuple[tuple[int, bytes, str], ...] = (
    (200, b"OK", "a login page"),
    (404, b"Not Found", "a page of a proxy"),
    (413, b"Content Too Large", "a page of a proxy"),
    (500, b"Internal Server Error", "a page of a proxy"),
    (502, b"Bad Gateway", "a page of a gateway"),
    (504, b"Gateway Timeout", "a page of a gateway"),
)
_TOO_MANY = (429, b"Too Many Requests")
_AWAY = (503, b"Service Unavailable")

MODES = (
    *(
        Mode(
            f"status-{code}", Area.STATUS, f"status {code}, {what}", partial(_status, code, reason)
        )
        for code, reason, what in _CODES
    ),
    *(
        Mode(
            f"status-{code}-bare",
            Area.STATUS,
            f"status {code} without a body",
            partial(_without_body, code, reason),
        )
        for code, reason in _BARE
    ),
    *(
        Mode(
            f"page-{code}",
            Area.STATUS,
            f"status {code}: {what}",
            partial(_page, code, reason),
            code not in (502, 504),
        )
        for code, reason, what in _PAGES
    ),
    Mode(
        "status-204-body",
        Area.STATUS,
        "status 204 with a body",
        partial(_status, 204, b"No Content"),
    ),
    Mode(
        "status-304-body",
        Area.STATUS,
        "status 304 with a body",
        partial(_status, 304, b"Not Modified"),
    ),
    Mode("status-101", Area.STATUS, "an unasked switch of protocols", _upgrade, False),
    *(
        Mode(
            f"redirect-{code}",
            Area.STATUS,
            f"status {code} to another server",
            partial(_redirect, code, "/v2/customer_sessions/x"),
        )
        for code in (300, 301, 302, 303, 307, 308)
    ),
    Mode(
        "redirect-file",
        Area.STATUS,
        "a redirect to a file",
        partial(_redirect_to, b"file:///etc/passwd"),
    ),
    Mode("redirect-loop", Area.STATUS, "a redirect to the same place", partial(_redirect_to, b"")),
    Mode(
        "refresh",
        Area.STATUS,
        "a Refresh header, lawful",
        partial(_header, b"refresh", "0; url=CANARY/refresh"),
        False,
    ),
    Mode(
        "set-cookie",
        Area.STATUS,
        "a cookie, lawful",
        partial(_header, b"set-cookie", "id=1; Path=/"),
        False,
    ),
    Mode(
        "alt-svc",
        Area.STATUS,
        "another server named in Alt-Svc, lawful",
        partial(_header, b"alt-svc", 'h2="CANARY"'),
        False,
    ),
    Mode(
        "link-preload",
        Area.STATUS,
        "a link to fetch, lawful",
        partial(_header, b"link", "<CANARY/x>; rel=preload"),
        False,
    ),
    Mode(
        "strict-transport",
        Area.STATUS,
        "Strict-Transport-Security, lawful",
        partial(_header, b"strict-transport-security", "max-age=99999999"),
        False,
    ),
    *(
        Mode(
            f"refused-{code}",
            Area.STATUS,
            f"status {code} although the key is right",
            partial(_refused, code, reason),
            False,
        )
        for code, reason in (
            (401, b"Unauthorized"),
            (403, b"Forbidden"),
            (407, b"Proxy Authentication Required"),
        )
    ),
    Mode(
        "challenge",
        Area.STATUS,
        "401 that asks for a password",
        lambda _: [
            message(
                error_body("no"),
                status=401,
                reason=b"Unauthorized",
                headers=(*_JSON, (b"www-authenticate", b'Basic realm="x"')),
            )
        ],
        False,
    ),
    *(
        Mode(
            f"wait-429-{name}",
            Area.STATUS,
            f"429 with Retry-After: {what}",
            partial(_wait, *_TOO_MANY, value),
            False,
        )
        for name, what, value in _WAITS
    ),
    *(
        Mode(
            f"wait-503-{name}",
            Area.STATUS,
            f"503 with Retry-After: {what}",
            partial(_wait, *_AWAY, value),
            False,
        )
        for name, what, value in _WAITS[:7]
    ),
    Mode(
        "wait-429-unsaid",
        Area.STATUS,
        "429 without Retry-After",
        partial(_wait_unsaid, *_TOO_MANY),
        False,
    ),
    Mode("wait-429-twice", Area.STATUS, "429 with two values of Retry-After", _wait_twice, False),
    Mode(
        "wait-200",
        Area.STATUS,
        "the lawful answer with Retry-After: 3600",
        partial(_header, b"retry-after", "3600"),
        False,
    ),
    Mode(
        "wait-redirect",
        Area.STATUS,
        "a redirect with Retry-After: 3600",
        lambda exchange: [
            message(
                b"",
                status=301,
                reason=b"Moved",
                headers=((b"location", exchange.canary.encode()), (b"retry-after", b"3600")),
            )
        ],
    ),
)
