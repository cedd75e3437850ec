"""Opens a Hypothesis database on a Redis server. Needs ``cartfuzz[redis]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from hypothesis.database import ExampleDatabase
from hypothesis.extra.redis import RedisExampleDatabase
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from ...wire.known_secrets import remember
from ...wire.redaction import Redactor
from ...wire.secrets import TargetSecrets
from ..errors import CorpusError
from .redis_credentials import PASSWORD_VARIABLE

ENTRY_LIFETIME = timedelta(days=365)
"""Entries that no run has read for this long expire."""
_TIMEOUT_SEC = 10.0
_MAX_REASON = 200
"""Characters."""
_PREFIX = b"cartfuzz:"
_PROBE = b"probe"

_Result = TypeVar("_Result")


class _Database(RedisExampleDatabase):
    """The database; each operation raises `CorpusError` if the server does not respond.

    Args:
        redis: the connection.
        location: the server's URL, without a password.
        secret: a text that no message may show; may be empty.
    """

    def __init__(self, redis: Redis, *, location: str, secret: str) -> None:
        super().__init__(redis, expire_after=ENTRY_LIFETIME, key_prefix=_PREFIX)
        self._place = location
        self._secret = secret
        secrets = TargetSecrets("", others=(secret,))
        remember(secrets)
        self._redactor = Redactor(secrets)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return self._checked(lambda: list(super(_Database, self).fetch(key)))

    def save(self, key: bytes, value: bytes) -> None:
        self._checked(lambda: super(_Database, self).save(key, value))

    def delete(self, key: bytes, value: bytes) -> None:
        self._checked(lambda: super(_Database, self).delete(key, value))

    def _checked(self, action: Callable[[], _Result]) -> _Result:
        try:
            return action()
        except RedisError as error:
            reason = self._redactor.text(" ".join(str(error).split()))[:_MAX_REASON]
            if isinstance(error, AuthenticationError):
                reason += f"; the password is read from {PASSWORD_VARIABLE}"
            # The server's own words: they reach a terminal, and may repeat what it was sent.
            reason = "".join(char if char.isprintable() else "?" for char in reason)
            if self._secret:
                reason = reason.replace(self._secret, "[secret]")
            raise CorpusError(f"{self._place}: {reason or type(error).__name__}") from None


def redis_database(url: str, *, username: str | None, password: str | None) -> ExampleDatabase:
    """The database on the server at ``url``, after a check that it can be read and written.

    Args:
        url: without a user name or a password.
        username: a user of the server; None: its default user.
        password: the user's password, which no message shows; None: there is none.

    Raises:
        CorpusError: the server cannot be used.
    """
    redis = Redis.from_url(
        url,
        username=username,
        password=password,
        protocol=2,  # servers before Redis 6 know no other
        socket_timeout=_TIMEOUT_SEC,
        socket_connect_timeout=_TIMEOUT_SEC,
    )
    database = _Database(redis, location=url, secret=password or "")
    database.save(_PROBE, _PROBE)
    database.fetch(_PROBE)
    database.delete(_PROBE, _PROBE)
    return database
