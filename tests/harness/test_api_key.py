"""The one reader of the API key."""

from __future__ import annotations

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.api_key import find_api_key, read_api_key, short_key_note

VARIABLE = "SHOP_KEY"
LOOPBACK = "http://127.0.0.1:8080"


@pytest.mark.parametrize("text", ["the-key", "the-key \n", "\tthe-key\r\n"])
def test_blanks_around_a_key_are_left_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As mounted secrets often have them: the key is what stands between them."""
    monkeypatch.setenv(VARIABLE, text)
    assert read_api_key(VARIABLE, url=LOOPBACK) == find_api_key(VARIABLE) == "the-key"


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key there is none to find; who must have one gets the variable's name."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_api_key(VARIABLE) is None
    with pytest.raises(ConfigurationError, match=r"SHOP_KEY.* with --key-env, found no value"):
        read_api_key(VARIABLE, url=LOOPBACK, option="--key-env")


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
    assert read_api_key(VARIABLE, url="http://localhost:8080") == "k-23456"
    assert "SHOP_KEY is shorter than 8 characters" in short_key_note("k-23456", VARIABLE)
    with pytest.raises(
        ConfigurationError, match=r"at least 8 characters.*found one of 7"
    ) as raised:
        read_api_key(VARIABLE, url="https://shop.example.com")
    assert "k-23456" not in str(raised.value)


def test_a_key_of_eight_characters_is_for_every_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken out of responses, so there is nothing to be known of it."""
    monkeypatch.setenv(VARIABLE, "k-234567")
    assert read_api_key(VARIABLE, url="https://shop.example.com") == "k-234567"
    assert not short_key_note("k-234567", VARIABLE)
