"""Which targets a user has allowed."""

from __future__ import annotations

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.header_lines import refuse_secret
from cartfuzz.harness.access.target_guard import checked_url, hosts_to_allow


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://a.example:8443", "a.example"),
        ("https://a.example:8443", "A.example:8443"),
        ("https://a.example", "a.example:443"),
        ("http://a.example", "a.example:80"),
        ("http://[2001:db8::1]:81", "2001:db8::1"),
        ("http://[2001:db8::1]:81", "[2001:db8::1]"),
        ("http://[2001:db8::1]:81", "[2001:db8::1]:81"),
    ],
)
def test_an_allowed_host_and_port_may_be_tested(url: str, allowed: str) -> None:
    """A host allows all of its ports; with a port, that one."""
    assert checked_url(url, allow_hosts=(allowed,)) == url


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://a.example", "a.example:8443"),
        ("http://a.example", "a.example:443"),
        ("http://[2001:db8::1]:82", "[2001:db8::1]:81"),
        ("https://a.example", "a.example:0"),
        ("https://a.example", "a.example:70000"),
        ("https://a.example", "a.example:"),
        ("https://a.example", "[a.example]:443"),
    ],
)
def test_another_port_is_refused(url: str, allowed: str) -> None:
    """A port that was not named gets no load, and what is no port is an error."""
    with pytest.raises(ConfigurationError):
        checked_url(url, allow_hosts=(allowed,))


def test_names_that_only_contain_key_are_no_secrets() -> None:
    """Idempotency-Key is a plain line; X-Api-Key is refused."""
    refuse_secret("--header", "Idempotency-Key", "1", instead="")
    with pytest.raises(ConfigurationError):
        refuse_secret("--header", "X-Api-Key", "1", instead="")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://127.0.0.1:80", ()),
        ("https://staging.example.com/base", ("staging.example.com",)),
        ("https://staging.example.com:8443", ("staging.example.com:8443",)),
        ("https://[2001:db8::1]:8443", ("[2001:db8::1]:8443",)),
    ],
)
def test_what_has_to_be_allowed_again(url: str, named: tuple[str, ...]) -> None:
    """The port too, where the URL has one; it lets that URL through."""
    assert hosts_to_allow(url) == named
    assert checked_url(url, allow_hosts=named) == url
