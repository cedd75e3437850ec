"""Words for an address that a user wrote: what cannot be a secret in it, and nothing else.

A URL that is refused may hold a password or a key in any place: before an ``@``, where a port
should be, behind ``?`` or ``#``. So messages show scheme and host only, where they are certain.
"""

from __future__ import annotations

import re

_CERTAIN = re.compile(
    r"(?P<shown>[a-z][a-z0-9+.-]{0,15}://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)"
    r"(?P<more>/?$|[/?#])",
    re.IGNORECASE,
)
_HOST_AND_PORT = re.compile(r"[a-z0-9_.-]+:[0-9]{1,5}", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"[a-z0-9_.-]+(?::[0-9]{1,5})?", re.IGNORECASE)


def url_words(text: str) -> str:
    """``text``, a URL, as messages name it: scheme, host and port, or how long it is.

    Example: ``http://shop.example.com with more behind it``, ``a text of 31 characters``.
    """
    found = _CERTAIN.match(text)
    if found is None or "@" in text:
        return f"a text of {len(text)} characters" if text else "an empty text"
    more = "" if found["more"] in ("", "/") and found.end() == len(text) else " with more behind it"
    return f"{found['shown']}{more}"


def address_words(text: str) -> str:
    """``text``, the address of a server, which may be ``HOST:PORT`` without a scheme."""
    return text if _HOST_AND_PORT.fullmatch(text) else url_words(text)


def host_words(text: str) -> str:
    """``text``, the name of a host, as messages show it; how long it is where it is none."""
    return f'"{text}"' if _WITHOUT_SCHEME.fullmatch(text) else url_words(text)
