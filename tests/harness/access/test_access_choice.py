"""How a target is reached, from options and keys; no message shows a secret."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from cartfuzz.contract import ConfigurationError
from cartfuzz.harness.access.access_choice import resolve_access
from cartfuzz.harness.access.access_keys import AccessKeys, keys_of
from cartfuzz.harness.access.access_secrets import access_notes, secrets_for
from cartfuzz.harness.access.access_settings import AccessSettings
from cartfuzz.harness.access.environment_proxies import ignored_proxy
from cartfuzz.record.target_access import DIRECT, SecretLine, TargetAccess, TransportKind

URL = "https://shop.example.com"


def chosen(
    options: AccessSettings | None = None,
    keys: AccessKeys | None = None,
    *,
    url: str = URL,
    config: Path | None = None,
) -> TargetAccess:
    return resolve_access(
        url, options or AccessSettings(), keys or AccessKeys(), prefix="--", config=config
    )


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_named_is_the_straight_way() -> None:
    """A sandbox gets nothing but the transport, whatever the file names for its target."""
    assert chosen() == DIRECT
    keys = AccessKeys(proxy="http://p:1", transport=TransportKind.REQUESTS)
    assert chosen(keys=keys, url="") == TargetAccess(transport=TransportKind.REQUESTS)


def test_options_win_over_keys_and_lines_are_joined(tmp_path: Path) -> None:
    """Paths of keys are relative to the folder of the file."""
    keys = AccessKeys(
        headers={"X-Tenant": "blue", "X-Other": "1"},
        header_file={"X-Gate": "gate.txt"},
        cacert="ca.pem",
        proxy="http://p:1",
    )
    options = AccessSettings(header=("x-tenant: green",), proxy="other")
    access = chosen(options, keys, config=tmp_path / "cartfuzz.toml")
    assert access.headers == (("x-tenant", "green"), ("X-Other", "1"))
    assert access.secret_headers == (SecretLine(name="X-Gate", file=str(tmp_path / "gate.txt")),)
    assert access.cacert == str(tmp_path / "ca.pem")
    assert access.proxy == "http://other:80"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (AccessSettings(proxy="http://user:hidden@p:1"), "a URL with credentials"),
        (AccessSettings(proxy="user:hidden@p"), "a URL with credentials"),
        (AccessSettings(proxy="socks5://hidden"), "spoken to in socks5"),
        (AccessSettings(proxy="http://p:hidden"), "not shown"),
        (AccessSettings(header=("Cookie: hidden",)), "looks like one"),
        (AccessSettings(header=("X-Trace: Bearer hidden",)), "looks like one"),
        (AccessSettings(header=("hidden",)), "6 characters"),
        (AccessSettings(header=("X-A: hidden\r\nX-B: 1",)), "another character"),
        (AccessSettings(header=("Host: hidden",)), "does not set itself"),
        (AccessSettings(header_env=("Authorization=GATE",)), "which holds the API key"),
        (AccessSettings(basic_auth_env="GATE"), "two header lines"),
        (AccessSettings(basic_auth_header="X-Gate"), "basic_auth_env"),
        (AccessSettings(proxy_auth_env="LOGIN"), "--proxy as well"),
        (
            AccessSettings(proxy="p", header_env=("Proxy-Authorization=X",)),
            "--proxy-auth-env",
        ),
        (AccessSettings(client_key="k.pem"), "--client-cert as well"),
        (AccessSettings(transport="pigeon"), "sockets or requests"),
    ],
)
def test_what_does_not_fit_is_refused(options: AccessSettings, words: str) -> None:
    """The message has the reason, and repeats no value."""
    with pytest.raises(ConfigurationError) as raised:
        chosen(options)
    assert words in str(raised.value)
    assert "hidden" not in str(raised.value).replace("6 characters", "")


def test_proxies_of_the_environment_count_only_where_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their login is read from the variable; NO_PROXY is obeyed; an ignored one is named."""
    monkeypatch.setenv("HTTPS_PROXY", "http://us%40er:pass@proxy:3128")
    assert chosen() == DIRECT
    assert "HTTPS_PROXY is set and was not used" in ignored_proxy(URL, DIRECT)
    assert not ignored_proxy("https://127.0.0.1:1", DIRECT)
    access = chosen(AccessSettings(proxy="env"))
    assert access.proxy == "http://proxy:3128"
    assert not ignored_proxy(URL, access)
    login = base64.b64encode(b"us@er:pass").decode()
    assert secrets_for("k", access).headers == (("Proxy-Authorization", f"Basic {login}"),)
    monkeypatch.setenv("NO_PROXY", "example.com")
    assert chosen(AccessSettings(proxy="env")) == DIRECT
    assert not ignored_proxy(URL, DIRECT)


def test_a_recorded_access_leads_to_itself() -> None:
    """`replay` goes the way of the run, by the keys that would name it."""
    access = TargetAccess(
        transport=TransportKind.REQUESTS,
        headers=(("X-Tenant", "blue"),),
        secret_headers=(
            SecretLine(name="X-Gate", variable="GATE"),
            SecretLine(name="Authorization", variable="LOGIN", basic=True),
        ),
        api_key_header="X-Api-Authorization",
        cacert="/ca.pem",
        client_cert="/c.pem",
        client_key="/k.pem",
        proxy="http://p:1",
        proxy_login=SecretLine(name="Proxy-Authorization", file="/login", basic=True),
        insecure=True,
    )
    assert chosen(keys=keys_of(access)) == access


def test_secrets_are_read_where_the_access_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login becomes basic authentication; what is missing is named, and what is there is not."""
    file = tmp_path / "gate"
    file.write_text("from-a-file\n")
    file.chmod(0o644)
    monkeypatch.setenv("LOGIN", "user:hidden")
    access = TargetAccess(
        secret_headers=(
            SecretLine(name="X-Gate", file=str(file)),
            SecretLine(name="X-Login", variable="LOGIN", basic=True),
        )
    )
    basic = base64.b64encode(b"user:hidden").decode()
    headers = (("X-Gate", "from-a-file"), ("X-Login", f"Basic {basic}"))
    assert secrets_for("key", access).headers == headers
    assert any("chmod 600" in note for note in access_notes(access))
    monkeypatch.setenv("LOGIN", "hidden")
    with pytest.raises(ConfigurationError, match="without a colon") as raised:
        secrets_for("key", access)
    assert "hidden" not in str(raised.value)
    monkeypatch.delenv("LOGIN")
    with pytest.raises(ConfigurationError, match="LOGIN: expected USER:PASSWORD"):
        secrets_for("key", access)


def test_an_insecure_access_is_loud() -> None:
    """The note is in capitals and names what can happen."""
    (note,) = access_notes(TargetAccess(insecure=True))
    assert note.startswith("INSECURE")
    assert not access_notes(DIRECT)
