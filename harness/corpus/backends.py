"""Opens a corpus: in a folder, or on a Redis server."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from ...contract import ConfigurationError
from ..errors import CorpusError
from .redis_credentials import PASSWORD_VARIABLE, USER_VARIABLE
from .store import Corpus

_SCHEMES = ("redis", "rediss")
_REDIS_URL = "redis://HOST[:PORT][/DB], or rediss:// for TLS"


def open_corpus(where: str, *, option: str) -> Corpus:
    """The corpus at ``where``, after a check that it can be read and written.

    Args:
        where: a folder, which is created if it is missing, or the URL of a Redis server. The
            password of the server is read from the environment variable `PASSWORD_VARIABLE`.
        option: the name of the option that holds ``where``, for messages.

    Raises:
        ConfigurationError: the corpus cannot be used.
    """
    if where.partition(":")[0] in _SCHEMES and "://" not in where:
        raise ConfigurationError(
            option,
            expected=f"{_REDIS_URL}; or a folder, with ./ before a name that begins so",
            found="a URL without //",
        )
    if "://" not in where:
        return Corpus(_folder(Path(where), option), location=where)
    location = _checked(where, option)
    return Corpus(_redis(location, option), location=location)


class _Folder(DirectoryBasedExampleDatabase):
    """A folder whose entries have the permissions of the folder; else only their writer could read
    them."""

    def save(self, key: bytes, value: bytes) -> None:
        super().save(key, value)
        folder = self.keypaths.get(key)
        if folder is None or not folder.is_dir():
            return
        readable = stat.S_IMODE(folder.stat().st_mode) & 0o666
        for path in folder.iterdir():
            with suppress(OSError):
                if stat.S_IMODE(path.stat().st_mode) != readable:
                    path.chmod(readable)


def _folder(folder: Path, option: str) -> ExampleDatabase:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".cartfuzz-probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
        list(folder.iterdir())
    except OSError as error:
        reason = (error.strerror or "not usable").lower()
        raise ConfigurationError(
            option, expected="a folder that can be read and written", found=f"{folder}: {reason}"
        ) from None
    return _Folder(folder)


def _checked(url: str, option: str) -> str:
    """``url`` in its normal form. No message shows the URL, since it may hold a password."""
    try:
        parts = urlsplit(url)
        host, port, scheme = parts.hostname, parts.port, parts.scheme
    except ValueError:
        host, port, scheme = None, None, ""
        parts = urlsplit("")
    if scheme not in _SCHEMES:
        raise ConfigurationError(
            option, expected=f"a folder or {_REDIS_URL}", found="a URL of another kind"
        )
    if parts.username is not None or parts.password is not None or "@" in url:
        raise ConfigurationError(
            option,
            expected=f"no user name or password in the URL: set {PASSWORD_VARIABLE} "
            f"(and {USER_VARIABLE}) in the environment",
            found="one of them",
        )
    database = parts.path.strip("/") or "0"
    if not host or parts.query or parts.fragment or not database.isdecimal():
        raise ConfigurationError(
            option, expected=_REDIS_URL, found="a URL without a host, or with more in it"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{port or 6379}/{int(database)}"


def _redis(url: str, option: str) -> ExampleDatabase:
    try:
        from .redis_database import redis_database  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise ConfigurationError(
            option, expected="the extra cartfuzz[redis] to be installed", found="no redis client"
        ) from None
    try:
        return redis_database(
            url,
            username=os.environ.get(USER_VARIABLE) or None,
            password=os.environ.get(PASSWORD_VARIABLE) or None,
        )
    except CorpusError as error:
        raise ConfigurationError(
            option, expected="a Redis server that answers and can be written", found=str(error)
        ) from None
