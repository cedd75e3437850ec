"""Where a corpus lies: a folder, or a Redis server."""

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
    """The corpus at ``where``, proven to be readable and writable.

    Args:
        where: a folder, which is made if it is missing, or the URL of a Redis server. The server's
            password comes from the environment variable `PASSWORD_VARIABLE`.
        option: the option that names it, for messages.

    Raises:
        ConfigurationError: it cannot be used.
    """
    if "://" not in where:
        return Corpus(_folder(Path(where), option), place=where)
    place = _checked(where, option)
    return Corpus(_redis(place, option), place=place)


def is_url(where: str) -> bool:
    """Whether ``where`` names a server, not a folder."""
    return "://" in where


class _Folder(DirectoryBasedExampleDatabase):
    """Lets everybody read an entry who may read the folder; else only its writer could."""

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
    """``url`` in one spelling. No message shows the URL: a password may stand in it."""
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
