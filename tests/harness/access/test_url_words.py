"""What messages show of an address that was refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.target_guard import checked_url
from cartfuzz.harness.access.url_words import address_words, host_words, url_words
from cartfuzz.harness.typed_tables import shown

SECRET = "s3cr3tWord"  # noqa: S105 - none
REFUSED = [
    f"http://user:{SECRET}/x@host",
    f"http://user:{SECRET}%40host",
    f"user:{SECRET}@host:8080",
    f"http://user:{SECRET}@host",
    f"http://host/?key={SECRET}",
    f"http://host/#{SECRET}",
    f"http://host:{SECRET}",
    f"http://host:80{SECRET}/",
    f"ftp://host/{SECRET}",
    f"http://[{SECRET}]",
    f"http:/{SECRET}",
    f"http://host/\x1b[31m{SECRET}",
    SECRET + "://",
    f"//{SECRET}@host",
]


@pytest.mark.parametrize("url", REFUSED)
def test_no_error_repeats_a_secret(url: str) -> None:
    """Wherever it is in a URL that is refused, as a URL and as the name of a host."""
    with pytest.raises(ConfigurationError) as raised:
        checked_url(url, allow_hosts=())
    assert SECRET not in str(raised.value)
    with pytest.raises(ConfigurationError) as raised:
        checked_url("http://127.0.0.1", allow_hosts=(url,))
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("url", [url for url in REFUSED if "@" in url or "://" in url])
def test_no_table_repeats_a_secret(url: str) -> None:
    """In a configuration file too, also inside a value of the wrong type."""
    assert SECRET not in shown(url)
    assert SECRET not in shown([url])


@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6))
def test_what_is_behind_the_host_is_never_shown(secret: str) -> None:
    """Whatever it is."""
    shown_words = url_words(f"https://shop.example.com/?{secret}")
    assert shown_words in (
        "https://shop.example.com with more behind it",
        f"a text of {len(secret) + 26} characters",
    )


def test_what_is_certain_is_shown() -> None:
    """Scheme, host and port help who made a typing error."""
    assert url_words("ftp://shop.example.com:21") == "ftp://shop.example.com:21"
    assert url_words("http://[::1]:80/") == "http://[::1]:80"
    assert address_words("10.0.0.5:8786") == "10.0.0.5:8786"
    assert address_words(f"tcp://{SECRET}@shop:8786").startswith("a text of ")
    assert address_words(SECRET).startswith("a text of ")
    assert url_words("") == "an empty text"
    assert host_words("shop.example.com:80") == '"shop.example.com:80"'
