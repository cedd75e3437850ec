"""Hypothesis' database on a Redis server, with errors that say where. Needs ``cartfuzz[redis]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from hypothesis.database import ExampleDatabase
from hypothesis.extra.redis import RedisExampleDatabase
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from ..errors import CorpusError
from .redis_credentials import PASSWORD_VARIABLE

KEPT = timedelta(days=365)
"""How long entries stay that no run has read: each reading begins the time anew."""
_TIMEOUT_SEC = 10.0
_PREFIX = b"cartfuzz:"
_PROBE = b"probe"

_Result = TypeVar("_Result")


class _Database(RedisExampleDatabase):
    """Raises `CorpusError` where the server does not answer.

    Args:
        place: the server's URL, without a password.
        secret: a text that no message may show; may be empty.
    """

    def __init__(self, redis: Redis, *, place: str, secret: str) -> None:
        super().__init__(redis, expire_after=KEPT, key_prefix=_PREFIX)
        self._place = place
        self._secret = secret

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return self._told(lambda: list(super(_Database, self).fetch(key)))

    def save(self, key: bytes, value: bytes) -> None:
        self._told(lambda: super(_Database, self).save(key, value))

    def delete(self, key: bytes, value: bytes) -> None:
        self._told(lambda: super(_Database, self).delete(key, value))

    def _told(self, action: Callable[[], _Result]) -> _Result:
        try:
            return action()
        except RedisError as error:
            reason = " ".join(str(error).split())[:200]
            if isinstance(error, AuthenticationError):
                reason += f"; the password is read from {PASSWORD_VARIABLE}"
            if self._secret:
                reason = reason.replace(self._secret, "[password]")
            raise CorpusError(f"{self._place}: {reason or type(error).__name__}") from None


def redis_database(url: str, *, username: str | None, password: str | None) -> ExampleDatabase:
    """The database on the server at ``url``, proven to be readable and writable.

    Args:
        url: without a user name or a password.
        username: of the server's access list; None: its default user.
        password: goes to the server and nowhere else.

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
    database = _Database(redis, place=url, secret=password or "")
    database.save(_PROBE, _PROBE)
    database.fetch(_PROBE)
    database.delete(_PROBE, _PROBE)
    return database
