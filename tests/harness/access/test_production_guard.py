"""Hosts that look like production, and names that mean another machine."""

from __future__ import annotations

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.production_guard import (
    PRODUCTION_OPTION,
    Resolve,
    check_host,
    production_words,
    resolved,
)


def leading_to(canonical: str, *addresses: str) -> Resolve:
    return lambda _host: (set(addresses) or {"192.0.2.1"}, canonical)


def unknown(_host: str) -> tuple[set[str], str]:
    raise OSError("name not known")


@pytest.mark.parametrize(
    "host",
    [
        "prod.example.com",
        "shop-prod1.example.com",
        "api.production.internal",
        "LIVE.example.com.",
        "mycompany.europe-west1.talon.one",
        "talon.one",
    ],
)
def test_a_host_that_looks_like_production_needs_its_name(host: str) -> None:
    """The message names the option with the host; with it the host is taken."""
    url = f"https://{host}/v1"
    with pytest.raises(ConfigurationError) as refused:
        check_host(url, intended=None, resolve=unknown)
    assert f"{PRODUCTION_OPTION} {host.lower()}" in str(refused.value)
    check_host(url, intended=host, resolve=unknown)
    with pytest.raises(ConfigurationError, match="expected the host of the target"):
        check_host(url, intended="other.example.com", resolve=unknown)


@pytest.mark.parametrize(
    "host",
    [
        "staging.example.com",
        "preprod.example.com",
        "pre-prod.example.com",
        "non_prod.example.com",
        "products.example.com",
        "delivery.example.com",
        "livestream.example.com",
        "mycompany-staging.europe-west1.talon.one",
        "localhost",
        "127.0.0.1",
        "192.0.2.7",
    ],
)
def test_other_hosts_are_taken(host: str) -> None:
    """A word that only begins like one is none."""
    assert production_words(host) == ""
    url = f"https://{host}"
    addresses = ("127.0.0.1",) if host == "localhost" else ()
    check_host(url, intended=None, resolve=leading_to(host, *addresses))


def test_a_name_that_leads_to_production_is_found() -> None:
    """The canonical name counts too; that a staging name leads to the engine is as it should be."""
    url = "https://staging.example.com"
    leads = leading_to("shop.prod.example.net")
    with pytest.raises(ConfigurationError, match=r"leads to shop\.prod\.example\.net"):
        check_host(url, intended=None, resolve=leads)
    engine = leading_to("mycompany.europe-west1.talon.one")
    check_host(url, intended=None, resolve=engine)


@pytest.mark.parametrize(
    ("host", "addresses", "found"),
    [
        ("localhost", ("10.0.0.7",), "the address 10.0.0.7"),
        ("localhost", ("127.0.0.1", "10.0.0.7"), "the address 10.0.0.7"),
        ("staging.example.com", ("169.254.169.254",), "a link-local address"),
        ("staging.example.com", ("fe80::1%eth0",), "a link-local address"),
        ("169.254.169.254", (), "a link-local address"),
    ],
)
def test_addresses_are_checked(host: str, addresses: tuple[str, ...], found: str) -> None:
    """Not only names."""
    with pytest.raises(ConfigurationError, match=found):
        check_host(f"http://{host}:80", intended=None, resolve=leading_to(host, *addresses))


@pytest.mark.parametrize(
    ("host", "addresses"),
    [("localhost", ("127.0.0.1", "::1")), ("staging.example.com", ("10.0.0.7", "192.0.2.7"))],
)
def test_usual_addresses_are_taken(host: str, addresses: tuple[str, ...]) -> None:
    """This machine, a private network, the internet; and a name that nobody knows."""
    check_host(f"http://{host}", intended=None, resolve=leading_to(host, *addresses))
    check_host(f"http://{host}", intended=None, resolve=unknown)


def test_this_machine_is_resolved() -> None:
    """With the real resolver."""
    addresses, _ = resolved("localhost")
    assert addresses & {"127.0.0.1", "::1"}
    check_host("http://localhost:8080", intended=None)
