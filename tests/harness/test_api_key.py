"""The one reader of the API key."""

from __future__ import annotations

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.api_key import find_api_key, read_api_key

VARIABLE = "SHOP_KEY"


@pytest.mark.parametrize("text", ["the-key", "the-key \n", "\tthe-key\r\n"])
def test_blanks_around_a_key_are_left_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As mounted secrets often have them: the key is what stands between them."""
    monkeypatch.setenv(VARIABLE, text)
    assert read_api_key(VARIABLE) == find_api_key(VARIABLE) == "the-key"


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key there is none to find; who must have one gets the variable's name."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_api_key(VARIABLE) is None
    with pytest.raises(ConfigurationError, match=r"SHOP_KEY.* with --key-env, found no value"):
        read_api_key(VARIABLE, option="--key-env")


@pytest.mark.parametrize("text", ["se\ncret", "se\x7fcret", "se\udc80cret"])
def test_a_key_that_no_header_line_can_carry(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused, and the message does not show it."""
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ConfigurationError, match="printable characters") as raised:
        find_api_key(VARIABLE)
    assert "cret" not in str(raised.value)
