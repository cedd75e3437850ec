"""Reads secrets from where people keep them: a variable, a file, the keyring of the system.

No message shows a secret, and none is read from a command line or from a configuration file: these
are kept, listed and committed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ...contract import ConfigurationError

_MAX_FILE_BYTES = 64 * 1024
DEFAULT_KEYRING_USER = "cartfuzz"


def secret_in_variable(variable: str) -> str | None:
    """The secret in the environment variable ``variable``; None: unset, or nothing but blanks.

    Blanks and line feeds around it are left out: mounted secrets often end with one, and in a
    header line it would end the line.

    Raises:
        ConfigurationError: it holds a character that no header line can carry.
    """
    return checked_secret(os.environ.get(variable, ""), f"environment variable {variable}") or None


def secret_in_file(path: Path, *, where: str) -> str:
    """The secret in the file ``path``: one line, without the blanks around it.

    Args:
        path: of the file.
        where: the option or key that names the file, for messages.

    Raises:
        ConfigurationError: the file cannot be read, holds nothing, or more than one line of
            printable characters.
    """
    place = f"{where}: {path}"
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigurationError(place, expected="a file with a secret", found=reason) from None
    except UnicodeDecodeError:
        raise ConfigurationError(
            place, expected="one line of UTF-8 text", found="other bytes (they are not shown)"
        ) from None
    if len(content) > _MAX_FILE_BYTES:
        raise ConfigurationError(
            place, expected="one line", found=f"more than {_MAX_FILE_BYTES} bytes"
        )
    secret = checked_secret(text, place)
    if not secret:
        raise ConfigurationError(place, expected="one line with a secret", found="an empty file")
    return secret


def readable_by_others(path: Path) -> bool:
    """Whether other users of this machine may read the file ``path``; False where it is gone."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)) and os.name == "posix"
    except OSError:
        return False


def secret_in_keyring(entry: str, *, where: str) -> str:
    """The secret that the keyring of the system has for ``entry``, which is ``SERVICE[/USER]``.

    Args:
        entry: service and user name; without a user `DEFAULT_KEYRING_USER`.
        where: the option or key that names the entry, for messages.

    Raises:
        ConfigurationError: the extra ``cartfuzz[keyring]`` is missing, there is no keyring, or it
            has no such entry.
    """
    service, _, named = entry.partition("/")
    user = named or DEFAULT_KEYRING_USER
    try:
        import keyring  # noqa: PLC0415 - an extra
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ConfigurationError(
            where, expected="the extra cartfuzz[keyring] to be installed", found="no keyring"
        ) from None
    try:
        found = keyring.get_password(service, user)
    except KeyringError as error:
        raise ConfigurationError(
            where,
            expected="a keyring that can be read; name a variable or a file instead",
            found=f"{type(error).__name__} from {type(keyring.get_keyring()).__module__}",
        ) from None
    place = f"{where}: {service}/{user}"
    secret = checked_secret(found or "", place)
    if not secret:
        raise ConfigurationError(
            place, expected=f"an entry; make one with: keyring set {service} {user}", found="none"
        )
    return secret


def checked_secret(text: str, place: str) -> str:
    """``text`` without the blanks around it; may be empty.

    Args:
        text: as it was read.
        place: where it was read, for the message.

    Raises:
        ConfigurationError: it is not one line of printable characters.
    """
    secret = text.strip()
    if not secret.isprintable():
        raise ConfigurationError(
            place,
            expected="one line of printable characters",
            found="another character in it (the value is not shown)",
        )
    return secret
