"""The forms in which an API key may come back, and whether a text holds it in one of them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import quote, quote_plus, unquote, unquote_plus

BENCH_KEY = 'b7Qn+K3d/7%2Bq4&Zx9"w=<9'
"""A key that differs in each of its forms."""


def _swapped_case(text: str) -> str:
    """The hexadecimal digits of each percent escape in lower case."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def _all_percent(key: str) -> str:
    return "".join(f"%{byte:02X}" for byte in key.encode())


def _all_escapes(key: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in key)


FORMS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "raw": lambda key: key,
        "url": lambda key: quote(key, safe=""),
        "url-lower": lambda key: _swapped_case(quote(key, safe="")),
        "url-twice": lambda key: quote(quote(key, safe=""), safe=""),
        "url-form": quote_plus,
        "url-all": _all_percent,
        "base64": lambda key: base64.b64encode(key.encode()).decode(),
        "base64-url": lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
        "base64-scheme": lambda key: base64.b64encode(f"ApiKey-v1 {key}".encode()).decode(),
        "hex": lambda key: key.encode().hex(),
        "hex-upper": lambda key: key.encode().hex().upper(),
        "json": lambda key: json.dumps(key)[1:-1],
        "json-all": _all_escapes,
        "html": html.escape,
        "html-decimal": lambda key: "".join(f"&#{ord(letter)};" for letter in key),
        "html-hex": lambda key: "".join(f"&#x{ord(letter):x};" for letter in key),
    }
)
"""Each form by its name."""

_SHORT_ESCAPES = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([\"\\/]))")


def _unescaped(text: str) -> str:
    """``text`` without the escapes of JSON."""
    return _SHORT_ESCAPES.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _readings(text: str) -> Iterator[str]:
    """``text`` as a file may hold it: plain, and without one or two layers of escapes."""
    yield text
    for decode in (_unescaped, html.unescape, unquote, unquote_plus):
        once = decode(text)
        if once != text:
            yield once
            for again in (_unescaped, html.unescape, unquote):
                twice = again(once)
                if twice != once:
                    yield twice


def _cut(key: str, pieces: int) -> list[str]:
    size = -(-len(key) // pieces)
    return [key[at : at + size] for at in range(0, len(key), size)]


def held(text: str, key: str) -> frozenset[str]:
    """Names of the forms of ``key`` in ``text``; "halves" and "thirds" where it holds all of
    these."""
    written = {name: form(key) for name, form in FORMS.items()}
    found: set[str] = set()
    halves, thirds = (_cut(key, pieces) for pieces in (2, 3))
    for reading in _readings(text):
        found.update(name for name, value in written.items() if value in reading)
        for name, parts in (("halves", halves), ("thirds", thirds)):
            if all(part in reading for part in parts):
                found.add(name)
    return frozenset(found)
