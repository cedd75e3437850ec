"""Files and the keyring of the system as places of secrets."""

from __future__ import annotations

import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.secret_sources import secret_in_file, secret_in_keyring

WHERE = "target.headers.X-Gate"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b" \n", "an empty file"),
        (b"first-secret\nsecond-secret\n", "another character"),
        (b"secret\0secret", "another character"),
        (b"\xff\xfesecret", "other bytes"),
        (b"secret" * 20_000, "more than"),
    ],
)
def test_a_file_that_holds_no_secret(content: bytes, found: str, tmp_path: Path) -> None:
    """The message names key and file, and shows nothing of what is in it."""
    file = tmp_path / "one"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=found) as raised:
        secret_in_file(file, where=WHERE)
    assert str(raised.value).startswith(f"{WHERE}: {file}: expected")
    assert "secret\\" not in str(raised.value)
    assert "second" not in str(raised.value)


def test_files_of_all_systems(tmp_path: Path) -> None:
    """A byte order mark and the end of the line belong to the file, not to the secret."""
    file = tmp_path / "one"
    file.write_bytes(b"\xef\xbb\xbfthe secret\r\n")
    assert secret_in_file(file, where=WHERE) == "the secret"


def test_no_file(tmp_path: Path) -> None:
    """What the system has against it is in the message."""
    with pytest.raises(ConfigurationError, match="no such file or directory"):
        secret_in_file(tmp_path / "none", where=WHERE)


class OneEntry(KeyringBackend):
    """A keyring with one entry; without one where it is locked."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise NoKeyringError("locked")
        return "the-secret\n" if (service, username) == ("shop", "cartfuzz") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


def test_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Service and user name an entry; without one, and without a keyring, there is one line."""
    backend = OneEntry()  # type: ignore[no-untyped-call]  # of keyring
    monkeypatch.setattr(keyring, "get_password", backend.get_password)
    assert secret_in_keyring("shop", where=WHERE) == "the-secret"
    assert secret_in_keyring("shop/cartfuzz", where=WHERE) == "the-secret"
    with pytest.raises(ConfigurationError, match="make one with: keyring set shop other"):
        secret_in_keyring("shop/other", where=WHERE)
    with pytest.raises(ConfigurationError, match="found NoKeyringError"):
        secret_in_keyring("locked", where=WHERE)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match=r"the extra cartfuzz\[keyring\]"):
        secret_in_keyring("shop", where=WHERE)
