"""What opens a target and must never be shown: one value that goes where requests are made."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TargetSecrets:
    """The secrets of one target. They go into requests and nowhere else; no `repr` shows them.

    Attributes:
        api_key: sent in the Authorization header.
        headers: further header lines whose values are secret, as name and value; sent with each
            request.
        others: further texts that open something, such as the password of a proxy; never sent by
            the header lines, only kept out of everything that is shown.
    """

    api_key: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)

    def further_values(self) -> Iterator[str]:
        """Each text besides the API key that must not be shown.

        Of a header value with a scheme before it (``Bearer …``, ``Basic …``) also the part after
        it, and of basic authentication also the password.
        """
        for _, value in self.headers:
            yield value
            scheme, _, credentials = value.partition(" ")
            if credentials:
                yield credentials.strip()
            if scheme.lower() == "basic":
                yield from _basic(credentials.strip())
        yield from self.others


def _basic(credentials: str) -> Iterator[str]:
    """User with password, and the password, of what follows ``Basic``; nothing if it is neither."""
    try:
        pair = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError):
        return
    yield pair
    yield pair.partition(":")[2]
