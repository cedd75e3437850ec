"""Valid bodies with header lines that are missing, wrong, repeated or very long."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import MARK, Operation, Raw
from ..values.samples import Samples

_AIMS = ("ERR-02", "ERR-03", "ERR-06")
_MEDIA_TYPES = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=latin1",
    "application/json; charset=unheard-of",
    'application/json; charset="utf-8"',
    "application/vnd.api+json",
    "application/JSON",
    "application/json; charset=UTF-8",
    "application/json, text/plain",
    "json",
    "",
    "/",
    "application/json;" * 50,
)
_LINES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Accept that excludes JSON", (("Accept", "text/html"),)),
    ("Accept that is no list", (("Accept", ";;;,,q=x"),)),
    ("unheard-of Accept-Charset", (("Accept-Charset", "unheard-of"),)),
    ("header line of 4 KiB", (("X-Cartfuzz", "x" * 4_096),)),
    ("header line of 70 KiB", (("X-Cartfuzz", "x" * 70_000),)),
    ("200 header lines", tuple((f"X-Cartfuzz-{index}", "x") for index in range(200))),
    ("header line that is not ASCII", (("X-Cartfuzz", "é😀"),)),
    ("empty header line", (("X-Cartfuzz", ""),)),
    ("header name with blank", (("X Cartfuzz", "x"),)),
    ("two Content-Type lines", (("Content-Type", "application/json"), ("Content-Type", "text/x"))),
    ("Content-Length that is no number", (("Content-Length", "many"),)),
    ("negative Content-Length", (("Content-Length", "-1"),)),
    ("Content-Length beyond 64 bits", (("Content-Length", "99999999999999999999999"),)),
    ("method override", (("X-HTTP-Method-Override", "GET"),)),
    ("forwarded", (("X-Forwarded-For", "' OR 1=1--"), ("Forwarded", "for=_x;proto=??"))),
    ("unheard-of Expect", (("Expect", "the-unexpected"),)),
    ("upgrade", (("Connection", "Upgrade"), ("Upgrade", "websocket"))),
    ("range", (("Range", "bytes=5-1"),)),
    ("condition", (("If-Match", '"x"'), ("If-Modified-Since", "never"))),
    ("cookie", (("Cookie", "session=../../x; a=b; =;;"),)),
)


def raws(_samples: Samples) -> Iterator[Raw]:
    """Updates with odd media types and other odd header lines, and reads with some of the lines."""
    text = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}}).encode()
    for value in _MEDIA_TYPES:
        yield Raw(
            oddity=f"media type {value[:40]!r}",
            headers=(("Content-Type", value),),
            body=text,
            aims=_AIMS,
        )
    yield Raw(oddity="no media type", omitted_headers=("content-type",), body=text, aims=_AIMS)
    yield Raw(oddity="no Accept", omitted_headers=("accept", "user-agent"), body=text, aims=_AIMS)
    for oddity, lines in _LINES:
        yield Raw(oddity=oddity, headers=lines, body=text, aims=_AIMS)
    for oddity, lines in _LINES[:8]:
        yield Raw(endpoint=Operation.GET, oddity=oddity, headers=lines, aims=_AIMS)
    size = f"{len(text):x}".encode()
    chunked = (("Transfer-Encoding", "chunked"),)
    for oddity, body in (
        ("chunked body", size + b"\r\n" + text + b"\r\n0\r\n\r\n"),
        ("chunk size that is no number", b"zz\r\n" + text + b"\r\n0\r\n\r\n"),
    ):
        yield Raw(
            oddity=oddity,
            headers=chunked,
            omitted_headers=("content-length",),
            body=body,
            aims=_AIMS,
        )
