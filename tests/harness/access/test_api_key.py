"""The one reader of the API key."""

from __future__ import annotations

from pathlib import Path

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.api_key import KeySource, find_api_key, key_notes, read_api_key

VARIABLE = "SHOP_KEY"
SOURCE = KeySource(variable=VARIABLE, option="--key-env")
LOOPBACK = "http://127.0.0.1:8080"


@pytest.mark.parametrize("text", ["the-key", "the-key \n", "\tthe-key\r\n"])
def test_blanks_around_a_key_are_left_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As mounted secrets often have them: the key is what stands between them."""
    monkeypatch.setenv(VARIABLE, text)
    assert read_api_key(SOURCE, url=LOOPBACK) == find_api_key(VARIABLE) == "the-key"


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key there is none to find; who must have one gets the variable's name."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_api_key(VARIABLE) is None
    with pytest.raises(ConfigurationError, match=r"SHOP_KEY.* with --key-env, found no value"):
        read_api_key(SOURCE, url=LOOPBACK)


@pytest.mark.parametrize("text", ["se\ncret", "se\x7fcret", "se\udc80cret"])
def test_a_key_that_no_header_line_can_carry(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused, and the message does not show it."""
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ConfigurationError, match="printable characters") as raised:
        find_api_key(VARIABLE)
    assert "cret" not in str(raised.value)


def test_a_short_key_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be taken out of responses goes to no other host; here it is worth a line."""
    monkeypatch.setenv(VARIABLE, "k-23456")
    assert read_api_key(SOURCE, url="http://localhost:8080") == "k-23456"
    assert "SHOP_KEY is shorter than 8 characters" in next(key_notes("k-23456", SOURCE))
    with pytest.raises(
        ConfigurationError, match=r"at least 8 characters.*found one of 7"
    ) as raised:
        read_api_key(SOURCE, url="https://shop.example.com")
    assert "k-23456" not in str(raised.value)


def test_a_key_of_eight_characters_is_for_every_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken out of responses, so there is nothing to be known of it."""
    monkeypatch.setenv(VARIABLE, "k-234567")
    assert read_api_key(SOURCE, url="https://shop.example.com") == "k-234567"
    assert not list(key_notes("k-234567", SOURCE))


@pytest.mark.parametrize("text", ["ApiKey-v1 k-234567", "'k-234567'", '"k-234567"'])
def test_what_was_copied_along(text: str, tmp_path: Path) -> None:
    """Scheme and quotation marks are no part of the key, in a file either; the key is not shown."""
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="expected the API key alone") as raised:
        read_api_key(KeySource(file=str(file)), url=LOOPBACK)
    assert "k-234567" not in str(raised.value)


def test_a_key_in_a_file(tmp_path: Path) -> None:
    """One line, without the line feed; that others can read the file is worth a line."""
    file = tmp_path / "key"
    file.write_text("k-234567\n")
    source = KeySource(file=str(file))
    assert source.words == f"file {file}"
    file.chmod(0o600)
    assert read_api_key(source, url=LOOPBACK) == "k-234567"
    assert not list(key_notes("k-234567", source))
    file.chmod(0o644)
    assert "chmod 600" in next(key_notes("k-234567", source))
